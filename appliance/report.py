"""The report of a check in numbered steps, and the five steps that every sealed paper begins with."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from appliance import record
from appliance.errors import RecordError
from appliance.record import Envelope

T = TypeVar("T")

SEALED_STEPS = (
    "The file is one envelope in its exact spelling",
    "The envelope holds {what}",
    "The key in the statement is the key named on the envelope",
    "The signature holds over the exact bytes",
    "The signer is one you trust",
)
"""What `check_sealed` does; `{what}` is the paper: `a result`."""


def sealed_titles(what: str) -> tuple[str, ...]:
    """The titles of the five steps for one kind of paper."""
    return tuple(title.format(what=what) for title in SEALED_STEPS)


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

    def add(self, ok: bool | None, detail: str = "") -> None:
        """The next step, with its answer."""
        self.steps.append(Step(len(self.steps) + 1, self.titles[len(self.steps)], ok, detail))

    def fail(self, detail: str) -> Report:
        """The next step, which does not hold; the report as it then is."""
        self.add(False, detail)
        return self

    def judge(self, fault: str | None, detail: str = "") -> bool:
        """The next step, which holds unless there is a fault; whether it does."""
        self.add(fault is None, detail if fault is None else fault)
        return fault is None

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


def signer_key(statement: dict[str, Any], envelope: Envelope) -> bytes:
    """The public key in a statement. Raises `RecordError` if there is none, or if the envelope names another."""
    key = record.exact_base64(statement.get("public_key"), "the public key in the statement")
    if len(key) != 32:
        raise RecordError(f"the public key in the statement has {len(key)} bytes, an Ed25519 key has 32")
    if record.fingerprint(key) != envelope.keyid:
        raise RecordError(f"the envelope names {envelope.keyid}, the statement {record.fingerprint(key)}")
    return key


def judge_signer(report: Report, keyid: str, trusted: Collection[str]) -> bool:
    """The step on the signer; False only where keys were named and this is another."""
    if not trusted:
        report.add(None, f"no key was named to compare with; the signer's fingerprint is {keyid}")
        return True
    known = keyid in trusted
    report.add(known, keyid if known else f"signed by {keyid}, which is none of the keys named")
    return known


def read_sealed(
    report: Report, data: bytes, payload_type: str, trusted: Collection[str], parse: Callable[[dict[str, Any]], T]
) -> T | None:
    """Do steps 1 to 6 of a sealed paper: what `parse` makes of its statement, or None where a step failed.

    `parse` raises `RecordError` for a statement of another form. The statement becomes the report's subject.
    """
    statement = check_sealed(report, data, payload_type, trusted)
    if statement is None:
        return None
    # 6
    try:
        found = parse(statement)
    except RecordError as error:
        report.fail(str(error))
        return None
    report.add(True)
    report.subject = statement
    return found


def check_sealed(report: Report, data: bytes, payload_type: str, trusted: Collection[str]) -> dict[str, Any] | None:
    """Do steps 1 to 5 of a sealed paper, whose titles are `sealed_titles`: its statement, or None where one failed."""
    # 1
    try:
        envelope = record.parse_envelope(data)
        statement = envelope.statement()
    except RecordError as error:
        report.fail(str(error))
        return None
    report.add(True)
    # 2
    if not report.judge(None if envelope.payload_type == payload_type else f"it holds {envelope.payload_type!r}"):
        return None
    # 3
    try:
        key = signer_key(statement, envelope)
    except RecordError as error:
        report.fail(str(error))
        return None
    report.add(True)
    # 4
    holds = signature_holds(envelope, key)
    if not report.judge(None if holds else "the signature does not hold: something was altered"):
        return None
    # 5
    return statement if judge_signer(report, envelope.keyid, trusted) else None
