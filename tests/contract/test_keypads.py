"""What every version of `Keypads` owes to the ballot service: keys wired to (mock) lines, and recorded presses.

The box's key switch comes with them.
"""

from __future__ import annotations

import json
import select
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from gpiozero.pins.mock import MockPin

from appliance import config
from appliance.errors import DeviceError
from appliance.keypad import Keypads, KeySwitch, Lamp, Press, Stuck
from appliance.keypad.gpio import GpioKeypads, open_factory
from appliance.keypad.lamps import ALL, CALM, DARK, FAST, KEYS, REFUSAL, SLOW, lit
from appliance.keypad.replay import ReplayKeypads
from appliance.keypad.screen import ScreenFactory
from appliance.values import Choice

SEATS = ("01", "02")
STUCK_SECONDS = 2.0
SETTINGS = config.Keypads.model_validate(
    {
        "factory": "mock",
        "stuck_seconds": STUCK_SECONDS,
        "secret_key": 200,
        "seats": {
            "01": {"keys": [4, 17, 27], "lamps": [22, 10, 9]},
            "02": {"keys": [100, 101, 102], "lamps": [103, 104, 105]},
        },
    }
)


Script = list[tuple[str, str, Choice | None]]
"""What happens: `press` or `hold`, a seat, a key; or `turn`, `on` or `off`."""


class World(Protocol):
    """Somebody sits at the keypads; time moves by hand."""

    keypads: Keypads
    now: float

    def press(self, seat: str, choice: Choice) -> None:
        """A key is pressed and let go."""

    def hold(self, seat: str, choice: Choice) -> None:
        """A key goes down and stays."""

    def turn(self, on: bool) -> None:
        """The box's key."""


class WiredWorld:
    def __init__(self, _folder: Path, _script: Script) -> None:
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

    def turn(self, on: bool) -> None:
        self.pins.drive(200, on)
        self.now += 0.05

    def lamps(self, seat: str) -> tuple[bool, ...]:
        levels = self.pins.levels()
        return tuple(levels[line] for line in SETTINGS.seats[seat].lamps)


class RecordedWorld:
    """The same story, written down before it begins."""

    def __init__(self, folder: Path, script: Script) -> None:
        self.now = 50.0
        lines = [{"at": 0.1 * n, **self._told(*happens)} for n, happens in enumerate(script, 1)]
        recording = folder / "presses.jsonl"
        recording.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
        self.keypads: Keypads = ReplayKeypads(recording, monotonic=lambda: self.now)

    @staticmethod
    def _told(what: str, where: str, choice: Choice | None) -> dict[str, object]:
        if what == "turn":
            return {"secret_key": where == "on"}
        return {"seat": where, "choice": choice} | ({"held": True} if what == "hold" else {})

    def press(self, _seat: str, _choice: Choice) -> None:
        self.now += 0.1

    hold = press

    def turn(self, on: bool) -> None:
        self.now += 0.1


Make = Callable[[Script], World]


@pytest.fixture(params=[WiredWorld, RecordedWorld])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    made: list[World] = []

    def build(script: Script) -> World:
        made.append(request.param(tmp_path, script))
        return made[-1]

    yield build
    for world in made:
        world.keypads.close()


def test_nothing_pressed_is_nothing_told(make: Make) -> None:
    world = make([])
    assert list(world.keypads.poll(world.now)) == []


def test_presses_come_once_each_in_order_with_seat_and_choice(make: Make) -> None:
    presses = [("01", Choice.FOR), ("02", Choice.AGAINST), ("01", Choice.ABSTAIN), ("01", Choice.ABSTAIN)]
    world = make([("press", seat, choice) for seat, choice in presses])
    for seat, choice in presses:
        world.press(seat, choice)
    told = list(world.keypads.poll(world.now))
    assert [(p.seat, p.choice) for p in told if isinstance(p, Press)] == presses
    assert len(told) == len(presses)
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


def test_the_key_switch_is_told_in_order_with_the_presses_each_time_it_is_turned(make: Make) -> None:
    world = make([("turn", "on", None), ("press", "01", Choice.FOR), ("turn", "off", None)])
    world.turn(True)
    world.press("01", Choice.FOR)
    world.turn(False)
    told = list(world.keypads.poll(world.now))
    assert [one.on if isinstance(one, KeySwitch) else type(one) for one in told] == [True, Press, False]
    assert told == sorted(told, key=lambda one: one.monotonic if isinstance(one, KeySwitch | Press) else 0.0)
    assert 50.0 <= min(one.monotonic for one in told if isinstance(one, KeySwitch)) < world.now
    assert list(world.keypads.poll(world.now + 60)) == []


def test_the_descriptor_is_quiet_until_something_happens(make: Make) -> None:
    world = make([("press", "01", Choice.FOR)])
    world.keypads.poll(world.now)
    assert not select.select([world.keypads.fileno()], [], [], 0)[0]
    world.press("01", Choice.FOR)
    assert select.select([world.keypads.fileno()], [], [], 30)[0]
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


@pytest.mark.parametrize("choice", [Choice.FOR, None])
def test_states_of_a_seat_look_different_from_one_another(choice: Choice | None) -> None:
    looks = {}
    for lamp in Lamp:
        looks[lamp] = tuple(lit(lamp, choice, n * 0.01)[0] for n in range(300))
    assert len(set(looks.values())) == len(Lamp)
    assert lit(Lamp.WALK, None, 0.0) == (ALL, SLOW)


