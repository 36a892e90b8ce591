"""`appliance bench ballot`: press to lamp, or tablet to answer, with the fsync of the same disk."""

from __future__ import annotations

import argparse
import json

from appliance.cli import arguments
from appliance.services import measure_ballot, measure_tablets


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `appliance bench ballot`."""
    who = parser.add_mutually_exclusive_group()
    who.add_argument(
        "--seats", type=arguments.whole(), default=21, metavar="N", help="seats that press, once each (21)"
    )
    who.add_argument(
        "--tablets",
        type=arguments.whole(),
        metavar="N",
        help="tablets that vote over HTTP, once each, instead of seats",
    )
    parser.add_argument("--secret", action="store_true", help="into a sealed box instead of the journal")
    parser.add_argument(
        "--window", type=arguments.seconds, default=2.0, metavar="S", help="seconds within which all press (2)"
    )
    parser.add_argument(
        "--folder", type=arguments.folder, metavar="DIR", help="on which disk the journal lies (temporary files)"
    )
    parser.add_argument("--seed", type=int, default=1, help="when and what they press")
    parser.add_argument("--json", action="store_true", help="for machines")


def run(args: argparse.Namespace) -> int:
    """Measure and print; 1 if a vote was lost."""
    measure = measure_ballot.measure if args.tablets is None else measure_tablets.measure
    count = args.seats if args.tablets is None else args.tablets
    result = measure(count, args.window, secret=args.secret, folder=args.folder, seed=args.seed)
    print(json.dumps(result) if args.json else "\n".join(f"{key}\t{value}" for key, value in result.items()))
    return 0 if result["lost"] == 0 else 1
