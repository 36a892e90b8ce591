"""Commands of secretary, chair and delegates about the meeting, its roll and its ballots. Each becomes one fact."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from appliance import attendance, ballot, commands, rules
from appliance.attendance import Attendance
from appliance.commands import Command
from appliance.events import (
    BallotClosed,
    BallotOpened,
    Channel,
    CheckedIn,
    CheckInRevoked,
    Delegate,
    MeetingConvened,
    MeetingEnded,
    Method,
    Refusal,
    VoteCast,
    VoteRefused,
)
from appliance.meeting_file import faults
from appliance.minutes import Minutes
from appliance.record import Entry
from appliance.services.desk.outcomes import Act, Caller
from appliance.services.draft import Draft

if TYPE_CHECKING:
    from appliance.services.desk.counter import Desk

NO_MEETING = Refusal(code="no-meeting", message="no meeting is in progress")


def _seq(_desk: Desk, _command: Command, entry: Entry) -> dict[str, Any]:
    return {"seq": entry.seq}


def _convene(desk: Desk, command: commands.Convene, caller: Caller, draft: Draft) -> MeetingConvened | Refusal:
    if draft.meeting is not None:
        return Refusal(code="meeting-in-progress", message=f"meeting {draft.meeting.id} has not ended")
    earlier = [*desk.follower.past, *([draft.minutes] if draft.minutes else [])]
    if any(m.id == command.meeting for m in earlier):
        return Refusal(
            code="meeting-exists", message=f"a meeting {command.meeting} was held before; name this one anew"
        )
    problems = faults(command)
    if problems:
        return Refusal(code="contradiction", message="; ".join(problems))
    # Before the append: a crash in between ends a sign-in too many, never one too few.
    desk.credentials.end_delegates(_others(earlier, command.roster))
    return MeetingConvened(**command.model_dump(), by=caller.subject)


def _others(earlier: Sequence[Minutes], roster: Sequence[Delegate]) -> list[str]:
    """Ids under which somebody else sat here before: whoever kept that PIN or link must not vote for the new holder."""
    names = {delegate.id: delegate.name for minutes in earlier for delegate in minutes.convened.roster}
    return [delegate.id for delegate in roster if names.get(delegate.id, delegate.name) != delegate.name]


def _end(_desk: Desk, _command: commands.EndMeeting, caller: Caller, draft: Draft) -> MeetingEnded | Refusal:
    meeting = draft.meeting
    if meeting is None:
        return NO_MEETING
    if meeting.running is not None:
        return Refusal(code="ballot-running", message=f"ballot {meeting.running.id} is still open; close it first")
    return MeetingEnded(meeting=meeting.id, by=caller.subject)


def _check_in(_desk: Desk, command: commands.CheckIn, caller: Caller, draft: Draft) -> CheckedIn | Refusal:
    if draft.meeting is None:
        return NO_MEETING
    decision = attendance.check_in(
        draft.meeting.roll, command.delegate, Method.HAND, by=caller.subject, reason=command.reason
    )
    if isinstance(decision, Attendance):
        return Refusal(code="already-present", message=f"{command.delegate} is on the roll since {decision.at}")
    return decision


def _revoke(_desk: Desk, command: commands.RevokeCheckIn, caller: Caller, draft: Draft) -> CheckInRevoked | Refusal:
    if draft.meeting is None:
        return NO_MEETING
    return attendance.revoke(draft.meeting.roll, command.delegate, by=caller.subject, reason=command.reason)


def _check_in_myself(
    _desk: Desk, _command: commands.CheckInMyself, caller: Caller, draft: Draft
) -> CheckedIn | Refusal | dict[str, Any]:
    if draft.meeting is None:
        return NO_MEETING
    decision = attendance.check_in(draft.meeting.roll, caller.subject, Method.PIN, by=caller.subject)
    return {"already": True} if isinstance(decision, Attendance) else decision


def _open(_desk: Desk, command: commands.Open, caller: Caller, draft: Draft) -> BallotOpened | Refusal:
    meeting = draft.meeting
    if meeting is None:
        return NO_MEETING
    item = meeting.item(command.item)
    if item is None:
        return Refusal(code="no-item", message=f"{command.item} is not on the agenda")
    return ballot.open_ballot(
        rules.preset(meeting.convened.preset),
        meeting.roll,
        item,
        chair=meeting.convened.chair,
        number=len(meeting.ballots_on(item.id)) + 1,
        running=meeting.running,
        by=caller.subject,
    )


def _opened(_desk: Desk, _command: commands.Open, entry: Entry) -> dict[str, Any]:
    event = entry.event
    assert isinstance(event, BallotOpened)
    return {"ballot": event.ballot, "quorum": event.quorum, "needed": event.needed}


def _close(_desk: Desk, command: commands.Close, caller: Caller, draft: Draft) -> BallotClosed | Refusal:
    meeting = draft.meeting
    known = meeting.ballots.get(command.ballot) if meeting is not None else None
    if known is None:
        return Refusal(code="no-ballot", message=f"no ballot {command.ballot} in this meeting")
    if not known.is_open:
        return Refusal(code="ballot-closed", message=f"ballot {command.ballot} was closed at {known.closed_at}")
    return ballot.close(known, by=caller.subject)


def _closed(desk: Desk, command: commands.Close, _entry: Entry) -> dict[str, Any]:
    closed = desk.ballot(command.ballot)
    assert closed is not None
    verdict = ballot.verdict(closed)
    return {"ballot": closed.id, "outcome": verdict.outcome, "sentence": verdict.sentence}


def _vote(desk: Desk, command: commands.Vote, caller: Caller, draft: Draft) -> VoteCast | Refusal:
    meeting = draft.meeting
    named = meeting.ballots.get(command.ballot) if meeting is not None else None
    decision = ballot.cast(named, meeting.roll if meeting else None, caller.subject, command.choice, Channel.TABLET)
    if isinstance(decision, Refusal) and named is not None and _is_recorded(desk, caller, draft):
        draft.state(VoteRefused(ballot=named.id, delegate=caller.subject, channel=Channel.TABLET, reason=decision.code))
    return decision


def _is_recorded(desk: Desk, caller: Caller, draft: Draft) -> bool:
    return desk.seats.refusals.allows(f"tablet of {caller.subject}", draft.monotonic)


def _recorded(_desk: Desk, _command: commands.Vote, entry: Entry) -> dict[str, Any]:
    event = entry.event
    assert isinstance(event, VoteCast)
    return {"recorded": event.choice}


ACTS: dict[type[Command], Act] = {
    commands.Convene: Act(MeetingConvened, _convene, lambda c, _who, e: c.meeting == e.meeting, _seq),
    commands.EndMeeting: Act(MeetingEnded, _end, lambda _c, _who, _e: True, _seq),
    commands.CheckIn: Act(CheckedIn, _check_in, lambda c, _who, e: c.delegate == e.delegate, _seq),
    commands.RevokeCheckIn: Act(CheckInRevoked, _revoke, lambda c, _who, e: c.delegate == e.delegate, _seq),
    commands.CheckInMyself: Act(
        CheckedIn,
        _check_in_myself,
        lambda _c, who, e: who.subject == e.delegate,
        lambda _desk, _c, _entry: {"already": False},
    ),
    commands.Open: Act(BallotOpened, _open, lambda c, _who, e: c.item == e.item, _opened),
    commands.Close: Act(BallotClosed, _close, lambda c, _who, e: c.ballot == e.ballot, _closed),
    commands.Vote: Act(
        VoteCast,
        _vote,
        lambda c, who, e: (c.ballot, who.subject, c.choice) == (e.ballot, e.delegate, e.choice),
        _recorded,
    ),
}
"""Command → how it becomes a fact."""
