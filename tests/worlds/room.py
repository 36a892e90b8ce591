"""A small room: the real ballot service on the real journal, with mock pins and a clock that only tests move."""

from __future__ import annotations

import json
import select
import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from gpiozero.pins.mock import MockPin

from appliance import config
from appliance.events import Event
from appliance.journal import Instant
from appliance.keypad.gpio import GpioKeypads
from appliance.keypad.lamps import KEYS
from appliance.keypad.screen import ScreenFactory
from appliance.minutes import Minutes
from appliance.radio.rfkill import RfkillRadios
from appliance.record import Entry
from appliance.services.ballot import BallotService, Devices
from appliance.services.loop import Turn
from appliance.services.state import State
from appliance.values import Choice, Refusal
from tests.worlds.airwaves import Airwaves

Kind = TypeVar("Kind", bound=Event)

SECONDS = 20.0
"""How long a request may take in real time before the test fails."""


class HandClock:
    """A `Clock` that stands still until `advance`."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def advance(self, seconds: float) -> None:
        """Both clocks go on."""
        self.seconds += seconds

    def now(self) -> Instant:
        """UTC from 8 o'clock on a day of the tests."""
        at = datetime(2026, 11, 22, 8, tzinfo=UTC) + timedelta(seconds=self.seconds - 1000.0)
        return Instant(at.isoformat(timespec="milliseconds").replace("+00:00", "Z"), True)

    def monotonic(self) -> float:
        """Seconds since some beginning."""
        return self.seconds


def settings(seats: int, **more: Any) -> config.Configuration:
    """`seats` keypads with six lines each, on the screen; seat names are "01", "02", …"""
    wiring = {
        f"{n + 1:02}": {"keys": [6 * n, 6 * n + 1, 6 * n + 2], "lamps": [6 * n + 3, 6 * n + 4, 6 * n + 5]}
        for n in range(seats)
    }
    return config.parse({"keypads": {"factory": "mock", "seats": wiring}, **more})


def roster(members: int) -> list[dict[str, Any]]:
    """Plainly made-up members dv-01, dv-02, … each at the seat of the same number."""
    return [{"id": f"dv-{n:02}", "name": f"Đại biểu Mẫu {n:02}", "seat": f"{n:02}"} for n in range(1, members + 1)]


class _HeldDownPin(MockPin):
    """A line that is tied to ground: its pull-up cannot raise it."""

    def drive_high(self) -> None:
        """Nothing moves."""


class _OneHeldDown(ScreenFactory):
    def __init__(self, monotonic: Callable[[], float], line: int) -> None:
        super().__init__(monotonic)
        self._line = line

    def pin(self, name: Any, pin_class: type[MockPin] | None = None, **kwargs: Any) -> MockPin:
        return super().pin(name, _HeldDownPin if name == self._line else pin_class, **kwargs)


