"""`appliance replay DIR`: play a recorded session again and compare the record byte for byte."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from appliance import record
from appliance.cli import arguments, output
from appliance.errors import ConfigurationError
from appliance.services import recorded_session
from appliance.services.recorded_session import Replay
from appliance.services.state import State


def configure(parser: argparse.ArgumentParser) -> None:
    """A folder, and what to do with the record."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="session.toml, inputs.jsonl, journal.json")
    parser.add_argument("--out", type=arguments.out_file, metavar="FILE", help="write the record that came of it here")
    parser.add_argument("--keep", action="store_true", help="take what came of it as the session's record from now on")


def run(args: argparse.Namespace) -> int:
    """0 where the record is the same, 1 where it is not."""
    session = recorded_session.read(args.folder)
    with tempfile.TemporaryDirectory() as folder:
        found = Replay(session, State(Path(folder))).run()
    if args.out is not None:
        output.write(args.out, found)
    if args.keep:
        output.write(session.record, found)
        print(f"{session.record}: {len(found)} bytes", file=sys.stderr)
        return 0
    try:
        kept = session.record.read_bytes()
    except OSError as error:
        raise ConfigurationError(str(session.record), [f"{error.strerror}; --keep makes it"]) from error
    if found == kept:
        print(f"{args.folder}: the same record, {len(record.parse_batch(found)[0])} entries")
        return 0
    print(f"{args.folder}: {_difference(kept, found)}")
    return 1


def _difference(kept: bytes, found: bytes) -> str:
    """The first entry in which two records differ."""
    ours, theirs = record.parse_batch(found)[0], record.parse_batch(kept)[0]
    for mine, other in zip(ours, theirs, strict=False):
        if mine != other:
            return (
                f"entry {mine.seq} is {mine.kind} {mine.body.decode()}, recorded is {other.kind} {other.body.decode()}"
            )
    return f"{len(ours)} entries came of it, {len(theirs)} are recorded"
