"""Raw edges → clean presses. Pure: no device, no clock.

A contact bounces for a few milliseconds, and a long cable to a seat catches short spikes. So a key counts as down only
when its line has kept still for a whole window, and as let go in the same way. What comes out depends on the times of
the edges alone, never on how often somebody asks.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Pressed:
    """A key went down. `at` is its first edge, before the contact stopped bouncing."""

    line: int
    at: float


@dataclass(frozen=True)
class Held:
    """A key has been down for longer than anybody votes."""

    line: int
    at: float


@dataclass(frozen=True)
class LetGo:
    """A key that was `Held` is up again."""

    line: int
    at: float


Clean = Pressed | Held | LetGo


@dataclass
class _Line:
    level: bool  # as the last edge said: True is down
    since: float  # of the last edge
    burst: float  # first edge of the run of edges that are closer together than the window
    steady: bool  # as it last kept still for a window
    held: bool = False


class Debouncer:
    """Many lines at once. Times are seconds of one monotonic clock; edges of a line come in order."""

    def __init__(
        self, lines: Iterable[int], *, window: float, stuck_seconds: float, now: float = 0.0, down: Collection[int] = ()
    ) -> None:
        """`down` are the lines that are down already: that is no press, but they may turn out to be stuck.

        A `stuck_seconds` of 0 makes keys into switches: each is `Held` as soon as it is down, and `LetGo` afterwards.
        """
        self._window = window
        self._stuck_seconds = stuck_seconds
        self._lines = {n: _Line(n in down, now, now, n in down) for n in lines}
        self._active = set(down)

    def edge(self, line: int, down: bool, at: float) -> list[Clean]:
        """Take one edge; what became certain by the time it came."""
        state = self._lines[line]
        at = max(at, state.since)
        clean = self._advance(line, state, at)
        if down != state.level:
            if at >= state.since + self._window:
                state.burst = at
            state.level, state.since = down, at
            self._active.add(line)
        return clean

    def settle(self, now: float) -> list[Clean]:
        """What became certain by `now` without a further edge, in the order of time."""
        clean = [c for line in sorted(self._active) for c in self._advance(line, self._lines[line], now)]
        return sorted(clean, key=lambda c: c.at)

    def due(self) -> float:
        """When `settle` will next have something, if no edge comes before; infinity while all keys are at rest."""
        return min((self._due(self._lines[line]) for line in self._active), default=math.inf)

    def _due(self, state: _Line) -> float:
        if state.level != state.steady:
            return state.since + self._window
        return state.burst + self._stuck_seconds if state.steady and not state.held else math.inf

    def _advance(self, line: int, state: _Line, now: float) -> list[Clean]:
        clean: list[Clean] = []
        if state.level != state.steady and now >= state.since + self._window:
            state.steady = state.level
            if state.steady:
                clean.append(Pressed(line, state.burst))
            elif state.held:
                state.held = False
                clean.append(LetGo(line, state.burst))
        if state.steady and state.level and not state.held and now >= state.burst + self._stuck_seconds:
            state.held = True
            clean.append(Held(line, state.burst + self._stuck_seconds))
        if not state.level and not state.steady:
            self._active.discard(line)
        return clean
