"""The clocks: UTC for records, monotonic for intervals, and whether UTC can be believed."""

from __future__ import annotations

import ctypes
import time
from datetime import UTC, datetime
from typing import Protocol

from appliance.journal import Instant


class Clock(Protocol):
    """Time as the services see it; tests hold one that they move by hand."""

    def now(self) -> Instant:
        """The wall clock, UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never jump."""
        ...


class SystemClock:
    """The machine's own clocks; synchronised is what the kernel says (adjtimex), whichever daemon disciplines it."""

    _TIME_ERROR = 5

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)

    def now(self) -> Instant:
        """The wall clock, UTC, to the millisecond."""
        # struct timex is 208 bytes on 64-bit Linux; modes = 0 only reads.
        state = self._libc.adjtimex(ctypes.create_string_buffer(512))
        text = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return Instant(text, state not in (self._TIME_ERROR, -1))

    def monotonic(self) -> float:
        """Seconds of CLOCK_MONOTONIC."""
        return time.monotonic()
