"""Commands about the roll and the seats. Each becomes one fact."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from appliance import attendance, commands, opening, rules, seating
from appliance.attendance import Attendance
from appliance.commands import Command
from appliance.events import (
    AbsenceDecided,
    AbsenceReported,
    CheckedIn,
    CheckedOut,
    CheckInRevoked,
    Event,
    ProxyGiven,
    ProxyWithdrawn,
    QuorumOverridden,
    SeatBound,
    SeatLockedOut,
    SeatReadmitted,
    SeatReleased,
)
from appliance.minutes import Minutes
from appliance.rights import Who
from appliance.services.desk.desk import Desk
from appliance.services.desk.outcomes import NO_MEETING, Act, Caller, same_fields, seq
from appliance.services.draft import Draft
from appliance.values import Method, Refusal

KEYPADS_ONLY = Refusal(code="keypads-only", message="the session is secret: no tablet counts, only wired keypads")

Decide = Callable[[Any, Caller, Minutes], Any]


def _in_meeting(decide: Decide) -> Callable[[Desk, Any, Caller, Draft], Any]:
    """A decision that needs nothing but the meeting in progress."""

    def decided(_desk: Desk, command: Any, caller: Caller, draft: Draft) -> Any:
        return NO_MEETING if draft.meeting is None else decide(command, caller, draft.meeting)

    return decided


# Coming and going ----------------------------------------------------------------------------------------------------


def _check_in(command: commands.CheckIn, caller: Caller, meeting: Minutes) -> CheckedIn | Refusal:
    decision = attendance.check_in(
        meeting.roll,
        command.delegate,
        Method.HAND,
        by=caller.subject,
        reason=command.reason,
        presence=command.presence,
    )
    if isinstance(decision, Attendance):
        return Refusal(code="already-present", message=f"{command.delegate} is on the roll since {decision.at}")
    return decision


def _check_out(command: commands.CheckOut, caller: Caller, meeting: Minutes) -> CheckedOut | Refusal:
    return attendance.check_out(meeting.roll, command.delegate, Method.HAND, by=caller.subject, reason=command.reason)


def _revoke(command: commands.RevokeCheckIn, caller: Caller, meeting: Minutes) -> CheckInRevoked | Refusal:
    return attendance.revoke(meeting.roll, command.delegate, by=caller.subject, reason=command.reason)


def _check_in_myself(
    _desk: Desk, command: commands.CheckInMyself, caller: Caller, draft: Draft
) -> CheckedIn | Refusal | dict[str, Any]:
    if draft.meeting is None:
        return NO_MEETING
    if draft.secret_session:
        return KEYPADS_ONLY
    decision = attendance.check_in(
        draft.meeting.roll, caller.subject, Method.PIN, by=caller.subject, presence=command.presence
    )
    return {"already": True} if isinstance(decision, Attendance) else decision


def _check_out_myself(_command: Command, caller: Caller, meeting: Minutes) -> CheckedOut | Refusal:
    return attendance.check_out(meeting.roll, caller.subject, Method.PIN, by=caller.subject)


# Absence, quorum, proxies --------------------------------------------------------------------------------------------


def _report_absence(command: commands.ReportAbsence, caller: Caller, meeting: Minutes) -> AbsenceReported | Refusal:
    if Who.DELEGATE in caller.rights and command.delegate != caller.subject:
        return Refusal(code="not-allowed", message="a delegate reports nobody else's absence")
    return attendance.report_absence(meeting.roll, command.delegate, by=caller.subject, reason=command.reason)


def _decide_absence(command: commands.DecideAbsence, _caller: Caller, meeting: Minutes) -> AbsenceDecided | Refusal:
    return attendance.decide_absence(meeting.roll, command.delegate, accepted=command.accepted, by=meeting.chair)


def _override(command: commands.OverrideQuorum, _caller: Caller, meeting: Minutes) -> QuorumOverridden | Refusal:
    now = opening.standing(rules.preset(meeting.convened.preset), meeting.roll)
    here, quorum = now.here, now.quorum
    if now.has_quorum:
        return Refusal(code="quorum-there", message=f"{here} are present, {quorum} are needed: there is a quorum")
    return QuorumOverridden(meeting=meeting.id, present=here, quorum=quorum, by=meeting.chair, reason=command.reason)


def _give_proxy(command: commands.GiveProxy, caller: Caller, meeting: Minutes) -> ProxyGiven | Refusal:
    if not rules.preset(meeting.convened.preset).weighted:
        return Refusal(code="no-proxies", message=f"the rule {meeting.convened.preset} knows no proxies")
    return attendance.give_proxy(
        meeting.roll, command.giver, command.holder, document=command.document, by=caller.subject
    )


def _withdraw_proxy(command: commands.WithdrawProxy, caller: Caller, meeting: Minutes) -> ProxyWithdrawn | Refusal:
    if command.giver not in meeting.roll.proxies:
        return Refusal(code="no-proxy", message=f"{command.giver} has given no proxy")
    return ProxyWithdrawn(meeting=meeting.id, giver=command.giver, by=caller.subject, reason=command.reason)


def chairs_pin(_command: Command, caller: Caller, draft: Draft) -> str | Refusal | None:
    """Whose PIN a command of the chair needs: nobody's if the chair gives it."""
    if draft.meeting is None:
        return NO_MEETING
    if Who.CHAIR in caller.rights:
        return None
    if not draft.meeting.chair:
        return Refusal(code="no-chair", message="the meeting has no chair; name one first")
    return draft.meeting.chair


