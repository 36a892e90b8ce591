"""A small doorway: people whom the test lets come and go, and the door service that sees them through its real journal.

A person here is a name at a place; their descriptor is a direction in space that follows from the name. Real faces and
real networks stand in tests/face and in the one meeting of tests/services/test_door.py that is seen with dlib.
"""

from __future__ import annotations

import json
import math
import socket
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from gpiozero import Buzzer, OutputDevice
from gpiozero.pins.mock import MockFactory

from appliance import events
from appliance.camera import CameraLost, Frame, Image
from appliance.camera.framing import framed
from appliance.control import Server
from appliance.events import DelegateEnrolled, DelegateForgotten, DeviceInstalled, Event, MeetingConvened
from appliance.face import Box, Face
from appliance.face.embedder import Chip, Descriptor
from appliance.identification import Template, Vectors, join
from appliance.journal import Fact, Reader, Writer
from appliance.services.door import Door, started
from appliance.services.door_lamp import DoorLamp
from appliance.services.loop import Turn
from appliance.services.recogniser import Recogniser
from appliance.values import Delegate
from tests.worlds.room import HandClock

FRAME_SECONDS = 0.1
LAMP, BUZZER = 5, 6

Kind = TypeVar("Kind", bound=Event)


def direction(name: str, turn: float = 0.0) -> Descriptor:
    """The descriptor of a name; `turn` moves it a little, always the same way for the same number."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    still = rng.normal(size=128)
    aside = np.random.default_rng(int(1000 * turn) + 1).normal(size=128)
    return join(np.array([still / np.linalg.norm(still) + turn * aside / np.linalg.norm(aside)], dtype=np.float32))


@dataclass
class Standing:
    """Somebody before the camera."""

    descriptor: Descriptor
    box: Box
    turned: float = 0.0
    sharpness: float = 50.0
    picture: str = ""  # whose face the pixels show


class Corridor:
    """Camera, detector and embedder over the same people. Every frame moves the clock on.

    `describing` is how many seconds a descriptor takes. `live` is a camera that does not wait for whoever is slow.
    `upside_down`: faces are found in the turned picture only.
    """

    smallest_face = 80

    def __init__(self, clock: HandClock) -> None:
        self.clock = clock
        self.people: dict[str, Standing] = {}
        self.broken = self.ended = False
        self.live, self.describing, self.light, self.upside_down = False, 0.0, 90, False
        self.opened = self.closed = self.described = 0
        self.embeddings: dict[str, int] = {}
        self._index = -1
        self._aligned: list[Standing] = []

    def open(self) -> Corridor:
        """What the door calls to open its camera."""
        if self.broken:
            raise CameraLost("no picture from the corridor", "plug the camera in")
        self.opened += 1
        return self

    def stand(self, name: str, *, x: float = 100, width: float = 100, as_: Descriptor | None = None) -> None:
        """Somebody comes, or moves to another place."""
        descriptor = direction(name) if as_ is None else as_
        known = self.people.get(name, Standing(descriptor, Box(0, 0, 0, 0), picture=name))
        self.people[name] = replace(known, descriptor=descriptor, box=Box(x, 100, width, width))

    def leave(self, name: str) -> None:
        """They are gone."""
        del self.people[name]

    def read(self) -> Frame | None:
        """The next frame: grey, with nothing painted on it."""
        if self.broken:
            raise CameraLost("the corridor went dark", "plug the camera in")
        if self.ended:
            return None
        self._index += 1
        if self.live:
            self._index = max(self._index, math.floor(self.clock.monotonic() / FRAME_SECONDS))
            self.clock.advance(max(0.0, self._index * FRAME_SECONDS - self.clock.monotonic()))
        else:
            self.clock.advance(FRAME_SECONDS)
        picture = np.full((240, 640, 3), self.light, np.uint8)
        picture[-1 if self.upside_down else 0] = 1  # which side is up
        return framed(picture, self._index, self.clock.monotonic())

    def close(self) -> None:
        """Counts."""
        self.closed += 1

    def find(self, frame: Frame) -> list[Face]:
        """Whoever stands there, if they stand on their feet."""
        if frame.image[0, 0, 0] != 1:
            return []
        return [Face(person.box, 1.0) for person in self.people.values()]

    def align(self, image: Image, box: Box) -> Chip:
        """Their pixels follow from whose face it is; the corner says who it was, for `describe` later."""
        person = next(p for p in self.people.values() if p.box == box)
        self._aligned.append(replace(person))
        tiles = np.random.default_rng(zlib.crc32(person.picture.encode())).integers(40, 200, (10, 10, 3), np.uint8)
        chip = np.kron(tiles, np.ones((15, 15, 1), np.uint8))
        chip[0, 0, :2] = divmod(len(self._aligned) - 1, 256)
        return Chip(chip, np.pad(chip, ((15, 15), (15, 15), (0, 0))), person.sharpness, person.turned)

    def describe(self, chip: Chip, *, view: int = 0) -> Descriptor:
        """The person's direction, a little off, another way in each view."""
        self.clock.advance(self.describing)
        self.described += 1
        high, low = (int(part) for part in chip.image[0, 0, :2])
        person = self._aligned[256 * high + low]
        self.embeddings[person.picture] = self.embeddings.get(person.picture, 0) + 1
        off = direction("noise", turn=0.25 + 0.25 * view)
        return join(np.array([person.descriptor * 8, off]))


