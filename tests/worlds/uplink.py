"""A box and a central server for tests of the uplink: real journal, sockets and keys; a clock that tests move."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Self

from appliance import config, record
from appliance import minutes as folds
from appliance.central.archive import Archive
from appliance.central.ingest import Ingest
from appliance.central.views import Views
from appliance.config import Configuration
from appliance.control import Client, Server
from appliance.events import BallotClosed, DeviceInstalled, Event, PartRestored, ResultSigned, Writer
from appliance.journal import Fact, Instant, Reader
from appliance.journal import Writer as JournalWriter
from appliance.services.central import CentralService
from appliance.services.state import State as Folders
from appliance.services.uplink import UplinkService, will
from appliance.uplink.broker import Changed, Message, State
from appliance.uplink.paho import PahoBroker
from appliance.uplink.topics import Address, for_central, for_device
from appliance.values import Choice
from appliance.vault import keys
from tests import assembly
from tests.assembly import DEVICE, SITE

ADDRESS = Address(SITE, DEVICE)
QUICK = (0.02, 0.1)
"""Pauses between attempts to connect, in seconds."""


class HandClock:
    """Implements `Clock`: stands still until a test moves it."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def now(self) -> Instant:
        """UTC, as far as the clock was moved."""
        return Instant(assembly.at(int(self.seconds)), True)

    def monotonic(self) -> float:
        """Seconds."""
        return self.seconds

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds += seconds


class SigningDesk:
    """A ballot service reduced to what the uplink asks of it: a real socket, a real key, the real journal."""

    def __init__(self, folders: Folders, signer: record.Signer) -> None:
        self._folders, self._signer = folders, signer
        self.commands: list[str] = []
        self._stopping = threading.Event()
        self._server = Server(folders.socket("ballot"))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """As if the service had stopped."""
        self._stopping.set()
        self._thread.join(10)
        self._server.close()

    def _serve(self) -> None:
        reader = Reader(self._folders.journal)
        while not self._stopping.is_set():
            for request in self._server.poll(0.02):
                if request.do == "sign_checkpoint":
                    entry = reader.entry(request.args["seq"])
                    assert entry is not None
                    sealed = record.checkpoint(SITE, DEVICE, entry.seq, entry.hash, assembly.at(0), self._signer)
                    request.reply({"envelope": sealed.decode()})
                else:
                    self.commands.append(request.args["envelope"])
                    request.reply({})
        reader.close()


class Box:
    """A device with its journal and its uplink; the journal begins installed."""

    def __init__(self, folder: Path, broker: config.Broker | None, central_key: str, **uplink: Any) -> None:
        self.folders = Folders(folder)
        self.clock = HandClock()
        self.signer = assembly.signer()
        self.configuration = Configuration(
            box=config.Box(site=SITE, device=DEVICE, language="en"),
            broker=broker or config.Broker(),
            uplink=config.Uplink(central_key=central_key, **uplink),
        )
        self.writer = JournalWriter(self.folders.journal, Writer.BALLOT)
        self._count = 0
        self.connections = 0  # how often the uplink has opened its broker
        key = base64.b64encode(self.signer.public_key).decode()
        self.record(DeviceInstalled(site=SITE, device=DEVICE, public_key=key))
        self.desk: SigningDesk | None = SigningDesk(self.folders, self.signer)
        self.uplink = self._start()

    def record(self, *events: Event) -> int:
        """Append facts; the sequence of the last."""
        facts = []
        for event in events:
            self._count += 1
            facts.append(Fact(f"fact-{self._count:08}", event))
        return self.writer.append(facts, Instant(assembly.at(self._count), True))[-1].seq

    def chatter(self, count: int) -> int:
        """Append that many small facts; the sequence of the last."""
        return self.record(*(PartRestored(part=f"part-{n}") for n in range(count)))

    def meet(self, votes: dict[str, Choice] | None = None) -> int:
        """A whole meeting of 21 with one ballot and its signed result; the sequence of the result."""
        roster = assembly.members(21, guests=1)
        ids = [d.id for d in roster][:21]
        votes = assembly.CARRIED if votes is None else votes
        self.record(
            assembly.convened(roster),
            *(assembly.arrived(d) for d in ids[:15]),
            assembly.opened(ids, ids[:15]),
            *(assembly.vote(d, choice) for d, choice in votes.items()),
            BallotClosed(ballot=assembly.BALLOT, by="secretary"),
        )
        entries = list(self.writer.after(0))
        meeting = folds.fold(entries)
        assert meeting is not None
        envelope = assembly.result_file(entries)
        return self.record(ResultSigned(ballot=assembly.BALLOT, envelope=envelope.decode()))

    def status(self) -> dict[str, Any]:
        """What the technician's page would be told."""
        return self.uplink.status("en")

    def restart_uplink(self) -> None:
        """As systemd would: a new service on what the old one left on the disk."""
        self.uplink.close()
        self.start_uplink()

    def start_uplink(self) -> None:
        """Start it after it was closed."""
        self.uplink = self._start()

    def stop_ballot(self) -> None:
        """The ballot service goes away."""
        if self.desk is not None:
            self.desk.close()
            self.desk = None

    def start_ballot(self) -> None:
        """The ballot service comes back."""
        self.desk = SigningDesk(self.folders, self.signer)

    def _start(self) -> UplinkService:
        ballot = Client(self.folders.socket("ballot"), timeout=30.0)
        connect = self._connect if self.configuration.broker.host else None
        return UplinkService(self.folders, self.configuration, connect, ballot, self.clock)

    def _connect(self) -> PahoBroker:
        self.connections += 1
        settings = self.configuration.broker
        return PahoBroker(settings, str(ADDRESS), for_device(ADDRESS), will(ADDRESS), QUICK)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.uplink.close()
        self.stop_ballot()
        self.writer.close()