# A vote that is kept secret ------------------------------------------------------------------------------------------


def traces_of_a_vote(folder: Path, pressed: Choice, shown: Choice | None) -> list[list[tuple[float, bool]]]:
    """Each lamp's changes while a key is pressed and the vote becomes durable: (when, high)."""
    world = WiredWorld(folder, [])
    traces: list[list[tuple[float, bool]]] = []
    for line in SETTINGS.seats["01"].lamps:
        trace: list[tuple[float, bool]] = []
        pin = world.pins.pin(line)
        change = pin._change_state

        def changed(
            high: bool, change: Callable[[bool], bool] = change, trace: list[tuple[float, bool]] = trace
        ) -> bool:
            trace.append((round(world.now - 50.0, 3), bool(high)))
            return change(high)

        pin._change_state = changed
        traces.append(trace)
    world.keypads.show("01", Lamp.READY)
    world.press("01", pressed)
    world.keypads.poll(world.now)
    for lamp, seconds in ((Lamp.RECEIVED, 0.3), (Lamp.RECORDED, 3.5), (Lamp.OFF, 0.1)):
        world.keypads.show("01", lamp, shown)
        for _ in range(round(seconds / 0.02)):
            world.now += 0.02
            world.keypads.poll(world.now)
    world.keypads.close()
    return traces


def test_lamps_tell_nothing_about_a_secret_vote(tmp_path: Path) -> None:
    seen = [traces_of_a_vote(tmp_path, choice, None) for choice in KEYS]
    assert seen[0] == seen[1] == seen[2]
    assert seen[0][0] == seen[0][1] == seen[0][2]
    assert len(seen[0][0]) > 6  # it came and went: this trace would show a difference


def test_lamps_of_an_open_vote_do_tell_and_the_trace_would_show_it(tmp_path: Path) -> None:
    seen = [traces_of_a_vote(tmp_path, choice, choice) for choice in KEYS]
    assert seen[0] != seen[1] != seen[2] != seen[0]


def test_a_recorded_secret_vote_does_not_look_like_a_seat_that_may_still_vote(wired: WiredWorld) -> None:
    wired.keypads.show("01", Lamp.RECORDED, None)
    seen = []
    for _ in range(4):
        seen.append(wired.lamps("01"))
        wired.now += CALM * 1.001
        wired.keypads.poll(wired.now)
    assert seen == [ALL, DARK] * 2


# The key switch ------------------------------------------------------------------------------------------------------


class _TiedDown(ScreenFactory):
    """Line 200 is tied to ground: its pull-up cannot raise it."""

    def pin(self, name: Any, pin_class: type[MockPin] | None = None, **kwargs: Any) -> MockPin:
        pin = super().pin(name, pin_class, **kwargs)
        if name == 200:
            pin._change_state(False)
            pin.drive_high = lambda: None
        return pin


def test_a_key_switch_that_is_on_at_the_start_is_told_once_and_never_as_stuck() -> None:
    now = 50.0
    keypads = GpioKeypads(SETTINGS, _TiedDown(lambda: now), monotonic=lambda: now)
    assert select.select([keypads.fileno()], [], [], 30)[0]
    assert list(keypads.poll(now)) == [KeySwitch(True, 50.0)]
    now += 100 * STUCK_SECONDS
    assert list(keypads.poll(now)) == []
    keypads.close()


def test_a_switch_bounces_as_keys_do_and_a_spike_is_no_turn(wired: WiredWorld) -> None:
    wired.keypads.poll(wired.now)
    wired.pins.drive(200, True)
    wired.now += 0.005
    wired.pins.drive(200, False)
    wired.now += 1
    assert list(wired.keypads.poll(wired.now)) == []
    turned = wired.now
    for down in (True, False, True, False, True):
        wired.pins.drive(200, down)
        wired.now += 0.003
    wired.now += 0.05
    assert list(wired.keypads.poll(wired.now)) == [KeySwitch(True, turned)]


def test_a_turn_of_the_switch_wakes_the_loop_by_itself(wired: WiredWorld) -> None:
    wired.keypads.poll(wired.now)
    wired.pins.drive(200, True)
    assert select.select([wired.keypads.fileno()], [], [], 30)[0]
    assert list(wired.keypads.poll(wired.now)) == []  # it has not kept still yet
    assert select.select([wired.keypads.fileno()], [], [], 30)[0]


def test_a_box_without_keypads_may_have_the_switch_alone() -> None:
    now = 50.0
    pins = ScreenFactory(lambda: now)
    keypads = GpioKeypads(config.Keypads(secret_key=3), pins, monotonic=lambda: now)
    assert pins.drive(3, True)
    now += 0.05
    assert list(keypads.poll(now)) == [KeySwitch(True, 50.0)]
    keypads.close()
    GpioKeypads(config.Keypads(secret_key=3), pins).close()  # the line was given back


def test_a_switch_on_a_line_that_is_no_line_is_named() -> None:
    from gpiozero.pins.mock import MockFactory

    with pytest.raises(DeviceError, match=r"key switch, line 200.*keypads\.secret_key"):
        GpioKeypads(config.Keypads(secret_key=200), MockFactory())


def test_a_blinking_lamp_wakes_the_loop_by_itself(wired: WiredWorld) -> None:
    wired.keypads.poll(wired.now)
    begun = time.monotonic()
    wired.keypads.show("02", Lamp.WALK)
    wired.keypads.poll(wired.now)
    assert select.select([wired.keypads.fileno()], [], [], 30)[0]
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
