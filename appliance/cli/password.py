"""`appliance password`: a new password for the secretary or the technician, set on the box itself."""

from __future__ import annotations

import argparse
import getpass
import sys

from appliance.cli.asking import ask
from appliance.errors import ConfigurationError
from appliance.services import state as states


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `appliance password`."""
    parser.add_argument("role", choices=("secretary", "technician"), help="whose password")


def run(args: argparse.Namespace) -> int:
    """Set it. Older sign-ins of that role end, and so does a lock."""
    state = states.find(args.state)
    ask(state, "set_password", role=args.role, password=_password(args.role))
    print(f"the {args.role} has a new password", file=sys.stderr)
    return 0


def _password(role: str) -> str:
    """Typed twice without being shown; where nobody types, the first line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass(f"new password of the {role}: ")
    if getpass.getpass("once more: ") != password:
        raise ConfigurationError("password", ["the two were not the same; nothing was changed"])
    return password
