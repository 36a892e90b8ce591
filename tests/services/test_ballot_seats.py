"""Seats that are free to take, keypads that are locked out, coming and going, and what a secret session changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.events import (
    CheckedIn,
    CheckedOut,
    PartFailed,
    SeatBound,
    SecretSessionBegan,
    SecretSessionEnded,
    VoteCast,
    VoteRefused,
)
from appliance.values import Choice
from tests.worlds.room import Room, room, settings

READY, DARK = (True, True, True), (False, False, False)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Room]:
    with room(tmp_path) as hall:
        yield hall


def press_code(hall: Room, seat: str, code: str) -> None:
    for digit in code:
        hall.press(seat, tuple(Choice)[int(digit) - 1])


# Free seating --------------------------------------------------------------------------------------------------------


def test_one_press_after_the_check_in_takes_the_place(hall: Room) -> None:
    hall.convene(3, seating="free")
    hall.done("check_in", delegate="dv-02", reason="bài kiểm tra")
    hall.press("05", "for")
    assert [(fact.seat, fact.delegate, fact.by) for fact in hall.facts(SeatBound)] == [("05", "dv-02", "seat 05")]
    hall.seat_delegates(1)
    hall.done("check_in", delegate="dv-03", reason="bài kiểm tra")
    hall.open()
    assert hall.lit("05") == READY
    hall.press("05", "against")
    assert [(v.delegate, v.choice) for v in hall.facts(VoteCast)] == [("dv-02", "against")]


def test_where_two_look_for_a_place_the_key_code_says_who_it_is(hall: Room) -> None:
    hall.convene(3, seating="free")
    codes = {slip["delegate"]: slip["code"] for slip in hall.done("issue_pins")}
    hall.seat_delegates(2)
    hall.press("04", "for")
    assert hall.facts(SeatBound) == [], "one press says nothing"
    hall.step(11)  # that press is forgotten
    press_code(hall, "04", codes["dv-02"])
    assert [(fact.seat, fact.delegate) for fact in hall.facts(SeatBound)] == [("04", "dv-02")]


def test_a_key_code_at_a_free_place_also_checks_in(hall: Room) -> None:
    hall.convene(3, seating="free")
    codes = {slip["delegate"]: slip["code"] for slip in hall.done("issue_pins")}
    press_code(hall, "03", codes["dv-01"])
    assert [fact.delegate for fact in hall.facts(CheckedIn)] == ["dv-01"]
    assert hall.minutes.plan.bound == {"03": "dv-01"}


def test_guessing_codes_at_a_free_place_locks_the_place(hall: Room) -> None:
    hall.convene(3, seating="free")
    codes = {slip["delegate"]: slip["code"] for slip in hall.done("issue_pins")}
    wrong = next(c for c in ("111111", "222222", "333333", "121212") if c not in codes.values())
    for _ in range(6):
        press_code(hall, "03", wrong)
    press_code(hall, "03", codes["dv-01"])
    assert hall.facts(SeatBound) == []


def test_the_secretary_moves_and_releases(hall: Room) -> None:
    hall.convene(3)
    assert hall.refused("bind_seat", seat="02", delegate="dv-01") == "seat-taken"
    hall.done("release_seat", seat="02", reason="đổi chỗ")
    hall.done("bind_seat", seat="02", delegate="dv-01")
    assert hall.minutes.plan.bound == {"02": "dv-01", "03": "dv-03"}


# Locked keypads ------------------------------------------------------------------------------------------------------


def test_a_dead_keypad_is_locked_out_and_its_delegate_votes_on_a_tablet(hall: Room) -> None:
    hall.convene(3)
    hall.seat_delegates(3)
    tokens = hall.tokens()
    name = hall.open()
    hall.press("01", "against")
    hall.done("lock_seat", seat="01", reason="phím kẹt")
    hall.step()
    assert hall.lit("01") == DARK
    hall.press("01", "for")
    assert [r.reason for r in hall.facts(VoteRefused)] == ["seat-locked"]
    hall.done("vote", tokens["dv-01"], ballot=name, choice="for")
    assert hall.minutes.ballots[name].votes["dv-01"] is Choice.FOR
    hall.done("readmit_seat", seat="01", reason="đã thay bàn phím")
    hall.press("01", "abstain")
    assert hall.minutes.ballots[name].votes["dv-01"] is Choice.ABSTAIN


# Coming and going ----------------------------------------------------------------------------------------------------


def test_whoever_left_votes_no_more_and_whoever_returned_does(hall: Room) -> None:
    hall.convene(3)
    hall.seat_delegates(3)
    tokens = hall.tokens()
    name = hall.open()
    hall.done("check_out_myself", tokens["dv-02"])
    assert hall.refused("vote", tokens["dv-02"], ballot=name, choice="for") == "not-present"
    hall.done("check_in_myself", tokens["dv-02"], presence="online")
    assert hall.done("vote", tokens["dv-02"], ballot=name, choice="for") == {"recorded": "for"}
    assert len(hall.facts(CheckedOut)) == 1
    first, second = hall.minutes.roll.intervals["dv-02"]
    assert (first.left_at is not None, second.arrived.presence) == (True, "online")


# Secret sessions -----------------------------------------------------------------------------------------------------


def test_in_a_secret_session_radios_are_off_and_only_wired_keypads_count(hall: Room) -> None:
    hall.air.plug_in("wlan", "phy0")
    hall.convene(3)
    hall.seat_delegates(3)
    tokens = hall.tokens()
    hall.done("secret_session", on=True)
    assert not hall.air.is_on("phy0")
    name = hall.open()
    assert hall.refused("vote", tokens["dv-01"], ballot=name, choice="for") == "keypads-only"
    assert hall.refused("check_in_myself", tokens["dv-01"]) == "keypads-only"
    hall.press("01", "for")
    assert hall.minutes.ballots[name].votes == {"dv-01": Choice.FOR}
    assert hall.refused("secret_session", on=False) == "ballot-running"
    hall.done("close", ballot=name)
    hall.step(60)
    hall.done("secret_session", on=False)
    assert hall.air.is_on("phy0")
    ((begin, end),) = hall.minutes.secret_sessions
    assert begin < str(end)


def test_radios_are_off_again_after_a_power_cut_within_a_secret_session(hall: Room) -> None:
    hall.convene(3)
    hall.done("secret_session", on=True)
    hall.air.plug_in("wlan", "phy0")
    hall.air.somebody_switches(0, False)
    hall.restart()
    assert not hall.air.is_on("phy0")


def test_a_radio_that_stays_on_is_told_and_stops_no_meeting(hall: Room) -> None:
    hall.air.plug_in("wlan", "phy0", stubborn=True)
    hall.convene(3)
    hall.done("secret_session", on=True)
    hall.step()
    (fault,) = hall.facts(PartFailed)
    assert (fault.part, "phy0" in fault.symptom) == ("radios", True)


def test_the_key_on_the_box_begins_a_secret_session_and_a_broken_wire_ends_none(tmp_path: Path) -> None:
    wired = settings(3)
    keypads = wired.keypads.model_copy(update={"secret_key": 90})
    with room(tmp_path, wired.model_copy(update={"keypads": keypads})) as hall:
        hall.convene(3)
        hall.pins.drive(90, True)
        hall.step(0.1)
        assert [fact.by for fact in hall.facts(SecretSessionBegan)] == ["key-on-the-box"]
        hall.restart()
        hall.pins.drive(90, True)  # a mock line forgets its level; a key stays where it was turned
        hall.step(0.1)
        assert len(hall.facts(SecretSessionBegan)) == 1, "it was on already"
        hall.pins.drive(90, False)
        hall.step(0.1)
        assert hall.facts(SecretSessionEnded) == []
        hall.done("secret_session", on=False)
        assert len(hall.facts(SecretSessionEnded)) == 1


def test_a_meeting_convened_within_a_secret_session_says_so(hall: Room) -> None:
    hall.done("secret_session", on=True)
    hall.convene(3)
    hall.step()
    assert [fact.meeting for fact in hall.facts(SecretSessionBegan)] == ["", "m1"]
    assert len(hall.minutes.secret_sessions) == 1


# Seats that are not there ---------------------------------------------------------------------------------------------


def test_a_seat_that_nothing_speaks_of_is_refused_and_the_others_are_named(hall: Room) -> None:
    hall.convene(3)
    for do, more in (("bind_seat", {"delegate": "dv-01"}), ("lock_seat", {"reason": "hỏng phím"})):
        assert hall.refused(do, seat="S99", **more) == "no-seat"
        refusal = hall.ask(do, seat="S99", **more)
        assert refusal.message.startswith("there is no seat S99; known: 01, 02, 03")
    assert hall.facts(SeatBound) == []


def test_a_seat_of_the_roster_needs_no_keypad_here(hall: Room) -> None:
    """Another room has its own box, or its delegate votes on a tablet."""
    people = [{"id": "dv-01", "name": "Đại biểu Mẫu 01", "seat": "B-01"}, {"id": "dv-02", "name": "Đại biểu Mẫu 02"}]
    hall.done("convene", meeting="m1", title="Kỳ họp mẫu", roster=people, agenda=[{"id": "i1", "title": "Nội dung 1"}])
    hall.done("release_seat", seat="B-01", reason="đổi chỗ")
    hall.done("bind_seat", seat="B-01", delegate="dv-02")
    hall.done("lock_seat", seat="B-01", reason="hỏng phím")
