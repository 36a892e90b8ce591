"""Checks of a record, in numbered steps: listed once, done in order, each answered with a sentence.

Two kinds of file: a *result* (the envelope of one ballot or slip) and a *batch* (a run of journal entries with a
checkpoint, such as `appliance meeting export` writes). `docs/record-format.md` names the same steps; a second verifier
that shares no code with this one is `docs/second_verifier.py`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from appliance import record
from appliance.errors import RecordError
from appliance.events import DeviceInstalled, ResultSigned
from appliance.record import Entry, Envelope
from appliance.recount import Signer, papers_fault
from appliance.report import Report, Step, judge_signer, signature_holds, signer_key
from appliance.result_check import RESULT_STEPS, check_result

__all__ = ["BATCH_STEPS", "RESULT_STEPS", "Report", "Step", "check_batch", "check_result", "open_envelope"]

BATCH_STEPS = (
    "The file is a run of entries with a checkpoint, in its exact spelling",
    "Every entry's hash is right and continues the one before",
    "The checkpoint names the last entry",
    "The key in the checkpoint is the key named on its envelope, and the one the journal began with",
    "The checkpoint's signature holds over the exact bytes",
    "The signer is one you trust",
    "Every entry is a known fact, written by a service that may write it",
    "Every signed result in the run is intact and agrees with a recount of the entries",
)


def open_envelope(data: bytes, payload_type: str, public_key: bytes) -> dict[str, Any]:
    """The statement in an envelope of one known signer: central's receipts and commands.

    Raises `RecordError` saying which of form, type, key or signature is wrong.
    """
    envelope = record.parse_envelope(data)
    if envelope.payload_type != payload_type:
        raise RecordError(f"envelope: holds {envelope.payload_type!r}, expected {payload_type!r}")
    if envelope.keyid != record.fingerprint(public_key):
        raise RecordError(f"envelope: signed by key {envelope.keyid}, expected {record.fingerprint(public_key)}")
    if not signature_holds(envelope, public_key):
        raise RecordError("envelope: the signature does not hold")
    return envelope.statement()


def check_batch(data: bytes, trusted: Collection[str] = (), *, prev: bytes | None = None) -> Report:
    """Check a run of entries. `prev` is the hash it must continue from; None takes the first entry's word for it."""
    report = Report("batch", BATCH_STEPS)
    # 1
    try:
        entries, sealed = record.parse_batch(data)
        envelope = record.parse_envelope(sealed)
        statement = envelope.statement()
    except RecordError as error:
        return report.fail(str(error))
    if not entries:
        return report.fail("the run is empty")
    report.add(True, f"entries {entries[0].seq} to {entries[-1].seq}")
    report.subject = {"first": entries[0].seq, "last": entries[-1].seq}
    # 2
    start = record.GENESIS if entries[0].seq == 1 else prev if prev is not None else entries[0].prev
    fault = record.chain_fault(entries, start, entries[0].seq)
    if fault:
        return report.fail(fault)
    began = entries[0].seq == 1 or prev is not None
    report.add(True, "" if began else f"what stands before entry {entries[0].seq} is not in this file")
    # 3
    fault = _head_fault(envelope, statement, entries[-1])
    if fault:
        return report.fail(fault)
    report.add(True)
    # 4
    fault, key = _key_fault(statement, envelope, entries[0])
    if fault:
        return report.fail(fault)
    report.add(True)
    # 5
    if not signature_holds(envelope, key):
        return report.fail("the signature does not hold: something was altered")
    report.add(True)
    # 6
    if not judge_signer(report, envelope.keyid, trusted):
        return report
    # 7
    fault = _fact_fault(entries)
    if fault:
        return report.fail(fault)
    report.add(True)
    # 8
    fault = papers_fault(entries, Signer(statement["site"], statement["device"], key))
    if fault:
        return report.fail(fault)
    report.add(True, f"{sum(isinstance(e.event, ResultSigned) for e in entries)} results")
    report.subject |= statement
    return report


def _head_fault(envelope: Envelope, statement: dict[str, Any], last: Entry) -> str | None:
    if envelope.payload_type != record.CHECKPOINT:
        return f"it holds {envelope.payload_type!r}"
    fault = record.checkpoint_fault(statement)
    if fault is None and (statement["seq"], statement["hash"]) != (last.seq, last.hash.hex()):
        fault = f"the checkpoint names entry {statement['seq']} {statement['hash']}"
    return fault


def _key_fault(statement: dict[str, Any], envelope: Envelope, first: Entry) -> tuple[str | None, bytes]:
    try:
        key = signer_key(statement, envelope)
        began = first.event if first.seq == 1 else None
    except RecordError as error:
        return str(error), b""
    if first.seq == 1 and not isinstance(began, DeviceInstalled):
        return f"the journal begins with {first.kind}, not with DeviceInstalled", key
    if isinstance(began, DeviceInstalled):
        installed = (began.site, began.device, began.public_key)
        if installed != (statement.get("site"), statement.get("device"), statement["public_key"]):
            return "the journal was begun by another device or key", key
    return None, key


_UTC = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z")


def _fact_fault(entries: list[Entry]) -> str | None:
    for entry in entries:
        try:
            event = entry.event
            # A body that two readers could read differently (a key twice) is no record, whoever signed it.
            record.exact_object(entry.body, "body")
        except RecordError as error:
            return f"entry {entry.seq}: {error}"
        if entry.writer not in event.writers:
            return f"entry {entry.seq}: {entry.kind} may not be written by {entry.writer!r}"
        if not _UTC.fullmatch(entry.at) or entry.clock not in record.CLOCKS:
            return f"entry {entry.seq}: {entry.at!r} ({entry.clock!r}) is no time of a journal"
        if isinstance(event, DeviceInstalled) and entry.seq != 1:
            return f"entry {entry.seq}: a journal begins once, with entry 1"
    return None
