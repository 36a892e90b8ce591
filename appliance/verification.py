"""Checks of a record, in numbered steps: listed once, done in order, each answered with a sentence.

Two kinds of file: a *result* (the envelope of one ballot) and a *batch* (a run of journal entries with a checkpoint,
such as `appliance meeting export` writes). `docs/record-format.md` names the same steps; a second verifier that shares
no code with this one is `docs/second_verifier.py`.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from appliance import minutes, record, results
from appliance.errors import RecordError
from appliance.events import DeviceInstalled, ResultSigned
from appliance.record import Entry, Envelope

RESULT_STEPS = (
    "The file is one envelope in its exact spelling",
    "The envelope holds a result",
    "The key in the statement is the key named on the envelope",
    "The signature holds over the exact bytes",
    "The signer is one you trust",
    "The statement has the form of a result",
    "The electorate, the present and the votes agree with the counts",
    "Quorum, threshold and verdict follow from the rule named",
)

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


@dataclass(frozen=True)
class Step:
    """One numbered check. `ok` is None where it could not be decided; `detail` is a sentence for people."""

    number: int
    title: str
    ok: bool | None
    detail: str = ""


@dataclass
class Report:
    """The steps done so far. Checking stops at the first that fails: what follows would rest on it."""

    kind: str
    titles: tuple[str, ...]
    steps: list[Step] = field(default_factory=list)
    subject: dict[str, Any] = field(default_factory=dict)

    def _add(self, ok: bool | None, detail: str = "") -> None:
        number = len(self.steps) + 1
        self.steps.append(Step(number, self.titles[number - 1], ok, detail))

    def _fail(self, detail: str) -> Report:
        self._add(False, detail)
        return self

    @property
    def intact(self) -> bool:
        """Every step was done and none failed; the signer may be unknown."""
        return len(self.steps) == len(self.titles) and all(step.ok is not False for step in self.steps)

    @property
    def trusted(self) -> bool:
        """Intact, and signed by a key that the caller named."""
        return self.intact and all(step.ok for step in self.steps)


def signature_holds(envelope: Envelope, public_key: bytes) -> bool:
    """Whether the envelope's signature verifies with this raw Ed25519 key."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(envelope.signature, envelope.signed)
    except (InvalidSignature, ValueError):
        return False
    return True


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


def _embedded_key(statement: dict[str, Any]) -> bytes:
    try:
        key = base64.b64decode(statement["public_key"], validate=True)
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise RecordError("the statement does not carry its signer's public key") from error
    if len(key) != 32:
        raise RecordError(f"the public key in the statement has {len(key)} bytes, an Ed25519 key has 32")
    return key


def _trust(report: Report, keyid: str, trusted: Collection[str]) -> bool:
    """Add the step on the signer; False only where a key was named and this is another."""
    if not trusted:
        report._add(None, f"no key was named to compare with; the signer's fingerprint is {keyid}")
    elif keyid in trusted:
        report._add(True, keyid)
    else:
        report._add(False, f"signed by {keyid}, which is none of the keys named")
        return False
    return True


def check_result(data: bytes, trusted: Collection[str] = ()) -> Report:
    """Check the envelope of one ballot; `trusted` are fingerprints (sha256 of the raw key, hexadecimal)."""
    report = Report("result", RESULT_STEPS)
    # 1
    try:
        envelope = record.parse_envelope(data)
        statement = envelope.statement()
    except RecordError as error:
        return report._fail(str(error))
    report._add(True)
    # 2
    if envelope.payload_type != record.RESULT:
        return report._fail(f"it holds {envelope.payload_type!r}")
    report._add(True)
    # 3
    try:
        key = _embedded_key(statement)
    except RecordError as error:
        return report._fail(str(error))
    if record.fingerprint(key) != envelope.keyid:
        return report._fail(f"the envelope names {envelope.keyid}, the statement {record.fingerprint(key)}")
    report._add(True)
    # 4
    if not signature_holds(envelope, key):
        return report._fail("the signature does not hold: something was altered")
    report._add(True)
    # 5
    if not _trust(report, envelope.keyid, trusted):
        return report
    # 6
    try:
        result = results.parse(statement)
    except RecordError as error:
        return report._fail(str(error))
    report._add(True)
    report.subject = statement
    # 7, 8
    for fault in (results.count_fault(result), results.rule_fault(result)):
        if fault:
            return report._fail(fault)
        report._add(True)
    return report


