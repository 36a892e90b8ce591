"""A whole room on one machine: broker, central server, ballot, door, web and uplink, each a process of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import tomlkit

from appliance import record
from appliance.control import Client
from appliance.demo.council import MEMBERS
from appliance.services.children import Children
from appliance.services.state import State
from appliance.uplink.private_broker import free_port
from appliance.vault import keys

SITE, DEVICE = "tinh-mau", "phong-1"
KEYPADS = 4
"""Seats 01 to 04 have keypads: as many as fit the lines of one Pi. The others vote on tablets."""

_KEY_LINES = ((2, 3, 4), (14, 15, 18), (27, 22, 23), (10, 9, 25))
_LAMP_LINES = ((17, 5, 6), (12, 13, 19), (24, 16, 26), (11, 8, 7))
DOOR_LAMP, DOOR_BUZZER = 20, 21


@dataclass(frozen=True)
class Room:
    """Where everything of the room is."""

    room: State
    central: State
    web_port: int
    central_port: int

    @property
    def web(self) -> str:
        """The room's pages."""
        return f"http://127.0.0.1:{self.web_port}"

    @property
    def central_page(self) -> str:
        """The central server's page."""
        return f"http://127.0.0.1:{self.central_port}"

    def ballot(self) -> Client:
        """Asks the ballot service."""
        return Client(self.room.socket("ballot"), timeout=15.0)

    def door(self) -> Client:
        """Asks the door service."""
        return Client(self.room.socket("door"), timeout=15.0)

    def uplink(self) -> Client:
        """Asks the uplink service."""
        return Client(self.room.socket("uplink"), timeout=15.0)


def key_line(seat: str, key: int) -> int:
    """The GPIO line of a keypad's key: 0 for, 1 against, 2 abstain."""
    return _KEY_LINES[int(seat) - 1][key]


def furnish(folder: Path, *, broker: tuple[str, int], camera: str, repeat: bool, smallest_face: int) -> Room:
    """Make both state directories with keys and configuration, as an installer would."""
    web_port, central_port = _free_ports(2)
    room = Room(State(folder / "room"), State(folder / "central"), web_port, central_port)
    device_key = keys.signer(room.room.vault, "device.key")
    central_key = keys.signer(room.central.central, "central.key")
    host, port = broker
    connection = {"host": host, "port": port}
    seats = {
        f"{n + 1:02d}": {"keys": list(_KEY_LINES[n]), "lamps": list(_LAMP_LINES[n])}
        for n in range(min(KEYPADS, MEMBERS))
    }
    _write(
        room.room,
        {
            "box": {"site": SITE, "device": DEVICE, "language": "vi", "room": "Phòng họp 1"},
            "camera": {"source": camera, "width": 640, "height": 360, "repeat": repeat},
            "door": {
                "looks": 3,
                "smallest_face": smallest_face,
                "lamp_pin": DOOR_LAMP,
                "buzzer_pin": DOOR_BUZZER,
                "greeting_seconds": 2.0,
            },
            "keypads": {"factory": "mock", "seats": seats},
            "web": {"port": web_port},
            "broker": connection,
            "uplink": {"central_key": central_key.public_key.hex(), "batch_events": 20},
        },
    )
    devices = {f"{SITE}/{DEVICE}": record.fingerprint(device_key.public_key)}
    _write(room.central, {"broker": connection, "central": {"port": central_port, "devices": devices}})
    return room


def start_services(children: Children, room: Room, say: Callable[[str], None]) -> None:
    """Central, ballot, web and uplink; the door is started when the hall is ready."""
    children.verb("central", "--state", str(room.central.root))
    children.verb("ballot", "--state", str(room.room.root))
    children.wait_for_answer("ballot", room.room.socket("ballot"))
    children.verb("web", "--state", str(room.room.root))
    children.verb("uplink", "--state", str(room.room.root))
    say("ballot, web, uplink and central are up")


def _write(state: State, table: dict[str, object]) -> None:
    state.root.mkdir(parents=True, exist_ok=True)
    state.configuration_file.write_text(tomlkit.dumps(table), "utf-8")


def _free_ports(count: int) -> tuple[int, ...]:
    found: set[int] = set()
    while len(found) < count:
        found.add(free_port())
    return tuple(found)
