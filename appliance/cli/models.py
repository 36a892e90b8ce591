"""`appliance models`: list and check the model files."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from appliance.errors import DeviceError
from appliance.face.models import catalogue
from appliance.services import state as states


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
    folder = states.find(args.state).models
    for name, model in models.items():
        if not model.package and not model.place(folder).exists():
            print(f"{name}\tabsent\t{model.place(folder)}")  # an option: dlib's detector stands in for it
            continue
        try:
            print(f"{name}\tok\t{model.verified(folder)}")
        except DeviceError as error:
            print(f"{name}: {error}", file=sys.stderr)
            status = 1
    return status
