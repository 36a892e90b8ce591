"""`appliance door`: frames → faces → roll."""

from __future__ import annotations

import argparse
import pwd
from pathlib import Path

import cv2

from appliance.services import state as states
from appliance.services.door_parts import open_door
from appliance.services.loop import turn

ASKING_USERS = ("appliance-web",)


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
    known = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
    users = [known[name] for name in ASKING_USERS if name in known]
    return turn(open_door(state, configuration, users=users, until_end=args.until_end))
