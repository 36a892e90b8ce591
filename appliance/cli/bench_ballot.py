"""`appliance bench ballot`: press to lamp, with the fsync of the same disk."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from appliance.services.measure_ballot import measure


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `appliance bench ballot`."""
    parser.add_argument("--seats", type=int, default=21, metavar="N", help="seats that press, once each (21)")
    parser.add_argument("--window", type=float, default=2.0, metavar="S", help="seconds within which all press (2)")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="on which disk the journal lies (temporary files)")
    parser.add_argument("--seed", type=int, default=1, help="when and what the seats press")
    parser.add_argument("--json", action="store_true", help="for machines")


def run(args: argparse.Namespace) -> int:
    """Measure and print; 1 if a vote was lost."""
    result = measure(args.seats, args.window, folder=args.folder, seed=args.seed)
    print(json.dumps(result) if args.json else "\n".join(f"{key}\t{value}" for key, value in result.items()))
    return 0 if result["lost"] == 0 else 1
