"""Taking requests: parse, identify, permit, dispatch, and reply after the append."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from typing import Any

from appliance import commands
from appliance.ballot import Ballot
from appliance.commands import Command, Who
from appliance.config import Configuration
from appliance.control import Request
from appliance.errors import RecordError
from appliance.events import Event, Refusal
from appliance.journal import Follower, Writer
from appliance.keypad.screen import ScreenFactory
from appliance.record import Signer
from appliance.services.desk import meeting, sign_in, technician, uplink
from appliance.services.desk.outcomes import NOBODY, Caller, Saved, Slow
from appliance.services.draft import Draft
from appliance.services.seats import Seats
from appliance.services.state import State
from appliance.services.worker import Worker
from appliance.vault.credentials import Credentials

ACTS = {**meeting.ACTS}
ANSWERS: dict[type[Command], Callable[..., Any]] = {**sign_in.ANSWERS, **technician.ANSWERS, **uplink.ANSWERS}


class Desk:
    """Everything a command may need, and the way from a request to its reply. One thread's."""

    def __init__(
        self,
        *,
        state: State,
        configuration: Configuration,
        writer: Writer,
        follower: Follower,
        credentials: Credentials,
        signer: Signer,
        seats: Seats,
        worker: Worker,
        screen: ScreenFactory | None,
        uplink_users: Collection[int],
    ) -> None:
        self.state = state
        self.configuration = configuration
        self.writer = writer
        self.follower = follower
        self.credentials = credentials
        self.signer = signer
        self.seats = seats
        self.screen = screen
        self.restart_wanted = False
        self._worker = worker
        self._uplink_users = frozenset(uplink_users)
        self._returned: list[Callable[[Draft], None]] = []

    def take(self, request: Request, draft: Draft) -> None:
        """Decide on one request; its reply waits in the draft, or for the worker."""
        try:
            command = commands.parse(request.do, request.args)
        except RecordError as error:
            self._reply(request, Refusal(code="malformed", message=str(error)[:1000]), draft)
            return
        caller = self._identify(request, draft)
        if not caller.rights & command.who:
            self._reply(request, _not_allowed(request.do, caller), draft)
        elif type(command) in ACTS:
            self._reply(request, self.act(command, caller, draft, request.id), draft)
        else:
            self._settle(request, ANSWERS[type(command)](self, command, caller, draft, request.id), draft)

    def collect(self, draft: Draft) -> None:
        """Go on with what the worker has finished."""
        self._worker.collect()
        returned, self._returned = self._returned, []
        for go_on in returned:
            go_on(draft)

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
        meetings = [*self.follower.past, *([self.follower.minutes] if self.follower.minutes else [])]
        return next((m.ballots[name] for m in reversed(meetings) if name in m.ballots), None)

    def _identify(self, request: Request, draft: Draft) -> Caller:
        if request.token:
            token = self.credentials.bearer(request.token, draft.utc)
            return NOBODY if token is None else Caller(frozenset({Who(token.role)}), token.role, token.subject)
        if request.uid in (0, os.getuid()):
            return Caller(frozenset({Who.CONSOLE, Who.UPLINK, Who.ANYBODY}), "console", "console")
        if request.uid in self._uplink_users:
            return Caller(frozenset({Who.UPLINK, Who.ANYBODY}), "uplink", "uplink")
        return NOBODY

    def _settle(self, request: Request, outcome: Any, draft: Draft) -> None:
        if not isinstance(outcome, Slow):
            self._reply(request, outcome, draft)
            return
        then = outcome.then

        def done(result: Any) -> None:
            self._returned.append(lambda later: self._settle(request, then(result, later), later))

        if not self._worker.submit(outcome.job, done):
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