# Seats ---------------------------------------------------------------------------------------------------------------


def _bind(command: commands.BindSeat, caller: Caller, meeting: Minutes) -> SeatBound | Refusal:
    return seating.bind(meeting.plan, meeting.roll, command.seat, command.delegate, by=caller.subject)


def _release(command: commands.ReleaseSeat, caller: Caller, meeting: Minutes) -> SeatReleased | Refusal:
    return seating.release(meeting.plan, command.seat, by=caller.subject, reason=command.reason)


def _lock(command: commands.LockSeat, caller: Caller, meeting: Minutes) -> SeatLockedOut | Refusal:
    return seating.lock(meeting.plan, command.seat, by=caller.subject, reason=command.reason)


def _readmit(command: commands.ReadmitSeat, caller: Caller, meeting: Minutes) -> SeatReadmitted | Refusal:
    return seating.readmit(meeting.plan, command.seat, by=caller.subject, reason=command.reason)


def _own(_command: Command, caller: Caller, event: Any) -> bool:
    return bool(caller.subject == event.delegate)


def _at_a_seat(decide: Decide) -> Callable[[Desk, Any, Caller, Draft], Any]:
    """A decision about a seat that there is: a fact about another one would change nothing that anybody presses."""

    def decided(desk: Desk, command: Any, caller: Caller, draft: Draft) -> Any:
        if draft.meeting is None:
            return NO_MEETING
        known = seating.names(draft.meeting.plan, draft.meeting.roll, desk.configuration.keypads.seats)
        if command.seat not in known:
            named = ", ".join(sorted(known)) or "none"
            return Refusal(code="no-seat", message=f"there is no seat {command.seat}; known: {named}")
        return decide(command, caller, draft.meeting)

    return decided


def _act(kind: type[Event], decide: Decide, *same: str, vouched: Callable[..., Any] | None = None) -> Act:
    return Act(kind, _in_meeting(decide), same_fields(*same), seq, vouched)


ACTS: dict[type[Command], Act] = {
    commands.CheckIn: _act(CheckedIn, _check_in, "delegate"),
    commands.CheckOut: _act(CheckedOut, _check_out, "delegate"),
    commands.RevokeCheckIn: _act(CheckInRevoked, _revoke, "delegate"),
    commands.CheckInMyself: Act(CheckedIn, _check_in_myself, _own, lambda _desk, _c, _entry: {"already": False}),
    commands.CheckOutMyself: Act(CheckedOut, _in_meeting(_check_out_myself), _own, seq),
    commands.ReportAbsence: _act(AbsenceReported, _report_absence, "delegate"),
    commands.DecideAbsence: _act(AbsenceDecided, _decide_absence, "delegate", "accepted", vouched=chairs_pin),
    commands.OverrideQuorum: _act(QuorumOverridden, _override, "reason", vouched=chairs_pin),
    commands.GiveProxy: _act(ProxyGiven, _give_proxy, "giver", "holder"),
    commands.WithdrawProxy: _act(ProxyWithdrawn, _withdraw_proxy, "giver"),
    commands.BindSeat: Act(SeatBound, _at_a_seat(_bind), same_fields("seat", "delegate"), seq),
    commands.ReleaseSeat: _act(SeatReleased, _release, "seat"),
    commands.LockSeat: Act(SeatLockedOut, _at_a_seat(_lock), same_fields("seat"), seq),
    commands.ReadmitSeat: _act(SeatReadmitted, _readmit, "seat"),
}
"""Command → how it becomes a fact."""
