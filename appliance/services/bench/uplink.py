"""The uplink on the broker that the configuration names."""

from __future__ import annotations

from functools import partial

from appliance.config import Configuration
from appliance.control import Client
from appliance.services.bench.users import uids
from appliance.services.clock import SystemClock
from appliance.services.state import State
from appliance.services.uplink import UplinkService, will
from appliance.uplink.paho import PahoBroker
from appliance.uplink.topics import Address, for_device

BALLOT_SECONDS = 3.0
"""How long the ballot service may take to sign or to carry out a command."""


def build(state: State, configuration: Configuration) -> UplinkService:
    """Without `broker.host` there is no broker, and the service says that it is off."""
    address = Address(configuration.box.site, configuration.box.device)
    broker = None
    if configuration.broker.host:
        broker = partial(PahoBroker, configuration.broker, str(address), for_device(address), will(address))
    ballot = Client(state.socket("ballot"), timeout=BALLOT_SECONDS)
    return UplinkService(state, configuration, broker, ballot, SystemClock(), users=uids("web"))
