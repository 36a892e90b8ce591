"""Seats: fixed by the roster or taken by a press; a delegate has one seat, a seat one delegate; keypads locked out."""

from __future__ import annotations

import pytest

from appliance import attendance, seating
from appliance.attendance import Roll
from appliance.events import CheckedIn, SeatBound, SeatLockedOut, SeatReadmitted, SeatReleased
from appliance.seating import SETTLING_SECONDS, Plan
from appliance.values import Method, Presence, Refusal, Seating
from tests import assembly

CONVENED = assembly.convened(assembly.members(3, guests=1))


@pytest.fixture
def roll() -> Roll:
    return attendance.convene(CONVENED)


@pytest.fixture
def free() -> Plan:
    return seating.convene(CONVENED.model_copy(update={"seating": Seating.FREE}))


def came(roll: Roll, delegate: str, second: int, presence: Presence = Presence.IN_PERSON) -> Roll:
    fact = attendance.check_in(roll, delegate, Method.PIN, by=delegate, presence=presence)
    assert isinstance(fact, CheckedIn)
    return attendance.apply(roll, fact, assembly.at(second))


def bound(plan: Plan, roll: Roll, seat: str, delegate: str) -> Plan:
    fact = seating.bind(plan, roll, seat, delegate, by="secretary")
    assert isinstance(fact, SeatBound), fact
    return seating.apply(plan, fact)


def test_a_fixed_plan_is_the_rosters():
    assert seating.convene(CONVENED).bound == {d.seat: d.id for d in CONVENED.roster if d.seat}


def test_a_free_plan_begins_empty(free: Plan):
    assert free.bound == {}


def test_whoever_just_came_in_takes_the_place_at_which_a_key_is_pressed(free: Plan, roll: Roll):
    roll = came(roll, "dv-02", 10)
    assert seating.settling(free, roll, assembly.at(20)) == "dv-02"


def test_of_two_who_look_for_a_place_a_press_means_neither(free: Plan, roll: Roll):
    roll = came(came(roll, "dv-01", 10), "dv-02", 12)
    assert seating.settling(free, roll, assembly.at(20)) is None
    assert seating.settling(bound(free, roll, "05", "dv-01"), roll, assembly.at(20)) == "dv-02"


def test_a_press_long_after_the_check_in_means_nobody(free: Plan, roll: Roll):
    roll = came(roll, "dv-01", 0)
    assert seating.settling(free, roll, assembly.at(int(SETTLING_SECONDS))) == "dv-01"
    assert seating.settling(free, roll, assembly.at(int(SETTLING_SECONDS) + 1)) is None


def test_who_takes_part_online_takes_no_place(free: Plan, roll: Roll):
    assert seating.settling(free, came(roll, "dv-01", 0, Presence.ONLINE), assembly.at(5)) is None


def test_where_seating_is_fixed_a_press_takes_no_place(roll: Roll):
    plan = seating.convene(CONVENED)
    empty = seating.apply(plan, SeatReleased(meeting=plan.meeting, seat="S01", by="secretary", reason="đổi chỗ"))
    assert seating.settling(empty, came(roll, "dv-01", 0), assembly.at(5)) is None


def test_a_delegate_who_moves_leaves_the_old_seat(free: Plan, roll: Roll):
    moved = bound(bound(free, roll, "05", "dv-01"), roll, "06", "dv-01")
    assert moved.bound == {"06": "dv-01"}
    assert moved.seat_of("dv-01") == "06"


def test_a_taken_seat_is_released_before_somebody_else_sits_there(free: Plan, roll: Roll):
    plan = bound(free, roll, "05", "dv-01")
    refusal = seating.bind(plan, roll, "05", "dv-02", by="secretary")
    assert isinstance(refusal, Refusal)
    assert refusal.code == "seat-taken"
    released = seating.release(plan, "05", by="secretary", reason="nhầm chỗ")
    assert isinstance(released, SeatReleased)
    assert bound(seating.apply(plan, released), roll, "05", "dv-02").bound == {"05": "dv-02"}


def test_a_keypad_is_locked_out_and_readmitted(roll: Roll):
    plan = seating.convene(CONVENED)
    locked = seating.lock(plan, "S01", by="secretary", reason="phím hỏng")
    assert isinstance(locked, SeatLockedOut)
    assert locked.delegate == "dv-01"
    plan = seating.apply(plan, locked)
    assert plan.locked == {"S01": "phím hỏng"}
    assert isinstance(seating.lock(plan, "S01", by="secretary", reason="phím hỏng"), Refusal)
    readmitted = seating.readmit(plan, "S01", by="secretary", reason="đã thay")
    assert isinstance(readmitted, SeatReadmitted)
    assert seating.apply(plan, readmitted).locked == {}
    assert isinstance(seating.readmit(seating.convene(CONVENED), "S01", by="secretary", reason="đã thay"), Refusal)


def test_facts_of_another_meeting_change_nothing(free: Plan):
    assert seating.apply(free, SeatBound(meeting="khac", seat="01", delegate="dv-01", by="secretary")) is free
