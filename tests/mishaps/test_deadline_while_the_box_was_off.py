"""The deadline of an opinion slip comes while the box has no power, or crashes in the very moment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.events import ResultSigned, ServiceStarted, SlipClosed
from appliance.journal import Fact
from appliance.slips import Slip
from tests.worlds.room import Room, room, roster

HOUR = 3600.0
DEADLINE = "2026-11-22T17:00:00+07:00"  # two hours after the clock's beginning


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Room]:
    with room(tmp_path) as office:
        members = [{"id": one["id"], "name": one["name"]} for one in roster(3)]
        office.done(
            "send_slip", slip="phieu-1", title="Chủ trương", question="Đồng ý?", members=members, deadline=DEADLINE
        )
        yield office


def slip(office: Room) -> Slip:
    return office.service.follower.slips["phieu-1"]


def test_it_is_closed_and_signed_as_the_box_starts(office: Room) -> None:
    token = office.tokens()["dv-01"]
    office.done("answer_slip", token, slip="phieu-1", choice="for")
    office.clock.advance(3 * HOUR)
    office.restart()
    one = slip(office)
    assert (one.is_open, one.closed_by, one.closed_at) == (False, "deadline", "2026-11-22T11:00:00.000Z")
    assert one.envelope is not None
    kinds = [e.kind for e in office.entries()]
    assert kinds.index("SlipClosed") < kinds.index("ResultSigned")
    assert kinds.count("ServiceStarted") == 2


def test_an_answer_after_the_deadline_is_refused_before_and_after_the_restart(office: Room) -> None:
    token = office.tokens()["dv-01"]
    office.clock.advance(3 * HOUR)
    office.restart()
    assert office.refused("answer_slip", token, slip="phieu-1", choice="for") == "slip-closed"
    assert slip(office).answers == {}


def test_an_extension_comes_too_late(office: Room) -> None:
    office.clock.advance(3 * HOUR)
    office.restart()
    later = {"deadline": "2026-11-30T17:00:00+07:00", "reason": "mất điện"}
    assert office.refused("extend_slip", slip="phieu-1", **later) == "slip-closed"


def test_a_crash_between_the_close_and_its_signature(office: Room) -> None:
    office.clock.advance(3 * HOUR)
    closed = Fact("phieu-1/deadline", SlipClosed(slip="phieu-1", by="deadline"))
    office.service.writer.append([closed], office.clock.now())
    office.restart()
    assert slip(office).envelope is not None
    assert len(office.facts(SlipClosed)) == len(office.facts(ResultSigned)) == 1


def test_a_restart_before_the_deadline_changes_nothing(office: Room) -> None:
    token = office.tokens()["dv-02"]
    office.done("answer_slip", token, slip="phieu-1", choice="against", opinion="Chưa rõ nguồn vốn.")
    before = slip(office)
    office.clock.advance(HOUR)
    office.restart()
    assert slip(office) == before
    assert len(office.facts(ServiceStarted)) == 2
    office.done("answer_slip", token, slip="phieu-1", choice="for")
