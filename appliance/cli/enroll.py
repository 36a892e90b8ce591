"""`appliance enroll`: make templates from pictures, or from the camera."""

from __future__ import annotations

import argparse
import re
import sys
from datetime import date, timedelta
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from appliance import roster
from appliance.cli.tables import read_rows
from appliance.errors import ConfigurationError
from appliance.services import consent
from appliance.services import state as states
from appliance.services.bench.door import open_camera, open_enroller
from appliance.services.clock import SystemClock
from appliance.services.enrolment import Result, Terms, pictures_of
from appliance.services.state import State
from appliance.values import Identifier

FRAMES = 600
GLASSES = {"yes": True, "no": False}


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `appliance enroll`."""
    parser.add_argument("folder", nargs="?", type=Path, help="pictures as <delegate>/<image>")
    parser.add_argument("--camera", metavar="ID", help="enrol the delegate who stands before the configured camera")
    parser.add_argument("--looks", type=int, default=5, metavar="N", help="good looks to take from the camera")
    parser.add_argument("--roster", type=Path, metavar="FILE", help="CSV or XLSX: only these ids may be enrolled")
    parser.add_argument(
        "--consent", metavar="VERSION", help="version of the consent text that everybody enrolled here has agreed to"
    )
    parser.add_argument("--expires", metavar="YYYY-MM-DD", help="forget them on that day; else after gallery.keep_days")
    parser.add_argument("--glasses", choices=GLASSES, help="whether everybody on these pictures wears glasses")
    parser.add_argument(
        "--allow-twin", metavar="ID=ID", action="append", default=[], help="these two are two people, however alike"
    )


def run(args: argparse.Namespace) -> int:
    """Enrol; 1 if any delegate got no template."""
    state = states.find(args.state)
    today = date.fromisoformat(SystemClock().now().at[:10])
    problems: list[str] = []
    terms = _terms(args, state, today, problems)
    wanted = _wanted(args, problems)
    with open_enroller(state, terms) as enroller:
        if args.camera:
            camera = open_camera(state.configuration().camera)
            try:
                results = [enroller.from_camera(args.camera, camera, looks=args.looks, frames=FRAMES)]
            finally:
                camera.close()
            _report(results[0])
        else:
            results = [_report(enroller.from_pictures(delegate, paths)) for delegate, paths in wanted.items()]
    enrolled = sum(r.used > 0 for r in results)
    print(f"{enrolled} of {len(results)} enrolled, to be forgotten on {terms.expires}", file=sys.stderr)
    return 0 if enrolled == len(results) > 0 else 1


def _terms(args: argparse.Namespace, state: State, today: date, problems: list[str]) -> Terms:
    """Under what they are enrolled; what is wrong with it is added to `problems`."""
    if not args.consent:
        problems.append(
            "--consent VERSION is missing: a template is sensitive personal data, silence is no consent; state the "
            "version of the text that was agreed to"
        )
    elif not re.fullmatch(r"[\w.-]{1,44}", args.consent):
        problems.append(f"--consent {args.consent!r}: a version is letters, digits, _ . - and at most 44 of them")
    twins = [tuple(pair.split("=")) for pair in args.allow_twin]
    problems += [f"--allow-twin {'='.join(pair)}: write it as dv-03=dv-07" for pair in twins if len(set(pair)) != 2]
    configuration = state.configuration()
    expires = str(today + timedelta(days=configuration.gallery.keep_days))
    if args.expires:
        expires = _date(args.expires, today, problems)
    stated = args.consent or ""
    found = consent.find(state.root, stated, configuration.box.language)
    if found is not None:
        stated = found.stated
    elif stated:
        folder = consent.folder_of(state.root)
        name = f"{folder}/{stated}.{configuration.box.language}.txt"
        print(
            f"{name} is not there: the journal keeps the name of the consent text without its digest", file=sys.stderr
        )
    glasses = GLASSES.get(args.glasses) if args.glasses else None
    return Terms(stated, expires, frozenset(frozenset(pair) for pair in twins), glasses)


def _date(text: str, today: date, problems: list[str]) -> str:
    try:
        wanted = date.fromisoformat(text)
    except ValueError:
        problems.append(f"--expires {text}: no date; write it as 2027-12-31")
        return ""
    if wanted <= today:
        problems.append(f"--expires {text}: has come already, it is {today}")
    return str(wanted)


def _wanted(args: argparse.Namespace, problems: list[str]) -> dict[str, list[Path]]:
    """Delegate → pictures (none for the camera). Raises `ConfigurationError` with everything that is wrong."""
    if bool(args.folder) == bool(args.camera):
        problems.append("name a folder of pictures, or --camera ID")
    if args.folder and not args.folder.is_dir():
        problems.append(f"{args.folder}: no such folder")
    if problems:
        raise ConfigurationError("enroll", problems)
    wanted: dict[str, list[Path]] = pictures_of(args.folder) if args.folder else {args.camera: []}
    if not wanted:
        problems.append(f"{args.folder}: nobody in it; pictures are looked for as <delegate>/<image>")
    problems += [f"{name!r} is no identifier (letters without diacritics, digits, _ -)" for name in _misnamed(wanted)]
    if args.roster:
        known = {delegate.id for delegate in roster.parse(read_rows(args.roster), str(args.roster))}
        problems += [f"{name!r} is not an id of {args.roster}" for name in wanted if name not in known]
    if problems:
        raise ConfigurationError(str(args.folder or "enroll"), problems)
    return wanted


def _misnamed(names: dict[str, list[Path]]) -> list[str]:
    adapter: TypeAdapter[str] = TypeAdapter(Identifier)
    wrong = []
    for name in names:
        try:
            adapter.validate_python(name)
        except ValidationError:
            wrong.append(name)
    return wrong


def _report(result: Result) -> Result:
    for refused in result.refused:
        print(f"{refused.picture}: not used: {refused.reason}", file=sys.stderr)
    for one in result.duplicates:
        print(
            f"{result.delegate} and {one.delegate} look like one person (distance {one.distance:.2f}): which id is "
            f"right? If they are two people: --allow-twin {result.delegate}={one.delegate}",
            file=sys.stderr,
        )
    for one in result.lookalikes if result.used else ():
        print(
            f"{result.delegate} and {one.delegate} are alike (distance {one.distance:.2f}): of their visits about "
            f"{one.ambiguous:.1%} will end with the PIN, {one.misnamed:.2%} with the other's name",
            file=sys.stderr,
        )
    print(f"{result.delegate}: {_outcome(result)}")
    return result


def _outcome(result: Result) -> str:
    if result.used:
        return f"enrolled from {result.used}"
    return "NOT enrolled: " + ("enrolled under another id" if result.duplicates else "no picture could be used")
