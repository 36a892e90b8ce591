"""Acts: every command that becomes one fact, and how it does, be it asked for by a person or by the central server."""

from __future__ import annotations

from typing import Any

from appliance.commands import Command
from appliance.events import Event
from appliance.services.desk import ballots, conclusions, meeting, roll, slips
from appliance.services.desk.desk import Desk
from appliance.services.desk.outcomes import Act, Caller, Saved
from appliance.services.draft import Draft
from appliance.values import Refusal

ACTS: dict[type[Command], Act] = {
    **meeting.ACTS,
    **roll.ACTS,
    **ballots.ACTS,
    **slips.ACTS,
    **conclusions.ACTS,
}


def act(desk: Desk, command: Command, caller: Caller, draft: Draft, fact_id: str) -> Any:
    """Decide on an act, or find the fact that the same request made before: `Saved`, an answer, or a `Refusal`."""
    one = ACTS[type(command)]
    standing = desk.standing(fact_id, draft)
    if standing is None:
        outcome = one.decide(desk, command, caller, draft)
        if not isinstance(outcome, Event):
            return outcome
        draft.state(outcome, fact_id)
    elif not isinstance(standing, one.kind) or not one.same(command, caller, standing):
        return Refusal(code="id-taken", message=f"id {fact_id!r} was used for another command; make a new one")

    def answer() -> Any:
        entry = desk.writer.by_id(fact_id)
        assert entry is not None
        return one.answer(desk, command, entry)

    return Saved(answer)