class Ear:
    """Somebody at the broker who hears everything on every topic, and keeps it."""

    def __init__(self, broker: config.Broker, box: Box) -> None:
        self._broker = PahoBroker(broker, "ear", ("meeting/v1/#",), pause=QUICK)
        self.heard: list[tuple[str, bytes]] = []
        self._online = False
        until(self.listen, [box.uplink])

    def listen(self) -> bool:
        """Take in what came; whether it hears at all."""
        for happening in self._broker.poll():
            if isinstance(happening, Message):
                self.heard.append((happening.topic, happening.payload))
            elif isinstance(happening, Changed):
                self._online = happening.condition.state is State.ONLINE
        return self._online

    def has_heard(self, text: str) -> bool:
        """Whether any payload so far contains these words."""
        self.listen()
        return any(text.encode() in payload for _, payload in self.heard)

    def close(self) -> None:
        """Hang up."""
        self._broker.close()


class Centre:
    """A central server on a file, with the box's key pinned unless told otherwise."""

    def __init__(self, folder: Path, broker: config.Broker | None, devices: dict[str, str] | None = None) -> None:
        self.folder, self.settings = folder, broker
        self.devices = {str(ADDRESS): assembly.FINGERPRINT} if devices is None else devices
        self.signer = keys.signer(folder, "central.key")
        self.clock = HandClock()
        self.start()

    @property
    def key(self) -> str:
        """The public key as `uplink.central_key` has it."""
        return self.signer.public_key.hex()

    def start(self) -> None:
        """Start, or start again, on what is on the disk."""
        self.archive = Archive(f"sqlite:///{self.folder / 'archive.sqlite'}")
        self.ingest = Ingest(self.archive, self.devices, self.signer, self._now)
        self.views = Views(self.archive, self.devices, self._now, self.clock.monotonic)
        broker = None
        if self.settings is not None:
            broker = PahoBroker(self.settings, "central-test", for_central(), pause=QUICK)
        self.service = CentralService(self.archive, self.ingest, broker, self.clock)

    def stop(self) -> None:
        """Stop it; the archive stays."""
        self.service.close()

    def _now(self) -> str:
        return self.clock.now().at

    @property
    def head(self) -> int:
        """How far the box's journal is archived."""
        return self.archive.head(SITE, DEVICE).seq

    def alarms(self) -> list[str]:
        """The codes of the alarms that stand."""
        return sorted(alarm["code"] for alarm in self.views.alarms())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def until(condition: Callable[[], bool], services: Iterable[Any], *, seconds: float = 60.0) -> None:
    """Turn the services until the condition holds. Fails, with what the first one says of itself, at the deadline."""
    services = list(services)
    deadline = time.monotonic() + seconds
    while not condition():
        for service in services:
            service.step()
        first = services[0]
        said = first.status("en") if isinstance(first, UplinkService) else first
        assert time.monotonic() < deadline, f"not within {seconds} s; {said}"
