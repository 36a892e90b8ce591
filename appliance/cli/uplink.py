"""`appliance uplink`: signed batches out, receipts and commands in."""

from __future__ import annotations

import argparse

from appliance.services import state as states
from appliance.services.bench import uplink
from appliance.services.loop import turn


def configure(parser: argparse.ArgumentParser) -> None:
    """`appliance uplink` has no arguments of its own."""


def run(args: argparse.Namespace) -> int:
    """Run the service until it is told to stop."""
    state = states.find(args.state)
    return turn(uplink.build(state, state.configuration()))