def three_pictures(name: str, of: str = "") -> Template:
    """A template of a name, or of somebody else's face under that name."""
    return Template(name, np.array([direction(of or name, turn=turn) for turn in (0.0, 0.1, 0.2)]))


class Templates:
    """The gallery: what is enrolled, changed by the test."""

    def __init__(self, enrolled: list[Template]) -> None:
        self.enrolled = enrolled

    def templates(self) -> list[Template]:
        """What is enrolled now."""
        return self.enrolled

    def cohort(self) -> Vectors:
        """Nobody."""
        return np.empty((0, 128), np.float32)

    def close(self) -> None:
        """Nothing to close."""


class Doorway:
    """The door service with a meeting of a few delegates, turned by hand."""

    def __init__(self, folder: Path, enrolled: list[str], *, roster: list[str] | None = None, **more: Any) -> None:
        self.folder, self.clock = folder, HandClock()
        self.corridor, self.gallery = Corridor(self.clock), Templates([three_pictures(name) for name in enrolled])
        self.ballot = Writer(folder / "journal.sqlite", events.Writer.BALLOT)
        self.reader = Reader(folder / "journal.sqlite")
        self.pins = MockFactory()
        self.append(DeviceInstalled(site="nha", device="phong-1", public_key="AA=="))
        self.roster = tuple(
            Delegate(id=name, name=f"Đại biểu Mẫu {n:02}", seat=f"{n:02}")
            for n, name in enumerate(roster or enrolled, 1)
        )
        self._more = more
        self.start()

    def start(self) -> None:
        """A new door process on the same journal."""
        self.door = Door(
            **{
                "open_camera": self.corridor.open,
                "recogniser": Recogniser(self.corridor, self.corridor, looks=3, fpir=0.01),
                "gallery": self.gallery,
                "writer": Writer(self.folder / "journal.sqlite", events.Writer.DOOR),
                "clock": self.clock,
                "server": Server(self.folder / "door.sock"),
                "signals": DoorLamp(OutputDevice(LAMP, pin_factory=self.pins), Buzzer(BUZZER, pin_factory=self.pins)),
                "started": started("c" * 64, {"embedder": "e" * 64}),
                **self._more,
            }
        )

    def convene(self, meeting: str = "m-1") -> None:
        """A meeting begins."""
        self.append(MeetingConvened(meeting=meeting, title="Họp", preset="ubnd", roster=self.roster, by="thu-ky"))

    def append(self, event: Event) -> None:
        """A fact from the ballot service."""
        seq, _ = self.ballot.head()
        self.ballot.append([Fact(f"ballot.{seq}", event)], self.clock.now())

    def enrol(self, template: Template) -> None:
        """As `appliance enroll` does: first the gallery, then the fact."""
        self.gallery.enrolled = [*self.gallery.enrolled, template]
        self._state(DelegateEnrolled(delegate=template.delegate, model="e" * 64, images=3, consent="v1"))

    def forget(self, delegate: str) -> None:
        """As `appliance gallery forget` does."""
        self.gallery.enrolled = [t for t in self.gallery.enrolled if t.delegate != delegate]
        self._state(DelegateForgotten(delegate=delegate, reason="theo yêu cầu"))

    def _state(self, event: Event) -> None:
        writer = Writer(self.folder / "journal.sqlite", events.Writer.GALLERY)
        writer.append([Fact(f"gallery.{writer.head()[0]}", event)], self.clock.now())
        writer.close()

    def steps(self, count: int) -> Turn:
        """Turns of the loop; what the last one said."""
        turn = Turn.AGAIN
        for _ in range(count):
            turn = self.door.step()
        return turn

    def facts(self, kind: type[Kind]) -> list[Kind]:
        """All facts of a kind, in order."""
        return [entry.event for entry in self.reader.after(0) if isinstance(entry.event, kind)]

    def ask(self, do: str) -> Any:
        """A question over the real socket, answered by turning the loop: the whole answer."""
        with socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(20)
            peer.connect(str(self.folder / "door.sock"))
            peer.sendall(json.dumps({"id": "question-1", "do": do}).encode() + b"\n")
            received = b""
            peer.setblocking(False)
            for _ in range(200):
                self.door.step()
                try:
                    received += peer.recv(1 << 20)
                except BlockingIOError:
                    continue
                if received.endswith(b"\n"):
                    return json.loads(received)
        raise AssertionError(f"no answer to {do}")

    def message(self) -> str:
        """What the screen says now."""
        return str(self.ask("frame")["result"]["message"]["code"])

    def lit(self, line: int) -> bool:
        """Whether an output line is high."""
        return bool(self.pins.pin(line).state)

    def close(self) -> None:
        """Everything."""
        self.door.close()
        self.ballot.close()
        self.reader.close()
        self.pins.reset()
