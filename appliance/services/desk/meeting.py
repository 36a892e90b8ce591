"""Commands about the meeting as a whole: its beginning and end, its items, who presides, and secret sessions."""

from __future__ import annotations

from appliance import commands, secret_session, slips, tally
from appliance.commands import Command
from appliance.events import (
    ChairNamed,
    ItemTakenUp,
    MeetingConvened,
    MeetingEnded,
    SecretRecordReleased,
    SecretSessionBegan,
    SecretSessionEnded,
)
from appliance.meeting_file import faults
from appliance.services.desk.desk import Desk
from appliance.services.desk.outcomes import NO_MEETING, Act, Caller, same_fields, seq
from appliance.services.desk.slips import strangers
from appliance.services.draft import Draft
from appliance.values import Refusal


def _convene(desk: Desk, command: commands.Convene, caller: Caller, draft: Draft) -> MeetingConvened | Refusal:
    if draft.meeting is not None:
        return Refusal(code="meeting-in-progress", message=f"meeting {draft.meeting.id} has not ended")
    if any(m.id == command.meeting for m in draft.meetings):
        return Refusal(
            code="meeting-exists", message=f"a meeting {command.meeting} was held before; name this one anew"
        )
    problems = faults(command) + slips.contradictions(draft.slips, command.roster)
    if problems:
        return Refusal(code="contradiction", message="; ".join(problems))
    # Before the append: a crash in between ends a sign-in too many, never one too few.
    desk.credentials.end_delegates(strangers(draft.meetings, draft.slips, command.roster))
    return MeetingConvened(**command.model_dump(), by=caller.subject)


def _end(_desk: Desk, command: commands.EndMeeting, caller: Caller, draft: Draft) -> MeetingEnded | Refusal:
    meeting = draft.meeting
    if meeting is None:
        return NO_MEETING
    if meeting.running is not None:
        return Refusal(code="ballot-running", message=f"ballot {meeting.running.id} is still open; close it first")
    if meeting.uncounted is not None:
        return Refusal(
            code="ballot-uncounted",
            message=f"the box of {meeting.uncounted.id} waits; count or annul it first",
        )
    ties = [] if command.leave_undecided else tally.undecided(meeting.ballots.values())
    if ties:
        return Refusal(
            code="tie-undecided", message=f"the tie of {ties[0].id} is not decided yet, and cannot be afterwards"
        )
    return MeetingEnded(meeting=meeting.id, by=caller.subject)


def _take_up(_desk: Desk, command: commands.TakeUp, caller: Caller, draft: Draft) -> ItemTakenUp | Refusal:
    meeting = draft.meeting
    if meeting is None:
        return NO_MEETING
    if meeting.item(command.item) is None:
        return Refusal(code="no-item", message=f"{command.item} is not on the agenda")
    if meeting.running is not None and meeting.running.opened.item != command.item:
        return Refusal(code="ballot-running", message=f"ballot {meeting.running.id} is still open; close it first")
    return ItemTakenUp(meeting=meeting.id, item=command.item, by=caller.subject)


def _name_chair(_desk: Desk, command: commands.NameChair, caller: Caller, draft: Draft) -> ChairNamed | Refusal:
    meeting = draft.meeting
    if meeting is None:
        return NO_MEETING
    if command.delegate not in meeting.roll.members:
        return Refusal(code="not-a-member", message=f"{command.delegate} is no member and cannot preside")
    return ChairNamed(meeting=meeting.id, delegate=command.delegate, by=caller.subject, reason=command.reason)


# Secret sessions -----------------------------------------------------------------------------------------------------


def _secret_session(
    _desk: Desk, command: commands.SecretSession, caller: Caller, draft: Draft
) -> SecretSessionBegan | SecretSessionEnded | Refusal:
    return secret_session.switch(draft.secret_session, draft.meeting, on=command.on, by=caller.subject)


def _release(
    _desk: Desk, command: commands.ReleaseRecord, caller: Caller, draft: Draft
) -> SecretRecordReleased | Refusal:
    if draft.secret_session:
        return Refusal(code="secret-session-on", message="the secret session is on: end it first")
    return SecretRecordReleased(by=caller.subject, reason=command.reason)


ACTS: dict[type[Command], Act] = {
    commands.Convene: Act(MeetingConvened, _convene, same_fields("meeting"), seq),
    commands.EndMeeting: Act(MeetingEnded, _end, same_fields(), seq),
    commands.TakeUp: Act(ItemTakenUp, _take_up, same_fields("item"), seq),
    commands.NameChair: Act(ChairNamed, _name_chair, same_fields("delegate"), seq),
    commands.SecretSession: Act(
        (SecretSessionBegan, SecretSessionEnded),
        _secret_session,
        lambda c, _who, e: c.on is isinstance(e, SecretSessionBegan),
        seq,
    ),
    commands.ReleaseRecord: Act(SecretRecordReleased, _release, same_fields(), seq),
}
"""Command → how it becomes a fact."""
