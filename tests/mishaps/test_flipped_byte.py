"""A byte of a record is altered on its way, or on purpose: both verifiers find it, wherever it is."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from appliance import record, verification
from appliance.values import Choice
from tests import assembly
from tests.verifiers import both

SMALL = {"dv-01": Choice.FOR, "dv-02": Choice.FOR}


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """The smallest council there can be: three members, two of them present."""
    entries = assembly.sat(3, present=2, votes=SMALL)
    return {"result": assembly.result_file(entries), "batch": assembly.batch_file(assembly.signed(entries))}


@pytest.mark.parametrize("kind", ["result", "batch"])
def test_a_flipped_bit_at_every_byte_is_found_by_both(files: dict[str, bytes], kind: str):
    data = files[kind]
    assert both(data) == (0, 0)
    missed = []
    for place in range(len(data)):
        flipped = bytearray(data)
        flipped[place] ^= 1 << place % 8
        if both(bytes(flipped)) != (1, 1):
            missed.append(place)
    assert missed == []


@pytest.mark.nightly
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("kind", ["result", "batch"])
def test_every_flipped_bit_is_found_by_both(files: dict[str, bytes], kind: str):
    data = files[kind]
    for place in range(len(data)):
        for bit in range(8):
            flipped = bytearray(data)
            flipped[place] ^= 1 << bit
            assert both(bytes(flipped)) == (1, 1), (place, bit)


@pytest.mark.parametrize("kind", ["result", "batch"])
def test_a_byte_too_many_or_too_few_is_found_by_both(files: dict[str, bytes], kind: str):
    data = files[kind]
    for altered in (
        data + b"\n",
        data + b" ",
        b" " + data,
        b"\xef\xbb\xbf" + data,
        data + data,
        data + b"\x00",
        data[:-1],
        data[1:],
        b"",
        data.decode().encode("utf-16"),
        data.replace(b":", b": ", 1),
        b"[" + data + b"]",
    ):
        assert both(altered) == (1, 1), altered[:40]


def test_every_single_byte_removed_or_doubled_is_found_by_both(files: dict[str, bytes]):
    data = files["result"]
    for place in range(0, len(data), 7):
        assert both(data[:place] + data[place + 1 :]) == (1, 1), place
        assert both(data[: place + 1] + data[place:]) == (1, 1), place


@pytest.mark.parametrize("kind", ["result", "batch"])
def test_what_is_not_json_or_not_finite_or_twice_there_is_found_by_both(files: dict[str, bytes], kind: str):
    data = files[kind]
    name = b'"payloadType":' if kind == "result" else b'"events":'
    for altered in (
        data.replace(name, name + b"NaN,", 1),
        data[:-1] + b',"x":NaN}',
        data[:-1] + b',"x":1e999}',
        data[:-1] + b',"x":"\\ud800"}',
        data[:-1] + b',"zz":1}',
        b"{" + data[1:].split(b",", 1)[0] + b"," + data[1:],
        b"[" * 100_000,
        b"{" * 100_000,
        b"null",
        b"1",
        b'"payload"',
        b"[]",
        b"{}",
        b"\x00" * 64,
        b"-----BEGIN PUBLIC KEY-----",
    ):
        assert both(altered) == (1, 1), altered[:40]


# A batch taken apart and put together again, with and without the right key -------------------------------------------


def journal() -> list[record.Entry]:
    return assembly.signed(assembly.sat(3, present=2, votes=SMALL))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda e: [*e[:4], e[5], e[4], *e[6:]], id="two entries swapped"),
        pytest.param(lambda e: [*e[:4], *e[5:]], id="one entry dropped"),
        pytest.param(lambda e: e[:-1], id="the last entry dropped"),
        pytest.param(lambda e: [*e[:5], e[4], *e[5:]], id="one entry doubled"),
        pytest.param(lambda e: [*e, e[-1]], id="the last entry doubled"),
        pytest.param(lambda e: e[:0], id="no entry left"),
        pytest.param(lambda e: list(reversed(e)), id="read backwards"),
    ],
)
def test_a_run_with_other_entries_under_the_old_checkpoint_is_found_by_both(
    change: Callable[[list[record.Entry]], list[record.Entry]],
):
    entries = journal()
    _, checkpoint = record.parse_batch(assembly.batch_file(entries))
    assert both(record.batch(change(entries), checkpoint)) == (1, 1)


def test_a_run_that_begins_later_is_intact_and_says_what_is_missing():
    """Its beginning is not in the file: nothing is wrong with what is there, and the report says so."""
    entries = journal()
    data = assembly.batch_file(entries)
    _, checkpoint = record.parse_batch(data)
    later = record.batch(entries[3:], checkpoint)
    assert both(later) == (0, 0)
    assert "before entry 4" in verification.check_batch(later).steps[1].detail
    assert verification.check_batch(later, prev=entries[2].hash).intact
    forked = verification.check_batch(later, prev=bytes(31) + b"\x01")
    assert [step.number for step in forked.steps if step.ok is False] == [2]


@pytest.mark.parametrize("kind", ["result", "batch"])
def test_a_whole_forgery_by_another_key_stands_until_somebody_names_the_right_one(kind: str):
    """A self-made record is consistent in itself; only the fingerprint tells whose it is."""
    forger = assembly.signer(2)
    own = base64.b64encode(forger.public_key).decode()
    entries = assembly.sat(3, present=2, votes=SMALL)
    forged = record.seal(record.RESULT, assembly.statement(entries) | {"public_key": own}, forger)
    if kind == "batch":
        begun = json.loads(entries[0].body) | {"public_key": own}
        facts = [type(entries[0].event).model_validate(begun), *(e.event for e in entries[1:])]
        again = assembly.chain(facts)
        forged = record.seal(
            record.RESULT,
            assembly.statement(again) | {"public_key": own},
            forger,
        )
        forged = assembly.batch_file(assembly.signed(again, forged), key=2)
    assert both(forged, trusted=None) == (3, 3)
    assert both(forged, trusted=record.fingerprint(forger.public_key)) == (0, 0)
    assert both(forged) == (1, 1)


ALTERED: list[tuple[str, dict[str, Any], int]] = [
    ("one vote more", {"tally": {"for": 3, "against": 0, "abstain": 0, "not_cast": 0, "absent": 1}}, 7),
    ("one vote turned", {"votes": {"dv-01": "for", "dv-02": "against"}}, 7),
    ("a vote of somebody absent", {"votes": {"dv-01": "for", "dv-02": "for", "dv-03": "for"}}, 7),
    ("a present guest", {"present": ["dv-01", "dv-02", "dv-09"]}, 7),
    ("present twice", {"present": ["dv-01", "dv-01", "dv-02"]}, 7),
    ("a chair from outside", {"chair": "dv-77"}, 7),
    ("another verdict", {"verdict": {"outcome": "lost", "sentence": {"vi": "", "en": ""}, "readings": []}}, 8),
    ("no vote is a choice", {"votes": {"dv-01": "for", "dv-02": "maybe"}}, 6),
    ("true for one", {"head": {"seq": True, "hash": "00"}}, 6),
    ("a float for a number", {"head": {"seq": 7.0, "hash": "00"}}, 6),
    ("a text for a number", {"head": {"seq": "7", "hash": "00"}}, 6),
    ("a field too many", {"comment": ""}, 6),
    ("a secret ballot", {"method": "secret"}, 6),
    ("another kind of statement", {"type": "receipt"}, 6),
    ("no names", {"electorate": ["dv-01", "dv-02", "dv-03"]}, 6),
]


@pytest.mark.parametrize(("changes", "step"), [case[1:] for case in ALTERED], ids=[case[0] for case in ALTERED])
def test_a_statement_altered_and_signed_by_the_right_key_is_found_by_both(changes: dict[str, Any], step: int):
    entries = assembly.sat(3, present=2, votes=SMALL)
    data = assembly.result_file(entries, **changes)
    assert both(data) == (1, 1)
    assert verification.check_result(data).steps[-1].number == step


def test_a_field_left_out_of_a_signed_statement_is_found_by_both():
    statement = assembly.statement(assembly.sat(3, present=2, votes=SMALL))
    for name in statement:
        rest = {key: value for key, value in statement.items() if key != name}
        assert both(record.seal(record.RESULT, rest, assembly.signer())) == (1, 1), name


def test_quorum_and_threshold_that_are_not_the_rules_are_found_by_both():
    entries = assembly.sat(21, present=15, votes=assembly.CARRIED)
    rule = assembly.statement(entries)["rule"]
    for changed in (
        rule | {"needed": 8},
        rule | {"needed": None},
        rule | {"quorum": 11},
        rule | {"preset": "simple"},
        rule | {"preset": "board"},
        rule | {"majority": "two-thirds"},
        rule | {"preset": "none of ours"},
    ):
        assert both(assembly.result_file(entries, rule=changed)) == (1, 1), changed


def test_a_tie_that_the_device_decided_by_itself_is_found_by_both():
    """8 for, 8 against, 4 abstaining of 20: the machine may not choose a reading, nor may its record."""
    votes = {
        f"dv-{n:02}": Choice.FOR if n <= 8 else Choice.AGAINST if n <= 16 else Choice.ABSTAIN for n in range(1, 21)
    }
    entries = assembly.sat(20, present=20, votes=votes)
    verdict = assembly.statement(entries)["verdict"]
    readings = [(reading["id"], reading["outcome"]) for reading in verdict["readings"]]
    assert (verdict["outcome"], readings) == ("tied", [("tie-clause-for", "carried"), ("majority-clause", "lost")])
    assert both(assembly.result_file(entries)) == (0, 0)
    for changed in (
        verdict | {"outcome": "carried", "readings": []},
        verdict | {"outcome": "carried"},
        verdict | {"readings": []},
        verdict | {"readings": verdict["readings"][::-1]},
    ):
        assert both(assembly.result_file(entries, verdict=changed)) == (1, 1)


@pytest.mark.parametrize(
    "changes", [{"seq": True}, {"seq": 1.0}, {"extra": 1}, {"at": 5}, {"site": "elsewhere"}, {"hash": "00"}]
)
def test_a_checkpoint_of_another_form_is_found_by_both(changes: dict[str, Any]):
    entries = assembly.chain([journal()[0].event])
    assert both(assembly.batch_file(entries)) == (0, 0)
    assert both(assembly.batch_file(entries, **changes)) == (1, 1)


def rebuilt(entries: list[record.Entry], place: int, **fields: Any) -> bytes:
    """The run with some fields of one entry changed and every hash and the checkpoint made anew, by the right key."""
    made: list[record.Entry] = []
    for number, entry in enumerate(entries):
        values = {name: getattr(entry, name) for name in ("seq", "at", "clock", "writer", "kind", "id", "body")}
        values |= {"prev": made[-1].hash if made else record.GENESIS} | (fields if number == place else {})
        made.append(record.Entry(**values, hash=record.entry_hash(**values)))
    return assembly.batch_file(made)


@pytest.mark.parametrize(
    ("place", "fields"),
    [
        (3, {"writer": "uplink"}),
        (1, {"writer": "door"}),
        (3, {"kind": "SomethingElse"}),
        (3, {"clock": "sundial"}),
        (3, {"at": "yesterday"}),
        (3, {"at": "2026-11-22T01:00:03.000+07:00"}),
        (3, {"at": "2026-11-22T01:00:0٣.000Z"}),
        (3, {"body": b"{}x"}),
        (3, {"body": b"[]"}),
        (3, {"body": b'{"delegate": "dv-02"}'}),
        (5, {"body": b'{"ballot":"a","ballot":"b","channel":"keypad","choice":"for","delegate":"dv-01","seat":null}'}),
        (0, {"kind": "BoxClaimed", "body": b"{}"}),
    ],
)
def test_entries_that_no_service_may_write_are_found_by_both_though_the_chain_is_right(
    place: int, fields: dict[str, Any]
):
    assert both(rebuilt(journal(), place)) == (0, 0)
    assert both(rebuilt(journal(), place, **fields)) == (1, 1)


def test_a_second_beginning_is_found_by_both():
    entries = journal()
    twice = [*entries, *assembly.chain([entries[0].event], after=entries)]
    assert both(assembly.batch_file(twice)) == (1, 1)


@pytest.mark.parametrize(
    "changes",
    [
        {
            "votes": {"dv-01": "against", "dv-02": "for"},
            "tally": {"for": 1, "against": 1, "abstain": 0, "not_cast": 0, "absent": 1},
        },
        {"question": "Thông qua điều khác?"},
        {"chair": ""},
        {"item": "noi-dung-2"},
        {"opened_at": "2026-11-22T00:00:00.000Z"},
        {"closed_at": "2026-11-22T23:00:00.000Z"},
        {"head": {"seq": 8, "hash": "ab" * 32}},
        {"head": {"seq": 800, "hash": "ab" * 32}},
        {"ballot": "m-2026-11.noi-dung-1.2"},
        {"meeting": "m-2026-12"},
    ],
)
def test_a_signed_result_that_contradicts_the_entries_beside_it_is_found_by_both(changes: dict[str, Any]):
    entries = assembly.sat(3, present=2, votes=SMALL)
    if "votes" in changes:  # consistent in itself: 1 : 1 of three is a tie that can be read in two ways
        other = assembly.statement(assembly.sat(3, present=2, votes={"dv-01": Choice.AGAINST, "dv-02": Choice.FOR}))
        changes = changes | {"verdict": other["verdict"]}
        assert both(assembly.result_file(entries, **changes)) == (0, 0)
    data = assembly.batch_file(assembly.signed(entries, assembly.result_file(entries, **changes)))
    assert both(data) == (1, 1)
    assert verification.check_batch(data).steps[-1].number == 8


def test_a_result_signed_by_another_key_inside_a_run_is_found_by_both():
    entries = assembly.sat(3, present=2, votes=SMALL)
    forger = assembly.signer(2)
    own = base64.b64encode(forger.public_key).decode()
    forged = record.seal(record.RESULT, assembly.statement(entries) | {"public_key": own}, forger)
    assert both(assembly.batch_file(assembly.signed(entries, forged))) == (1, 1)
