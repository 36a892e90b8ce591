"""`appliance gallery`: list or forget enrolled delegates."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from appliance import events
from appliance.services import state as states
from appliance.services.bench.door import open_gallery, open_writer
from appliance.services.clock import SystemClock
from appliance.services.enrolment import forget
from appliance.services.state import State


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `appliance gallery`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="who is enrolled, from how many pictures, with what consent")
    listing.add_argument("--json", action="store_true", help="for machines")
    forgetting = actions.add_parser("forget", help="destroy a delegate's templates")
    forgetting.add_argument("id", help="the delegate")
    forgetting.add_argument("--reason", required=True, help="kept in the journal")
    for action in (listing, forgetting):  # also behind the action, where a person types it
        action.add_argument("--state", metavar="DIR", default=argparse.SUPPRESS, help="state directory")


def run(args: argparse.Namespace) -> int:
    """List or forget; 1 if there is nobody of that id."""
    state = states.find(args.state)
    return _list(state, args.json) if args.action == "list" else _forget(state, args.id, args.reason)


def _list(state: State, as_json: bool) -> int:
    gallery = open_gallery(state)
    try:
        lines = gallery.enrolments()
    finally:
        gallery.close()
    if as_json:
        print(json.dumps([asdict(line) for line in lines], ensure_ascii=False))
        return 0
    for line in lines:
        print(f"{line.delegate}\t{line.images} picture(s)\tconsent {line.consent}\t{line.at}")
    print(f"{len(lines)} enrolled", file=sys.stderr)
    return 0


def _forget(state: State, delegate: str, reason: str) -> int:
    writer = open_writer(state, events.Writer.GALLERY)
    gallery = open_gallery(state)
    try:
        gone = forget(gallery, writer, SystemClock(), delegate, reason)
    finally:
        gallery.close()
        writer.close()
    print(f"{delegate}: {'forgotten' if gone else 'is not enrolled'}", file=sys.stderr)
    return 0 if gone else 1
