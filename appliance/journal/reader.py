"""Reading the journal: by sequence, following, verifying. Opens the file read-only."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from appliance import record
from appliance.errors import JournalError
from appliance.record import Entry

APPLICATION_ID = 1634758762
VERSION = 1

_COLUMNS = "seq, at, clock, writer, kind, id, body, prev, hash"


class Reader:
    """Reads one journal file; belongs to one thread. Sees what is committed, never what is being written."""

    def __init__(self, path: Path) -> None:
        """Raises `JournalError` where there is no journal (yet), or none of this version, or none that may be read."""
        if not path.exists():
            raise JournalError(f"{path}: no journal here; the ballot service makes it: `appliance run` starts it")
        self.path = path
        try:
            self._db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
        except sqlite3.OperationalError as error:
            raise JournalError(f"{path}: cannot be read ({error})") from error
        try:
            self._db.execute("PRAGMA busy_timeout = 5000")
            found = self._form()
        except sqlite3.OperationalError as error:
            self._db.close()
            # In WAL mode somebody who may only read the folder cannot open a file that no writer holds open.
            raise JournalError(f"{path}: cannot be read ({error}); is `appliance ballot` running?") from error
        except sqlite3.DatabaseError as error:
            self._db.close()
            raise JournalError(damaged(path, str(error))) from error
        if found != (APPLICATION_ID, VERSION):
            self._db.close()
            raise JournalError(foreign(path, found))

    def _form(self) -> tuple[int, int]:
        (application_id,) = self._db.execute("PRAGMA application_id").fetchone()
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        return application_id, version

    def head(self) -> tuple[int, bytes]:
        """Sequence and hash of the last entry; (0, 32 zero bytes) while the journal is empty."""
        rows = self._rows("SELECT seq, hash FROM entry ORDER BY seq DESC LIMIT 1")
        return rows[0] if rows else (0, record.GENESIS)

    def after(self, seq: int, limit: int = -1) -> Iterator[Entry]:
        """Entries behind `seq` in order, at most `limit` (-1: all). Does not check their chain: see `verify`."""
        sql = f"SELECT {_COLUMNS} FROM entry WHERE seq > ? ORDER BY seq LIMIT ?"
        return (Entry(*row) for row in self._rows(sql, seq, limit))

    def entry(self, seq: int) -> Entry | None:
        """One entry, or None."""
        return next((e for e in self.after(seq - 1, 1) if e.seq == seq), None)

    def by_id(self, entry_id: str) -> Entry | None:
        """The entry with that client-made id, or None."""
        rows = self._rows(f"SELECT {_COLUMNS} FROM entry WHERE id = ?", entry_id)
        return Entry(*rows[0]) if rows else None

    def _rows(self, sql: str, *values: object) -> list[Any]:
        """Raises `JournalError` where the file does not hold together."""
        try:
            return self._db.execute(sql, values).fetchall()
        except sqlite3.OperationalError:
            raise  # busy or full: whoever asked knows what that means
        except sqlite3.DatabaseError as error:
            raise JournalError(damaged(self.path, str(error))) from error

    def verify(self) -> int:
        """Recompute the whole chain; the number of entries. Raises `JournalError` naming the first that is wrong."""
        seq, prev = 0, record.GENESIS
        while run := list(self.after(seq, 1000)):
            fault = record.chain_fault(run, prev, seq + 1)
            if fault:
                raise JournalError(damaged(self.path, fault))
            seq, prev = run[-1].seq, run[-1].hash
        return seq

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def damaged(path: Path, fault: str) -> str:
    """What to say of a file that is no journal any more."""
    return f"{path}: the journal is damaged: {fault}. Keep the card, do not write to it; see docs/operating.md"


def foreign(path: Path, found: tuple[int, int]) -> str:
    """What to say of a file with another application id or version."""
    return f"{path}: not a journal of version {VERSION} (application id {found[0]}, version {found[1]})"
