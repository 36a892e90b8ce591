"""`appliance bench uplink`: events drained through a real broker beside a bare client."""

from __future__ import annotations

import argparse
import dataclasses
import json

from appliance.cli import arguments
from appliance.services import measure_uplink


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `appliance bench uplink`."""
    parser.add_argument(
        "--events", type=arguments.whole(), default=5000, metavar="N", help="facts in the journal (default: 5000)"
    )
    parser.add_argument("--json", action="store_true", help="for machines")


def run(args: argparse.Namespace) -> int:
    """Measure; the exit status is 0 only if everything was drained."""
    found = measure_uplink.measure(args.events)
    if args.json:
        print(json.dumps(dataclasses.asdict(found)))
    else:
        print(f"drained: {'yes' if found.drained else 'no'}")
        print(f"events signed for: {found.events_per_s:.0f} a second")
        print(f"bare paho client: {found.paho_messages_per_s:.0f} messages a second")
    return 0 if found.drained else 1
