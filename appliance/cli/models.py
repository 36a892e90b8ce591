"""`appliance models`: list and check the model files."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from appliance.errors import DeviceError
from appliance.face.models import catalogue


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `appliance models`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="every model that may be loaded, as models.toml says")
    listing.add_argument("--json", action="store_true", help="for machines")
    actions.add_parser("check", help="compare the files on this machine with models.toml")


def run(args: argparse.Namespace) -> int:
    """List or check; 1 if a file is missing or another one."""
    models = catalogue()
    if args.action == "list":
        if args.json:
            print(json.dumps({name: asdict(model) for name, model in models.items()}, ensure_ascii=False))
            return 0
        for name, model in models.items():
            print(f"{name}\t{model.file}\t{model.sha256}\t{model.licence}\t{model.purpose}")
        return 0
    status = 0
    for name, model in models.items():
        try:
            print(f"{name}\tok\t{model.verified()}")
        except DeviceError as error:
            print(f"{name}: {error}", file=sys.stderr)
            status = 1
    return status
