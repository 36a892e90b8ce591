"""What a command can come to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from appliance.commands import Command
from appliance.events import Event
from appliance.record import Entry
from appliance.rights import Who
from appliance.values import Refusal

NO_MEETING = Refusal(code="no-meeting", message="no meeting is in progress")


@dataclass(frozen=True)
class Caller:
    """Who asks. `subject` is what stands in facts as `by`: a delegate's id, a role, or `console`."""

    rights: frozenset[Who]
    role: str
    subject: str


NOBODY = Caller(frozenset({Who.ANYBODY}), "anybody", "")


@dataclass(frozen=True)
class Act:
    """A command that becomes one fact.

    `decide(desk, command, caller, draft)` → the fact, a `Refusal`, or an answer where nothing is to be recorded;
    `same(command, caller, event)` says whether a fact that stands under the request's id is this very command's;
    `answer(desk, command, entry)` is the reply, made from the durable entry.
    `vouched(command, caller, draft)`, where there is one, names the delegate whose PIN the command must carry; None:
    nobody's.
    """

    kind: type[Event] | tuple[type[Event], ...]
    decide: Callable[..., Any]
    same: Callable[..., bool]
    answer: Callable[[Any, Any, Entry], Any]
    vouched: Callable[..., str | Refusal | None] | None = None


@dataclass(frozen=True)
class Slow:
    """Work for the worker thread; `then(result, draft)` continues in a later turn, with an answer or a `Refusal`."""

    job: Callable[[], Any]
    then: Callable[..., Any]


@dataclass(frozen=True)
class Saved:
    """An act was decided on, or stands already; `answer()` gives the reply once the turn is durable."""

    answer: Callable[[], Any]


def seq(_desk: Any, _command: Command, entry: Entry) -> dict[str, Any]:
    """The usual reply: where the fact stands."""
    return {"seq": entry.seq}


def same_fields(*names: str) -> Callable[[Command, Caller, Event], bool]:
    """Whether a fact is this command's: these fields are alike in both."""

    def same(command: Command, _caller: Caller, event: Event) -> bool:
        return all(getattr(command, name) == getattr(event, name) for name in names)

    return same
