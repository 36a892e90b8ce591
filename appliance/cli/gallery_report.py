"""`appliance gallery calibrate` and `report`: what the gallery says of its own threshold, in figures and drawn."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from appliance.cli import output
from appliance.errors import ConfigurationError
from appliance.face.models import catalogue
from appliance.gallery_report import Report, Strangers
from appliance.journal import Reader
from appliance.minutes import fold
from appliance.services import gallery_report as reporting
from appliance.services.bench.door import open_gallery
from appliance.services.clock import SystemClock
from appliance.services.state import State

NOBODY = "nobody is enrolled; begin with: appliance enroll, or the page Enrolment"

PAPERS = (".html", ".pdf")


def configure(actions: Any) -> None:
    """The two actions' arguments."""
    calibrating = actions.add_parser("calibrate", help="the threshold, and how many strangers it would name")
    calibrating.add_argument("--looks", type=int, metavar="K", help="of one search of K joined looks, not of a visit")
    calibrating.add_argument("--fpir", type=float, metavar="SHARE", help="strangers who may be named (door.fpir)")
    calibrating.add_argument("--json", action="store_true", help="for machines")
    reporting_ = actions.add_parser("report", help="the same as a page or a PDF, with lookalikes and poor coverage")
    reporting_.add_argument("--out", required=True, type=Path, metavar="FILE", help="FILE.pdf or FILE.html")
    reporting_.add_argument("--language", choices=("vi", "en"), help="default: box.language")


def calibrate(state: State, args: argparse.Namespace) -> int:
    """Print it; 1 if nobody is enrolled."""
    problems = []
    if args.looks is not None and not 1 <= args.looks <= 50:
        problems.append(f"--looks {args.looks}: from 1 to 50")
    if args.fpir is not None and not 0 < args.fpir < 0.5:
        problems.append(f"--fpir {args.fpir}: above 0 and below 0.5")
    if problems:
        raise ConfigurationError("gallery calibrate", problems)
    report, strangers, _ = _gather(state, args.looks, args.fpir)
    if not report.delegates:
        print(NOBODY, file=sys.stderr)
        return 1
    live = strangers.json(report.fpir)
    if args.json:
        print(json.dumps(_as_json(report, live)))
        return 0
    for one in report.searches:
        low, high = (1000 * share for share in one.interval)
        missed = "unknown: one picture each" if one.fnir is None else f"{one.fnir:.2%} of {one.own}, an upper bound"
        print(f"{one.looks} look(s)\tthreshold {one.threshold:.3f}\ttarget {one.fpir:.2%}")
        print(f"\texpected false names per 1,000 strangers {1000 * one.expected:.1f}")
        print(f"\tcounted {1000 * one.counted:.1f}, 95% interval {low:.1f} to {high:.1f}, {one.strangers} strangers")
        print(f"\town pictures not near enough {missed}")
    print(f"a visit\texpected false names per 1,000 strangers: at most {1000 * report.expected:.1f}")
    print(f"state\t{_state(live)}")
    return 0


def report(state: State, args: argparse.Namespace) -> int:
    """Write the paper; 1 if nobody is enrolled."""
    if args.out.suffix.lower() not in PAPERS:
        raise ConfigurationError("gallery report", [f"--out {args.out}: must end with .pdf or .html"])
    # Flask and Babel for the one template: only who wants the paper loads them.
    from appliance.web import gallery_report as paper

    box = state.configuration().box
    found, strangers, names = _gather(state, None, None)
    if not found.delegates:
        print(NOBODY, file=sys.stderr)
        return 1
    document = reporting.document(found, strangers, model=catalogue()["embedder"].sha256, at=SystemClock().now().at)
    text = paper.standalone(paper.shown(document, names, box), args.language or box.language)
    data = paper.pdf(text) if args.out.suffix.lower() == ".pdf" else text.encode()
    output.write(args.out, data)
    print(f"{args.out}: {found.delegates} delegates", file=sys.stderr)
    return 0


def _gather(state: State, looks: int | None, fpir: float | None) -> tuple[Report, Strangers, dict[str, str]]:
    """The figures; strangers of the journal, and the names in its latest meeting's roster."""
    door = state.configuration().door
    reader = Reader(state.journal)
    entries = list(reader.after(0))
    reader.close()
    strangers = Strangers()
    for entry in entries:
        strangers.take(entry.event)
    meeting = fold(entries)
    names = {one.id: one.name for one in meeting.roll.roster.values()} if meeting is not None else {}
    found = reporting.read(
        lambda: open_gallery(state, read_only=True),
        plan=reporting.plan(door.looks) if looks is None else (looks,),
        fpir=fpir or door.fpir,
    )
    return found, strangers, names


def _state(live: dict[str, Any]) -> str:
    counted = f"{live['seen']} strangers at the door since the gallery changed, {live['named']} named"
    return f"confirmed by {counted}" if live["confirmed"] else f"gallery estimate ({counted})"


def _as_json(report: Report, live: dict[str, Any]) -> dict[str, Any]:
    return {
        "delegates": report.delegates,
        "cohort": report.cohort,
        "fpir_target": report.fpir,
        "expected_false_names_per_1000": round(1000 * report.expected, 3),
        "searches": [
            {
                "looks": one.looks,
                "fpir_target": one.fpir,
                "threshold": round(one.threshold, 4),
                "expected_fpir": one.expected,
                "counted_fpir": one.counted,
                "fpir_interval": one.interval,
                "strangers": one.strangers,
                "fnir": one.fnir,
            }
            for one in report.searches
        ],
        "state": "confirmed" if live["confirmed"] else "gallery estimate",
        "strangers_at_door": live["seen"],
        "named_at_door": live["named"],
    }
