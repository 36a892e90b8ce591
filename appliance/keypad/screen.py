"""Pins without a chip: gpiozero's mock factory with as many lines as a hall needs, for keypads on the screen."""

from __future__ import annotations

from typing import Any

from gpiozero.pins import PinInfo
from gpiozero.pins.mock import MockFactory, MockPin


class ScreenFactory(MockFactory):
    """A `MockFactory` whose lines are any numbers: a board's header has 28, a room of 21 seats has 126."""

    def pin(self, name: Any, pin_class: type[MockPin] | None = None, **kwargs: Any) -> MockPin:
        """The pin of a line number; made on first use."""
        info = PinInfo(
            number=name,
            name=f"GPIO{name}",
            names=frozenset({name, str(name), f"GPIO{name}"}),
            pull="",
            row=1,
            col=1,
            interfaces=frozenset({"gpio"}),
        )
        if info not in self.pins:
            self.pins[info] = (pin_class or self.pin_class)(self, info, **kwargs)
        return self.pins[info]

    def levels(self) -> dict[int, bool]:
        """Every line in use and whether it is high."""
        return {info.number: bool(pin.state) for info, pin in sorted(self.pins.items(), key=lambda p: p[0].number)}

    def drive(self, line: int, down: bool) -> bool:
        """Press (`down`: the line goes low) or let go a key; False where no key is wired to that line."""
        pin = next((pin for info, pin in self.pins.items() if info.number == line), None)
        if pin is None or pin.function != "input":
            return False
        pin.drive_low() if down else pin.drive_high()
        return True
