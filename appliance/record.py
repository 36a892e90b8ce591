"""Chain, checkpoint, envelope: how a fact becomes a record that outsiders can check.

Formats are in docs/record-format.md; `verification` checks them in numbered steps. Everything signed is a DSSE envelope
(https://github.com/secure-systems-lab/dsse, protocol v1.0.0) over exact bytes, with one Ed25519 signature (RFC 8032).
"""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from appliance import events
from appliance.errors import RecordError
from appliance.events import Event

GENESIS = bytes(32)
"""`prev` of the first entry of a journal."""

CLOCKS = ("synchronised", "unsynchronised")
"""What `clock` of an entry says about its `at`."""

LAST_SEQ, LONGEST_ID = 2**53, 200
"""The highest sequence number and the longest id, in characters, that an entry may have."""

CHECKPOINT = "application/vnd.appliance.checkpoint.v1+json"
RESULT = "application/vnd.appliance.result.v1+json"
RECEIPT = "application/vnd.appliance.receipt.v1+json"
COMMAND = "application/vnd.appliance.command.v1+json"
MINUTES = "application/vnd.appliance.minutes.v1+json"
MANIFEST = "application/vnd.appliance.manifest.v1+json"


class Signer(Protocol):
    """Holds a private Ed25519 key and never gives it away."""

    @property
    def public_key(self) -> bytes:
        """The raw public key, 32 bytes."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature over `message`."""
        ...


@dataclass(frozen=True)
class Entry:
    """One journal entry. `at` is UTC ISO 8601, `clock` says whether it was synchronised; `body` is the exact bytes."""

    seq: int
    at: str
    clock: str
    writer: str
    kind: str
    id: str
    body: bytes
    prev: bytes
    hash: bytes

    @functools.cached_property
    def event(self) -> Event:
        """The fact in `body`; raises `RecordError` if it is none."""
        return events.decode(self.kind, self.body)


def canonical(value: Any) -> bytes:
    """JSON with sorted keys, no spaces, UTF-8: one value has one spelling."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def body_of(event: Event) -> bytes:
    """The exact bytes of a fact as the journal keeps them."""
    return canonical(event.model_dump(mode="json"))


def netstring(data: bytes) -> bytes:
    """`<length>:<bytes>,` (D. J. Bernstein, 1997): fields put one behind another cannot be read as other fields."""
    return str(len(data)).encode() + b":" + data + b","


def entry_hash(*, prev: bytes, seq: int, at: str, clock: str, writer: str, kind: str, id: str, body: bytes) -> bytes:
    """SHA-256 over the netstrings of all fields of an entry, the hash of the entry before it first: 32 bytes."""
    fields = (prev, str(seq).encode(), at.encode(), clock.encode(), writer.encode(), kind.encode(), id.encode(), body)
    return hashlib.sha256(b"".join(netstring(f) for f in fields)).digest()


def rehash(entry: Entry) -> bytes:
    """The hash that `entry` ought to have."""
    return entry_hash(
        prev=entry.prev,
        seq=entry.seq,
        at=entry.at,
        clock=entry.clock,
        writer=entry.writer,
        kind=entry.kind,
        id=entry.id,
        body=entry.body,
    )


def chain_fault(entries: Iterable[Entry], prev: bytes = GENESIS, next_seq: int = 1) -> str | None:
    """What is wrong with a run of entries that should continue after `prev`: one sentence, or None."""
    for entry in entries:
        if entry.seq != next_seq:
            return f"entry {next_seq} is missing: entry {entry.seq} stands in its place"
        if entry.prev != prev:
            return (
                f"entry {entry.seq} does not continue the chain: it names {entry.prev.hex()}, before it is {prev.hex()}"
            )
        if rehash(entry) != entry.hash:
            return (
                f"entry {entry.seq} was altered: its hash should be {rehash(entry).hex()}, it says {entry.hash.hex()}"
            )
        prev, next_seq = entry.hash, entry.seq + 1
    return None


# Envelopes -----------------------------------------------------------------------------------------------------------


def fingerprint(public_key: bytes) -> str:
    """SHA-256 of a raw public key, hexadecimal: what people compare, and the `keyid` of envelopes."""
    return hashlib.sha256(public_key).hexdigest()


def pae(payload_type: str, payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding: the bytes that are signed."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def seal(payload_type: str, statement: dict[str, Any], signer: Signer) -> bytes:
    """Sign a statement: the exact bytes of its envelope."""
    payload = canonical(statement)
    signature = signer.sign(pae(payload_type, payload))
    return canonical(
        {
            "payload": base64.b64encode(payload).decode(),
            "payloadType": payload_type,
            "signatures": [{"keyid": fingerprint(signer.public_key), "sig": base64.b64encode(signature).decode()}],
        }
    )


@dataclass(frozen=True)
class Envelope:
    """An envelope that was parsed, not yet verified."""

    payload_type: str
    payload: bytes
    keyid: str
    signature: bytes

    @property
    def signed(self) -> bytes:
        """The bytes under the signature."""
        return pae(self.payload_type, self.payload)

    def statement(self) -> dict[str, Any]:
        """The payload as JSON; raises `RecordError` if it is not one canonical object."""
        return exact_object(self.payload, "payload")


def parse_envelope(data: bytes) -> Envelope:
    """Read an envelope that has exactly the spelling `seal` gives it, so that no byte of the file is free.

    Raises `RecordError`.
    """
    outer = exact_object(data, "envelope")
    try:
        (signature,) = outer["signatures"]
        envelope = Envelope(
            payload_type=outer["payloadType"],
            payload=exact_base64(outer["payload"], "the envelope's payload"),
            keyid=signature["keyid"],
            signature=exact_base64(signature["sig"], "the envelope's sig"),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise RecordError(f"envelope: not DSSE with one signature ({error!r})") from error
    if set(outer) != {"payload", "payloadType", "signatures"} or set(signature) != {"keyid", "sig"}:
        raise RecordError("envelope: has fields that DSSE does not know")
    if not isinstance(outer["signatures"], list) or not isinstance(envelope.payload_type, str):
        raise RecordError("envelope: a field has the wrong type")
    return envelope


def exact_object(data: bytes, what: str) -> dict[str, Any]:
    """The JSON object in `data`, which must be its one spelling: no key twice, no other order, space or escape.

    Raises `RecordError` that begins with `what`.
    """
    try:
        value = json.loads(data)
        spelled = canonical(value)
    except (ValueError, RecursionError) as error:
        raise RecordError(f"{what}: not JSON ({error})") from error
    if not isinstance(value, dict):
        raise RecordError(f"{what}: not a JSON object")
    if spelled != data:
        raise RecordError(f"{what}: not in its exact spelling (sorted keys, no spaces, UTF-8)")
    return value


def exact_base64(text: Any, what: str) -> bytes:
    """The bytes behind a base64 text, which must be their one spelling (RFC 4648, section 4). Raises `RecordError`."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise RecordError(f"{what} is not base64") from error
    if base64.b64encode(data).decode() != text:
        raise RecordError(f"{what} is not in its exact base64 spelling")
    return data


