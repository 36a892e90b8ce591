"""Pins without a chip: gpiozero's mock factory with as many lines as a hall needs, for keypads on the screen."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from gpiozero.pins import PinInfo
from gpiozero.pins.mock import MockFactory, MockPin
from gpiozero.pins.pi import PiPin


class _ScreenPin(MockPin):
    """A `MockPin` whose edges carry the factory's time."""

    def _call_when_changed(self) -> None:
        PiPin._call_when_changed(self, self.factory.ticks(), self._state)


class ScreenFactory(MockFactory):
    """A `MockFactory` whose lines are any numbers: a board's header has 28, a room of 21 seats has 126."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        """`monotonic` is the clock that edges are stamped with."""
        super().__init__(pin_class=_ScreenPin)
        self.ticks = monotonic
        self._by_line: dict[int, MockPin] = {}

    def pin(self, name: Any, pin_class: type[MockPin] | None = None, **kwargs: Any) -> MockPin:
        """The pin of a line number; made on first use."""
        if name in self._by_line:
            return self._by_line[name]
        info = PinInfo(
            number=name,
            name=f"GPIO{name}",
            names=frozenset({name, str(name), f"GPIO{name}"}),
            pull="",
            row=1,
            col=1,
            interfaces=frozenset({"gpio"}),
        )
        pin = self._by_line[name] = self.pins[info] = (pin_class or self.pin_class)(self, info, **kwargs)
        return pin

    def levels(self) -> dict[int, bool]:
        """Every line in use and whether it is high."""
        return {line: bool(pin.state) for line, pin in sorted(self._by_line.items())}

    def drive(self, line: int, down: bool) -> bool:
        """Press (`down`: the line goes low) or let go a key; False where no key is wired to that line."""
        pin = self._by_line.get(line)
        if pin is None or pin.function != "input":
            return False
        pin.drive_low() if down else pin.drive_high()
        return True
