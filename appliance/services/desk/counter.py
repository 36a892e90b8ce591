"""Taking requests: parse, identify, permit, vouch, dispatch, and reply after the append."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from typing import Any

from appliance import wire
from appliance.commands import Command
from appliance.control import Request
from appliance.errors import RecordError
from appliance.rights import Who
from appliance.services.desk import boxes, conclusions, sign_in, technician, uplink
from appliance.services.desk.acts import ACTS, act
from appliance.services.desk.desk import Desk
from appliance.services.desk.outcomes import NOBODY, Caller, Saved, Slow
from appliance.services.draft import Draft
from appliance.services.worker import Worker
from appliance.values import Refusal

ANSWERS: dict[type[Command], Callable[..., Any]] = {
    **sign_in.ANSWERS,
    **boxes.ANSWERS,
    **conclusions.ANSWERS,
    **technician.ANSWERS,
    **uplink.ANSWERS,
}
"""Command → what answers it where it is no act."""


class Counter:
    """The way from a request to its reply. One thread's. `uplink_users`: whose requests are the uplink's."""

    def __init__(self, desk: Desk, worker: Worker, uplink_users: Collection[int]) -> None:
        self._desk = desk
        self._worker = worker
        self._uplink_users = uplink_users
        self._returned: list[Callable[[Draft], None]] = []

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
            self._settle(request, ANSWERS[type(command)](self._desk, command, caller, draft, request.id), draft)

    def collect(self, draft: Draft) -> None:
        """Go on with what the worker has finished."""
        self._worker.collect()
        returned, self._returned = self._returned, []
        for go_on in returned:
            go_on(draft)

    def _vouched(self, command: Command, caller: Caller, draft: Draft, fact_id: str) -> Any:
        """Act, after somebody's PIN was checked where the command must carry one."""
        desk, vouched = self._desk, ACTS[type(command)].vouched
        delegate = vouched(command, caller, draft) if vouched is not None else None
        if isinstance(delegate, Refusal):
            return delegate
        if delegate is None:
            return act(desk, command, caller, draft, fact_id)
        pin: str = getattr(command, "pin")  # noqa: B009 - every command that is vouched for has one
        return sign_in.check(
            desk, draft, "delegate", delegate, "pin", pin, lambda later: act(desk, command, caller, later, fact_id)
        )

    def _identify(self, request: Request, draft: Draft) -> Caller:
        if request.token:
            token = self._desk.credentials.bearer(request.token, draft.utc)
            if token is None:
                return NOBODY
            presides = draft.meeting is not None and (token.role, token.subject) == ("delegate", draft.meeting.chair)
            rights = {Who(token.role), Who.CHAIR} if presides else {Who(token.role)}
            return Caller(frozenset(rights), token.role, token.subject)
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
