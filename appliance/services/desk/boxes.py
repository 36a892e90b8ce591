"""What is asked about the boxes of secret ballots: the passphrase, the turnout, a voter's own tracker."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from appliance import box_requests
from appliance.commands import Command
from appliance.rights import STAFF, Who
from appliance.services.desk.desk import Desk
from appliance.services.desk.outcomes import NO_MEETING, Caller, Saved, Slow
from appliance.services.draft import Draft
from appliance.values import Refusal, Voting

WRONG = Refusal(code="wrong-passphrase", message="that is not the passphrase that was set for these boxes")


def _passphrase(desk: Desk, command: box_requests.Passphrase, _caller: Caller, draft: Draft, _id: str) -> Any:
    """Typed wrong, it locks for a growing time: whoever finds the page open must not try a list of words."""
    if draft.meeting is None:
        return NO_MEETING
    left = desk.credentials.begin_attempt("passphrase", "boxes", draft.utc)
    if left > 0:
        return Refusal(code="locked", message=f"too many wrong attempts; try again in {left:.0f} seconds")

    def finish(derived: Any, _later: Draft) -> Any:
        if not desk.boxes.accept(derived):
            return WRONG
        desk.credentials.succeed("passphrase", "boxes")
        waiting = [b.id for m in desk.follower.meetings for b in m.ballots.values() if b.awaits_count]
        # What waited for the passphrase is counted at the end of this turn, before anybody is answered.
        return Saved(lambda: {"counted": [name for name in waiting if _is_counted(desk, name)]})

    return Slow(desk.boxes.derive(command.passphrase), finish)


def _is_counted(desk: Desk, name: str) -> bool:
    counted = desk.ballot(name)
    return counted is not None and counted.has_result


def _turnout(desk: Desk, _command: box_requests.Turnout, caller: Caller, draft: Draft, _id: str) -> dict[str, Any]:
    running = draft.meeting.running if draft.meeting is not None else None
    shown: dict[str, Any] = {"ballot": None, "cast": None, "waited_for": None, "mine": None, "known": None}
    shown["passphrase"] = desk.boxes.passphrase.value
    if running is None or running.opened.method is not Voting.SECRET:
        return shown
    took_part, known = desk.boxes.took_part(running.opened), desk.boxes.knows_all(running.opened)
    shown |= {"ballot": running.id, "known": known, "cast": len(took_part) if known else None}
    if caller.rights & STAFF:
        shown["waited_for"] = [d for d in running.opened.present if d not in took_part]
    if Who.DELEGATE in caller.rights:
        shown["mine"] = caller.subject in took_part
    return shown


def _my_tracker(desk: Desk, command: box_requests.MyTracker, caller: Caller, _draft: Draft, _id: str) -> dict[str, Any]:
    return {"tracker": desk.boxes.tracker(command.ballot, caller.subject)}


ANSWERS: dict[type[Command], Callable[..., Any]] = {
    box_requests.Passphrase: _passphrase,
    box_requests.Turnout: _turnout,
    box_requests.MyTracker: _my_tracker,
}