class Room:
    """The service and what surrounds it. Requests come over the real socket; keys really pull their lines down."""

    def __init__(self, folder: Path, configuration: config.Configuration | None = None) -> None:
        self.state = State(folder)
        self.configuration = configuration or settings(5)
        self.clock = HandClock()
        self.pins = ScreenFactory(self.clock.monotonic)
        folder.mkdir(parents=True, exist_ok=True)
        self.air = Airwaves(Path(tempfile.mkdtemp(prefix="airwaves-", dir=folder)))
        self._count = 0
        self.service = self._start()

    def _start(self) -> BallotService:
        keypads = GpioKeypads(self.configuration.keypads, self.pins, monotonic=self.clock.monotonic)
        radios = RfkillRadios(
            self.state.vault / "radios.json",
            device=self.air.device,
            classes=self.air.classes,
            opener=self.air.open,
        )
        devices = Devices(keypads, self.clock, radios, screen=self.pins)
        return BallotService(self.state, self.configuration, devices, longest_wait=0.01)

    def restart(self) -> None:
        """Stop in good order and start again."""
        self.service.close()
        self.service = self._start()

    def restart_with_key_down(self, seat: str, choice: Choice) -> None:
        """Start again while somebody, or something, holds a key down."""
        self.service.close()
        self.pins = _OneHeldDown(self.clock.monotonic, self.line(seat, choice))
        self.service = self._start()

    def close(self) -> None:
        """The end."""
        self.service.close()

    def step(self, seconds: float = 0.0) -> Turn:
        """Let time pass, then one turn."""
        self.clock.advance(seconds)
        return self.service.step()

    # Asking ----------------------------------------------------------------------------------------------------------

    def send(self, do: str, token: str = "", id: str = "", **args: Any) -> socket.socket:
        """A request on its way, unanswered."""
        return self.send_request(do, args, token, id)

    def send_request(self, do: str, args: dict[str, Any], token: str = "", id: str = "") -> socket.socket:
        """The same, for arguments of any name."""
        self._count += 1
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(str(self.state.socket("ballot")))
        request = {"id": id or f"request-{self._count}", "do": do, "token": token, "args": args}
        connection.sendall(json.dumps(request).encode() + b"\n")
        return connection

    def answer(self, connection: socket.socket) -> Any | Refusal:
        """Turn the service until it answers."""
        deadline = time.monotonic() + SECONDS
        while not select.select([connection], [], [], 0)[0]:
            assert time.monotonic() < deadline, "no answer"
            self.service.step()
        with closing(connection), connection.makefile("rb") as lines:
            answer = json.loads(lines.readline())
        return answer["result"] if answer["ok"] else Refusal.model_validate(answer["refusal"])

    def ask(self, do: str, token: str = "", id: str = "", **args: Any) -> Any | Refusal:
        """One request and its answer, result or `Refusal`."""
        return self.answer(self.send(do, token, id, **args))

    def done(self, do: str, token: str = "", id: str = "", **args: Any) -> Any:
        """One request that must not be refused."""
        answer = self.ask(do, token, id, **args)
        assert not isinstance(answer, Refusal), answer
        return answer

    def refused(self, do: str, token: str = "", id: str = "", **args: Any) -> str:
        """One request that must be refused; the code."""
        answer = self.ask(do, token, id, **args)
        assert isinstance(answer, Refusal), answer
        return answer.code

    # Pressing --------------------------------------------------------------------------------------------------------

    def line(self, seat: str, choice: Choice) -> int:
        """The line of a key."""
        return self.configuration.keypads.seats[seat].keys[KEYS.index(choice)]

    def press(self, seat: str, choice: Choice | str) -> None:
        """Down, a turn once the contact is still, up, and another turn."""
        line = self.line(seat, Choice(choice))
        self.pins.drive(line, True)
        self.step(0.03)
        self.pins.drive(line, False)
        self.step(0.03)

    def lit(self, seat: str) -> tuple[bool, ...]:
        """The levels of a seat's lamps: for, against, abstain."""
        levels = self.pins.levels()
        return tuple(levels[line] for line in self.configuration.keypads.seats[seat].lamps)

    # Looking ---------------------------------------------------------------------------------------------------------

    @property
    def minutes(self) -> Minutes:
        """The meeting as the journal has it."""
        minutes = self.service.follower.minutes
        assert minutes is not None
        return minutes

    def entries(self) -> Sequence[Entry]:
        """The whole journal."""
        return list(self.service.writer.after(0))

    def facts(self, kind: type[Kind]) -> list[Kind]:
        """All facts of one kind."""
        return [e.event for e in self.entries() if isinstance(e.event, kind)]

    # A meeting -------------------------------------------------------------------------------------------------------

    def convene(self, members: int = 5, **more: Any) -> None:
        """Meeting m1 with two agenda items; dv-01 is the chair. Where seating is free nobody has a seat beforehand."""
        people = [{**one, "seat": None} if more.get("seating") == "free" else one for one in roster(members)]
        agenda = [{"id": "i1", "title": "Nội dung 1"}, {"id": "i2", "title": "Nội dung 2"}]
        fields = {"meeting": "m1", "title": "Kỳ họp mẫu", "chair": "dv-01", "agenda": agenda, **more}
        self.done("convene", roster=people, **fields)

    def seat_delegates(self, count: int) -> None:
        """The first `count` members come on the roll, by hand."""
        for n in range(1, count + 1):
            self.done("check_in", delegate=f"dv-{n:02}", reason="bài kiểm tra")

    def open(self, item: str = "i1") -> str:
        """Open a ballot; its name."""
        return str(self.done("open", item=item)["ballot"])

    def tokens(self) -> dict[str, str]:
        """Every delegate signs in by personal link."""
        return {
            slip["delegate"]: self.done("sign_in_by_link", link=slip["link"])["token"]
            for slip in self.done("issue_pins")
        }


@contextmanager
def room(folder: Path, configuration: config.Configuration | None = None) -> Iterator[Room]:
    """A room that is closed afterwards."""
    opened = Room(folder, configuration)
    try:
        yield opened
    finally:
        opened.close()
