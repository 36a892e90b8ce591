"""`appliance enroll`: make templates from pictures, or from the camera."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from appliance import roster
from appliance.cli.tables import read_rows
from appliance.errors import ConfigurationError
from appliance.events import Identifier
from appliance.services import state as states
from appliance.services.bench.door import open_camera, open_enroller
from appliance.services.enrolment import Result, pictures_of

FRAMES = 600


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `appliance enroll`."""
    parser.add_argument("folder", nargs="?", type=Path, help="pictures as <delegate>/<image>")
    parser.add_argument("--camera", metavar="ID", help="enrol the delegate who stands before the configured camera")
    parser.add_argument("--looks", type=int, default=5, metavar="N", help="good looks to take from the camera")
    parser.add_argument("--roster", type=Path, metavar="FILE", help="CSV or XLSX: only these ids may be enrolled")
    parser.add_argument(
        "--consent", metavar="VERSION", help="version of the consent text that everybody enrolled here has agreed to"
    )


def run(args: argparse.Namespace) -> int:
    """Enrol; 1 if any delegate got no template."""
    wanted = _wanted(args)
    state = states.find(args.state)
    with open_enroller(state, args.consent) as enroller:
        if args.camera:
            camera = open_camera(state.configuration().camera)
            try:
                results = [enroller.from_camera(args.camera, camera, looks=args.looks, frames=FRAMES)]
            finally:
                camera.close()
        else:
            results = [_report(enroller.from_pictures(delegate, paths)) for delegate, paths in wanted.items()]
        alike = enroller.twins()
    if args.camera:
        _report(results[0])
    for one, other in alike:
        print(f"{one} and {other} look like one person: neither will be named at the door; check them", file=sys.stderr)
    enrolled = sum(r.used > 0 for r in results)
    print(f"{enrolled} of {len(results)} enrolled", file=sys.stderr)
    return 0 if enrolled == len(results) > 0 else 1


def _wanted(args: argparse.Namespace) -> dict[str, list[Path]]:
    """Delegate → pictures (none for the camera). Raises `ConfigurationError` with everything that is wrong."""
    problems = []
    if not args.consent:
        problems.append(
            "--consent VERSION is missing: a template is sensitive personal data, silence is no consent; state the "
            "version of the text that was agreed to"
        )
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
    outcome = f"enrolled from {result.used}" if result.used else "NOT enrolled: no picture could be used"
    print(f"{result.delegate}: {outcome}")
    return result
