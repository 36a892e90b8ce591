"""A gallery in its cabinet: file, key, seeds and journal of one box, opened by whoever asks, cut off at any point."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from appliance import events
from appliance.events import DeviceInstalled, Event
from appliance.face.gallery import Gallery
from appliance.identification import join
from appliance.journal import Fact, Reader, Writer
from tests.worlds.room import HandClock

KEY, MODEL = bytes(range(32)), "a" * 64


def pictures(seed: int, count: int = 3) -> list[NDArray[np.float32]]:
    """Descriptors of one person's pictures, some 0.2 apart."""
    rng = np.random.default_rng(seed)
    person = rng.normal(size=128)
    return [join((person + 0.15 * rng.normal(size=128))[None].astype(np.float32)) for _ in range(count)]


class Cabinet:
    """The box of a test."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.clock = folder, HandClock()
        self.path = folder / "gallery" / "gallery.sqlite"
        ballot = Writer(folder / "journal.sqlite", events.Writer.BALLOT)
        ballot.append(
            [Fact("installed", DeviceInstalled(site="nha", device="p1", public_key="AA=="))], self.clock.now()
        )
        ballot.close()

    def open(self, *, key: bytes = KEY, model: str = MODEL, read_only: bool = False) -> Gallery:
        """As a service or a command does."""
        return Gallery(self.path, key, model, self.folder / "keys", read_only=read_only)

    def writer(self) -> Writer:
        """The gallery's in the journal."""
        return Writer(self.folder / "journal.sqlite", events.Writer.GALLERY)

    def seeds(self) -> list[Path]:
        """The files of the rotation."""
        return sorted((self.folder / "keys").glob("gallery.rotation.*"))

    def facts(self) -> list[Event]:
        """What the journal says, without the device's installation."""
        reader = Reader(self.folder / "journal.sqlite")
        found = [entry.event for entry in reader.after(1)]
        reader.close()
        return found
