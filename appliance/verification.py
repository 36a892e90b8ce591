"""Checks of a record, in numbered steps: listed once, done in order, each answered with a sentence.

Two kinds of file: a *result* (the envelope of one ballot) and a *batch* (a run of journal entries with a checkpoint,
such as `appliance meeting export` writes). `docs/record-format.md` names the same steps; a second verifier that shares
no code with this one is `docs/second_verifier.py`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from appliance import ballot as ballots
from appliance import record, results
from appliance.ballot import Ballot
from appliance.errors import RecordError
from appliance.events import BallotOpened, DeviceInstalled, ResultSigned
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
        self.steps.append(Step(len(self.steps) + 1, self.titles[len(self.steps)], ok, detail))

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


def _signer_key(statement: dict[str, Any], envelope: Envelope) -> bytes:
    """The public key in a statement. Raises `RecordError` if there is none, or if the envelope names another."""
    key = record.exact_base64(statement.get("public_key"), "the public key in the statement")
    if len(key) != 32:
        raise RecordError(f"the public key in the statement has {len(key)} bytes, an Ed25519 key has 32")
    if record.fingerprint(key) != envelope.keyid:
        raise RecordError(f"the envelope names {envelope.keyid}, the statement {record.fingerprint(key)}")
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
        key = _signer_key(statement, envelope)
    except RecordError as error:
        return report._fail(str(error))
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
    report.subject = {"first": entries[0].seq, "last": entries[-1].seq}
    # 2
    start = record.GENESIS if entries[0].seq == 1 else prev if prev is not None else entries[0].prev
    fault = record.chain_fault(entries, start, entries[0].seq)
    if fault:
        return report._fail(fault)
    began = entries[0].seq == 1 or prev is not None
    report._add(True, "" if began else f"what stands before entry {entries[0].seq} is not in this file")
    # 3
    fault = _head_fault(envelope, statement, entries[-1])
    if fault:
        return report._fail(fault)
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
    fault = _results_fault(entries, envelope.keyid)
    if fault:
        return report._fail(fault)
    report._add(True, f"{sum(isinstance(e.event, ResultSigned) for e in entries)} results")
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
        key = _signer_key(statement, envelope)
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


def _results_fault(entries: list[Entry], keyid: str) -> str | None:
    """Fold the ballots opened in this run; a result of an older ballot stands alone. Later openings change nothing."""
    recount: dict[str, Ballot] = {}
    hashes: dict[int, bytes] = {entries[0].seq - 1: entries[0].prev}
    for entry in entries:
        event = entry.event
        if isinstance(event, ResultSigned):
            fault = _result_fault(event, recount.get(event.ballot), hashes, keyid)
            if fault:
                return f"result of {event.ballot}: {fault}"
        elif isinstance(event, BallotOpened):
            recount.setdefault(event.ballot, ballots.begin(event, entry.at))
        name = getattr(event, "ballot", None)
        if name in recount:
            recount[name] = ballots.apply(recount[name], event, entry.at)
        hashes[entry.seq] = entry.hash
    return None


def _result_fault(event: ResultSigned, ballot: Ballot | None, hashes: dict[int, bytes], keyid: str) -> str | None:
    inner = check_result(event.envelope.encode(), [keyid])
    if not inner.trusted:
        return f"step {inner.steps[-1].number} failed: {inner.steps[-1].detail}"
    result = results.parse(inner.subject)
    if result.ballot != event.ballot:
        return f"the envelope is of ballot {result.ballot}"
    if result.head.seq > max(hashes):
        return f"it names entry {result.head.seq} as the head, which came later"
    if result.head.seq in hashes and hashes[result.head.seq].hex() != result.head.hash:
        return f"it names another hash for entry {result.head.seq}"
    return results.recount_fault(result, ballot) if ballot else None
