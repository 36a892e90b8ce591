"""The window over the journal: what is to be sent, what is under way, and how far central has signed for it.

Nothing is stored but central's last receipt, as it came. Only a receipt moves the window on: it must be signed by the
configured key, be meant for this box, and name the hash that our own journal has at that place. After a restart the
file is checked in the same way; a missing or foreign one means sending again from the beginning, which costs time only:
central archives each (device, seq) once.
"""

from __future__ import annotations

import enum
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from appliance import record, verification
from appliance.config import Uplink
from appliance.errors import RecordError
from appliance.record import Entry
from appliance.uplink.topics import Address

BATCH_BYTES = 512 * 1024
"""A batch ends before this many bytes of bodies, whatever their number: brokers have limits."""


class Journal(Protocol):
    """What the outbox reads; `journal.Reader` has it."""

    def head(self) -> tuple[int, bytes]:
        """Sequence and hash of the last entry."""
        ...

    def after(self, seq: int, limit: int = -1) -> Iterator[Entry]:
        """Entries behind `seq`, in order."""
        ...

    def entry(self, seq: int) -> Entry | None:
        """One entry, or None."""
        ...


class Receipt(enum.Enum):
    """What became of a receipt."""

    ADVANCED = "advanced"  # central has signed for more
    REPEATED = "repeated"  # nothing new, and nothing to do
    REWOUND = "rewound"  # central lacks what we sent behind it: it is sent again
    IGNORED = "ignored"  # not a receipt for this box's journal by central's key


@dataclass
class Flight:
    """A batch under way. `at` is monotonic seconds of its sending."""

    first: int
    last: int
    token: int
    at: float


class Outbox:
    """Belongs to one thread. `fault` says why the last receipt was ignored, empty otherwise."""

    def __init__(self, journal: Journal, file: Path, settings: Uplink, address: Address) -> None:
        self._journal, self._file, self._address = journal, file, address
        self._settings = settings
        self._key = bytes.fromhex(settings.central_key)
        self.acknowledged = 0
        self.fault = ""
        self._flights: list[Flight] = []
        self._next = 1
        self._quiet_until = 0.0
        self._rewound_at = float("-inf")
        self._unsaved: bytes | None = None
        self._recall()

    @property
    def in_flight(self) -> int:
        """Batches without a receipt."""
        return len(self._flights)

    def due(self, now: float, sendable: int) -> list[Entry]:
        """The entries of the next batch, none behind `sendable`; empty while the window is full, after a refusal, or
        when all is sent.
        """
        if len(self._flights) >= self._settings.window_batches or now < self._quiet_until:
            return []
        batch: list[Entry] = []
        size = 0
        for entry in self._journal.after(self._next - 1, self._settings.batch_events):
            size += len(entry.body)
            if entry.seq > sendable or (batch and size > BATCH_BYTES):
                break
            batch.append(entry)
        return batch

    def sent(self, first: int, last: int, token: int, now: float) -> None:
        """A batch is on its way."""
        self._flights.append(Flight(first, last, token, now))
        self._next = last + 1

    def rewind(self) -> None:
        """Whatever was under way is taken as lost: a new connection, or a broker that took it for nobody."""
        self._flights.clear()
        self._next = self.acknowledged + 1

    def denied(self, token: int, now: float) -> bool:
        """The broker refused a message; whether it was one of our batches. It is tried again after a pause."""
        if not any(flight.token == token for flight in self._flights):
            return False
        self.rewind()
        self._quiet_until = now + self._settings.receipt_seconds
        return True

    def overdue(self, now: float) -> bool:
        """Whether the oldest batch has waited too long for its receipt; everything behind it is then sent again."""
        if not self._flights or now - self._flights[0].at < self._settings.receipt_seconds:
            return False
        self.rewind()
        return True

    def receipt(self, data: bytes, now: float) -> Receipt:
        """Take a receipt, or leave it and say in `fault` why."""
        try:
            seq = self._checked(data)
        except RecordError as error:
            self.fault = str(error)
            return Receipt.IGNORED
        self.fault = ""
        landed = any(flight.last <= seq for flight in self._flights)
        self._flights = [flight for flight in self._flights if flight.last > seq]
        if seq > self.acknowledged:
            self.acknowledged, self._unsaved = seq, data
            self._next = max(self._next, seq + 1)
            self._rewound_at = float("-inf")
            return Receipt.ADVANCED
        return Receipt.REPEATED if landed else self._asked_again(seq, now)

    def save(self) -> None:
        """Keep the last receipt over a restart; call it once per turn. Durable when it returns."""
        if self._unsaved is None:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self._file.with_suffix(".draft")
        with draft.open("wb") as file:
            file.write(self._unsaved)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._file)
        self._unsaved = None

    def _asked_again(self, seq: int, now: float) -> Receipt:
        """A receipt that is not new: central lacks what came behind it, or lost a part of its archive.

        Each batch behind a gap brings such an answer; going back once is enough until there is progress.
        """
        lacks = seq < self.acknowledged or bool(self._flights)
        if not lacks or now - self._rewound_at < self._settings.receipt_seconds:
            return Receipt.REPEATED
        self._flights.clear()
        self._next = seq + 1
        self._rewound_at = now
        return Receipt.REWOUND

    def _checked(self, data: bytes) -> int:
        """The sequence that a receipt is for. Raises `RecordError` naming what does not fit."""
        statement = verification.open_envelope(data, record.RECEIPT, self._key)
        meant_for = (statement.get("site"), statement.get("device"))
        if meant_for != (self._address.site, self._address.device):
            raise RecordError(f"the receipt is for {meant_for[0]}/{meant_for[1]}, not for {self._address}")
        seq = statement.get("seq")
        if type(seq) is not int or seq < 0:
            raise RecordError(f"the receipt names entry {seq!r}")
        entry = self._journal.entry(seq) if seq else None
        if seq and entry is None:
            raise RecordError(
                f"central has entry {seq}, which this journal does not have: the journal was replaced by an older one"
            )
        ours = entry.hash if entry is not None else record.GENESIS
        if statement.get("hash") != ours.hex():
            raise RecordError(f"central has another entry {seq} than this journal: {statement.get('hash')}")
        return seq

    def _recall(self) -> None:
        if not self._file.exists():
            return
        try:
            self.acknowledged = self._checked(self._file.read_bytes())
        except RecordError as error:
            self.fault = f"{self._file}: {error}; everything is sent again"
        self._next = self.acknowledged + 1
