"""A descriptor that becomes readable at once, or at a time: what a selector waits on. Linux's timerfd_create(2)."""

from __future__ import annotations

import ctypes
import os
import time

_CLOCK = time.CLOCK_MONOTONIC


class _Timespec(ctypes.Structure):
    _fields_ = (("tv_sec", ctypes.c_long), ("tv_nsec", ctypes.c_long))


class _Itimerspec(ctypes.Structure):
    _fields_ = (("it_interval", _Timespec), ("it_value", _Timespec))


_libc = ctypes.CDLL(None, use_errno=True)  # `os` has timerfd only from Python 3.13 on


class Alarm:
    """One timer. `ring` may be called from any thread; the rest belongs to the one that waits."""

    def __init__(self) -> None:
        self._fd = _libc.timerfd_create(_CLOCK, os.O_NONBLOCK | os.O_CLOEXEC)
        if self._fd < 0:
            raise OSError(ctypes.get_errno(), "timerfd_create")

    def fileno(self) -> int:
        """Readable from the moment it rings until it is set anew or silenced."""
        return self._fd

    def ring(self) -> None:
        """Become readable now."""
        self._set(0.0)

    def ring_in(self, seconds: float) -> None:
        """Become readable after so many seconds, and not before."""
        self._set(max(seconds, 0.0))

    def silence(self) -> None:
        """Not readable any more."""
        self._set(None)

    def close(self) -> None:
        """Give the descriptor back. May be called twice; a late `ring` does nothing."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _set(self, seconds: float | None) -> None:
        if self._fd < 0:
            return
        # A time of zero would disarm the timer: the earliest it can ring is after a nanosecond.
        nanoseconds = 0 if seconds is None else max(int(seconds * 1e9), 1)
        value = _Itimerspec(it_value=_Timespec(*divmod(nanoseconds, 1_000_000_000)))
        if _libc.timerfd_settime(self._fd, 0, ctypes.byref(value), None) < 0:
            raise OSError(ctypes.get_errno(), "timerfd_settime")
