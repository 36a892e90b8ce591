"""What a press leaves behind in a secret ballot that is no vote: refused, or from a key that stays down. Nothing that
names an elector, a key, or a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.events import PartFailed, PartRestored, VoteRefused
from appliance.values import Choice
from tests.worlds.room import Room, room

PASSPHRASE = "bốn con trâu gặm cỏ"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Room]:
    """Four members, of whom the last is not on the roll."""
    with room(tmp_path) as hall:
        hall.convene(4)
        hall.seat_delegates(3)
        hall.done("passphrase", passphrase=PASSPHRASE)
        yield hall


def open_secret(hall: Room, item: str = "i1") -> str:
    return str(hall.done("open", item=item, voting="secret")["ballot"])


def lean(hall: Room, seat: str, choice: Choice) -> None:
    """The key goes down and stays down for longer than anybody votes."""
    hall.pins.drive(hall.line(seat, choice), True)
    hall.step(0.03)
    hall.step(hall.configuration.keypads.stuck_seconds + 0.1)


def let_go(hall: Room, seat: str, choice: Choice) -> None:
    hall.pins.drive(hall.line(seat, choice), False)
    hall.step(0.03)
    hall.step()


def test_a_refused_press_of_an_elector_is_no_fact(hall: Room) -> None:
    name = open_secret(hall)
    tokens = hall.tokens()
    hall.done("hold", ballot=name)
    hall.press("01", "for")
    assert hall.refused("vote", tokens["dv-02"], ballot=name, choice="for") == "ballot-held"
    hall.done("resume", ballot=name)
    hall.done("check_out", delegate="dv-03")
    hall.press("03", "against")
    hall.done("close", ballot=name)
    hall.press("01", "against")
    assert hall.refused("vote", tokens["dv-02"], ballot=name, choice="for") == "ballot-closed"
    assert hall.facts(VoteRefused) == []


def test_a_refused_press_at_a_locked_seat_is_no_fact(hall: Room) -> None:
    name = open_secret(hall)
    hall.done("lock_seat", seat="02", reason="bàn phím hỏng")
    hall.press("02", "for")
    hall.done("close", ballot=name)
    assert hall.facts(VoteRefused) == []


def test_a_refused_press_of_somebody_who_cannot_vote_is_one(hall: Room) -> None:
    open_secret(hall)
    hall.press("04", "for")
    assert [(r.delegate, r.reason) for r in hall.facts(VoteRefused)] == [("dv-04", "not-present-at-opening")]


def test_a_key_that_stays_down_is_told_after_the_close_and_by_its_seat_alone(hall: Room) -> None:
    name = open_secret(hall)
    lean(hall, "02", Choice.AGAINST)
    assert hall.facts(PartFailed) == []
    assert hall.done("status")["seats"]["02"]["stuck"] == []
    hall.done("close", ballot=name)
    hall.step()
    (failed,) = hall.facts(PartFailed)
    assert (failed.part, "against" in failed.symptom) == ("keypad-02", False)
    assert hall.done("status")["seats"]["02"]["stuck"] == ["unnamed"]
    let_go(hall, "02", Choice.AGAINST)
    assert [r.part for r in hall.facts(PartRestored)] == ["keypad-02"]
    assert hall.done("status")["seats"]["02"]["stuck"] == []


def test_a_key_pressed_in_the_ballot_and_found_stuck_after_it_is_not_named(hall: Room) -> None:
    name = open_secret(hall)
    hall.pins.drive(hall.line("02", Choice.FOR), True)
    hall.step(0.03)
    hall.done("close", ballot=name)
    hall.open("i2")
    hall.step(hall.configuration.keypads.stuck_seconds + 0.1)
    assert [f.part for f in hall.facts(PartFailed)] == ["keypad-02"]


def test_a_key_that_was_free_again_before_the_close_is_never_told(hall: Room) -> None:
    name = open_secret(hall)
    lean(hall, "02", Choice.AGAINST)
    let_go(hall, "02", Choice.AGAINST)
    hall.done("close", ballot=name)
    hall.step()
    assert hall.facts(PartFailed) == []


def test_two_keys_of_a_seat_are_one_part_until_both_are_free(hall: Room) -> None:
    name = open_secret(hall)
    lean(hall, "02", Choice.AGAINST)
    lean(hall, "02", Choice.FOR)
    hall.done("close", ballot=name)
    hall.step()
    let_go(hall, "02", Choice.FOR)
    assert ([f.part for f in hall.facts(PartFailed)], hall.facts(PartRestored)) == (["keypad-02"], [])
    let_go(hall, "02", Choice.AGAINST)
    assert [r.part for r in hall.facts(PartRestored)] == ["keypad-02"]


def test_a_key_that_was_stuck_before_keeps_its_name_and_is_told_free_after_the_close(hall: Room) -> None:
    lean(hall, "02", Choice.AGAINST)
    name = open_secret(hall)
    let_go(hall, "02", Choice.AGAINST)
    assert hall.facts(PartRestored) == []
    hall.done("close", ballot=name)
    hall.step()
    assert [f.part for f in hall.facts(PartFailed)] == ["keypad-02-against"]
    assert [r.part for r in hall.facts(PartRestored)] == ["keypad-02-against"]


def test_a_key_that_is_stuck_over_a_restart_in_the_ballot_is_told_once(hall: Room) -> None:
    lean(hall, "02", Choice.AGAINST)
    name = open_secret(hall)
    hall.restart_with_key_down("02", Choice.AGAINST)
    hall.step(hall.configuration.keypads.stuck_seconds + 0.2)
    hall.done("passphrase", passphrase=PASSPHRASE)
    hall.done("close", ballot=name)
    hall.step()
    assert [f.part for f in hall.facts(PartFailed)] == ["keypad-02-against"]
    assert hall.facts(PartRestored) == []
