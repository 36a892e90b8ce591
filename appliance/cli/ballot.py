"""`appliance ballot`: presses, votes, commands → signed facts."""

from __future__ import annotations

import argparse
import logging
import os
import pwd

from appliance.config import Configuration
from appliance.errors import ConfigurationError
from appliance.face.models import catalogue
from appliance.keypad.gpio import GpioKeypads, open_factory
from appliance.keypad.screen import ScreenFactory
from appliance.services import state as states
from appliance.services.ballot import BallotService
from appliance.services.clock import SystemClock
from appliance.services.loop import turn
from appliance.services.state import State

log = logging.getLogger(__name__)

ASKING_USERS = ("appliance-web", "appliance-door")
UPLINK_USERS = ("appliance-uplink",)


def configure(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own: everything stands in the configuration."""


def run(args: argparse.Namespace) -> int:
    """Run the service until it is told to stop."""
    refuse_root()
    state = states.find(args.state)
    service = build(state, state.configuration())
    if service.claim_code is not None:
        log.info("nobody has claimed this box yet. Claim code: %s", service.claim_code)
    return turn(service)


def refuse_root() -> None:
    """Raise `ConfigurationError` for root, whose files the service's own user could not write afterwards.

    `appliance run` and the demo set APPLIANCE_ALLOW_ROOT=1: there every service is the same user anyway.
    """
    if os.geteuid() == 0 and os.environ.get("APPLIANCE_ALLOW_ROOT") != "1":
        raise ConfigurationError(
            "user", ["the ballot service does not run as root; on a box: systemctl start appliance-ballot"]
        )


def build(state: State, configuration: Configuration) -> BallotService:
    """The service on the devices that the configuration names."""
    keypads = configuration.keypads
    # Without a seat no chip is opened: a room of tablets needs none.
    factory = open_factory(keypads.factory, keypads.chip) if keypads.seats else None
    return BallotService(
        state,
        configuration,
        GpioKeypads(keypads, factory),
        SystemClock(),
        models={name: model.sha256 for name, model in catalogue().items()},
        screen=factory if isinstance(factory, ScreenFactory) else None,
        users=_uids(ASKING_USERS),
        uplink_users=_uids(UPLINK_USERS),
    )


def _uids(names: tuple[str, ...]) -> list[int]:
    """Of the users of systemd/sysusers.conf; a laptop has none of them."""
    known = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
    return [known[name] for name in names if name in known]
