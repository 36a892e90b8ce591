"""The same room with everything around it that speaks: pages and tablets over HTTP, uplink, broker, central server."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from appliance import record
from appliance.control import Client
from appliance.demo.tablet import Tablet
from appliance.services.clock import SystemClock
from appliance.services.uplink import UplinkService, will
from appliance.services.web import WebService
from appliance.uplink.broker import Message
from appliance.uplink.paho import PahoBroker
from appliance.uplink.private_broker import free_port
from appliance.uplink.topics import Address, for_device
from appliance.values import Choice
from tests.secrecy.sitting import MEMBERS, Tablets
from tests.worlds.mosquitto import Mosquitto
from tests.worlds.room import Room, room, settings
from tests.worlds.uplink import QUICK, Centre

ADDRESS = Address("tinh-mau", "phong-1")


class Beside:
    """What turns in a thread of its own, and closes there, while the test turns the room."""

    def __init__(self, steps: Sequence[Callable[[], Any]], closes: Sequence[Callable[[], Any]]) -> None:
        self._steps, self._closes, self._stop = steps, closes, threading.Event()
        self._thread = threading.Thread(target=self._turn)
        self._thread.start()

    def _turn(self) -> None:
        while not self._stop.is_set():
            for step in self._steps:
                step()
        for close in self._closes:
            close()

    def end(self) -> None:
        """Let it finish its turn."""
        self._stop.set()
        self._thread.join()


def meanwhile(hall: Room, work: Callable[[], Any]) -> Any:
    """Do something that waits for the ballot service, which is turned until it is done."""
    done: list[Any] = []  # nothing in it: the thread died
    thread = threading.Thread(target=lambda: done.append(work()))
    thread.start()
    while thread.is_alive():
        hall.step()
    assert done, "it failed; its reason stands above"
    return done[0]


class Wired:
    """What is heard at the broker (`heard`: topic and payload), and the tablets."""

    def __init__(self, hall: Room, broker: Mosquitto, centre: Centre) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self.open_tablets: dict[str, Tablet] = {}
        self._hall, self._centre = hall, centre
        self._ear = PahoBroker(broker.settings(), "ear", ("meeting/v1/#",), pause=QUICK)
        connect = partial(PahoBroker, broker.settings(), str(ADDRESS), for_device(ADDRESS), will(ADDRESS), QUICK)
        ballot = Client(hall.state.socket("ballot"), timeout=30.0)
        uplink = UplinkService(hall.state, hall.configuration, connect, ballot, SystemClock())
        web = WebService(hall.state, hall.configuration)
        self._turning = [
            Beside([uplink.step, centre.service.step, self._listen], [uplink.close, self._ear.close]),
            Beside([web.step], [web.close]),
        ]

    def tablets(self, hall: Room) -> Tablets:
        """Every delegate opens the personal link and votes on the page."""
        links = {slip["delegate"]: slip["link"] for slip in hall.done("issue_pins")}
        url = hall.configuration.web.base_url

        def vote(delegate: str, ballot: str, choice: Choice) -> None:
            if delegate not in self.open_tablets:
                self.open_tablets[delegate] = meanwhile(hall, lambda: Tablet(url, links[delegate]))
            assert meanwhile(hall, lambda: self.open_tablets[delegate].vote(ballot, choice)).recorded

        return vote

    def drain(self) -> None:
        """Until all that was recorded has left, was heard and was receipted."""
        last = self._hall.service.follower.seq
        while self._centre.archive.head(ADDRESS.site, ADDRESS.device).seq < last or last not in self.entries():
            self._hall.step()

    def entries(self) -> dict[int, record.Entry]:
        """Every entry that was heard so far, by its sequence; some come twice."""
        batches = [record.parse_batch(payload)[0] for topic, payload in list(self.heard) if topic == ADDRESS.events]
        return {entry.seq: entry for batch in batches for entry in batch}

    def _listen(self) -> None:
        self.heard += [(m.topic, m.payload) for m in self._ear.poll() if isinstance(m, Message)]

    def close(self) -> None:
        """Everything ends; the room turns on, for the pages' last questions."""
        for turning in self._turning:
            meanwhile(self._hall, turning.end)


@contextmanager
def wired(folder: Path) -> Iterator[tuple[Room, Wired]]:
    """A room in `folder`, with a broker and a central server beside it."""
    with Mosquitto(folder / "outside") as broker, Centre(folder / "outside", broker.settings(), {}) as centre:
        configuration = settings(
            MEMBERS,
            box={"site": ADDRESS.site, "device": ADDRESS.device},
            web={"port": free_port()},
            broker={"host": broker.host, "port": broker.port},
            uplink={"central_key": centre.key},
        )
        with room(folder / "room", configuration) as hall:
            centre.devices[str(ADDRESS)] = record.fingerprint(hall.service.public_key)
            around = Wired(hall, broker, centre)
            try:
                yield hall, around
            finally:
                around.close()
