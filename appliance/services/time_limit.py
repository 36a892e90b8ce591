"""The time limit of the ballot that runs: kept by the monotonic clock, so that a clock that jumps closes nothing."""

from __future__ import annotations

from appliance import ballot as ballots
from appliance.ballot import Ballot

BY_TIME_LIMIT = "time-limit"
"""Who closed a ballot whose time was over."""


class TimeLimit:
    """Remembers when the running ballot is over. After a restart the wall clock tells how much was left."""

    def __init__(self) -> None:
        self._for: tuple[str, int] | None = None  # ballot, and how often it rested: each rest is measured anew
        self._over_at: float | None = None

    def left(self, running: Ballot | None, at: str, monotonic: float) -> float | None:
        """Seconds left, 0 or less when it is over; None without a limit and while it rests. `at` is UTC, ISO 8601."""
        if running is None or running.is_held:
            self._for = None
            return None
        key = (running.id, len(running.rests))
        if key != self._for:
            remaining = ballots.remaining(running, at)
            self._for, self._over_at = key, None if remaining is None else monotonic + remaining
        return None if self._over_at is None else self._over_at - monotonic
