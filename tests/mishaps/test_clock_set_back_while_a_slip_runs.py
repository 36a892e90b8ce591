"""Somebody, or a time server, moves the clock while an opinion slip runs or after it was closed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance import record, verification
from appliance.events import SlipAnswered, SlipClosed
from appliance.journal import Instant
from appliance.slips import Slip
from tests.worlds.room import Room, room, roster

HOUR = 3600.0
DEADLINE = "2026-11-22T17:00:00+07:00"  # two hours after the clock's beginning


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Room]:
    with room(tmp_path) as office:
        yield office


def send(office: Room, name: str, **more: Any) -> None:
    members = [{"id": one["id"], "name": one["name"]} for one in roster(2)]
    fields = {"title": "Chủ trương", "question": "Đồng ý?", "members": members, "deadline": DEADLINE}
    office.done("send_slip", slip=name, **{**fields, **more})


def slip(office: Room, name: str = "phieu-1") -> Slip:
    return office.service.follower.slips[name]


def test_a_closed_slip_is_not_opened_again(office: Room) -> None:
    send(office, "phieu-1")
    token = office.tokens()["dv-01"]
    office.step(2 * HOUR)
    before = slip(office)
    assert not before.is_open
    office.step(-1.5 * HOUR)
    assert office.refused("answer_slip", token, slip="phieu-1", choice="for") == "slip-closed"
    later = {"deadline": "2026-11-30T17:00:00+07:00", "reason": "đồng hồ sai"}
    assert office.refused("extend_slip", slip="phieu-1", **later) == "slip-closed"
    office.restart()
    assert slip(office) == before


def test_an_open_slip_ends_when_the_clock_reads_its_deadline_and_the_journal_shows_the_step_back(office: Room) -> None:
    send(office, "phieu-1")
    tokens = office.tokens()
    office.step(1.9 * HOUR)
    office.done("answer_slip", tokens["dv-01"], slip="phieu-1", choice="for")
    office.step(-1.5 * HOUR)
    office.done("answer_slip", tokens["dv-02"], slip="phieu-1", choice="against")
    first, second = (e.at for e in office.entries() if isinstance(e.event, SlipAnswered))
    assert second < first, "the order of the entries is what happened; their times are what the clock said"
    office.step(1.5 * HOUR)
    assert slip(office).is_open
    office.step(0.1 * HOUR)
    assert not slip(office).is_open
    entries = office.entries()
    sealed = office.done("sign_checkpoint", seq=entries[-1].seq)["envelope"]
    report = verification.check_batch(record.batch(entries, sealed.encode()))
    assert report.intact, report.steps[-1]


def unsynchronised(office: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    now = office.clock.now
    monkeypatch.setattr(office.clock, "now", lambda: Instant(now().at, False))


def test_by_a_clock_that_nobody_set_silence_agrees_to_nothing(office: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that runs ahead would make members agree who have time left: such a slip waits for a person."""
    send(office, "phieu-1")
    send(office, "phieu-2", silence_agrees=True)
    token = office.tokens()["dv-01"]
    unsynchronised(office, monkeypatch)
    office.step(3 * HOUR)
    assert (slip(office).is_open, slip(office, "phieu-2").is_open) == (False, True)
    assert office.refused("answer_slip", token, slip="phieu-2", choice="against") == "slip-closed"
    monkeypatch.undo()
    office.clock.advance(-2.5 * HOUR)  # a time server is there at last: it is half an hour after the sending
    office.step()
    assert slip(office, "phieu-2").is_open
    office.done("answer_slip", token, slip="phieu-2", choice="against")
    office.step(1.5 * HOUR)
    assert not slip(office, "phieu-2").is_open


def test_the_secretary_closes_what_an_unset_clock_does_not(office: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    send(office, "phieu-1", silence_agrees=True)
    unsynchronised(office, monkeypatch)
    assert office.refused("close_slip", slip="phieu-1") == "slip-awaited"
    office.step(3 * HOUR)
    office.done("close_slip", slip="phieu-1")
    assert [fact.by for fact in office.facts(SlipClosed)] == ["console"]