# Batches: what leaves over MQTT, and what `appliance meeting export` writes -------------------------------------------


def checkpoint(site: str, device: str, seq: int, head: bytes, at: str, signer: Signer) -> bytes:
    """The device's signature over its journal head: envelope bytes."""
    statement = {
        "at": at,
        "device": device,
        "hash": head.hex(),
        "public_key": base64.b64encode(signer.public_key).decode(),
        "seq": seq,
        "site": site,
    }
    return seal(CHECKPOINT, statement, signer)


def checkpoint_fault(statement: dict[str, Any]) -> str | None:
    """Whether a statement lacks the form that `checkpoint` gives it: one sentence, or None."""
    texts = {"at", "device", "hash", "public_key", "site"}
    if set(statement) != texts | {"seq"}:
        return f"a checkpoint states {', '.join(sorted(texts | {'seq'}))}; this one {', '.join(sorted(statement))}"
    # True == 1 in Python, and 1.0 == 1: neither is a sequence number.
    if type(statement["seq"]) is not int or not all(isinstance(statement[name], str) for name in texts):
        return "a field of the checkpoint has the wrong type"
    return None


def batch(entries: Sequence[Entry], checkpoint_envelope: bytes) -> bytes:
    """A run of entries with the checkpoint over its last one: exact bytes."""
    return canonical({"checkpoint": checkpoint_envelope.decode(), "events": [_wire(e) for e in entries]})


def parse_batch(data: bytes) -> tuple[list[Entry], bytes]:
    """Entries and checkpoint envelope of a batch in its exact spelling. Nothing is verified. Raises `RecordError`."""
    outer = exact_object(data, "batch")
    if set(outer) != {"checkpoint", "events"} or not isinstance(outer["events"], list):
        raise RecordError("batch: not a list of events with a checkpoint")
    try:
        return [_from_wire(e) for e in outer["events"]], outer["checkpoint"].encode()
    except RecordError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RecordError(f"batch: not a run of events with a checkpoint ({error})") from error


def _wire(entry: Entry) -> dict[str, Any]:
    return {
        "at": entry.at,
        "body": entry.body.decode(),
        "clock": entry.clock,
        "hash": entry.hash.hex(),
        "id": entry.id,
        "kind": entry.kind,
        "prev": entry.prev.hex(),
        "seq": entry.seq,
        "writer": entry.writer,
    }


def _from_wire(fields: dict[str, Any]) -> Entry:
    texts = ("at", "clock", "writer", "kind", "id")
    entry = Entry(
        seq=fields["seq"],
        body=fields["body"].encode(),
        prev=bytes.fromhex(fields["prev"]),
        hash=bytes.fromhex(fields["hash"]),
        **{name: fields[name] for name in texts},
    )
    if type(entry.seq) is not int or not all(isinstance(fields[name], str) for name in texts):
        raise RecordError("batch: an event's field has the wrong type")
    # What no database could keep must not reach one, whoever signed it.
    if not 1 <= entry.seq <= LAST_SEQ or len(entry.prev) != 32 or len(entry.id) > LONGEST_ID:
        raise RecordError(f"batch: entry {entry.seq} after {fields['prev']} cannot be in a journal")
    if _wire(entry) != fields:
        raise RecordError(f"batch: event {entry.seq} is not in its exact spelling")
    return entry
