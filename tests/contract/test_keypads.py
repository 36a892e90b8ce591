"""What every version of `Keypads` owes to the ballot service: keys wired to (mock) lines, and recorded presses."""

from __future__ import annotations

import json
import select
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest

from appliance import config
from appliance.errors import DeviceError
from appliance.events import Choice
from appliance.keypad import Keypads, Lamp, Press, Stuck
from appliance.keypad.gpio import GpioKeypads, open_factory
from appliance.keypad.lamps import ALL, DARK, FAST, KEYS, REFUSAL, SLOW, lit
from appliance.keypad.replay import ReplayKeypads
from appliance.keypad.screen import ScreenFactory

SEATS = ("01", "02")
STUCK_SECONDS = 2.0
SETTINGS = config.Keypads.model_validate(
    {
        "factory": "mock",
        "stuck_seconds": STUCK_SECONDS,
        "seats": {
            "01": {"keys": [4, 17, 27], "lamps": [22, 10, 9]},
            "02": {"keys": [100, 101, 102], "lamps": [103, 104, 105]},
        },
    }
)


class World(Protocol):
    """Somebody sits at the keypads; time moves by hand."""

    keypads: Keypads
    now: float

    def press(self, seat: str, choice: Choice) -> None:
        """A key is pressed and let go."""

    def hold(self, seat: str, choice: Choice) -> None:
        """A key goes down and stays."""


class WiredWorld:
    def __init__(self, _folder: Path, _script: list[tuple[str, str, Choice]]) -> None:
        self.now = 50.0
        self.pins = ScreenFactory(lambda: self.now)
        self.keypads: Keypads = GpioKeypads(SETTINGS, self.pins, monotonic=lambda: self.now)

    def _line(self, seat: str, choice: Choice) -> int:
        return SETTINGS.seats[seat].keys[KEYS.index(choice)]

    def press(self, seat: str, choice: Choice) -> None:
        self.hold(seat, choice)
        self.pins.drive(self._line(seat, choice), False)
        self.now += 0.05

    def hold(self, seat: str, choice: Choice) -> None:
        self.pins.drive(self._line(seat, choice), True)
        self.now += 0.05

    def lamps(self, seat: str) -> tuple[bool, ...]:
        levels = self.pins.levels()
        return tuple(levels[line] for line in SETTINGS.seats[seat].lamps)


class RecordedWorld:
    """The same story, written down before it begins."""

    def __init__(self, folder: Path, script: list[tuple[str, str, Choice]]) -> None:
        self.now = 50.0
        lines = [
            {"at": 0.1 * n, "seat": seat, "choice": choice} | ({"held": True} if what == "hold" else {})
            for n, (what, seat, choice) in enumerate(script, 1)
        ]
        recording = folder / "presses.jsonl"
        recording.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
        self.keypads: Keypads = ReplayKeypads(recording, monotonic=lambda: self.now)

    def press(self, _seat: str, _choice: Choice) -> None:
        self.now += 0.1

    hold = press


Make = Callable[[list[tuple[str, str, Choice]]], World]


@pytest.fixture(params=[WiredWorld, RecordedWorld])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    made: list[World] = []

    def build(script: list[tuple[str, str, Choice]]) -> World:
        made.append(request.param(tmp_path, script))
        return made[-1]

    yield build
    for world in made:
        world.keypads.close()


def test_nothing_pressed_is_nothing_told(make: Make) -> None:
    world = make([])
    assert list(world.keypads.poll(world.now)) == []


def test_presses_come_once_each_in_order_with_seat_and_choice(make: Make) -> None:
    script = [
        ("press", "01", Choice.FOR),
        ("press", "02", Choice.AGAINST),
        ("press", "01", Choice.ABSTAIN),
        ("press", "01", Choice.ABSTAIN),
    ]
    world = make(script)
    for _, seat, choice in script:
        world.press(seat, choice)
    told = list(world.keypads.poll(world.now))
    assert [(p.seat, p.choice) for p in told] == [(seat, choice) for _, seat, choice in script]
    assert all(isinstance(p, Press) for p in told)
    times = [p.monotonic for p in told if isinstance(p, Press)]
    assert times == sorted(times)
    assert times[-1] <= world.now
    assert list(world.keypads.poll(world.now)) == []


def test_a_key_that_stays_down_is_told_as_stuck(make: Make) -> None:
    world = make([("press", "01", Choice.FOR), ("hold", "01", Choice.FOR)])
    world.press("01", Choice.FOR)
    world.hold("01", Choice.FOR)
    world.now += STUCK_SECONDS
    assert Stuck("01", Choice.FOR, held=True) in world.keypads.poll(world.now)


def test_the_descriptor_is_quiet_until_something_happens(make: Make) -> None:
    world = make([("press", "01", Choice.FOR)])
    world.keypads.poll(world.now)
    assert not select.select([world.keypads.fileno()], [], [], 0)[0]
    world.press("01", Choice.FOR)
    assert select.select([world.keypads.fileno()], [], [], 5)[0]
    assert world.keypads.poll(world.now)


