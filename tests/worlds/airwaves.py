"""A small kernel with radios: /dev/rfkill and /sys/class as files of a folder, radios that a test plugs in and out."""

from __future__ import annotations

import shutil
import struct
from dataclasses import dataclass, field
from pathlib import Path

NUMBERS = {"wlan": 1, "bluetooth": 2, "ultrawideband": 3, "wimax": 4, "wwan": 5, "gps": 6, "fm": 7, "nfc": 8}
CLASSES = {"wlan": "ieee80211", "bluetooth": "bluetooth", "wwan": "wwan", "nfc": "nfc"}


@dataclass
class Set:
    """A radio and what it does with its switch. `stubborn`: its driver refuses."""

    name: str
    kind: str
    soft: bool
    hard: bool
    stubborn: bool


@dataclass
class Airwaves:
    """`folder` holds dev/rfkill and sys/class. `refused`: opening it for writing fails with this, or for reading too if
    it is no `PermissionError`; `requests`: what was written."""

    folder: Path
    sets: dict[int, Set] = field(default_factory=dict)
    requests: list[tuple[int, ...]] = field(default_factory=list)
    refused: OSError | None = None
    trace: list[tuple[str, bool]] = field(default_factory=list)
    """Every radio that was switched, and whether it was then off."""
    meanwhile: list[bytes] = field(default_factory=list)
    """What is told behind the first events: something happened between opening and reading."""
    numbers: dict[str, int] = field(default_factory=lambda: dict(NUMBERS))
    """The kinds that this kernel knows."""

    def __post_init__(self) -> None:
        self._default = dict.fromkeys(self.numbers.values(), False)
        self._next = 0
        self.device.parent.mkdir(parents=True)
        self.device.touch()
        (self.classes / "rfkill").mkdir(parents=True)

    @property
    def device(self) -> Path:
        """Where /dev/rfkill is."""
        return self.folder / "dev/rfkill"

    @property
    def classes(self) -> Path:
        """Where /sys/class is."""
        return self.folder / "sys/class"

    def plug_in(self, kind: str, name: str, *, hard: bool = False, stubborn: bool = False) -> int:
        """A radio with a switch, in the state that the kernel has for new ones of its kind; the switch's number."""
        index, self._next = self._next, self._next + 1
        soft = self._default[self.numbers[kind]] and not stubborn
        self.sets[index] = Set(name, kind, soft, hard, stubborn)
        if kind in CLASSES:
            (self.classes / CLASSES[kind] / name / f"rfkill{index}").mkdir(parents=True)
        self._tell(index)
        return index

    def plug_in_without_switch(self, kind: str, name: str) -> None:
        """A radio that rfkill knows nothing of."""
        (self.classes / CLASSES[kind] / name).mkdir(parents=True)

    def unplug(self, index: int) -> None:
        """Gone, switch and all."""
        gone = self.sets.pop(index)
        shutil.rmtree(self.classes / "rfkill" / f"rfkill{index}")
        if gone.kind in CLASSES:
            shutil.rmtree(self.classes / CLASSES[gone.kind] / gone.name)

    def somebody_switches(self, index: int, off: bool) -> None:
        """Another program, on one radio."""
        self._switch(index, off)

    def is_on(self, name: str) -> bool:
        """Whether that radio sends and listens."""
        (found,) = [one for one in self.sets.values() if one.name == name]
        return not (found.soft or found.hard)

    def open(self, path: Path, writing: bool) -> OpenDevice:
        """What `os.open` would give."""
        if self.refused is not None and (writing or not isinstance(self.refused, PermissionError)):
            raise self.refused
        assert path == self.device
        return OpenDevice(self, writing)

    def take(self, request: bytes) -> None:
        """What the kernel does with eight written bytes (net/rfkill/core.c, rfkill_fop_write)."""
        index, kind, operation, soft, _ = event = struct.unpack("=IBBBB", request)
        self.requests.append(event)
        if kind > max(self.numbers.values()) or operation not in (2, 3):
            raise OSError(22, "Invalid argument")
        if operation == 3:
            self._default |= {number: bool(soft) for number in self.numbers.values() if kind in (0, number)}
        for one, radio in self.sets.items():
            if kind in (0, self.numbers[radio.kind]) and (operation == 3 or one == index):
                self._switch(one, bool(soft))

    def _switch(self, index: int, off: bool) -> None:
        radio = self.sets[index]
        if not radio.stubborn:
            radio.soft = off
        self.trace.append((radio.name, radio.soft))
        self._tell(index)

    def _tell(self, index: int) -> None:
        radio, folder = self.sets[index], self.classes / "rfkill" / f"rfkill{index}"
        folder.mkdir(exist_ok=True)
        for name, value in (("name", radio.name), ("type", radio.kind), ("soft", radio.soft), ("hard", radio.hard)):
            (folder / name).write_text(f"{value if isinstance(value, str) else int(value)}\n")


class OpenDevice:
    """An open /dev/rfkill: first one event of each radio, then nothing more to tell."""

    def __init__(self, world: Airwaves, writing: bool) -> None:
        self._world, self._writing = world, writing
        self._told = [
            struct.pack("=IBBBB", index, world.numbers[radio.kind], 0, radio.soft, radio.hard)
            for index, radio in world.sets.items()
        ] + world.meanwhile

    def read(self, size: int, /) -> bytes | None:
        """One event, or None where os.read would say EAGAIN."""
        assert size == 8
        return self._told.pop(0) if self._told else None

    def write(self, data: bytes, /) -> int:
        """One request."""
        assert self._writing
        self._world.take(data)
        return len(data)

    def close(self) -> None:
        """Nothing is told any more."""
        self._told.clear()
