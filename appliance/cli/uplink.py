"""`appliance uplink`: signed batches out, receipts and commands in."""

from __future__ import annotations

import argparse
import pwd

from appliance.control import Client
from appliance.services import loop
from appliance.services import state as states
from appliance.services.clock import SystemClock
from appliance.services.uplink import UplinkService, will
from appliance.uplink.paho import PahoBroker
from appliance.uplink.topics import Address, for_device

BALLOT_SECONDS = 3.0
"""How long the ballot service may take to sign or to carry out a command."""


ASKING_USERS = ("appliance-web",)


def configure(parser: argparse.ArgumentParser) -> None:
    """`appliance uplink` has no arguments of its own."""


def run(args: argparse.Namespace) -> int:
    """Run the service until it is told to stop."""
    folders = states.find(args.state)
    configuration = folders.configuration()
    address = Address(configuration.box.site, configuration.box.device)
    broker = None
    if configuration.broker.host:
        broker = PahoBroker(configuration.broker, str(address), for_device(address), will(address))
    ballot = Client(folders.socket("ballot"), timeout=BALLOT_SECONDS)
    # The pages are another user on a box; on a laptop everybody is the same.
    users = [entry.pw_uid for entry in pwd.getpwall() if entry.pw_name in ASKING_USERS]
    return loop.turn(UplinkService(folders, configuration, broker, ballot, SystemClock(), users=users))
