"""`appliance ballot`: presses, votes, commands → signed facts."""

from __future__ import annotations

import argparse
import logging
import os

from appliance.errors import ConfigurationError
from appliance.services import state as states
from appliance.services.bench import ballot
from appliance.services.loop import turn

log = logging.getLogger(__name__)


def configure(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own: everything stands in the configuration."""


def run(args: argparse.Namespace) -> int:
    """Run the service until it is told to stop."""
    refuse_root()
    state = states.find(args.state)
    service = ballot.build(state, state.configuration())
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
