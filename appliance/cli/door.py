"""`appliance door`: frames → faces → roll."""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2

from appliance.errors import ConfigurationError
from appliance.services import state as states
from appliance.services.bench import door
from appliance.services.loop import turn


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `appliance door`."""
    parser.add_argument(
        "--until-end", action="store_true", help="every frame of a recording as fast as it goes, then stop"
    )
    parser.add_argument("--video", metavar="FILE", type=Path, help="a clip or folder in place of the configured camera")


def run(args: argparse.Namespace) -> int:
    """Run the service until it is told to stop, or until the recording ends."""
    cv2.setNumThreads(1)  # the other cores belong to the other services
    state = states.find(args.state)
    configuration = state.configuration()
    if args.video:
        camera = configuration.camera.model_copy(update={"source": str(args.video)})
        configuration = configuration.model_copy(update={"camera": camera})
    if args.until_end and not configuration.camera.source:
        raise ConfigurationError("door", ["--until-end needs a recording: --video FILE, or camera.source"])
    return turn(door.build(state, configuration, until_end=args.until_end))
