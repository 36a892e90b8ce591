"""The roll: first check-in stands, only people on the roster, by hand only with a reason."""

from __future__ import annotations

import pytest

from appliance import attendance
from appliance.attendance import Attendance, Roll
from appliance.events import CheckedIn, CheckInRevoked, Method, Refusal
from tests import assembly


@pytest.fixture
def roll() -> Roll:
    return attendance.convene(assembly.convened(assembly.members(3, guests=1)))


def present(roll: Roll, *delegates: str) -> Roll:
    for number, delegate in enumerate(delegates):
        roll = attendance.apply(roll, assembly.arrived(delegate), assembly.at(number))
    return roll


def test_a_meeting_begins_with_nobody_present(roll: Roll):
    assert roll.present == {}
    assert roll.members == ("dv-01", "dv-02", "dv-03")
    assert roll.members_present == ()


def test_a_check_in_is_decided_then_applied(roll: Roll):
    fact = attendance.check_in(roll, "dv-02", Method.FACE, by="door", evidence={"distance": 0.2})
    assert isinstance(fact, CheckedIn)
    after = attendance.apply(roll, fact, assembly.at(5))
    assert after.present["dv-02"] == Attendance("dv-02", assembly.at(5), Method.FACE, "door")
    assert roll.present == {}, "the roll before is another value"


def test_the_first_check_in_stands(roll: Roll):
    once = present(roll, "dv-01")
    standing = attendance.check_in(once, "dv-01", Method.PIN, by="dv-01")
    assert standing == once.present["dv-01"]
    assert attendance.apply(once, assembly.arrived("dv-01"), assembly.at(99)) is once


def test_a_guest_is_on_the_roll_and_counts_for_no_quorum(roll: Roll):
    after = present(roll, "dv-04", "dv-03")
    assert set(after.present) == {"dv-03", "dv-04"}
    assert after.members_present == ("dv-03",)


def test_members_present_are_in_the_order_of_the_roster(roll: Roll):
    assert present(roll, "dv-03", "dv-01").members_present == ("dv-01", "dv-03")


def test_whoever_is_not_on_the_roster_is_refused_and_a_fact_about_them_changes_nothing(roll: Roll):
    refusal = attendance.check_in(roll, "dv-99", Method.FACE, by="door")
    assert isinstance(refusal, Refusal)
    assert refusal.code == "not-on-roster"
    assert attendance.apply(roll, assembly.arrived("dv-99"), assembly.at(1)) is roll


@pytest.mark.parametrize("reason", ["", "   ", "\n"])
def test_by_hand_needs_a_reason(roll: Roll, reason: str):
    refusal = attendance.check_in(roll, "dv-01", Method.HAND, by="secretary", reason=reason)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "reason-missing"
    fact = attendance.check_in(roll, "dv-01", Method.HAND, by="secretary", reason=" quên kính ")
    assert isinstance(fact, CheckedIn)
    assert fact.reason == "quên kính"


@pytest.mark.parametrize("method", [Method.FACE, Method.PIN])
def test_face_and_pin_need_none_and_carry_the_same_rights(roll: Roll, method: Method):
    fact = attendance.check_in(roll, "dv-01", method, by="door")
    assert isinstance(fact, CheckedIn)
    assert attendance.apply(roll, fact, assembly.at(1)).members_present == ("dv-01",)


def test_a_check_in_is_taken_back_with_a_reason_and_may_be_made_again(roll: Roll):
    once = present(roll, "dv-01")
    for delegate, reason, code in (("dv-02", "nhầm", "not-present"), ("dv-01", " ", "reason-missing")):
        refusal = attendance.revoke(once, delegate, by="secretary", reason=reason)
        assert isinstance(refusal, Refusal)
        assert refusal.code == code
    fact = attendance.revoke(once, "dv-01", by="secretary", reason="nhầm người")
    assert isinstance(fact, CheckInRevoked)
    after = attendance.apply(once, fact, assembly.at(7))
    assert after.present == {}
    assert isinstance(attendance.check_in(after, "dv-01", Method.PIN, by="dv-01"), CheckedIn)


def test_facts_of_another_meeting_and_of_another_kind_change_nothing(roll: Roll):
    once = present(roll, "dv-01")
    revoked = CheckInRevoked(meeting="m-other", delegate="dv-01", by="secretary", reason="nhầm")
    for fact in (assembly.arrived("dv-02", meeting="m-other"), revoked, assembly.opened(["dv-01"], ["dv-01"])):
        assert attendance.apply(once, fact, assembly.at(2)) is once


def test_a_face_alone_does_not_bring_back_whom_the_secretary_took_off(roll: Roll):
    once = present(roll, "dv-01")
    fact = attendance.revoke(once, "dv-01", by="secretary", reason="nhầm người")
    assert isinstance(fact, CheckInRevoked)
    off = attendance.apply(once, fact, assembly.at(5))
    by_face = attendance.check_in(off, "dv-01", Method.FACE, by="door")
    assert isinstance(by_face, Refusal)
    assert by_face.code == "revoked"
    assert isinstance(attendance.check_in(off, "dv-01", Method.PIN, by="dv-01"), CheckedIn)


def test_a_face_that_the_door_appended_before_it_heard_of_the_revocation_counts_for_nothing(roll: Roll):
    once = present(roll, "dv-01")
    fact = attendance.revoke(once, "dv-01", by="secretary", reason="nhầm người")
    assert isinstance(fact, CheckInRevoked)
    off = attendance.apply(once, fact, assembly.at(5))
    late = attendance.check_in(roll, "dv-01", Method.FACE, by="door")
    by_hand = attendance.check_in(off, "dv-01", Method.HAND, by="secretary", reason="đúng người")
    assert isinstance(late, CheckedIn)
    assert isinstance(by_hand, CheckedIn)
    assert attendance.apply(off, late, assembly.at(6)).present == {}
    assert set(attendance.apply(off, by_hand, assembly.at(7)).present) == {"dv-01"}