def check_batch(data: bytes, trusted: Collection[str] = (), *, prev: bytes | None = None) -> Report:
    """Check a run of entries. `prev` is the hash it must continue from; None takes the first entry's word for it."""
    report = Report("batch", BATCH_STEPS)
    # 1
    try:
        entries, sealed = record.parse_batch(data)
        envelope = record.parse_envelope(sealed)
        statement = envelope.statement()
    except RecordError as error:
        return report._fail(str(error))
    if not entries:
        return report._fail("the run is empty")
    report._add(True, f"entries {entries[0].seq} to {entries[-1].seq}")
    # 2
    start = record.GENESIS if entries[0].seq == 1 else prev if prev is not None else entries[0].prev
    fault = record.chain_fault(entries, start, entries[0].seq)
    if fault:
        return report._fail(fault)
    report._add(True)
    # 3
    named = (envelope.payload_type, statement.get("seq"), statement.get("hash"))
    if named != (record.CHECKPOINT, entries[-1].seq, entries[-1].hash.hex()):
        return report._fail(f"the checkpoint names entry {statement.get('seq')} {statement.get('hash')}")
    report._add(True)
    # 4
    fault, key = _key_fault(statement, envelope, entries[0])
    if fault:
        return report._fail(fault)
    report._add(True)
    # 5
    if not signature_holds(envelope, key):
        return report._fail("the signature does not hold: something was altered")
    report._add(True)
    # 6
    if not _trust(report, envelope.keyid, trusted):
        return report
    # 7
    fault = _fact_fault(entries)
    if fault:
        return report._fail(fault)
    report._add(True)
    # 8
    signed = [e.event for e in entries if isinstance(e.event, ResultSigned)]
    fault = _results_fault(entries, signed, envelope.keyid)
    if fault:
        return report._fail(fault)
    report._add(True, f"{len(signed)} results")
    report.subject = statement
    return report


def _key_fault(statement: dict[str, Any], envelope: Envelope, first: Entry) -> tuple[str | None, bytes]:
    try:
        key = _embedded_key(statement)
        began = first.event if first.seq == 1 else None
    except RecordError as error:
        return str(error), b""
    if record.fingerprint(key) != envelope.keyid:
        return f"the envelope names {envelope.keyid}, the statement {record.fingerprint(key)}", key
    if first.seq == 1 and not isinstance(began, DeviceInstalled):
        return f"the journal begins with {first.kind}, not with DeviceInstalled", key
    if isinstance(began, DeviceInstalled):
        installed = (began.site, began.device, began.public_key)
        if installed != (statement.get("site"), statement.get("device"), statement["public_key"]):
            return "the journal was begun by another device or key", key
    return None, key


def _fact_fault(entries: list[Entry]) -> str | None:
    for entry in entries:
        try:
            event = entry.event
        except RecordError as error:
            return f"entry {entry.seq}: {error}"
        if entry.writer not in event.writers:
            return f"entry {entry.seq}: {entry.kind} may not be written by {entry.writer!r}"
    return None


def _results_fault(entries: list[Entry], signed: list[ResultSigned], keyid: str) -> str | None:
    recount = minutes.fold_all(entries)
    for event in signed:
        inner = check_result(event.envelope.encode(), [keyid])
        if not inner.trusted:
            last = inner.steps[-1]
            return f"result of {event.ballot}: step {last.number} failed: {last.detail}"
        ballot = next((m.ballots[event.ballot] for m in recount if event.ballot in m.ballots), None)
        if ballot is None:
            continue  # opened before this run of entries: the result stands alone
        fault = results.recount_fault(results.parse(inner.subject), ballot)
        if fault:
            return f"result of {event.ballot}: {fault}"
    return None
