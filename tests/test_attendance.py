"""The roll: first check-in stands, only people on the roster, by hand only with a reason."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from appliance import attendance
from appliance.attendance import Attendance, Roll, Stay
from appliance.events import AbsenceDecided, AbsenceReported, CheckedIn, CheckedOut, CheckInRevoked, ProxyGiven
from appliance.values import Method, Refusal
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


# Coming and going ----------------------------------------------------------------------------------------------------


def left(roll: Roll, delegate: str, second: int) -> Roll:
    fact = attendance.check_out(roll, delegate, Method.PIN, by=delegate)
    assert isinstance(fact, CheckedOut)
    return attendance.apply(roll, fact, assembly.at(second))


def came(roll: Roll, delegate: str, second: int) -> Roll:
    return attendance.apply(roll, assembly.arrived(delegate), assembly.at(second))


def test_somebody_who_leaves_and_returns_has_two_stays(roll: Roll):
    after = came(left(came(roll, "dv-01", 0), "dv-01", 60), "dv-01", 90)
    first, second = after.intervals["dv-01"]
    assert (first.arrived.at, first.left_at) == (assembly.at(0), assembly.at(60))
    assert (second.arrived.at, second.left_at) == (assembly.at(90), None)
    assert after.present["dv-01"].at == assembly.at(90)


def test_whoever_left_is_not_present(roll: Roll):
    assert left(came(roll, "dv-01", 0), "dv-01", 60).members_present == ()


def test_nobody_leaves_who_is_not_there(roll: Roll):
    refusal = attendance.check_out(roll, "dv-01", Method.HAND, by="secretary")
    assert isinstance(refusal, Refusal)
    assert refusal.code == "not-present"


def test_a_face_brings_back_whoever_left_but_not_whoever_was_taken_off(roll: Roll):
    gone = left(came(roll, "dv-01", 0), "dv-01", 60)
    assert isinstance(attendance.check_in(gone, "dv-01", Method.FACE, by="door"), CheckedIn)
    revoked = attendance.revoke(came(roll, "dv-01", 0), "dv-01", by="secretary", reason="nhầm người")
    assert isinstance(revoked, CheckInRevoked)
    taken_off = attendance.apply(came(roll, "dv-01", 0), revoked, assembly.at(5))
    assert isinstance(attendance.check_in(taken_off, "dv-01", Method.FACE, by="door"), Refusal)


def test_a_check_in_that_was_a_mistake_leaves_no_stay(roll: Roll):
    once = came(roll, "dv-01", 0)
    revoked = attendance.revoke(once, "dv-01", by="secretary", reason="nhầm người")
    assert isinstance(revoked, CheckInRevoked)
    assert attendance.apply(once, revoked, assembly.at(5)).intervals["dv-01"] == ()


@pytest.mark.parametrize(
    ("stays", "expected"),
    [
        ([(0, None)], Stay.WHOLE),
        ([(0, 300)], Stay.WHOLE),
        ([(120, None)], Stay.LATE),
        ([(0, 150)], Stay.EARLY),
        ([(120, 150)], Stay.PART),
        ([(0, 120), (150, None)], Stay.PART),
        ([(0, 50)], Stay.NONE),
        ([(250, None)], Stay.NONE),
        ([(200, None)], Stay.NONE),  # arrived in the moment in which it ended
        ([], Stay.NONE),
    ],
)
def test_how_much_of_a_span_somebody_was_there(roll: Roll, stays, expected: Stay):
    for arrived_at, left_at in stays:
        roll = came(roll, "dv-01", arrived_at)
        roll = roll if left_at is None else left(roll, "dv-01", left_at)
    assert attendance.stay(roll, "dv-01", assembly.at(100), assembly.at(200)) is expected


def test_late_is_measured_against_the_published_start_in_its_own_time_zone(roll: Roll):
    after = came(roll, "dv-01", 90)
    start = datetime.fromisoformat(assembly.at(0)).astimezone(timezone(timedelta(hours=7))).isoformat()
    assert attendance.late_minutes(after, "dv-01", start) == 1, "a minute and a half"
    assert attendance.late_minutes(after, "dv-01", assembly.at(90)) == 0, "in time"
    assert attendance.late_minutes(after, "dv-02", start) == 0, "never came"
    assert attendance.late_minutes(after, "dv-01", "") == 0, "no start was published"


@pytest.mark.parametrize(
    ("convened_at", "measured"),
    [
        ("2026-11-22T00:50:00.000Z", True),  # 07:50
        ("2026-11-22T16:59:59.000Z", True),  # a minute before midnight there, already the day's end
        ("2026-11-22T17:00:00.000Z", False),  # the next day there, the same in UTC
        ("2026-11-24T01:00:00.000Z", False),
        ("2026-11-21T10:00:00.000Z", True),  # the roll was opened on the eve
    ],
)
def test_nobody_is_late_by_the_days_by_which_a_meeting_was_put_off(convened_at: str, measured: bool):
    published = "2026-11-22T08:00:00+07:00"
    assert attendance.due(published, convened_at) == (published if measured else "")


def test_where_no_start_was_published_none_is_due():
    assert attendance.due("", assembly.at(0)) == ""


def test_a_time_without_an_offset_is_refused():
    with pytest.raises(ValueError, match="no offset"):
        attendance.moment("2026-11-22T08:00:00")


# Absence and proxies -------------------------------------------------------------------------------------------------


def test_an_absence_is_reported_with_a_reason_and_decided_by_the_chair(roll: Roll):
    reported = attendance.report_absence(roll, "dv-02", by="dv-02", reason="đi công tác")
    assert isinstance(reported, AbsenceReported)
    roll = attendance.apply(roll, reported, assembly.at(1))
    assert roll.absences["dv-02"].accepted is None
    decided = attendance.decide_absence(roll, "dv-02", accepted=True, by="dv-01")
    assert isinstance(decided, AbsenceDecided)
    assert attendance.apply(roll, decided, assembly.at(2)).absences["dv-02"].accepted is True


def test_a_new_report_is_decided_anew(roll: Roll):
    for fact in (
        AbsenceReported(meeting=roll.meeting, delegate="dv-02", reason="ốm", by="dv-02"),
        AbsenceDecided(meeting=roll.meeting, delegate="dv-02", accepted=True, by="dv-01"),
        AbsenceReported(meeting=roll.meeting, delegate="dv-02", reason="đi công tác", by="dv-02"),
    ):
        roll = attendance.apply(roll, fact, assembly.at(1))
    assert (roll.absences["dv-02"].reason, roll.absences["dv-02"].accepted) == ("đi công tác", None)


def test_an_absence_that_nobody_reported_is_not_decided(roll: Roll):
    refusal = attendance.decide_absence(roll, "dv-02", accepted=True, by="dv-01")
    assert isinstance(refusal, Refusal)
    assert refusal.code == "no-absence"


def test_a_proxy_counts_while_its_giver_is_away_and_its_holder_there(roll: Roll):
    given = attendance.give_proxy(roll, "dv-01", "dv-02", document="giấy ủy quyền 01", by="secretary")
    assert isinstance(given, ProxyGiven)
    roll = attendance.apply(roll, given, assembly.at(0))
    assert roll.represented == {}, "the holder is not there"
    roll = came(roll, "dv-02", 1)
    assert roll.represented == {"dv-01": "dv-02"}
    assert came(roll, "dv-01", 2).represented == {}, "who comes votes alone"


@pytest.mark.parametrize(("giver", "holder"), [("dv-01", "dv-01"), ("dv-01", "dv-04"), ("dv-99", "dv-01")])
def test_only_one_member_gives_a_proxy_to_another(roll: Roll, giver: str, holder: str):
    refusal = attendance.give_proxy(roll, giver, holder, document="giấy ủy quyền", by="secretary")
    assert isinstance(refusal, Refusal)
    assert refusal.code == "no-proxy"


def test_no_proxy_is_passed_on(roll: Roll):
    given = attendance.give_proxy(roll, "dv-01", "dv-02", document="giấy ủy quyền 01", by="secretary")
    assert isinstance(given, ProxyGiven)
    roll = attendance.apply(roll, given, assembly.at(0))
    refusal = attendance.give_proxy(roll, "dv-02", "dv-03", document="giấy ủy quyền 02", by="secretary")
    assert isinstance(refusal, Refusal)
    assert refusal.code == "proxy-passed-on"
