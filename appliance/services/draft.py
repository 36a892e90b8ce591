"""What one turn of the ballot service has decided and not yet saved."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime

from appliance import minutes as fold
from appliance import secret_session, slips
from appliance.events import Event
from appliance.journal import Fact, Follower, Instant
from appliance.minutes import Minutes
from appliance.slips import Slips


class Draft:
    """The facts of a turn, folded as they are stated: what is decided later in the turn knows what was decided before.

    `minutes`, `slips` and `secret_session` are as they will stand after the append. Whatever tells anybody about it
    waits in `afterwards`.
    """

    def __init__(self, follower: Follower, when: Instant, monotonic: float, chance: random.Random) -> None:
        """`chance` makes the ids of facts that no client named: the operating system's, or a recorded session's."""
        self._past = follower.past
        self.minutes: Minutes | None = follower.minutes
        self.slips: Slips = follower.slips
        self.secret_session = follower.secret_session
        self.when = when
        self.monotonic = monotonic
        self.facts: list[Fact] = []
        self._chance = chance
        self._by_id: dict[str, Event] = {}
        self._afterwards: list[Callable[[], None]] = []

    @property
    def meeting(self) -> Minutes | None:
        """The meeting in progress; None before one is convened and after it has ended."""
        return self.minutes if self.minutes is not None and self.minutes.ended_at is None else None

    @property
    def meetings(self) -> list[Minutes]:
        """Every meeting so far, in order."""
        return [*self._past, *([self.minutes] if self.minutes is not None else [])]

    @property
    def utc(self) -> float:
        """The turn's time in seconds since 1970, for locks and tokens."""
        return datetime.fromisoformat(self.when.at).timestamp()

    def state(self, event: Event, fact_id: str = "") -> None:
        """Decide on a fact. Without an id of its client it gets one of ours."""
        fact = Fact(fact_id or f"{self._chance.getrandbits(128):032x}", event)
        self.facts.append(fact)
        self._by_id[fact.id] = event
        self.minutes = fold.apply(self.minutes, event, self.when.at)
        self.slips = slips.apply(self.slips, event, self.when.at)
        self.secret_session = secret_session.apply(self.secret_session, event)

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
