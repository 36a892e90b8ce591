"""The two statements about minutes: their form, and what they refuse."""

from __future__ import annotations

import pytest

from appliance import minutes_document, minutes_statement
from appliance.errors import RecordError
from appliance.events import MinutesConfirmed
from appliance.values import Capacity
from tests import sitting
from tests.sitting import MEETING, Journal, member, utc

FILES = {"minutes.json": "0" * 64, f"results/{MEETING}.nd-1.1.json": "1" * 64}


def test_confirmed_minutes_name_who_confirmed_when():
    journal = sitting.morning()
    statement = minutes_statement.signed_minutes(journal.meeting, journal.box())
    assert statement["digest"] == minutes_document.digest(journal.document())
    assert statement["confirmations"] == [
        {"capacity": "chair", "delegate": member(2), "name": "Đại biểu Mẫu 02", "at": utc("11:25")},
        {"capacity": "secretary", "delegate": "kh-01", "name": "Thư ký Mẫu", "at": utc("11:20")},
    ]
    assert (statement["meeting"], statement["title"]) == (MEETING, "Phiên họp thường kỳ tháng 11 năm 2026")
    assert statement["head"] == {"seq": journal.entries[-1].seq, "hash": journal.entries[-1].hash.hex()}
    assert minutes_statement.parse_signed_minutes(statement).digest == statement["digest"]


def test_one_confirmation_is_enough_where_the_meeting_names_nobody_else():
    journal = sitting.morning(confirmed=False)
    journal.confirm("11:20", Capacity.CHAIR, member(2))
    statement = minutes_statement.signed_minutes(journal.meeting, journal.box())
    assert [one["capacity"] for one in statement["confirmations"]] == ["chair"]


def confirmed(journal: Journal, capacity: Capacity, digest: str) -> None:
    journal.say("11:20", MinutesConfirmed(meeting=MEETING, capacity=capacity, delegate=member(2), digest=digest))


def test_nobody_or_two_different_minutes_are_no_confirmation():
    journal = sitting.morning(confirmed=False)
    with pytest.raises(RecordError, match="0 digests"):
        minutes_statement.signed_minutes(journal.meeting, journal.box())
    confirmed(journal, Capacity.CHAIR, "a" * 64)
    confirmed(journal, Capacity.SECRETARY, "b" * 64)
    with pytest.raises(RecordError, match="2 digests"):
        minutes_statement.signed_minutes(journal.meeting, journal.box())


def manifest(**changes: object) -> dict[str, object]:
    journal = sitting.morning()
    made = minutes_statement.manifest(journal.meeting, journal.box(), FILES, "c" * 64, utc("11:30"))
    return made | changes


def test_a_manifest_names_files_head_and_minutes():
    made = minutes_statement.parse_manifest(manifest())
    assert (made.files, made.minutes, made.meeting, made.at) == (FILES, "c" * 64, MEETING, utc("11:30"))
    assert (made.site, made.device, made.software) == ("tinh-mau", "phong-1", "0.1.0")


@pytest.mark.parametrize(
    "name", ["../key", "results/../../key", "/etc/passwd", ".", "..", "", "a/b", "results/", "results//a", "a\nb", "-a"]
)
def test_a_file_above_or_elsewhere_is_refused(name: str):
    journal = sitting.morning()
    with pytest.raises(RecordError, match="files"):
        minutes_statement.manifest(journal.meeting, journal.box(), {name: "0" * 64}, "c" * 64, utc("11:30"))


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "result"},
        {"minutes": "c" * 63},
        {"files": {"a": "A" * 64}},
        {"head": {"seq": True, "hash": "x"}},
        {"head": {"seq": 1.0, "hash": "x"}},
        {"more": 1},
    ],
)
def test_what_has_not_the_form_of_a_manifest_is_refused(changes: dict[str, object]):
    with pytest.raises(RecordError):
        minutes_statement.parse_manifest(manifest(**changes))


def test_a_field_that_is_missing_is_no_default():
    without = {key: value for key, value in manifest().items() if key != "type"}
    with pytest.raises(RecordError, match="missing"):
        minutes_statement.parse_manifest(without)


def test_one_capacity_confirms_once():
    journal = sitting.morning()
    statement = minutes_statement.signed_minutes(journal.meeting, journal.box())
    twice = statement | {"confirmations": [statement["confirmations"][0]] * 2}
    with pytest.raises(RecordError, match="one capacity twice"):
        minutes_statement.parse_signed_minutes(twice)
    with pytest.raises(RecordError, match="nobody confirmed"):
        minutes_statement.parse_signed_minutes(statement | {"confirmations": []})
