"""The ballot service on the devices that the configuration names."""

from __future__ import annotations

from appliance.config import Configuration
from appliance.face.models import catalogue
from appliance.keypad.gpio import GpioKeypads, open_factory
from appliance.keypad.screen import ScreenFactory
from appliance.radio.absent import NoRadios
from appliance.services.ballot import BallotService, Devices
from appliance.services.bench.radios import open_radios
from appliance.services.bench.users import uids
from appliance.services.clock import SystemClock
from appliance.services.state import State


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
