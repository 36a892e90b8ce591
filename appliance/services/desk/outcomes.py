"""What a command can come to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from appliance.commands import Who
from appliance.events import Event
from appliance.record import Entry


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
    """

    kind: type[Event]
    decide: Callable[..., Any]
    same: Callable[..., bool]
    answer: Callable[[Any, Any, Entry], Any]


@dataclass(frozen=True)
class Slow:
    """Work for the worker thread; `then(result, draft)` continues in a later turn, with an answer or a `Refusal`."""

    job: Callable[[], Any]
    then: Callable[..., Any]


@dataclass(frozen=True)
class Saved:
    """An act was decided on, or stands already; `answer()` gives the reply once the turn is durable."""

    answer: Callable[[], Any]
