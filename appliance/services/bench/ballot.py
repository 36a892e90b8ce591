"""The ballot service on the devices that the configuration names."""

from __future__ import annotations

from appliance.config import Configuration
from appliance.face.models import catalogue
from appliance.keypad.gpio import GpioKeypads, open_factory
from appliance.keypad.screen import ScreenFactory
from appliance.services.ballot import BallotService
from appliance.services.bench.users import uids
from appliance.services.clock import SystemClock
from appliance.services.state import State


def build(state: State, configuration: Configuration) -> BallotService:
    """Keypads and clock of this machine; results name the models that the door is bound to by models.toml."""
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
        users=uids("web", "door"),
        uplink_users=uids("uplink"),
    )
