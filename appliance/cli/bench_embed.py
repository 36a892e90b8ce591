"""`appliance bench embed`: the network as we run it beside face_recognition's, on the same chips."""

from __future__ import annotations

import argparse
import json

import cv2

from appliance.cli import arguments
from appliance.services.measure_embed import measure


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `appliance bench embed`."""
    parser.add_argument("folder", type=arguments.folder, metavar="DIR", help="pictures of faces, at any depth below it")
    parser.add_argument("--json", action="store_true", help="for machines")


def run(args: argparse.Namespace) -> int:
    """Measure and print."""
    cv2.setNumThreads(1)
    result = measure(args.folder)
    print(json.dumps(result) if args.json else "\n".join(f"{key}\t{value}" for key, value in result.items()))
    return 0
