"""Appending to the journal. The only code that writes it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from appliance import events, record
from appliance.errors import JournalError
from appliance.events import Event
from appliance.journal.reader import APPLICATION_ID, VERSION, Reader, foreign
from appliance.record import Entry


@dataclass(frozen=True)
class Instant:
    """When, by the wall clock: UTC ISO 8601 to the millisecond, and whether the clock was synchronised."""

    at: str
    synchronised: bool


@dataclass(frozen=True)
class Fact:
    """An event on its way into the journal. The same `id` twice is the same fact: it is appended once."""

    id: str
    event: Event


class Writer(Reader):
    """Appends in the name of one writer; may also read. Several processes may hold one each: SQLite orders them."""

    def __init__(self, path: Path, writer: events.Writer) -> None:
        """Open the journal, or create it. Raises `JournalError` if the file is something else or a later version."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path, self._writer = path, writer
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA busy_timeout = 5000")
        try:
            (mode,) = self._db.execute("PRAGMA journal_mode = WAL").fetchone()
            # NORMAL loses acknowledged rows on a power cut.
            self._db.execute("PRAGMA synchronous = FULL")
            self._create_or_check(path)
        except sqlite3.DatabaseError as error:
            self._db.close()
            raise JournalError(f"{path}: cannot be written as a journal ({error})") from error
        if mode != "wal":
            self._db.close()
            raise JournalError(f"{path}: this file system cannot keep a write-ahead log; put the state on a local disk")

    def _create_or_check(self, path: Path) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            found = self._form()
            if found == (0, 0) and not self._db.execute("SELECT 1 FROM sqlite_schema").fetchone():
                for statement in _statements(resources.files(__package__).joinpath("schema.sql").read_text("utf-8")):
                    self._db.execute(statement)
            elif found != (APPLICATION_ID, VERSION):
                raise JournalError(foreign(path, found))
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def append(self, facts: Sequence[Fact], when: Instant) -> list[Entry]:
        """Append all facts in one transaction; the entries, in order. Durable when it returns.

        A fact whose id is in the journal already is not appended again: its entry is the one that stands. Raises
        `JournalError`, with nothing written, if a fact is not this writer's to state or its id stands for another fact,
        and where the disk takes no more: then nobody may be told that anything was recorded.
        """
        clock = "synchronised" if when.synchronised else "unsynchronised"
        try:
            self._db.execute("BEGIN IMMEDIATE")
            entries = [self._append_one(fact, when.at, clock) for fact in facts]
            self._db.execute("COMMIT")
        except sqlite3.OperationalError as error:
            self._take_back()
            raise JournalError(
                f"{self.path}: cannot be appended to ({error}); is the disk full or failing? Free some space or "
                "exchange it; see docs/operating.md"
            ) from error
        except BaseException:
            self._take_back()
            raise
        return entries

    def _take_back(self) -> None:
        if self._db.in_transaction:  # on a full disk SQLite may have taken it back already
            self._db.execute("ROLLBACK")

    def _append_one(self, fact: Fact, at: str, clock: str) -> Entry:
        kind, body = type(fact.event).__name__, record.body_of(fact.event)
        if self._writer not in fact.event.writers:
            raise JournalError(f"{kind} may not be written by {self._writer.value!r}")
        standing = self.by_id(fact.id)
        if standing is not None:
            if (standing.kind, standing.body) != (kind, body):
                raise JournalError(
                    f"id {fact.id!r} already stands for another fact ({standing.kind}, entry {standing.seq})"
                )
            return standing
        head_seq, head_hash = self.head()
        seq = head_seq + 1
        name = self._writer.value
        entry_hash = record.entry_hash(
            prev=head_hash, seq=seq, at=at, clock=clock, writer=name, kind=kind, id=fact.id, body=body
        )
        row = (seq, at, clock, name, kind, fact.id, body, head_hash, entry_hash)
        self._db.execute("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        return Entry(*row)


def _statements(script: str) -> list[str]:
    """Split a schema into statements; `executescript` would commit the transaction around it."""
    statements, pending = [], ""
    for line in script.splitlines():
        pending += line + "\n"
        if sqlite3.complete_statement(pending):
            statements.append(pending)
            pending = ""
    return statements
