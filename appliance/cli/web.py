"""`appliance web`: the pages."""

from __future__ import annotations

import argparse
import logging

from appliance.services import state as states
from appliance.services.loop import turn
from appliance.services.web import WebService


def configure(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own: address and port stand in the configuration."""


def run(args: argparse.Namespace) -> int:
    """Serve until told to stop."""
    state = states.find(args.state)
    configuration = state.configuration()
    service = WebService(state, configuration)
    logging.getLogger(__name__).info("pages at %s", configuration.web.base_url)
    return turn(service)
