"""`appliance bench PART`: measure a part against its reference, in one run."""

from __future__ import annotations

import argparse
import importlib

PARTS = {
    "identify": "open-set identification: who is found, who is named wrongly",
    "embed": "the same faces through face_recognition's network and through ours",
    "door": "a clip through the door's pipeline beside the face_recognition loop",
    "liveness": "pictures and screens held to the camera: how many come through, how many people are taken for one",
    "ballot": "press to lamp, with the fsync of the same disk",
    "uplink": "events drained through a real broker beside a bare client",
}
"""Part → one line of help. Each is a module `bench_<part>` here with `configure(parser)` and `run(args) -> int`."""


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `appliance bench`."""
    parts = parser.add_subparsers(dest="part", required=True, metavar="PART")
    for name, help_text in PARTS.items():
        importlib.import_module(f"appliance.cli.bench_{name}").configure(
            parts.add_parser(name, help=help_text, description=help_text)
        )


def run(args: argparse.Namespace) -> int:
    """Run one part; its exit status."""
    return int(importlib.import_module(f"appliance.cli.bench_{args.part}").run(args))
