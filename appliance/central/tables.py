"""The archive's tables. Times are UTC, ISO 8601, as text: they are compared and shown, never computed with."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, Integer, LargeBinary, MetaData, String, Table, Text, UniqueConstraint

_NAME, _TIME, _HEX = String(200), String(40), String(64)
METADATA = MetaData()


def _of_a_device(*columns: Column[Any]) -> tuple[Column[Any], ...]:
    return (Column("site", _NAME, primary_key=True), Column("device", _NAME, primary_key=True), *columns)


ENTRY = Table(
    "entry",
    METADATA,
    *_of_a_device(Column("seq", Integer, primary_key=True, autoincrement=False)),
    Column("at", _TIME, nullable=False),
    Column("clock", String(20), nullable=False),
    Column("writer", _NAME, nullable=False),
    Column("kind", _NAME, nullable=False),
    Column("id", _NAME, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("prev", LargeBinary(32), nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    Column("received_at", _TIME, nullable=False),
    # Two entries behind the same one would be a fork.
    UniqueConstraint("site", "device", "prev", name="entry_never_forks"),
)
CHECKPOINT = Table(
    "checkpoint",
    METADATA,
    *_of_a_device(Column("seq", Integer, primary_key=True, autoincrement=False)),
    Column("envelope", LargeBinary, nullable=False),
)
RESULT = Table(
    "result",
    METADATA,
    *_of_a_device(Column("ballot", _NAME, primary_key=True)),
    Column("envelope", LargeBinary, nullable=False),
    Column("received_at", _TIME, nullable=False),
)
ROOM = Table(
    "room",
    METADATA,
    *_of_a_device(),
    Column("online", Boolean, nullable=False),
    Column("software", _NAME, nullable=False),
    Column("head", Integer, nullable=False),
    Column("heard_at", _TIME, nullable=False),
)
COMMAND = Table(
    "command",
    METADATA,
    *_of_a_device(Column("number", Integer, primary_key=True, autoincrement=False)),
    Column("do", _NAME, nullable=False),
    Column("digest", _HEX, nullable=False),
    Column("envelope", LargeBinary, nullable=False),
    Column("issued_at", _TIME, nullable=False),
    Column("sent_at", _TIME),
)
ALARM = Table(
    "alarm",
    METADATA,
    *_of_a_device(Column("code", String(40), primary_key=True), Column("detail", Text, nullable=False)),
    Column("times", Integer, nullable=False),
    Column("first_at", _TIME, nullable=False),
    Column("last_at", _TIME, nullable=False),
    Column("settled_at", _TIME),
)
