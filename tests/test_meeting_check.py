"""Every contradiction of a meeting by its name."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from appliance import meeting_check, meeting_file
from appliance.commands import Convene
from appliance.faults import Wrong
from tests.meetings import meetings, table


def found(**changes: Any) -> list[tuple[tuple[str | int, ...], str]]:
    """Place and sentence of everything, in a command whose fields are right each by itself."""
    good = meeting_file.table(meeting_file.parse(table()))
    given_ = {**good, "starts_at": "2026-11-22T08:00:00+07:00", **changes}
    lists = {"rooms": given_.pop("room"), "roster": given_.pop("delegate"), "agenda": given_.pop("agenda")}
    items = [{("documents" if k == "document" else k): v for k, v in item.items()} for item in lists["agenda"]]
    command = Convene.model_validate({**given_, **lists, "agenda": items})
    faults = meeting_check.contradictions(meeting_check.of_command(command))
    return [(one.place, one.what.sentence) for one in faults]


def people(*changes: dict[str, Any]) -> list[dict[str, Any]]:
    """The roster, its first lines changed."""
    lines = [dict(line) for line in table()["delegate"]]
    for line, change in zip(lines, changes, strict=False):
        line.update(change)
    return lines


def items(**changes: Any) -> list[dict[str, Any]]:
    return [{"id": "nd-1", "title": "Nội dung 1", **changes}]


def test_a_meeting_without_a_fault() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("changes", "place", "said"),
    [
        ({"preset": "fifty-percent"}, ("preset",), Wrong.NONE_OF),
        ({"starts_at": "2026-11-22T08:00:00"}, ("starts_at",), Wrong.OFFSET),
        ({"starts_at": "tomorrow"}, ("starts_at",), Wrong.NO_TIME),
        ({"starts_at": "2026-11-22"}, ("starts_at",), Wrong.TIME_OF_DAY),
        ({"chair": "kh-01"}, ("chair",), Wrong.NOT_A_MEMBER),
        ({"chair": "dt-01"}, ("chair",), Wrong.NOT_A_MEMBER),
        ({"chair": "nobody"}, ("chair",), Wrong.NOT_A_MEMBER),
        ({"secretary": "nobody"}, ("secretary",), Wrong.NOT_ON_ROSTER),
        ({"room": [*table()["room"], {"id": "p-1", "name": "x"}]}, ("room", 2, "id"), Wrong.TWICE),
        ({"delegate": [*people(), {"id": "dv-02", "name": "Đại biểu Mẫu 04"}]}, ("delegate", 5, "id"), Wrong.TWICE),
        ({"delegate": people({}, {"seat": "01"})}, ("delegate", 1, "seat"), Wrong.TWICE),
        ({"delegate": people({}, {}, {}, {"role": "substitute"})}, ("delegate", 3, "substitute_for"), Wrong.FOR_WHOM),
        ({"delegate": people({}, {"substitute_for": "dv-01"})}, ("delegate", 1, "substitute_for"), Wrong.NO_SUBSTITUTE),
        (
            {"delegate": people({}, {}, {}, {}, {"substitute_for": "kh-01"})},
            ("delegate", 4, "substitute_for"),
            Wrong.NOT_A_MEMBER,
        ),
        (
            {"delegate": people({}, {}, {}, {}, {"substitute_for": "dt-01"})},
            ("delegate", 4, "substitute_for"),
            Wrong.NOT_A_MEMBER,
        ),
        (
            {"delegate": people({}, {}, {}, {"role": "substitute", "substitute_for": "dv-03"})},
            ("delegate", 4, "substitute_for"),
            Wrong.TWICE,
        ),
        ({"delegate": people({"room": "p-9"})}, ("delegate", 0, "room"), Wrong.NO_ROOM),
        ({"seating": "free"}, ("seating",), Wrong.SEATS),
        ({"delegate": people({"weight": 3})}, ("delegate", 0, "weight"), Wrong.NO_WEIGHTS),
        ({"agenda": items() * 2}, ("agenda", 1, "id"), Wrong.TWICE),
        ({"agenda": items(voting="slip")}, ("agenda", 0, "voting"), Wrong.NO_SLIP),
        ({"agenda": items(majority="two-thirds")}, ("agenda", 0, "majority"), Wrong.NO_MAJORITY),
        ({"preset": "board", "agenda": items(voting="secret")}, ("agenda", 0, "voting"), Wrong.WEIGHTS_OPEN),
        ({"preset": "board", "agenda": items(voting="hands")}, ("agenda", 0, "voting"), Wrong.WEIGHTS_OPEN),
    ],
)
def test_each_contradiction(changes: dict[str, Any], place: tuple[str | int, ...], said: str) -> None:
    assert found(**changes) == [(place, said)]


def test_nobody_is_a_member() -> None:
    guests = [{"id": "kh-01", "name": "Khách mời Mẫu 01", "role": "guest"}]
    assert found(delegate=guests, chair="") == [(("delegate",), Wrong.NO_MEMBERS)]


def test_what_the_rule_allows() -> None:
    assert found(preset="hdnd", agenda=items(majority="two-thirds", voting="secret")) == []
    assert found(preset="board", agenda=items(majority="special"), delegate=people({"weight": 40})) == []
    assert found(seating="free", delegate=people({"seat": None}, {"seat": None})) == []
    assert found(starts_at="", chair="", secretary="") == []


def test_everything_at_once() -> None:
    changes = {"chair": "x", "secretary": "y", "seating": "free", "agenda": items(voting="slip") * 2}
    assert len(found(**changes, delegate=people({"weight": 2, "room": "p-9"}, {"seat": "01"}))) == 9


@settings(max_examples=100)
@given(meetings())
def test_a_sound_meeting_has_no_fault(command: Convene) -> None:
    assert meeting_file.faults(command) == []
