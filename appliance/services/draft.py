"""What one turn of the ballot service has decided and not yet saved."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime

from appliance import minutes as fold
from appliance.events import Event
from appliance.journal import Fact, Instant
from appliance.minutes import Minutes


class Draft:
    """The facts of a turn, folded as they are stated: what is decided later in the turn knows what was decided before.

    `minutes` is the meeting as it will stand after the append. Whatever tells anybody about it waits in `afterwards`.
    """

    def __init__(self, minutes: Minutes | None, when: Instant, monotonic: float) -> None:
        self.minutes = minutes
        self.when = when
        self.monotonic = monotonic
        self.facts: list[Fact] = []
        self._by_id: dict[str, Event] = {}
        self._afterwards: list[Callable[[], None]] = []

    @property
    def meeting(self) -> Minutes | None:
        """The meeting in progress; None before one is convened and after it has ended."""
        return self.minutes if self.minutes is not None and self.minutes.ended_at is None else None

    @property
    def utc(self) -> float:
        """The turn's time in seconds since 1970, for locks and tokens."""
        return datetime.fromisoformat(self.when.at).timestamp()

    def state(self, event: Event, fact_id: str = "") -> None:
        """Decide on a fact. Without an id of its client it gets one of ours."""
        fact = Fact(fact_id or secrets.token_hex(16), event)
        self.facts.append(fact)
        self._by_id[fact.id] = event
        self.minutes = fold.apply(self.minutes, event, self.when.at)

    def stated(self, fact_id: str) -> Event | None:
        """The fact of that id, if this turn decided on it."""
        return self._by_id.get(fact_id)

    def afterwards(self, action: Callable[[], None]) -> None:
        """Do this once the facts are durable."""
        self._afterwards.append(action)

    def speak(self) -> None:
        """The append has returned: do all that waited for it."""
        for action in self._afterwards:
            action()
