"""`appliance run`: all services of one room, in one terminal."""

from __future__ import annotations

import argparse
import signal
import socket
import sys
import time

from appliance import config
from appliance.control import Client
from appliance.errors import ControlError, DeviceError
from appliance.services import state as states
from appliance.services.children import Children
from appliance.services.state import State


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `appliance run`."""
    parser.add_argument(
        "--no-door", action="store_true", help="without the door service, whatever the configuration says"
    )


def run(args: argparse.Namespace) -> int:
    """Start ballot, door, web and uplink as configured; stop them on Ctrl-C, or when the terminal or a manager ends."""
    state = states.find(args.state)
    configuration = state.configuration()  # every error is shown before anything starts
    _refuse_a_second(state)
    _refuse_a_taken_port(configuration.web)
    state.root.mkdir(parents=True, exist_ok=True)
    # SIGINT too: what a shell script starts in the background has it ignored.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
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


def _refuse_a_second(state: State) -> None:
    """Raise `DeviceError` if this room runs already: it would answer in the place of a service that cannot start."""
    try:
        Client(state.socket("ballot")).ask("identity")
    except ControlError:
        return
    raise DeviceError(f"{state.root}: the services of this state directory run already; stop them first")


def _refuse_a_taken_port(web: config.Web) -> None:
    """Raise `DeviceError` if somebody else's pages are where ours are to be."""
    try:
        family, *_, address = socket.getaddrinfo(web.host, web.port, type=socket.SOCK_STREAM)[0]
        socket.create_server(address[:2], family=family).close()
    except OSError as error:
        raise DeviceError(
            f"pages: {web.host}:{web.port} cannot be listened on ({error}); stop what is there, or set web.port"
        ) from error


def _say(text: str) -> None:
    print(f"run: {text}", file=sys.stderr, flush=True)
