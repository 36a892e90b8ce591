"""Taking requests: parse, identify, permit, vouch, dispatch, and reply after the append."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from appliance import wire
from appliance.ballot import Ballot
from appliance.commands import Command
from appliance.config import Configuration
from appliance.control import Request
from appliance.errors import RecordError
from appliance.events import Event
from appliance.journal import Follower, Writer
from appliance.keypad.screen import ScreenFactory
from appliance.record import Signer
from appliance.rights import Who
from appliance.services.boxes import Boxes
from appliance.services.desk import ballots, boxes, conclusions, meeting, roll, sign_in, slips, technician, uplink
from appliance.services.desk.outcomes import NOBODY, Act, Caller, Saved, Slow
from appliance.services.draft import Draft
from appliance.services.seats import Seats
from appliance.services.signing import Signing
from appliance.services.state import State
from appliance.services.worker import Worker
from appliance.values import Refusal
from appliance.vault.credentials import Credentials

ACTS: dict[type[Command], Act] = {
    **meeting.ACTS,
    **roll.ACTS,
    **ballots.ACTS,
    **slips.ACTS,
    **conclusions.ACTS,
}
ANSWERS: dict[type[Command], Callable[..., Any]] = {
    **sign_in.ANSWERS,
    **boxes.ANSWERS,
    **conclusions.ANSWERS,
    **technician.ANSWERS,
    **uplink.ANSWERS,
}


@dataclass(eq=False)
class Desk:
    """Everything a command may need, and the way from a request to its reply. One thread's."""

    state: State
    configuration: Configuration
    writer: Writer
    follower: Follower
    credentials: Credentials
    signer: Signer
    seats: Seats
    boxes: Boxes
    signing: Signing
    worker: Worker
    screen: ScreenFactory | None
    uplink_users: frozenset[int]
    restart_wanted: bool = False
    _returned: list[Callable[[Draft], None]] = field(default_factory=list)

    def take(self, request: Request, draft: Draft) -> None:
        """Decide on one request; its reply waits in the draft, or for the worker."""
        try:
            command = wire.parse(request.do, request.args)
        except RecordError as error:
            self._reply(request, Refusal(code="malformed", message=str(error)[:1000]), draft)
            return
        caller = self._identify(request, draft)
        if not caller.rights & command.who:
            self._reply(request, _not_allowed(request.do, caller), draft)
        elif type(command) in ACTS:
            self._settle(request, self._vouched(command, caller, draft, request.id), draft)
        else:
            self._settle(request, ANSWERS[type(command)](self, command, caller, draft, request.id), draft)

    def collect(self, draft: Draft) -> None:
        """Go on with what the worker has finished."""
        self.worker.collect()
        returned, self._returned = self._returned, []
        for go_on in returned:
            go_on(draft)

    def _vouched(self, command: Command, caller: Caller, draft: Draft, fact_id: str) -> Any:
        """Act, after somebody's PIN was checked where the command must carry one."""
        vouched = ACTS[type(command)].vouched
        delegate = vouched(command, caller, draft) if vouched is not None else None
        if isinstance(delegate, Refusal):
            return delegate
        if delegate is None:
            return self.act(command, caller, draft, fact_id)
        pin: str = getattr(command, "pin")  # noqa: B009 - every command that is vouched for has one
        return sign_in.check(
            self, draft, "delegate", delegate, "pin", pin, lambda later: self.act(command, caller, later, fact_id)
        )

    def act(self, command: Command, caller: Caller, draft: Draft, fact_id: str) -> Any:
        """Decide on an act, or find the fact that the same request made before: `Saved`, an answer, or a `Refusal`."""
        act = ACTS[type(command)]
        standing = self.standing(fact_id, draft)
        if standing is None:
            outcome = act.decide(self, command, caller, draft)
            if not isinstance(outcome, Event):
                return outcome
            draft.state(outcome, fact_id)
        elif not isinstance(standing, act.kind) or not act.same(command, caller, standing):
            return Refusal(code="id-taken", message=f"id {fact_id!r} was used for another command; make a new one")

        def answer() -> Any:
            entry = self.writer.by_id(fact_id)
            assert entry is not None
            return act.answer(self, command, entry)

        return Saved(answer)

    def standing(self, fact_id: str, draft: Draft) -> Event | None:
        """The fact of that id, in the journal or in this turn's draft."""
        entry = self.writer.by_id(fact_id)
        return entry.event if entry is not None else draft.stated(fact_id)

    def ballot(self, name: str) -> Ballot | None:
        """A ballot of this meeting or of an earlier one."""
        return next((m.ballots[name] for m in reversed(self.follower.meetings) if name in m.ballots), None)

    def _identify(self, request: Request, draft: Draft) -> Caller:
        if request.token:
            token = self.credentials.bearer(request.token, draft.utc)
            if token is None:
                return NOBODY
            presides = draft.meeting is not None and (token.role, token.subject) == ("delegate", draft.meeting.chair)
            rights = {Who(token.role), Who.CHAIR} if presides else {Who(token.role)}
            return Caller(frozenset(rights), token.role, token.subject)
        if request.uid in (0, os.getuid()):
            return Caller(frozenset({Who.CONSOLE, Who.UPLINK, Who.ANYBODY}), "console", "console")
        if request.uid in self.uplink_users:
            return Caller(frozenset({Who.UPLINK, Who.ANYBODY}), "uplink", "uplink")
        return NOBODY

    def _settle(self, request: Request, outcome: Any, draft: Draft) -> None:
        if not isinstance(outcome, Slow):
            self._reply(request, outcome, draft)
            return
        then = outcome.then

        def done(result: Any) -> None:
            self._returned.append(lambda later: self._settle(request, then(result, later), later))

        if not self.worker.submit(outcome.job, done):
            self._reply(request, Refusal(code="busy", message="too many sign-ins at once; try again"), draft)

    def _reply(self, request: Request, outcome: Any, draft: Draft) -> None:
        def speak() -> None:
            answer = outcome.answer() if isinstance(outcome, Saved) else outcome
            if isinstance(answer, Refusal):
                request.refuse(answer)
            else:
                request.reply(answer)

        draft.afterwards(speak)


def _not_allowed(do: str, caller: Caller) -> Refusal:
    if caller is NOBODY:
        return Refusal(code="not-signed-in", message=f"{do}: sign in first")
    return Refusal(code="not-allowed", message=f"{do}: not for {caller.role}")
