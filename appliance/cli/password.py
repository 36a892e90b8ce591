"""`appliance password`: a new password for the secretary or the technician, set on the box itself."""

from __future__ import annotations

import argparse
import getpass
import sys

from appliance.control import Client
from appliance.errors import ConfigurationError
from appliance.services import state as states
from appliance.values import Refusal


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `appliance password`."""
    parser.add_argument("role", choices=("secretary", "technician"), help="whose password")


def run(args: argparse.Namespace) -> int:
    """Set it; 1 where the ballot service refuses it. Older sign-ins of that role end, and so does a lock."""
    state = states.find(args.state)
    answer = Client(state.socket("ballot")).ask("set_password", role=args.role, password=_password(args.role))
    if isinstance(answer, Refusal):
        print(f"appliance password: {answer.message} ({answer.code})", file=sys.stderr)
        return 1
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
