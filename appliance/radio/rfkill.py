"""The kernel's radio switch, /dev/rfkill: `struct rfkill_event` of <linux/rfkill.h>, eight bytes in each direction."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from appliance.errors import DeviceError
from appliance.radio import Radio, census

DEVICE = Path("/dev/rfkill")

KINDS = ("all", "wlan", "bluetooth", "ultrawideband", "wimax", "wwan", "gps", "fm", "nfc")
"""The kernel's numbers of the kinds, 0 to 8. `all` is for requests only."""
ALL = 0

EVENT = struct.Struct("=IBBBB")
"""Number of the radio, kind, operation, soft, hard."""
DELETE, CHANGE, CHANGE_ALL = 1, 2, 3

Request = tuple[int, int, int, int, int]
Key = tuple[str, str]
"""Kind and name: what a radio keeps over a restart of the machine. Its number it does not."""


class File(Protocol):
    """What is used of an opened device. Reading does not wait: None when everything was told."""

    def read(self, size: int, /) -> bytes | None:
        """The next event, whole."""

    def write(self, data: bytes, /) -> int | None:
        """One request; it is carried out when this returns."""

    def close(self) -> None:
        """Given back."""


def open_device(path: Path, writing: bool) -> File:
    """The device, without waiting and without a buffer: one call is one event. Everybody may read it."""
    flags = (os.O_RDWR if writing else os.O_RDONLY) | os.O_NONBLOCK | os.O_CLOEXEC
    return open(os.open(path, flags), "r+b" if writing else "rb", buffering=0)


class RfkillRadios:
    """Implements `Radios`. What was off before is remembered in a file, so that a restart in between loses nothing.

    Limits: a radio that somebody else switches off in the meantime is switched on again by `unblock`. The kernel does
    not tell whether radios to come were to be off: afterwards they are on, unless one of their kind was off before.
    """

    def __init__(
        self,
        memory: Path,
        *,
        device: Path = DEVICE,
        classes: Path = census.CLASSES,
        opener: Callable[[Path, bool], File] = open_device,
    ) -> None:
        """`memory` is a file of this service alone; it exists from `block` to `unblock`. Nothing is opened yet."""
        self._memory = memory
        self._device = device
        self._classes = classes
        self._opener = opener

    def state(self) -> Sequence[Radio]:
        """Every switch as the device tells it, and every radio that has none."""
        # From the device and not from /sys alone: a /sys that is hidden must not look like a box without radios.
        switched: dict[int, Radio] = {}
        for index, kind, operation, soft, hard in self._told():
            if operation == DELETE:  # unplugged between opening and reading; a change then is told behind the rest, too
                switched.pop(index, None)
            else:
                switched[index] = Radio(self._name(index), _kind(kind), bool(soft), bool(hard), index)
        bare = (radio for radio, has_switch in census.known(self._classes) if not has_switch)
        return (*switched.values(), *bare)

    def block(self) -> Sequence[Radio]:
        """One request for all: the kernel also keeps it as what a radio begins with that is plugged in later."""
        before = self.state()
        if not self._memory.exists():
            self._remember([(radio.kind, radio.name) for radio in before if radio.soft])
        self._request([(0, ALL, CHANGE_ALL, 1, 0)])
        return census.all_silent(self.state())

    def unblock(self) -> None:
        """Switch by switch, so that one that was off before is not on even for a moment."""
        if not self._memory.exists():
            return
        kept = self._remembered()
        requests: list[Request] = [
            (radio.index, ALL, CHANGE, 0, 0)
            for radio in self.state()
            if radio.index is not None and (radio.kind, radio.name) not in kept
        ]
        held = {kind for kind, _ in kept}
        requests += [(0, n, CHANGE_ALL, 0, 0) for n, kind in enumerate(KINDS) if n != ALL and kind not in held]
        self._request(requests)
        self._memory.unlink()

    def _told(self) -> list[Request]:
        """Everything that the device tells when it is opened."""
        told = []
        with self._opened(writing=False) as file:
            while data := file.read(EVENT.size):
                told.append(EVENT.unpack(data))
        return told

    def _request(self, requests: Iterable[Request]) -> None:
        with self._opened(writing=True) as file:
            for request in requests:
                file.write(EVENT.pack(*request))

    @contextmanager
    def _opened(self, *, writing: bool) -> Iterator[File]:
        try:
            file = self._opener(self._device, writing)
            try:
                yield file
            finally:
                file.close()
        except (OSError, struct.error) as error:
            raise DeviceError(
                f"{self._device}: the radio switch does not answer ({error}); the user of this service must be able to "
                "open it for writing: firmware_config/udev, and DeviceAllow in the unit"
            ) from error

    def _name(self, index: int) -> str:
        try:
            return (self._classes / "rfkill" / f"rfkill{index}" / "name").read_text("utf-8").strip()
        except OSError:
            return f"rfkill{index}"  # unplugged since, or /sys is hidden: its number names it as well

    # What was off before ---------------------------------------------------------------------------------------------

    def _remember(self, off: Sequence[Key]) -> None:
        """Durable before the first radio is switched, whole or not at all."""
        draft = self._memory.with_name(f".{self._memory.name}.draft")
        with draft.open("w", encoding="utf-8") as file:
            json.dump(off, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, self._memory)

    def _remembered(self) -> set[Key]:
        try:
            return {(str(kind), str(name)) for kind, name in json.loads(self._memory.read_text("utf-8"))}
        except (ValueError, TypeError) as error:
            raise DeviceError(
                f"{self._memory}: not the list of radios that were off ({error}); delete it and use rfkill by hand"
            ) from error


def _kind(number: int) -> str:
    return KINDS[number] if number < len(KINDS) else f"kind-{number}"
