"""What central keeps: entries, checkpoints, results, rooms, commands, alarms. SQLAlchemy Core, no database's own SQL.

SQLite in one file by default, any other database by URL. Every method is one transaction, committed when it returns.
Threads may share an archive.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from appliance import record
from appliance.central.tables import ALARM, CHECKPOINT, COMMAND, ENTRY, METADATA, RESULT, ROOM
from appliance.record import Entry

HEALING = ("unknown-device", "wrong-key", "gap")
"""Alarms that settle by themselves when the device's next batch is accepted."""


@dataclass(frozen=True)
class Head:
    """The last entry that is archived of a device; seq 0 and 32 zero bytes before the first."""

    seq: int
    hash: bytes


class Archive:
    """Opens the database and makes what is missing."""

    def __init__(self, url: str) -> None:
        """`url` as SQLAlchemy has it: `sqlite:////var/lib/…/archive.sqlite`, `postgresql+psycopg://…`."""
        self._engine: Engine = create_engine(url)
        if self._engine.dialect.name == "sqlite":
            event.listen(self._engine, "connect", _durable_sqlite)
        METADATA.create_all(self._engine)

    def close(self) -> None:
        """Give back the connections."""
        self._engine.dispose()

    # Entries ----------------------------------------------------------------------------------------------------------

    def head(self, site: str, device: str) -> Head:
        """Where a device's archived chain ends."""
        with self._engine.connect() as db:
            return _head(db, site, device)

    def append(self, site: str, device: str, entries: Sequence[Entry], checkpoint: bytes, at: str) -> Head | None:
        """Add a run of entries that continues the chain, with the checkpoint over its last; the new head, committed.

        None if it does not continue what is archived, which may have grown since the caller looked: look again.
        """
        rows = [{"site": site, "device": device, "received_at": at, **_row(entry)} for entry in entries]
        last = entries[-1]
        try:
            with self._engine.begin() as db:
                standing = _head(db, site, device)
                if (standing.seq + 1, standing.hash) != (entries[0].seq, entries[0].prev):
                    return None
                db.execute(insert(ENTRY), rows)
                mark = {"site": site, "device": device, "seq": last.seq, "envelope": checkpoint}
                db.execute(insert(CHECKPOINT).values(mark))
                db.execute(update(ALARM).where(*_healed(site, device)).values(settled_at=at))
        except IntegrityError:
            return None  # another central server that shares this archive was faster
        return Head(last.seq, last.hash)

    def hashes(self, site: str, device: str, first: int, last: int) -> dict[int, bytes]:
        """The hashes of a range of archived entries."""
        chosen = select(ENTRY.c.seq, ENTRY.c.hash).where(
            ENTRY.c.site == site, ENTRY.c.device == device, ENTRY.c.seq.between(first, last)
        )
        with self._engine.connect() as db:
            return {row.seq: bytes(row.hash) for row in db.execute(chosen)}

    def entries(self, site: str, device: str, after: int = 0) -> Iterator[Entry]:
        """A device's entries behind `after`, in order."""
        chosen = select(ENTRY).where(ENTRY.c.site == site, ENTRY.c.device == device, ENTRY.c.seq > after)
        with self._engine.connect() as db:
            for row in db.execute(chosen.order_by(ENTRY.c.seq)):
                yield Entry(
                    seq=row.seq,
                    at=row.at,
                    clock=row.clock,
                    writer=row.writer,
                    kind=row.kind,
                    id=row.id,
                    body=bytes(row.body),
                    prev=bytes(row.prev),
                    hash=bytes(row.hash),
                )

    def checkpoints(self, site: str, device: str) -> dict[int, bytes]:
        """The checkpoint envelopes of a device by the seq they are over."""
        chosen = select(CHECKPOINT).where(CHECKPOINT.c.site == site, CHECKPOINT.c.device == device)
        with self._engine.connect() as db:
            return {row.seq: bytes(row.envelope) for row in db.execute(chosen.order_by(CHECKPOINT.c.seq))}

    def duplicated(self, site: str, device: str) -> int:
        """How many facts are archived more than once, counted by sequence number and by the fact's own id."""
        mine = (ENTRY.c.site == site, ENTRY.c.device == device)
        with self._engine.connect() as db:
            rows = db.execute(select(func.count()).select_from(ENTRY).where(*mine)).scalar_one()
            seqs = db.execute(select(func.count(ENTRY.c.seq.distinct())).where(*mine)).scalar_one()
            ids = db.execute(select(func.count(ENTRY.c.id.distinct())).where(*mine)).scalar_one()
        return int(rows - min(seqs, ids))

    def present_below(self, site: str, device: str, head: int) -> int:
        """How many different entries up to `head` are archived."""
        chosen = select(func.count(ENTRY.c.seq.distinct())).where(
            ENTRY.c.site == site, ENTRY.c.device == device, ENTRY.c.seq <= head
        )
        with self._engine.connect() as db:
            return int(db.execute(chosen).scalar_one())

    # Rooms, results, commands, alarms ---------------------------------------------------------------------------------

    def devices(self) -> list[tuple[str, str]]:
        """Every device that something is archived of."""
        with self._engine.connect() as db:
            return [(row.site, row.device) for row in db.execute(select(ENTRY.c.site, ENTRY.c.device).distinct())]

    def room(self, site: str, device: str, *, online: bool, software: str, head: int | None, at: str) -> None:
        """What a device says of itself; `head` None leaves the one announced before."""
        values: dict[str, Any] = {"online": online, "software": software, "heard_at": at}
        if head is not None:
            values["head"] = head
        self._put(ROOM, {"site": site, "device": device}, values, {"head": 0, **values})

    def rooms(self) -> dict[tuple[str, str], dict[str, Any]]:
        """What every device said of itself last: `{online, software, head, heard_at}`."""
        with self._engine.connect() as db:
            return {(row.site, row.device): dict(row._mapping) for row in db.execute(select(ROOM))}

    def result(self, site: str, device: str, ballot: str, envelope: bytes, at: str) -> bytes:
        """Keep a result's envelope; the one that stands, which is another one if a different result came before."""
        key = {"site": site, "device": device, "ballot": ballot}
        with self._engine.begin() as db:
            standing = db.execute(select(RESULT.c.envelope).where(*_is(RESULT, key))).scalar_one_or_none()
            if standing is None:
                db.execute(insert(RESULT).values(**key, envelope=envelope, received_at=at))
        return envelope if standing is None else bytes(standing)

    def supersede_result(self, site: str, device: str, ballot: str, before: bytes, after: bytes, at: str) -> None:
        """Put `after` in the place of the result `before`, if that is the one that stands."""
        key = {"site": site, "device": device, "ballot": ballot}
        with self._engine.begin() as db:
            chosen = update(RESULT).where(*_is(RESULT, key), RESULT.c.envelope == before)
            db.execute(chosen.values(envelope=after, received_at=at))

    def results(self, site: str, device: str) -> dict[str, bytes]:
        """Result envelopes of a device by ballot, in the order they came."""
        chosen = select(RESULT).where(*_is(RESULT, {"site": site, "device": device})).order_by(RESULT.c.received_at)
        with self._engine.connect() as db:
            return {row.ballot: bytes(row.envelope) for row in db.execute(chosen)}

    def next_command(self, site: str, device: str) -> int:
        """The number that the next command to a device bears."""
        chosen = select(func.max(COMMAND.c.number)).where(*_is(COMMAND, {"site": site, "device": device}))
        with self._engine.connect() as db:
            return int(db.execute(chosen).scalar_one() or 0) + 1

    def command(self, row: dict[str, Any]) -> None:
        """Keep a signed command until it is sent. Raises `IntegrityError` if its number is taken."""
        with self._engine.begin() as db:
            db.execute(insert(COMMAND).values(**row))

    def unsent_commands(self) -> list[dict[str, Any]]:
        """Commands that are still to be sent, in order."""
        chosen = select(COMMAND).where(COMMAND.c.sent_at.is_(None)).order_by(COMMAND.c.issued_at, COMMAND.c.number)
        with self._engine.connect() as db:
            return [dict(row._mapping) for row in db.execute(chosen)]

    def commands(self, site: str, device: str) -> list[dict[str, Any]]:
        """Every command to a device, in order."""
        chosen = select(COMMAND).where(*_is(COMMAND, {"site": site, "device": device})).order_by(COMMAND.c.number)
        with self._engine.connect() as db:
            return [dict(row._mapping) for row in db.execute(chosen)]

    def command_sent(self, site: str, device: str, number: int, at: str) -> None:
        """Mark a command: `at` is when it was sent, or `expired`."""
        key = {"site": site, "device": device, "number": number}
        with self._engine.begin() as db:
            db.execute(update(COMMAND).where(*_is(COMMAND, key)).values(sent_at=at))

    def alarm(self, site: str, device: str, code: str, detail: str, at: str) -> None:
        """Something a person must look at. The same code again is counted, with the latest detail."""
        key = {"site": site, "device": device, "code": code}
        seen = {"detail": detail, "last_at": at, "settled_at": None}
        self._put(ALARM, key, {**seen, "times": ALARM.c.times + 1}, {**seen, "times": 1, "first_at": at})

    def alarms(self) -> list[dict[str, Any]]:
        """Every alarm, the latest first: `{site, device, code, detail, times, first_at, last_at, settled_at}`."""
        with self._engine.connect() as db:
            return [dict(row._mapping) for row in db.execute(select(ALARM).order_by(ALARM.c.last_at.desc()))]

    def _put(self, table: Table, key: dict[str, str], again: dict[str, Any], first: dict[str, Any]) -> None:
        """Change the row to `again`, or insert it as `first` where it does not exist yet."""
        with self._engine.begin() as db:
            if not db.execute(update(table).where(*_is(table, key)).values(**again)).rowcount:
                db.execute(insert(table).values(**key, **first))


def _is(table: Table, key: dict[str, Any]) -> list[Any]:
    return [table.c[name] == value for name, value in key.items()]


def _healed(site: str, device: str) -> list[Any]:
    """Alarms that are over once a device's chain goes on."""
    return [*_is(ALARM, {"site": site, "device": device}), ALARM.c.code.in_(HEALING), ALARM.c.settled_at.is_(None)]


def _row(entry: Entry) -> dict[str, Any]:
    names = ("seq", "at", "clock", "writer", "kind", "id", "body", "prev", "hash")
    return {name: getattr(entry, name) for name in names}


def _head(db: Connection, site: str, device: str) -> Head:
    chosen = select(ENTRY.c.seq, ENTRY.c.hash).where(ENTRY.c.site == site, ENTRY.c.device == device)
    row = db.execute(chosen.order_by(ENTRY.c.seq.desc()).limit(1)).first()
    return Head(row.seq, bytes(row.hash)) if row else Head(0, record.GENESIS)


def _durable_sqlite(connection: Any, _: Any) -> None:
    """A receipt is a promise over a power cut: NORMAL would break it."""
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "busy_timeout = 5000"):
        connection.execute(f"PRAGMA {pragma}")
