"""Keypads wired to GPIO lines through gpiozero: keys pull their line to ground, lamps are lit by a high line.

The box's key switch is one more line of the same kind.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from gpiozero import LED, DigitalInputDevice, GPIOZeroError

from appliance import config
from appliance.errors import DeviceError
from appliance.keypad import KeySwitch, Lamp, Press, Stuck, Told
from appliance.keypad.alarm import Alarm
from appliance.keypad.debounce import Clean, Debouncer, Held, Pressed
from appliance.keypad.lamps import DARK, KEYS, Lit, lit
from appliance.values import Choice

LATEST_CALLBACK = 5.0
"""Seconds by which an edge may be told late. More, or less than none, means that the pin factory has another clock."""


def open_factory(name: str, chip: int) -> Any:
    """gpiozero's pin factory of that name on /dev/gpiochip`chip`. Raises `DeviceError` and says what to do."""
    if name == "mock":
        from appliance.keypad.screen import ScreenFactory

        return ScreenFactory()
    try:
        import lgpio
        from gpiozero.pins.lgpio import LGPIOFactory
    except ImportError as error:
        raise DeviceError(
            f"keypads: the lgpio library is missing ({error}); on Debian: apt install python3-lgpio, "
            'or set keypads.factory = "mock" for keypads on the screen'
        ) from error
    try:
        return LGPIOFactory(chip=chip)
    except (lgpio.error, OSError, GPIOZeroError) as error:
        raise DeviceError(
            f"keypads: /dev/gpiochip{chip} cannot be opened ({error}); is this a Raspberry Pi, is keypads.chip right, "
            "and may this user (group gpio) open it?"
        ) from error


