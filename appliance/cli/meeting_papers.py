"""`appliance meeting minutes`: the folder of a meeting's papers, signed: what is filed, handed out and checked."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from appliance import minutes_statement, record
from appliance.cli.asking import PATIENCE, granted
from appliance.control import Client
from appliance.errors import ConfigurationError, RecordError
from appliance.journal import Reader
from appliance.papers import bundle
from appliance.services.state import State


def configure(tasks: Any) -> None:
    """The task's arguments."""
    task = tasks.add_parser("minutes", help="minutes, tables, results and journal of an ended meeting, signed")
    task.add_argument("--out", type=Path, required=True, metavar="DIR", help="made where it does not exist")
    task.add_argument("--meeting", default="", metavar="ID", help="an earlier meeting (default: the latest)")
    task.add_argument("--force", action="store_true", help="overwrite files of an earlier export")


def run(state: State, args: argparse.Namespace) -> int:
    """Write the folder. The minutes' digest goes to standard output."""
    reader = Reader(state.journal)
    try:
        client = Client(state.socket("ballot"), timeout=PATIENCE)
        files = granted(bundle.signed(lambda: list(reader.after(0)), client.ask, args.meeting))
    finally:
        reader.close()
    write(args.out, files, force=args.force)
    print(_manifest(files[bundle.MANIFEST]).minutes)
    print(f"{args.out}: {len(files)} files; check with: appliance verify {args.out / bundle.MANIFEST}", file=sys.stderr)
    return 0


def write(folder: Path, files: Mapping[str, bytes], *, force: bool) -> None:
    """All files, the manifest last: a copy that was interrupted has none. Raises `ConfigurationError`."""
    standing = [str(folder / name) for name in files if (folder / name).exists()]
    if standing and not force:
        raise ConfigurationError("meeting minutes", [f"{path} exists; --force overwrites it" for path in standing])
    manifest = folder / bundle.MANIFEST
    try:
        before = _named(manifest, of=_manifest(files[bundle.MANIFEST]).meeting)
        manifest.unlink(missing_ok=True)
        for name in before - files.keys():
            (folder / name).unlink(missing_ok=True)
        for name in sorted(files, key=lambda name: name == bundle.MANIFEST):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(files[name])
    except OSError as error:
        raise ConfigurationError("meeting minutes", [f"--out {folder}: {error.strerror}"]) from error


def _manifest(data: bytes) -> minutes_statement.Manifest:
    return minutes_statement.parse_manifest(record.parse_envelope(data).statement())


def _named(manifest: Path, *, of: str) -> set[str]:
    """The files of the export that stands there; papers of two meetings in one folder would be taken for one's."""
    if not manifest.exists():
        return set()
    try:
        found = _manifest(manifest.read_bytes())
    except RecordError as error:
        raise _taken(f"{manifest} is no manifest ({error})") from error
    if found.meeting != of:
        raise _taken(f"{manifest} is of meeting {found.meeting}")
    return set(found.files)


def _taken(why: str) -> ConfigurationError:
    return ConfigurationError("meeting minutes", [f"{why}; name another --out"])
