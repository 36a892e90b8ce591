"""The lamp and the buzzer at the door, through gpiozero. Their lines belong to the door alone, never to a keypad."""

from __future__ import annotations

from typing import Protocol

from gpiozero import Buzzer, GPIOZeroError, OutputDevice
from gpiozero.pins import Factory

from appliance import config
from appliance.errors import DeviceError
from appliance.services.door_screen import TO_THE_PIN

BEEP_SECONDS = 0.15


class Signals(Protocol):
    """What tells people at the door what became of them, beside the screen."""

    def show(self, code: str, since: float) -> None:
        """Say a message by light and sound; `since` is for how many seconds it has stood. Called every turn."""
        ...

    def close(self) -> None:
        """Everything off."""
        ...


class DoorLamp:
    """Lamp on while a welcome stands, one beep with it; two beeps for somebody who should use the PIN."""

    def __init__(self, lamp: OutputDevice | None, buzzer: OutputDevice | None) -> None:
        self._lamp, self._buzzer = lamp, buzzer

    def show(self, code: str, since: float) -> None:
        """Set both lines for this turn."""
        beep = int(since / BEEP_SECONDS)
        _set(self._lamp, code in ("welcome", "already"))
        _set(self._buzzer, (code == "welcome" and beep == 0) or (code in TO_THE_PIN and beep in (0, 2)))

    def close(self) -> None:
        """Both off, lines given back."""
        for device in (self._lamp, self._buzzer):
            if device is not None:
                device.close()


def _set(device: OutputDevice | None, on: bool) -> None:
    if device is not None and bool(device.value) != on:
        device.on() if on else device.off()


def open_signals(door: config.Door, factory: Factory) -> DoorLamp:
    """The lines that the configuration names. Raises `DeviceError` naming a line that cannot be had."""
    opened: list[OutputDevice | None] = []
    for kind, pin in ((OutputDevice, door.lamp_pin), (Buzzer, door.buzzer_pin)):
        try:
            opened.append(None if pin is None else kind(pin, pin_factory=factory))
        except (GPIOZeroError, OSError) as error:
            raise DeviceError(f"door line {pin}: {error}; see door.lamp_pin and door.buzzer_pin") from error
    return DoorLamp(*opened)
