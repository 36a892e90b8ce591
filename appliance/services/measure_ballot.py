"""Press to lamp: the real ballot service on the real journal, with mock pins that a second thread pulls down.

What is timed is what a delegate sees: from the moment the key's line goes down to the moment its own lamp is lit for
good, which includes the debounce window, the decision and the fsync. Each seat presses once, at a time drawn from the
window.
"""

from __future__ import annotations

import heapq
import random
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from appliance import config
from appliance.control import Client
from appliance.errors import ApplianceError, ControlError
from appliance.journal import Reader
from appliance.keypad import Lamp, Told
from appliance.keypad.gpio import GpioKeypads
from appliance.keypad.lamps import KEYS
from appliance.keypad.screen import ScreenFactory
from appliance.minutes import fold
from appliance.radio.absent import NoRadios
from appliance.services.ballot import BallotService, Devices
from appliance.services.clock import SystemClock
from appliance.services.figures import fsync_ms, recorded, shares
from appliance.services.state import State
from appliance.values import Choice, Refusal

HELD = 0.06
"""Seconds that a finger stays on a key."""

GRACE = 5.0
"""Seconds after the last press, until a lamp that is still dark counts as lost."""
PASSPHRASE = "bench: many words that nobody types"


@dataclass
class TimedKeypads:
    """`Keypads` that remember when each seat's lamp was lit for good."""

    keypads: GpioKeypads
    lit: dict[str, float] = field(default_factory=dict)

    def poll(self, monotonic: float) -> Sequence[Told]:
        """As the keypads say."""
        return self.keypads.poll(monotonic)

    def show(self, seat: str, lamp: Lamp, choice: Choice | None = None) -> None:
        """Light the lamps first, then take the time."""
        self.keypads.show(seat, lamp, choice)
        if lamp is Lamp.RECORDED:
            self.lit.setdefault(seat, time.monotonic())

    def fileno(self) -> int:
        """As the keypads say."""
        return self.keypads.fileno()

    def close(self) -> None:
        """As the keypads say."""
        self.keypads.close()


def measure(
    seats: int, window: float, *, secret: bool = False, folder: Path | None = None, seed: int = 1
) -> dict[str, Any]:
    """`seats` members press once each within `window` seconds. Times in milliseconds; see the bench contract.

    `secret`: the votes go into a sealed box, which is written anew in each turn. `folder` is where the journal lies, on
    the disk that is meant; a temporary folder otherwise.
    """
    with tempfile.TemporaryDirectory(dir=folder) as root:
        fsync = fsync_ms(Path(root))
        return {**_run(State(Path(root)), seats, window, secret, random.Random(seed)), "fsync_ms": fsync}


def _run(state: State, seats: int, window: float, secret: bool, draw: random.Random) -> dict[str, Any]:
    settings = _settings(seats)
    pins = ScreenFactory()
    keypads = TimedKeypads(GpioKeypads(settings, pins))
    configuration = config.Configuration().model_copy(update={"keypads": settings})
    service = BallotService(state, configuration, Devices(keypads, SystemClock(), NoRadios()))
    try:
        hall = Hall(Client(state.socket("ballot")), pins, settings, keypads, window, secret, draw)
        while hall.is_alive():
            service.step()
    finally:
        service.close()
    if hall.failure is not None:
        raise hall.failure
    return {
        "seats": seats,
        "window_s": window,
        "secret": secret,
        "debounce_ms": settings.debounce_ms,
        **_figures(state, hall),
    }


def _settings(seats: int) -> config.Keypads:
    """Six lines a seat, numbered on: more lines than the configuration file allows, for halls larger than one chip."""
    wiring = {
        f"{n + 1:03}": config.Seat.model_construct(
            keys=(6 * n, 6 * n + 1, 6 * n + 2), lamps=(6 * n + 3, 6 * n + 4, 6 * n + 5)
        )
        for n in range(seats)
    }
    return config.Keypads(factory="mock").model_copy(update={"seats": wiring})


class Hall(threading.Thread):
    """Everybody in the room: convenes, opens, presses, and watches the lamps. Starts at once."""

    def __init__(
        self,
        client: Client,
        pins: ScreenFactory,
        settings: config.Keypads,
        keypads: TimedKeypads,
        window: float,
        secret: bool,
        draw: random.Random,
    ) -> None:
        super().__init__(daemon=True)
        self._client, self._pins, self._keypads, self._secret = client, pins, keypads, secret
        self._seats = settings.seats
        self._plan = {seat: (draw.random() * window, draw.choice(KEYS)) for seat in self._seats}
        self.pressed: dict[str, float] = {}
        self.failure: ApplianceError | None = None
        self.start()

    def run(self) -> None:
        """One ballot, from the opening to its close."""
        try:
            ballot = self._open()
            self._press()
            deadline = time.monotonic() + GRACE
            while len(self._keypads.lit) < len(self._seats) and time.monotonic() < deadline:
                time.sleep(0.01)
            self._ask("close", ballot=ballot)
        except ApplianceError as error:
            self.failure = error

    def _ask(self, do: str, **args: Any) -> Any:
        answer = self._client.ask(do, **args)
        if isinstance(answer, Refusal):
            raise ControlError(f"{do}: {answer.message}")
        return answer

    def _open(self) -> str:
        roster = [{"id": f"dv-{seat}", "name": f"Đại biểu Mẫu {seat}", "seat": seat} for seat in self._seats]
        self._ask("convene", meeting="bench", title="bench", roster=roster, agenda=[{"id": "i", "title": "bench"}])
        for delegate in roster:
            self._ask("check_in", delegate=delegate["id"], reason="bench")
        if not self._secret:
            return str(self._ask("open", item="i")["ballot"])
        self._ask("passphrase", passphrase=PASSPHRASE)
        return str(self._ask("open", item="i", voting="secret")["ballot"])

    def _press(self) -> None:
        start = time.monotonic()
        # A finger stays on the key from when it really came, however late this thread is: up follows from down.
        moves = [(start + at, seat, True) for seat, (at, _) in self._plan.items()]
        heapq.heapify(moves)
        while moves:
            at, seat, down = heapq.heappop(moves)
            time.sleep(max(0.0, at - time.monotonic()))
            if down:
                self.pressed[seat] = time.monotonic()
                heapq.heappush(moves, (self.pressed[seat] + HELD, seat, False))
            self._pins.drive(self._seats[seat].keys[KEYS.index(self._plan[seat][1])], down)

    @property
    def lit(self) -> dict[str, float]:
        """When each seat's own lamp was lit for good."""
        return self._keypads.lit

    @property
    def meant(self) -> dict[str, Choice]:
        """What each delegate who pressed meant."""
        return {f"dv-{seat}": self._plan[seat][1] for seat in self.pressed}


def _figures(state: State, hall: Hall) -> dict[str, Any]:
    """Counts from the journal, times from the lamps."""
    reader = Reader(state.journal)
    minutes = fold(reader.after(0))
    reader.close()
    right = recorded(minutes.latest if minutes is not None else None, hall.meant)
    waits = [(hall.lit[seat] - at) * 1000 for seat, at in hall.pressed.items() if seat in hall.lit]
    return {"accepted": right, "lost": len(hall.pressed) - right, **shares(waits)}
