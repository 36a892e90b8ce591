"""`appliance models`: list, check, build and fetch the model files."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from appliance.errors import DeviceError
from appliance.face import graph
from appliance.face.models import catalogue
from appliance.services import model_files
from appliance.services import state as states


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `appliance models`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="every model that may be loaded, as models.toml says")
    listing.add_argument("--json", action="store_true", help="for machines")
    actions.add_parser("check", help="compare the files on this machine with models.toml")
    actions.add_parser("build", help="make the ONNX graph of the face network anew, from dlib's file")
    fetching = actions.add_parser("fetch", help="bring YuNet, the faster detector, from OpenCV's model zoo")
    fetching.add_argument(
        "--from", dest="source", type=Path, metavar="FILE", help="a copy of the file, as on a USB stick"
    )


def run(args: argparse.Namespace) -> int:
    """Do the action; 1 from `check` if a file is missing or another one."""
    folder = states.find(args.state).models
    if args.action == "list":
        _list(as_json=args.json)
    elif args.action == "build":
        print(graph.write(folder))
    elif args.action == "fetch":
        print(model_files.fetch(catalogue()["detector"], folder, source=args.source))
    else:
        return _check(folder)
    return 0


def _list(*, as_json: bool) -> None:
    models = catalogue()
    if as_json:
        print(json.dumps({name: asdict(model) for name, model in models.items()}, ensure_ascii=False))
        return
    for name, model in models.items():
        print(f"{name}\t{model.file}\t{model.sha256}\t{model.licence}\t{model.purpose}")


def _check(folder: Path) -> int:
    status = 0
    for name, model in catalogue().items():
        if not model.package and not model.place(folder).exists():
            print(f"{name}\tabsent\t{model.place(folder)}")  # dlib's detector does without it
            continue
        try:
            print(f"{name}\tok\t{model.verified(folder)}")
        except DeviceError as error:
            print(f"{name}: {error}", file=sys.stderr)
            status = 1
    path = graph.path_in(folder)
    try:
        print(f"graph\tok\t{graph.verified(folder)}")
    except FileNotFoundError:
        print(f"graph\tabsent\t{path}")  # the door makes it when it starts
    except DeviceError as error:
        print(f"graph: {error}", file=sys.stderr)
        status = 1
    return status