class GpioKeypads:
    """Implements `Keypads`. gpiozero calls back on its own thread; everything else happens in `poll` and `show`."""

    def __init__(
        self, settings: config.Keypads, factory: Any, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Claim every line of the pin map. Raises `DeviceError` naming seat and line if one cannot be had."""
        self._monotonic = monotonic
        self._alarm = Alarm()
        self._edges: deque[tuple[int, bool, float]] = deque()
        self._names: dict[int, tuple[str, Choice]] = {}
        self._keys: dict[int, DigitalInputDevice] = {}
        self._lamps: dict[str, list[LED]] = {}
        self._shown: dict[str, tuple[Lamp, Choice | None, float]] = {}
        self._lit: dict[str, Lit] = {}
        self._changing: dict[str, float] = {}  # seat whose lamps blink → when they change next
        self._switch = () if settings.secret_key is None else (settings.secret_key,)
        try:
            for seat, wiring in settings.seats.items():
                self._claim(seat, wiring, factory)
            for line in self._switch:
                self._claim_switch(line, factory)
        except BaseException:
            self.close()
            raise
        window, now = settings.debounce_ms / 1000, monotonic()
        down = {line for line, key in self._keys.items() if key.is_active}
        seats = self._names.keys()
        self._debouncer = Debouncer(
            seats, window=window, stuck_seconds=settings.stuck_seconds, now=now, down=down & seats
        )
        # A switch stays where it was put: being held, from the first moment on, is what it says.
        self._turned = Debouncer(
            self._switch, window=window, stuck_seconds=0.0, now=now, down=down.intersection(self._switch)
        )
        for line, key in self._keys.items():
            key.when_activated = self._listener(line, key, True)
            key.when_deactivated = self._listener(line, key, False)
        self._alarm.ring()

    def _claim(self, seat: str, wiring: config.Seat, factory: Any) -> None:
        line = wiring.keys[0]
        try:
            # DigitalInputDevice is Button without its thread per key, which only serves when_held.
            for line, choice in zip(wiring.keys, KEYS, strict=True):
                self._keys[line] = DigitalInputDevice(line, pull_up=True, pin_factory=factory)
                self._names[line] = (seat, choice)
            self._lamps[seat] = []
            for line in wiring.lamps:
                self._lamps[seat].append(LED(line, pin_factory=factory))
        except GPIOZeroError as error:
            raise DeviceError(f"seat {seat}, line {line}: {error}; see keypads.seats in the configuration") from error
        self._shown[seat], self._lit[seat] = (Lamp.OFF, None, 0.0), DARK

    def _claim_switch(self, line: int, factory: Any) -> None:
        try:
            self._keys[line] = DigitalInputDevice(line, pull_up=True, pin_factory=factory)
        except GPIOZeroError as error:
            raise DeviceError(
                f"key switch, line {line}: {error}; see keypads.secret_key in the configuration"
            ) from error

    def _listener(self, line: int, key: DigitalInputDevice, down: bool) -> Callable[[], None]:
        def heard() -> None:
            # How long ago the kernel saw the edge: a machine that is late with its callbacks must not make a press look
            # shorter than it was, for then it would be a spike.
            ago = (key.active_time if down else key.inactive_time) or 0.0
            at = self._monotonic() - (ago if 0 <= ago <= LATEST_CALLBACK else 0.0)
            # Queue first, then ring: `poll` looks into the queue after it has set the alarm, so no edge waits unheard.
            self._edges.append((line, down, at))
            self._alarm.ring()

        return heard

    def poll(self, monotonic: float) -> Sequence[Told]:
        """What happened since the last call, in order; also moves the lamps that blink."""
        self._alarm.silence()
        clean: list[Clean] = []
        while self._edges:
            line, down, at = self._edges.popleft()
            clean += (self._turned if line in self._switch else self._debouncer).edge(line, down, at)
        clean += self._debouncer.settle(monotonic) + self._turned.settle(monotonic)
        for seat in [seat for seat, at in self._changing.items() if monotonic >= at]:
            self._refresh(seat, monotonic)
        due = min((self._debouncer.due(), self._turned.due(), *self._changing.values()))
        if due != math.inf:
            self._alarm.ring_in(due - monotonic)
        if self._edges:
            self._alarm.ring()
        return [told for c in sorted(clean, key=lambda c: c.at) for told in self._told(c)]

    def _told(self, clean: Clean) -> Sequence[Told]:
        if clean.line in self._switch:
            return [] if isinstance(clean, Pressed) else [KeySwitch(isinstance(clean, Held), clean.at)]
        seat, choice = self._names[clean.line]
        if isinstance(clean, Pressed):
            return [Press(seat, choice, clean.at)]
        return [Stuck(seat, choice, held=isinstance(clean, Held))]

    def show(self, seat: str, lamp: Lamp, choice: Choice | None = None) -> None:
        """Set a seat's lamps, at once. A seat without a keypad is none of ours: nothing happens."""
        if seat not in self._lamps:
            return
        now = self._monotonic()
        self._shown[seat] = (lamp, choice, now)
        self._refresh(seat, now)
        if seat in self._changing:
            self._alarm.ring()

    def _refresh(self, seat: str, now: float) -> None:
        """Bring the lamps to where their pattern is."""
        lamp, choice, since = self._shown[seat]
        wanted, change = lit(lamp, choice, now - since)
        if wanted != self._lit[seat]:
            for led, on in zip(self._lamps[seat], wanted, strict=True):
                led.value = on
            self._lit[seat] = wanted
        self._changing.pop(seat, None)
        if change is not None:
            self._changing[seat] = since + change

    def fileno(self) -> int:
        """Readable when an edge came, a press settled or a lamp is due to blink."""
        return self._alarm.fileno()

    def close(self) -> None:
        """Lamps off, lines released. May be called twice."""
        for key in self._keys.values():
            key.close()
        for led in (led for leds in self._lamps.values() for led in leds):
            led.off()
            led.close()
        self._keys.clear()
        self._lamps.clear()
        self._shown.clear()
        self._changing.clear()
        self._alarm.close()
