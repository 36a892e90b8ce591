"""`appliance gallery`: who is enrolled; forget them, renew the templates, keep a cohort; what it is worth."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import numpy as np

from appliance import enrolment, events
from appliance.cli import arguments, gallery_report
from appliance.errors import ConfigurationError
from appliance.face.gallery import Gallery
from appliance.journal import Writer
from appliance.services import gallery as keeping
from appliance.services import state as states
from appliance.services.bench.door import open_enroller, open_gallery, open_writer
from appliance.services.clock import SystemClock
from appliance.services.enrolment import PICTURES, Terms
from appliance.services.state import State

POOR = {
    "few": "few pictures",
    "narrow": "one side only",
    "soft": "poor pictures",
    "unmeasured": "coverage unknown",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `appliance gallery`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="who is enrolled, from how many pictures, with what consent, until when")
    listing.add_argument("--json", action="store_true", help="for machines")
    forgetting = actions.add_parser("forget", help="destroy a delegate's templates")
    forgetting.add_argument("id", help="the delegate")
    renewing = actions.add_parser("renew", help="turn all templates by a new secret rotation, destroy the old one")
    for action in (forgetting, renewing):
        action.add_argument("--reason", required=True, type=arguments.reason, help="kept in the journal")
    actions.add_parser("tidy", help="forget whose date has come; finish what a power cut left")
    cohort = actions.add_parser("cohort", help="faces of people who are no delegates, to sharpen the threshold")
    cohort.add_argument("folder", nargs="?", type=Path, help="pictures, in folders or not: one picture of each person")
    cohort.add_argument("--forget", action="store_true", help="destroy the cohort")
    gallery_report.configure(actions)


def run(args: argparse.Namespace) -> int:
    """Do it; 1 if there is nobody of that id."""
    state = states.find(args.state)
    match args.action:
        case "list":
            return _list(state, args.json)
        case "forget":
            return _forget(state, args.id, args.reason)
        case "renew":
            return _renew(state, args.reason)
        case "tidy":
            return _tidy(state)
        case "calibrate":
            return gallery_report.calibrate(state, args)
        case "report":
            return gallery_report.report(state, args)
        case _:
            return _cohort(state, args.folder, forget=args.forget)


@contextmanager
def _opened(state: State) -> Iterator[tuple[Gallery, Writer]]:
    writer = open_writer(state, events.Writer.GALLERY)
    gallery = open_gallery(state)
    try:
        keeping.state(gallery, writer, SystemClock())
        yield gallery, writer
    finally:
        gallery.close()
        writer.close()


def _list(state: State, as_json: bool) -> int:
    gallery = open_gallery(state)
    try:
        lines, looks, cohort = gallery.enrolments(), gallery.looks(), len(gallery.cohort())
    finally:
        gallery.close()
    covered = {line.delegate: enrolment.coverage(line.delegate, looks[line.delegate]) for line in lines}
    if as_json:
        rows = [{**asdict(line), "coverage": asdict(covered[line.delegate])} for line in lines]
        print(json.dumps(rows, ensure_ascii=False))
        return 0
    for line in lines:
        until = f"until {line.expires}" if line.expires else "without a date"
        notes = [POOR[code] for code in covered[line.delegate].poor] + ([f"twin of {line.twin}"] if line.twin else [])
        print(
            f"{line.delegate}\t{line.images} picture(s)\tconsent {line.consent}\t{line.at}\t{until}\t{', '.join(notes)}"
        )
    print(f"{len(lines)} enrolled" + (f", cohort of {cohort}" if cohort else ""), file=sys.stderr)
    return 0


def _forget(state: State, delegate: str, reason: str) -> int:
    with _opened(state) as (gallery, writer):
        gone = keeping.forget(gallery, writer, SystemClock(), delegate, reason)
    print(f"{delegate}: {'forgotten' if gone else 'is not enrolled'}", file=sys.stderr)
    return 0 if gone else 1


def _renew(state: State, reason: str) -> int:
    with _opened(state) as (gallery, writer):
        count = keeping.renew(gallery, writer, SystemClock(), reason)
    print(f"templates of {count} delegates renewed; the former rotation is destroyed", file=sys.stderr)
    return 0


def _tidy(state: State) -> int:
    with _opened(state) as (gallery, writer):
        gone = keeping.tidy(gallery, writer, SystemClock())
    for delegate in gone:
        print(f"{delegate}: expired and forgotten")
    print(f"{len(gone)} forgotten", file=sys.stderr)
    return 0


def _cohort(state: State, folder: Path | None, *, forget: bool) -> int:
    if forget == (folder is not None):
        raise ConfigurationError("gallery cohort", ["name a folder of pictures, or --forget"])
    if folder is None:
        with _opened(state) as (gallery, writer):
            gallery.set_cohort(np.empty((0, 128), np.float32), "cohort forgotten")
            keeping.state(gallery, writer, SystemClock())
        print("the cohort is forgotten", file=sys.stderr)
        return 0
    pictures = sorted(path for path in folder.rglob("*") if path.suffix.lower() in PICTURES)
    if not pictures:
        raise ConfigurationError(str(folder), ["no picture in it"])
    with open_enroller(state, Terms("")) as enroller:
        refused = enroller.cohort(pictures, f"cohort from {len(pictures)} pictures")
    for one in refused:
        print(f"{one.picture}: not used: {one.reason}", file=sys.stderr)
    print(f"cohort of {len(pictures) - len(refused)}", file=sys.stderr)
    return 0 if len(refused) < len(pictures) else 1
