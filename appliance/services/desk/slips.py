"""Commands about opinion slips, and the deadlines that the service itself keeps. Each becomes one fact."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from appliance import commands, slips
from appliance.commands import Command
from appliance.events import (
    SlipAnnounced,
    SlipAnswered,
    SlipClosed,
    SlipExtended,
    SlipReminded,
    SlipSent,
)
from appliance.minutes import Minutes
from appliance.record import Entry
from appliance.services.desk.desk import Desk
from appliance.services.desk.outcomes import NO_MEETING, Act, Caller, same_fields, seq
from appliance.services.draft import Draft
from appliance.slips import BY_DEADLINE, Slip, Slips
from appliance.values import Delegate, Refusal


def due(draft: Draft) -> list[SlipClosed]:
    """The slips whose deadline has come: the service closes them by itself.

    Where silence counts as agreement, a clock that nobody vouches for makes nobody agree: such a slip then waits for
    the secretary, who looks at another clock and closes it.
    """
    return [
        SlipClosed(slip=slip.id, by=BY_DEADLINE)
        for slip in draft.slips.values()
        if slips.is_due(slip, draft.when.at) and (draft.when.synchronised or not slip.sent.silence_agrees)
    ]


def strangers(earlier: Iterable[Minutes], sent: Slips, delegates: Iterable[Delegate]) -> list[str]:
    """Ids under which somebody else sat or was asked before: whoever kept that PIN or link must not act as the new one.

    `earlier` and `sent` are all meetings and slips so far, in their order.
    """
    sat = {d.id: d.name for minutes in earlier for d in minutes.convened.roster}
    asked = {d.id: d.name for slip in sent.values() for d in slip.sent.members}
    return [d.id for d in delegates if {sat.get(d.id, d.name), asked.get(d.id, d.name)} != {d.name}]


# Sending -------------------------------------------------------------------------------------------------------------


def _send(desk: Desk, command: commands.SendSlip, caller: Caller, draft: Draft) -> SlipSent | Refusal:
    fields = command.model_dump() | {"deadline": _utc(command.deadline)}
    roster = draft.meeting.convened.roster if draft.meeting is not None else ()
    decision = slips.send(draft.slips, SlipSent(**fields, needed=None, by=caller.subject), draft.when.at, roster)
    if isinstance(decision, SlipSent):
        # Before the append: a crash in between ends a sign-in too many, never one too few.
        desk.credentials.end_delegates(strangers(draft.meetings, draft.slips, decision.members))
    return decision


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _sent(_desk: Desk, _command: commands.SendSlip, entry: Entry) -> dict[str, Any]:
    event = entry.event
    assert isinstance(event, SlipSent)
    return {"slip": event.slip, "needed": event.needed}


# While it is open ----------------------------------------------------------------------------------------------------


def _answer(_desk: Desk, command: commands.AnswerSlip, caller: Caller, draft: Draft) -> SlipAnswered | Refusal:
    named = draft.slips.get(command.slip)
    return slips.answer(named, caller.subject, command.choice, command.opinion, draft.when.at)


def _same_answer(command: commands.AnswerSlip, caller: Caller, event: SlipAnswered) -> bool:
    mine = (command.slip, caller.subject, command.choice, command.opinion.strip())
    return mine == (event.slip, event.delegate, event.choice, event.opinion)


Decide = Callable[[Slip, Any, Caller, Draft], Any]


def _of_slip(decide: Decide) -> Callable[[Desk, Any, Caller, Draft], Any]:
    """A decision about a slip that was sent."""

    def decided(_desk: Desk, command: Any, caller: Caller, draft: Draft) -> Any:
        named = draft.slips.get(command.slip)
        if named is None:
            return Refusal(code="no-slip", message=f"no slip {command.slip} was sent")
        return decide(named, command, caller, draft)

    return decided


def _remind(slip: Slip, _command: commands.RemindSlip, caller: Caller, draft: Draft) -> SlipReminded | Refusal:
    return slips.remind(slip, draft.when.at, by=caller.subject)


def _reminded(_desk: Desk, _command: commands.RemindSlip, entry: Entry) -> dict[str, Any]:
    event = entry.event
    assert isinstance(event, SlipReminded)
    return {"reminded": list(event.delegates)}


def _extend(slip: Slip, command: commands.ExtendSlip, caller: Caller, draft: Draft) -> SlipExtended | Refusal:
    deadline = _utc(command.deadline)
    return slips.extend(slip, deadline, draft.when.at, by=caller.subject, reason=command.reason)


def _same_extension(command: commands.ExtendSlip, _caller: Caller, event: SlipExtended) -> bool:
    return (command.slip, _utc(command.deadline)) == (event.slip, event.deadline)


# Ending --------------------------------------------------------------------------------------------------------------


def _close(slip: Slip, _command: commands.CloseSlip, caller: Caller, draft: Draft) -> SlipClosed | Refusal:
    return slips.close(slip, draft.when.at, by=caller.subject)


def _closed(desk: Desk, command: commands.CloseSlip, _entry: Entry) -> dict[str, Any]:
    verdict = slips.verdict(desk.follower.slips[command.slip])
    return {"slip": command.slip, "outcome": verdict.outcome, "sentence": verdict.sentence}


def _announce(slip: Slip, _command: commands.AnnounceSlip, caller: Caller, draft: Draft) -> SlipAnnounced | Refusal:
    return NO_MEETING if draft.meeting is None else slips.announce(slip, draft.meeting.id, by=caller.subject)


ACTS: dict[type[Command], Act] = {
    commands.SendSlip: Act(SlipSent, _send, same_fields("slip", "title", "question"), _sent),
    commands.AnswerSlip: Act(SlipAnswered, _answer, _same_answer, seq),
    commands.RemindSlip: Act(SlipReminded, _of_slip(_remind), same_fields("slip"), _reminded),
    commands.ExtendSlip: Act(SlipExtended, _of_slip(_extend), _same_extension, seq),
    commands.CloseSlip: Act(SlipClosed, _of_slip(_close), same_fields("slip"), _closed),
    commands.AnnounceSlip: Act(SlipAnnounced, _of_slip(_announce), same_fields("slip"), seq),
}
"""Command → how it becomes a fact."""
