"""`appliance meeting import`, `template` and `file`: a meeting out of a file, a file to fill in, and the way back."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from appliance import journal, meeting_draft, meeting_file, roster, sheets
from appliance.cli import output
from appliance.cli.asking import ask
from appliance.cli.tables import read_meeting, read_rows
from appliance.commands import Convene
from appliance.errors import ConfigurationError
from appliance.services.state import State

TASKS = ("import", "template", "file")


def configure(tasks: Any) -> None:
    """The tasks' arguments."""
    endings = ", ".join(f".{ending}" for ending in sheets.FORMATS)
    task = tasks.add_parser("import", help=f"convene a meeting from a file ({endings})")
    task.add_argument("file", type=Path)
    task.add_argument("--roster", type=Path, metavar="FILE", help="delegates from a CSV or XLSX file in addition")
    task.add_argument("--check", action="store_true", help="only say what is wrong in it")
    task = tasks.add_parser("template", help=f"a file to fill in ({endings})")
    task.add_argument("--out", type=Path, required=True, metavar="FILE", help="not overwritten")
    task.add_argument("--sample", action="store_true", help="filled with a sample meeting (TOML and JSON always are)")
    task = tasks.add_parser("file", help="the latest meeting as a file that can be imported again")
    task.add_argument("--out", type=Path, metavar="FILE", help="instead of standard output; not overwritten")
    task.add_argument("--format", choices=tuple(sheets.FORMATS), help="default: by the ending of FILE, else TOML")
    task.add_argument("--meeting", default="", metavar="ID", help="an earlier meeting (default: the latest)")


def run(state: State, args: argparse.Namespace) -> int:
    """One of the tasks; 1 where there is no meeting."""
    return {"import": _import, "template": _template, "file": _file}[args.task](state, args)


def _import(state: State, args: argparse.Namespace) -> int:
    draft = read_meeting(args.file)
    if args.roster:
        draft = draft.with_people(roster.read(read_rows(args.roster)), str(args.roster))
    command = meeting_draft.convene(draft, str(args.file))
    said = f"meeting {command.meeting}: {len(command.roster)} delegates, {len(command.agenda)} items"
    wired = state.configuration().keypads.seats
    if not args.check:
        ask(state, "convene", **command.model_dump(mode="json"))
    print(f"{said}; nothing is wrong in it" if args.check else said, file=sys.stderr)
    others = [f"{d.seat} ({d.name})" for d in command.roster if d.seat and d.seat not in wired]
    if wired and others:
        print(f"no keypad on this box, so a tablet: {', '.join(others)}", file=sys.stderr)
    return 0


def _template(_state: State, args: argparse.Namespace) -> int:
    ending = args.out.suffix.lower().lstrip(".")
    if ending not in sheets.FORMATS:
        raise ConfigurationError("meeting template", [f"--out {args.out}: end it in .{', .'.join(sheets.FORMATS)}"])
    sample = sheets.sample()
    if ending == "toml":
        _write(args.out, sample)  # with its comments
    else:
        table = meeting_file.table(meeting_draft.convene(sheets.decode("sample.toml", sample), "the sample"))
        _write(args.out, sheets.encode(table if args.sample or ending == "json" else {}, ending))
    return 0


def _file(state: State, args: argparse.Namespace) -> int:
    command = _convened(state, args.meeting)
    if command is None:
        what = f"no meeting {args.meeting}" if args.meeting else "no meeting"
        print(f"appliance meeting: {what} was convened here", file=sys.stderr)
        return 1
    ending = args.format or (args.out.suffix.lower().lstrip(".") if args.out else "toml")
    if ending not in sheets.FORMATS:
        raise ConfigurationError("meeting file", [f"--out {args.out}: end it in .{', .'.join(sheets.FORMATS)}"])
    data = sheets.encode(meeting_file.table(command), ending)
    if args.out is None:
        sys.stdout.buffer.write(data)
    else:
        _write(args.out, data)
    return 0


def _convened(state: State, meeting: str) -> Convene | None:
    meetings = journal.read(state.journal).meetings
    found = next((minutes for minutes in reversed(meetings) if meeting in ("", minutes.id)), None)
    return None if found is None else Convene.model_validate(found.convened.model_dump(exclude={"by"}))


def _write(path: Path, data: bytes) -> None:
    output.make(path, data)
    print(f"{path}: {len(data)} bytes", file=sys.stderr)
