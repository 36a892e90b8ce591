"""`appliance run`: all services of one room, in one terminal."""

from __future__ import annotations

import argparse
import sys
import time

from appliance.services import state as states
from appliance.services.children import Children


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `appliance run`."""
    parser.add_argument(
        "--no-door", action="store_true", help="without the door service, whatever the configuration says"
    )


def run(args: argparse.Namespace) -> int:
    """Start ballot, door, web and uplink as configured; stop them on Ctrl-C."""
    state = states.find(args.state)
    configuration = state.configuration()  # every error is shown before anything starts
    state.root.mkdir(parents=True, exist_ok=True)
    children = Children(_say, {"APPLIANCE_STATE": str(state.root)})
    try:
        children.verb("ballot")
        children.wait_for_answer("ballot", state.socket("ballot"))
        if configuration.camera.source and not args.no_door:
            children.verb("door")
        else:
            _say("no door: camera.source is not set; delegates check in by PIN or by the secretary")
        children.verb("web")
        children.verb("uplink")
        _say(f"pages: {configuration.web.base_url}  technician: {configuration.web.base_url}/technician")
        _say(f"state: {state.root}  stop with Ctrl-C")
        while True:
            time.sleep(1.0)
            children.watch()
    except KeyboardInterrupt:
        _say("stopping")
        return 0
    finally:
        children.stop()


def _say(text: str) -> None:
    print(f"run: {text}", file=sys.stderr, flush=True)
