"""Recorded presses: a file of JSON lines such as `{"at": 1.25, "seat": "07", "choice": "for"}`.

`at` is in seconds from the start. A line with `"held": true` or `false` besides is a key found stuck, or free again.
`{"at": 2.0, "secret_key": true}` is the box's key turned on.
"""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from appliance.errors import DeviceError
from appliance.keypad import KeySwitch, Lamp, Press, Stuck, Told
from appliance.keypad.alarm import Alarm
from appliance.values import Choice


class ReplayKeypads:
    """Implements `Keypads`. `shown` is what each seat's lamps last said."""

    def __init__(self, recording: Path, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        """The recording begins now. Raises `DeviceError` naming the line that is no press."""
        self._start = monotonic()
        self._pending = deque(sorted(self._read(recording), key=lambda p: p[0]))
        self.shown: dict[str, tuple[Lamp, Choice | None]] = {}
        self._alarm = Alarm()
        self._wait(self._start)

    def _read(self, recording: Path) -> list[tuple[float, Told]]:
        try:
            lines = recording.read_text("utf-8").splitlines()
        except OSError as error:
            raise DeviceError(f"{recording}: the recorded presses cannot be read ({error})") from error
        return [self._press(recording, n, line) for n, line in enumerate(lines, 1) if line.strip()]

    def _press(self, recording: Path, number: int, line: str) -> tuple[float, Told]:
        try:
            fields = json.loads(line)
            at = self._start + float(fields["at"])
            if "secret_key" in fields:
                return at, KeySwitch(bool(fields["secret_key"]), at)
            seat, choice = str(fields["seat"]), Choice(fields["choice"])
        except (ValueError, KeyError, TypeError) as error:
            raise DeviceError(f"{recording}, line {number}: not a recorded press ({error!r})") from error
        return (at, Stuck(seat, choice, bool(fields["held"])) if "held" in fields else Press(seat, choice, at))

    def poll(self, monotonic: float) -> Sequence[Told]:
        """The presses that are due by now."""
        due = []
        while self._pending and self._pending[0][0] <= monotonic:
            due.append(self._pending.popleft()[1])
        self._wait(monotonic)
        return due

    def _wait(self, now: float) -> None:
        if self._pending:
            self._alarm.ring_in(self._pending[0][0] - now)
        else:
            self._alarm.silence()

    def show(self, seat: str, lamp: Lamp, choice: Choice | None = None) -> None:
        """Remember what the lamps say."""
        self.shown[seat] = (lamp, choice)

    def fileno(self) -> int:
        """Readable when the next press is due."""
        return self._alarm.fileno()

    def close(self) -> None:
        """Lamps off. May be called twice."""
        self.shown.clear()
        self._alarm.close()
