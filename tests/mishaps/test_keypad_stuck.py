"""A key that stays down: it casts one vote at the most, is told to the technician, and disturbs nobody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.events import PartFailed, PartRestored, VoteCast, VoteRefused
from appliance.values import Choice
from tests.worlds.room import Room, room


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Room]:
    with room(tmp_path) as hall:
        hall.convene(3)
        hall.seat_delegates(3)
        yield hall


def test_a_stuck_key_casts_nothing_in_later_ballots(hall: Room) -> None:
    first = hall.open()
    hall.pins.drive(hall.line("01", Choice.FOR), True)
    hall.step(0.03)
    hall.step(hall.configuration.keypads.stuck_seconds + 0.1)
    (failed,) = hall.facts(PartFailed)
    assert failed.part == "keypad-01-for"
    assert "seat 01" in failed.symptom
    assert hall.done("status")["seats"]["01"]["stuck"] == ["for"]
    hall.done("close", ballot=first)
    second = hall.open("i2")
    hall.step(60.0)
    assert hall.minutes.ballots[first].votes == {"dv-01": "for"}
    assert hall.minutes.ballots[second].votes == {}
    hall.press("01", "against")
    hall.press("02", "for")
    assert hall.minutes.ballots[second].votes == {"dv-01": "against", "dv-02": "for"}


def test_a_key_that_is_free_again_votes_again(hall: Room) -> None:
    line = hall.line("01", Choice.FOR)
    hall.pins.drive(line, True)
    hall.step(0.03)
    hall.step(30.0)
    hall.pins.drive(line, False)
    hall.step(0.03)
    assert [f.part for f in hall.facts(PartRestored)] == ["keypad-01-for"]
    assert hall.done("status")["seats"]["01"]["stuck"] == []
    name = hall.open()
    hall.press("01", "for")
    assert hall.minutes.ballots[name].votes == {"dv-01": "for"}


def test_a_key_that_is_down_when_the_service_starts_is_no_vote(hall: Room) -> None:
    name = hall.open()
    hall.restart_with_key_down("01", Choice.AGAINST)
    hall.step(0.1)
    assert hall.facts(VoteCast) == []
    hall.step(hall.configuration.keypads.stuck_seconds + 0.1)
    assert [f.part for f in hall.facts(PartFailed)] == ["keypad-01-against"]
    assert hall.minutes.ballots[name].votes == {}


def test_a_key_freed_while_nobody_watched_is_told_restored_after_the_next_start(hall: Room) -> None:
    hall.pins.drive(hall.line("01", Choice.FOR), True)
    hall.step(0.03)
    hall.step(30.0)
    hall.pins.drive(hall.line("01", Choice.FOR), False)
    hall.restart()
    assert hall.facts(PartRestored) == []
    hall.step(hall.configuration.keypads.stuck_seconds + 0.2)
    assert [f.part for f in hall.facts(PartRestored)] == ["keypad-01-for"]


def test_leaning_on_a_key_after_the_close_fills_no_journal(hall: Room) -> None:
    hall.done("close", ballot=hall.open())
    before = len(hall.entries())
    hall.pins.drive(hall.line("01", Choice.FOR), True)
    for _ in range(50):
        hall.step(0.1)
    assert len(hall.entries()) == before + 1
    assert len(hall.facts(VoteRefused)) == 1
