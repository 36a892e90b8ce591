"""The ballot service on the devices that the configuration names."""

from __future__ import annotations

import random
from pathlib import Path

from appliance.config import Configuration
from appliance.face.models import catalogue
from appliance.keypad.gpio import GpioKeypads, open_factory
from appliance.keypad.replay import ReplayKeypads
from appliance.keypad.screen import ScreenFactory
from appliance.radio.absent import NoRadios
from appliance.services.ballot import BallotService, Devices
from appliance.services.bench.radios import open_radios
from appliance.services.bench.users import uids
from appliance.services.clock import Clock, SystemClock
from appliance.services.state import State

REPLAY_WAIT = 0.01
"""Seconds a turn waits for a request that is on its way; no time passes for the session meanwhile."""


def build(state: State, configuration: Configuration) -> BallotService:
    """Keypads and clock of this machine; results name the models that the door is bound to by models.toml."""
    keypads = configuration.keypads
    # Without a line no chip is opened: a room of tablets needs none.
    wired = bool(keypads.seats) or keypads.secret_key is not None
    factory = open_factory(keypads.factory, keypads.chip) if wired else None
    return BallotService(
        state,
        configuration,
        Devices(
            GpioKeypads(keypads, factory),
            SystemClock(),
            # Keypads on the screen are a room that is simulated: the radios of the machine around it are not its own.
            open_radios(state) if keypads.factory == "lgpio" else NoRadios(),
            screen=factory if isinstance(factory, ScreenFactory) else None,
        ),
        models={name: model.sha256 for name, model in catalogue().items()},
        users=uids("web", "door"),
        uplink_users=uids("uplink"),
    )


def build_replay(
    state: State, configuration: Configuration, presses: Path, clock: Clock, chance: random.Random
) -> BallotService:
    """Keypads from a recording, a clock that it moves, and from its seed whatever is otherwise drawn by chance."""
    keypads = ReplayKeypads(presses, monotonic=clock.monotonic)
    return BallotService(
        state, configuration, Devices(keypads, clock, NoRadios(), chance=chance), longest_wait=REPLAY_WAIT
    )
