"""Light and sound at the door: what each message does to the two lines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from gpiozero import Buzzer, OutputDevice
from gpiozero.pins.mock import MockFactory

from appliance.services.door_lamp import BEEP_SECONDS, DoorLamp
from appliance.services.door_screen import GREETINGS, TO_THE_PIN


@pytest.fixture
def pins() -> Iterator[MockFactory]:
    factory = MockFactory()
    yield factory
    factory.reset()


def beeps(code: str, pins: MockFactory) -> tuple[bool, list[bool]]:
    """The lamp, and the buzzer in each of the first five parts of a message."""
    signals = DoorLamp(OutputDevice(5, pin_factory=pins), Buzzer(6, pin_factory=pins))
    heard = []
    for part in range(5):
        signals.show(code, (part + 0.5) * BEEP_SECONDS)
        heard.append(bool(pins.pin(6).state))
    lit = bool(pins.pin(5).state)
    signals.close()
    return lit, heard


@pytest.mark.parametrize("code", TO_THE_PIN)
def test_whoever_is_sent_to_the_pin_hears_two_beeps_and_sees_no_lamp(code: str, pins: MockFactory) -> None:
    assert beeps(code, pins) == (False, [True, False, True, False, False])


def test_a_welcome_is_one_beep_under_the_lamp(pins: MockFactory) -> None:
    assert beeps("welcome", pins) == (True, [True, False, False, False, False])
    assert beeps("already", pins) == (True, [False] * 5)


def test_what_is_said_to_nobody_in_particular_is_silent(pins: MockFactory) -> None:
    for code in ("look", "closer", "camera-lost"):
        assert code not in GREETINGS
        assert beeps(code, pins) == (False, [False] * 5)
