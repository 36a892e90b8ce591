"""`appliance verify FILE`: check a record offline, in numbered steps.

Exit status: 0 intact and signed by a key that was named; 3 intact, but nobody said whose key to expect; 1 not intact;
2 wrong usage, or no such file. `docs/second_verifier.py` does the same with the same statuses and shares no code.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from appliance import paper_verification, record, verification
from appliance.errors import ApplianceError, JournalError, RecordError
from appliance.events import DeviceInstalled
from appliance.journal import Reader
from appliance.papers import tables
from appliance.services import state
from appliance.verification import Report

LARGEST = 256 << 20
"""Bytes that a record may have: 256 MiB is some 400,000 entries, years of meetings."""

SEALED = (b'{"checkpoint":', b'{"payload":')
"""How a batch and an envelope begin in their exact spelling."""

INTACT, NOT_INTACT, USAGE, NOBODY_NAMED = 0, 1, 2, 3


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments."""
    parser.add_argument(
        "file",
        metavar="FILE",
        type=Path,
        help="a result, a batch as `appliance meeting export` writes, or the manifest of a folder of papers",
    )
    whose = parser.add_mutually_exclusive_group()
    whose.add_argument(
        "--fingerprint", metavar="HEX", action="append", default=[], help="of a key you trust (may be repeated)"
    )
    whose.add_argument("--key", metavar="FILE", type=Path, help="a public key you trust: PEM, hexadecimal or 32 bytes")
    whose.add_argument("--own", action="store_true", help="trust the key with which this box's own journal began")
    parser.add_argument("--json", action="store_true", help="the report as JSON on stdout")


def run(args: argparse.Namespace) -> int:
    """Check, print, and answer with the exit status."""
    try:
        trusted = _trusted(args)
        data = _read(args.file)
    except ApplianceError as error:
        print(f"appliance verify: {error}", file=sys.stderr)
        return USAGE
    if not 0 < len(data) <= LARGEST:
        why = "empty; was the copy interrupted?" if not data else f"larger than {LARGEST} bytes, no record is"
        print(f"appliance verify: {args.file}: {why}", file=sys.stderr)
        return NOT_INTACT
    manifest = args.file.with_name("manifest.json")
    if not data.startswith(SEALED) and manifest.exists() and args.file != manifest:
        print(f"appliance verify: {args.file}: has no signature of its own; verify {manifest}", file=sys.stderr)
        return USAGE
    report = _check(data, trusted, args.file.parent)
    if args.json:
        print(json.dumps(_as_json(report), ensure_ascii=False, indent=2))
    else:
        _print(report, args.file)
    return INTACT if report.trusted else NOBODY_NAMED if report.intact else NOT_INTACT


def _check(data: bytes, trusted: list[str], folder: Path) -> Report:
    """By what the file says it is; the steps then judge whether it says the truth."""
    # In its exact spelling a batch can begin in no other way; whatever is nothing else is judged as a result.
    if data.startswith(b'{"checkpoint":'):
        return verification.check_batch(data, trusted)
    try:
        kind = record.parse_envelope(data).payload_type
    except RecordError:
        kind = record.RESULT
    if kind == record.MANIFEST:
        return paper_verification.check_manifest(data, lambda name: _beside(folder / name), tables.files, trusted)
    if kind == record.MINUTES:
        return paper_verification.check_minutes(data, trusted)
    return verification.check_result(data, trusted)


def _beside(path: Path) -> bytes | None:
    """A file that a manifest names; None where there is none to be read."""
    try:
        return _read(path)
    except RecordError:
        return None


def _trusted(args: argparse.Namespace) -> list[str]:
    if args.key is not None:
        return [record.fingerprint(_public_key(args.key))]
    if args.own:
        return [_own_fingerprint(args.state)]
    wanted = [re.sub(r"[\s:]", "", text).lower() for text in args.fingerprint]
    for text in wanted:
        if not re.fullmatch("[0-9a-f]{64}", text):
            raise RecordError(
                f"--fingerprint {text!r}: a fingerprint is 64 hexadecimal digits, this has {len(text)} signs"
            )
    return wanted


def _public_key(path: Path) -> bytes:
    data = _read(path, 10_000)
    if data.startswith(b"-----BEGIN"):
        try:
            key = serialization.load_pem_public_key(data)
        except ValueError as error:
            raise RecordError(f"{path}: not a public key in PEM form ({error})") from error
        if not isinstance(key, Ed25519PublicKey):
            raise RecordError(f"{path}: not an Ed25519 key")
        return key.public_bytes_raw()
    if re.fullmatch(rb"[0-9a-fA-F]{64}\s*", data):
        return bytes.fromhex(data.decode())
    if len(data) != 32:
        raise RecordError(f"{path}: neither PEM nor 64 hexadecimal digits nor 32 bytes")
    return data


def _own_fingerprint(argument: str | None) -> str:
    place = state.find(argument)
    reader = Reader(place.journal)
    try:
        first = reader.entry(1)
    finally:
        reader.close()
    if first is None or not isinstance(first.event, DeviceInstalled):
        raise JournalError(f"{place.journal}: does not begin with a device; use --fingerprint instead")
    return record.fingerprint(record.exact_base64(first.event.public_key, "the device's public key"))


def _read(path: Path, limit: int = LARGEST) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(limit + 1)
    except OSError as error:
        raise RecordError(f"{path}: {error.strerror}") from error


def _as_json(report: Report) -> dict[str, object]:
    return {
        "kind": report.kind,
        "intact": report.intact,
        "trusted": report.trusted,
        "steps": [vars(step) for step in report.steps],
        "statement": report.subject,
    }


def _plain(text: str) -> str:
    """Without control characters: whoever wrote the file does not write on this terminal."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)


def _print(report: Report, path: Path) -> None:
    sign = {True: "ok", False: "FAILED", None: "open"}
    for step in report.steps:
        print(f"{step.number}. {step.title}: {sign[step.ok]}" + (f" ({_plain(step.detail)})" if step.detail else ""))
    for number, title in enumerate(report.titles[len(report.steps) :], len(report.steps) + 1):
        print(f"{number}. {title}: not reached")
    if report.kind == "result" and report.intact:
        for text in (report.subject["question"], *report.subject["verdict"]["sentence"].values()):
            print(_plain(text))
    if report.kind in ("manifest", "minutes") and report.intact:
        for name in ("meeting", "title", "minutes", "digest"):
            if name in report.subject:
                print(f"{name}: {_plain(str(report.subject[name]))}")
    if report.trusted:
        print(f"\n{path}: intact, and signed by a key you named")
    elif report.intact:
        print(f"\n{path}: intact; compare the fingerprint with the one that the technician's page of the box shows")
    else:
        print(f"\n{path}: NOT INTACT")
