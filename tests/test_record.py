"""Chain, checkpoint, envelope: every field counts, every byte has one spelling."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance import record
from appliance.errors import RecordError
from appliance.events import BoxClaimed
from appliance.values import Choice
from tests import assembly

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


# One value, one spelling ---------------------------------------------------------------------------------------------


def test_the_spelling_is_sorted_tight_and_utf8():
    assert (
        record.canonical({"b": [1, True, None], "a": "ở\n\x1f\x7f"})
        == '{"a":"ở\\n\\u001f\x7f","b":[1,true,null]}'.encode()
    )


@given(st.dictionaries(st.text(max_size=8), JSON, max_size=5))
def test_every_object_comes_back_and_spells_the_same_again(value: dict[str, object]):
    data = record.canonical(value)
    again = record.exact_object(data, "it")
    assert record.canonical(again) == data


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":1}',
        b'{"b":1,"a":1}',
        b'{"a": 1}',
        b' {"a":1}',
        b'{"a":1}\n',
        b'\xef\xbb\xbf{"a":1}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":1e400}',
        b'{"a":1.50}',
        b'{"a":1E2}',
        b'{"a":01}',
        b'{"a":"\\u0041"}',
        b'{"a":"\\/"}',
        b'{"a":"\\u001F"}',
        b'{"a":"\\ud800"}',
        b'{"a":"\xed\xa0\x80"}',
        b'{"a":"\xc0\x80"}',
        b'{"a":"\xff"}',
        b'{"a":' + b"1" * 5000 + b"}",
        b"{" * 5000,
        '{"a":1}'.encode("utf-16"),
        '{"a":1}'.encode("utf-32-le"),
        b"[]",
        b"1",
        b"null",
        b'"a"',
        b"",
    ],
)
def test_any_other_spelling_is_refused(data: bytes):
    with pytest.raises(RecordError, match=r"^it: "):
        record.exact_object(data, "it")


def test_what_no_other_reader_could_read_is_never_written():
    for value in (float("nan"), float("inf"), "\ud800"):
        with pytest.raises(ValueError, match=r".+"):
            record.canonical({"a": value})


@pytest.mark.parametrize(
    "text", ["YQ", "YQ=", "YR==", "YQ==\n", " YQ==", "Y Q==", "YQ===", "YQ==YQ==", "ă", "_-==", 5, None, b""]
)
def test_base64_has_one_spelling(text: object):
    assert record.exact_base64("YQ==", "it") == b"a"
    if text != b"":
        with pytest.raises(RecordError, match=r"^it is not "):
            record.exact_base64(text, "it")


# The chain -----------------------------------------------------------------------------------------------------------


FIELDS: dict[str, Any] = {
    "prev": bytes(range(32)),
    "seq": 12,
    "at": "2026-11-22T01:00:12.000Z",
    "clock": "synchronised",
    "writer": "ballot",
    "kind": "BoxClaimed",
    "id": "test-000012",
    "body": b"{}",
}


def test_the_hash_is_over_netstrings_as_the_document_says():
    text = b"".join(
        b"%d:%s," % (len(part), part)
        for part in (
            bytes(range(32)),
            b"12",
            b"2026-11-22T01:00:12.000Z",
            b"synchronised",
            b"ballot",
            b"BoxClaimed",
            b"test-000012",
            b"{}",
        )
    )
    assert record.entry_hash(**FIELDS) == hashlib.sha256(text).digest()


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_is_under_the_hash(name: str):
    value = FIELDS[name]
    other = value + 1 if isinstance(value, int) else value + (b"x" if isinstance(value, bytes) else "x")
    assert record.entry_hash(**FIELDS | {name: other}) != record.entry_hash(**FIELDS)


def test_what_moves_from_one_field_to_the_next_changes_the_hash():
    moved = FIELDS | {"kind": "BoxClaimedtest", "id": "-000012"}
    assert record.entry_hash(**moved) != record.entry_hash(**FIELDS)


def test_a_right_chain_has_no_fault_and_a_run_may_begin_anywhere():
    entries = assembly.sat(3, present=2, votes={"dv-01": Choice.FOR})
    assert record.chain_fault(entries) is None
    assert record.chain_fault([]) is None
    assert record.chain_fault(entries[2:], entries[1].hash, 3) is None


@pytest.mark.parametrize("place", range(8))
@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(record.Entry)])
def test_every_altered_field_of_every_entry_is_found(place: int, name: str):
    entries = assembly.sat(3, present=2, votes={"dv-01": Choice.FOR, "dv-02": Choice.FOR})
    assert len(entries) == 8
    value = getattr(entries[place], name)
    other = value + 1 if isinstance(value, int) else value[:-1] + (b"x" if isinstance(value, bytes) else "x")
    changes: dict[str, Any] = {name: other}
    entries[place] = dataclasses.replace(entries[place], **changes)
    fault = record.chain_fault(entries)
    assert fault is not None
    assert str(place + 1) in fault


def test_the_fault_names_what_is_wrong():
    entries = assembly.sat(3, present=2, votes={})
    assert "entry 3 is missing: entry 4" in str(record.chain_fault(entries[:2] + entries[3:]))
    assert "entry 1 is missing: entry 2" in str(record.chain_fault(entries[1:]))
    assert "does not continue the chain" in str(record.chain_fault(entries, bytes([1] * 32)))


# Envelopes -----------------------------------------------------------------------------------------------------------


def test_the_signed_bytes_are_those_of_dsse():
    assert (
        record.pae("http://example.com/HelloWorld", b"hello world")
        == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )
    assert record.pae("ở", b"") == "DSSEv1 3 ở 0 ".encode()


def test_an_envelope_comes_back():
    signer = assembly.signer()
    envelope = record.parse_envelope(record.seal("text/x", {"a": "ở"}, signer))
    assert envelope.statement() == {"a": "ở"}
    assert (envelope.payload_type, envelope.keyid) == ("text/x", record.fingerprint(signer.public_key))
    assert envelope.signature == signer.sign(envelope.signed)


def altered(**changes: object) -> bytes:
    return record.canonical(json.loads(record.seal("text/x", {"a": 1}, assembly.signer())) | changes)


SIGNATURE = {"keyid": "0" * 64, "sig": "YQ=="}


@pytest.mark.parametrize(
    "data",
    [
        altered(signatures=[]),
        altered(signatures=[SIGNATURE, SIGNATURE]),
        altered(signatures={"keyid": "x"}),
        altered(signatures="x"),
        altered(signatures=None),
        altered(signatures=[{"keyid": "0"}]),
        altered(signatures=[{"keyid": 5, "sig": "YQ=="} | {"x": 1}]),
        altered(signatures=[SIGNATURE | {"cert": ""}]),
        altered(signatures=[SIGNATURE | {"sig": "YR=="}]),
        altered(signatures=[SIGNATURE | {"sig": 5}]),
        altered(payload=5),
        altered(payload="YQ"),
        altered(payload=None),
        altered(payloadType=5),
        altered(payloadType=None),
        altered(comment=""),
        b'{"payload":"","payloadType":""}',
    ],
)
def test_what_is_no_envelope_is_refused(data: bytes):
    with pytest.raises(RecordError, match="envelope"):
        record.parse_envelope(data)


@pytest.mark.parametrize("payload", [b"[]", b"1", b'{"a": 1}', b'{"a":1,"a":1}', b"\xff", b""])
def test_a_payload_that_is_no_exact_object_is_no_statement(payload: bytes):
    data = altered(payload=base64.b64encode(payload).decode())
    with pytest.raises(RecordError, match="payload"):
        record.parse_envelope(data).statement()


# Batches -------------------------------------------------------------------------------------------------------------


def test_a_batch_comes_back():
    entries = assembly.sat(3, present=2, votes={"dv-01": Choice.FOR})
    data = assembly.batch_file(entries)
    again, checkpoint = record.parse_batch(data)
    assert again == entries
    assert record.batch(again, checkpoint) == data


def batch(**changes: object) -> bytes:
    entries = assembly.chain([BoxClaimed()])
    return record.canonical(json.loads(record.batch(entries, b"{}")) | changes)


def entry(**changes: object) -> dict[str, object]:
    return json.loads(batch())["events"][0] | changes


@pytest.mark.parametrize(
    "data",
    [
        batch(extra=1),
        batch(events={}),
        batch(events="x"),
        batch(events=None),
        batch(events=[1]),
        batch(events=["x"]),
        batch(events=[[]]),
        batch(events=[{}]),
        batch(checkpoint=5),
        batch(checkpoint=None),
        batch(events=[entry(seq=True)]),
        batch(events=[entry(seq=1.0)]),
        batch(events=[entry(seq="1")]),
        batch(events=[entry(seq=0)]),
        batch(events=[entry(seq=-1)]),
        batch(events=[entry(body=5)]),
        batch(events=[entry(body=None)]),
        batch(events=[entry(at=5)]),
        batch(events=[entry(id=None)]),
        batch(events=[entry(extra="")]),
        batch(events=[entry(prev="00")]),
        batch(events=[entry(prev="zz" * 32)]),
        batch(events=[entry(prev="AB" * 32)]),
        batch(events=[entry(hash="ab " * 32)]),
        batch(events=[entry(hash=5)]),
    ],
)
def test_what_is_no_batch_is_refused(data: bytes):
    record.parse_batch(batch())
    with pytest.raises(RecordError, match=r"^batch: "):
        record.parse_batch(data)