def test_every_lamp_can_be_shown_at_every_seat(make: Make) -> None:
    world = make([])
    for seat in (*SEATS, "nowhere"):
        for lamp in Lamp:
            world.keypads.show(seat, lamp, Choice.FOR)
    assert list(world.keypads.poll(world.now)) == []


def test_closing_twice_is_no_mistake(make: Make) -> None:
    world = make([])
    world.keypads.close()
    world.keypads.close()


# Only the wired ones -------------------------------------------------------------------------------------------------


@pytest.fixture
def wired(tmp_path: Path) -> Iterator[WiredWorld]:
    world = WiredWorld(tmp_path, [])
    yield world
    world.keypads.close()


def test_lamps_are_lit_by_high_lines_at_once(wired: WiredWorld) -> None:
    wired.keypads.show("01", Lamp.RECORDED, Choice.AGAINST)
    assert wired.lamps("01") == (False, True, False)
    assert wired.lamps("02") == DARK
    wired.keypads.show("01", Lamp.READY)
    assert wired.lamps("01") == ALL
    wired.keypads.show("01", Lamp.OFF)
    assert wired.lamps("01") == DARK


def test_a_refusal_blinks_three_times_and_is_over(wired: WiredWorld) -> None:
    wired.keypads.show("01", Lamp.REFUSED)
    seen = []
    for _ in range(12):
        seen.append(wired.lamps("01"))
        wired.now += REFUSAL * 1.001
        wired.keypads.poll(wired.now)
    assert seen == [ALL, DARK] * 3 + [DARK] * 6
    assert not select.select([wired.keypads.fileno()], [], [], 0)[0]


def test_received_blinks_the_chosen_key_until_told_otherwise(wired: WiredWorld) -> None:
    wired.keypads.show("01", Lamp.RECEIVED, Choice.FOR)
    seen = []
    for _ in range(4):
        seen.append(wired.lamps("01"))
        wired.now += FAST * 1.001
        wired.keypads.poll(wired.now)
    assert seen == [(True, False, False), DARK] * 2


def test_states_of_a_seat_look_different_from_one_another() -> None:
    looks = {}
    for lamp in Lamp:
        looks[lamp] = tuple(lit(lamp, Choice.FOR, n * 0.01)[0] for n in range(300))
    assert len(set(looks.values())) == len(Lamp)
    assert lit(Lamp.WALK, None, 0.0) == (ALL, SLOW)


def test_a_blinking_lamp_wakes_the_loop_by_itself(wired: WiredWorld) -> None:
    wired.keypads.poll(wired.now)
    wired.keypads.show("02", Lamp.WALK)
    wired.keypads.poll(wired.now)
    begun = time.monotonic()
    assert select.select([wired.keypads.fileno()], [], [], 5)[0]
    assert time.monotonic() - begun >= SLOW * 0.9


def test_closing_turns_lamps_off_and_gives_lines_back(wired: WiredWorld) -> None:
    wired.keypads.show("01", Lamp.READY)
    wired.keypads.close()
    assert wired.lamps("01") == DARK
    GpioKeypads(SETTINGS, wired.pins).close()


def test_a_press_that_the_machine_hears_of_late_is_as_long_as_it_was(tmp_path: Path) -> None:
    """The kernel saw 50 ms between down and up; both callbacks come a second later, one right after the other."""
    world = WiredWorld(tmp_path, [])
    kernel = [50.0]
    world.pins.ticks = lambda: kernel[0]
    world.now = 51.0
    told: list[Callable[[], None]] = []
    key = next(k for k in world.keypads._keys.values() if k.pin is world.pins.pin(4))  # type: ignore[attr-defined]
    pressed, released = key.when_activated, key.when_deactivated
    key.when_activated, key.when_deactivated = (lambda: told.append(pressed)), (lambda: told.append(released))
    world.pins.drive(4, True)
    kernel[0] = 51.0
    told.pop()()
    kernel[0] = 50.05
    world.pins.drive(4, False)
    kernel[0] = 51.0
    told.pop()()
    (press,) = world.keypads.poll(world.now)
    assert press == Press("01", Choice.FOR, 50.0)
    world.keypads.close()


def test_a_line_that_is_no_line_is_named() -> None:
    from gpiozero.pins.mock import MockFactory

    with pytest.raises(DeviceError, match="seat 02, line 100"):
        GpioKeypads(SETTINGS, MockFactory())  # a board's header ends at 27


@pytest.mark.skipif(Path("/dev/gpiochip0").exists(), reason="this machine has a GPIO chip")
def test_a_machine_without_gpio_says_what_to_do() -> None:
    with pytest.raises(DeviceError, match=r"^keypads: .*(python3-lgpio|gpiochip0).*(mock|user)"):
        open_factory("lgpio", 0)


def test_a_recording_with_a_wrong_line_names_it(tmp_path: Path) -> None:
    recording = tmp_path / "presses.jsonl"
    recording.write_text('{"at": 1, "seat": "01", "choice": "for"}\n{"at": 2, "seat": "01", "choice": "maybe"}\n')
    with pytest.raises(DeviceError, match="line 2"):
        ReplayKeypads(recording)
