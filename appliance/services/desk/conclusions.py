"""Commands about what a meeting leaves behind: notes, conclusions, tasks, and the confirmed minutes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from appliance import box_requests, commands, conclusions
from appliance.commands import Command
from appliance.events import (
    ConclusionRecorded,
    MinutesConfirmed,
    ProceedingNoted,
    TaskAssigned,
    TaskWithdrawn,
)
from appliance.minutes import Minutes
from appliance.rights import Who
from appliance.services.desk.desk import Desk
from appliance.services.desk.outcomes import NO_MEETING, Act, Caller, same_fields, seq
from appliance.services.draft import Draft
from appliance.values import Refusal


def _place_fault(item: str, meeting: Minutes) -> Refusal | None:
    if item and meeting.item(item) is None:
        return Refusal(code="no-item", message=f"{item} is not on the agenda")
    return None


def _note(_desk: Desk, command: commands.NoteProceeding, caller: Caller, draft: Draft) -> ProceedingNoted | Refusal:
    meeting = draft.meeting
    if meeting is None:
        return NO_MEETING
    fault = _place_fault(command.item, meeting)
    return fault or ProceedingNoted(meeting=meeting.id, item=command.item, text=command.text.strip(), by=caller.subject)


def _conclude(
    _desk: Desk, command: commands.RecordConclusion, caller: Caller, draft: Draft
) -> ConclusionRecorded | Refusal:
    meeting = draft.meeting
    if meeting is None:
        return NO_MEETING
    fault = _place_fault(command.item, meeting)
    return fault or ConclusionRecorded(
        meeting=meeting.id, item=command.item, text=command.text.strip(), by=caller.subject
    )


def _assign(_desk: Desk, command: commands.AssignTask, caller: Caller, draft: Draft) -> TaskAssigned | Refusal:
    meeting = draft.meeting
    if meeting is None:
        return NO_MEETING
    faults = conclusions.faults(command.task, meeting)
    if faults:
        return Refusal(code=faults[0].code, message="; ".join(f"{fault.field}: {fault.message}" for fault in faults))
    return TaskAssigned(meeting=meeting.id, task=command.task, by=caller.subject)


def _withdraw(_desk: Desk, command: commands.WithdrawTask, caller: Caller, draft: Draft) -> TaskWithdrawn | Refusal:
    meeting = draft.meeting
    if meeting is None:
        return NO_MEETING
    if command.task not in meeting.tasks:
        return Refusal(code="no-task", message=f"no task {command.task} was assigned")
    return TaskWithdrawn(meeting=meeting.id, task=command.task, by=caller.subject, reason=command.reason)


# Confirming and signing ----------------------------------------------------------------------------------------------


def _ended(command: Any, draft: Draft) -> Minutes | Refusal:
    minutes = draft.minutes
    if minutes is None or minutes.id != command.meeting:
        return Refusal(code="no-meeting", message=f"{command.meeting} is not the latest meeting")
    if minutes.ended_at is None:
        return Refusal(code="meeting-in-progress", message=f"meeting {minutes.id} has not ended")
    return minutes


def _confirm(desk: Desk, command: commands.ConfirmMinutes, _caller: Caller, draft: Draft) -> MinutesConfirmed | Refusal:
    minutes = _ended(command, draft)
    if isinstance(minutes, Refusal):
        return minutes
    if command.capacity in minutes.confirmations:
        return Refusal(code="confirmed-already", message=f"the {command.capacity} confirmed these minutes already")
    if desk.signing.minutes_digest(minutes) != command.digest:
        return Refusal(code="minutes-changed", message="these are not the minutes that were shown; look at them again")
    return MinutesConfirmed(
        meeting=minutes.id,
        capacity=command.capacity,
        delegate=minutes.confirmer(command.capacity),
        digest=command.digest,
    )


def _confirmer(command: commands.ConfirmMinutes, caller: Caller, draft: Draft) -> str | Refusal:
    minutes = _ended(command, draft)
    if isinstance(minutes, Refusal):
        return minutes
    who = minutes.confirmer(command.capacity)
    if not who:
        return Refusal(code="no-confirmer", message=f"the meeting names no {command.capacity}")
    if Who.DELEGATE in caller.rights and caller.subject != who:
        return Refusal(code="not-allowed", message=f"only {who} confirms as {command.capacity}")
    return who


def _manifest(desk: Desk, command: box_requests.SignManifest, _caller: Caller, draft: Draft, _id: str) -> Any:
    minutes = next((m for m in desk.follower.meetings if m.id == command.meeting), None)
    if minutes is None:
        return Refusal(code="no-meeting", message=f"no meeting {command.meeting} in this journal")
    if minutes.ended_at is None:
        return Refusal(code="meeting-in-progress", message=f"meeting {minutes.id} has not ended")
    return {"envelope": desk.signing.manifest(minutes, command.files, draft.when.at)}


ACTS: dict[type[Command], Act] = {
    commands.NoteProceeding: Act(ProceedingNoted, _note, same_fields("item", "text"), seq),
    commands.RecordConclusion: Act(ConclusionRecorded, _conclude, same_fields("item", "text"), seq),
    commands.AssignTask: Act(TaskAssigned, _assign, same_fields("task"), seq),
    commands.WithdrawTask: Act(TaskWithdrawn, _withdraw, same_fields("task"), seq),
    commands.ConfirmMinutes: Act(
        MinutesConfirmed, _confirm, same_fields("meeting", "capacity", "digest"), seq, _confirmer
    ),
}
"""Command → how it becomes a fact."""

ANSWERS: dict[type[Command], Callable[..., Any]] = {box_requests.SignManifest: _manifest}
