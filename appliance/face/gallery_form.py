"""The form of a gallery's file: its tables, what a row is sealed under, and how version 1 becomes version 2."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass

import numpy as np
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from numpy.typing import NDArray

from appliance.enrolment import Look
from appliance.face.rotation import SIZE, Seeds, Turn

VERSION = 2
READABLE = (1, VERSION)

_ADDED = """
CREATE TABLE cohort (sealed BLOB NOT NULL) STRICT;
CREATE TABLE unstated (  -- facts that the journal has still to be told
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, body BLOB NOT NULL
) STRICT;
"""
_SCHEMA = """
CREATE TABLE gallery (model TEXT NOT NULL, check_value BLOB NOT NULL, rotation TEXT NOT NULL);
CREATE TABLE delegate (
    id TEXT PRIMARY KEY, key BLOB NOT NULL, consent TEXT NOT NULL, consented_at TEXT NOT NULL,
    expires TEXT NOT NULL DEFAULT '', twin TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE template (
    delegate TEXT NOT NULL REFERENCES delegate(id) ON DELETE CASCADE,
    number INTEGER NOT NULL,  -- one for each picture; the mean template follows from them
    sealed BLOB NOT NULL,
    PRIMARY KEY (delegate, number)
) STRICT;
"""
_UPGRADE = (
    "ALTER TABLE gallery ADD COLUMN rotation TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE delegate ADD COLUMN expires TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE delegate ADD COLUMN twin TEXT NOT NULL DEFAULT ''",
)

Looks = Sequence[tuple[NDArray[np.float64], Look]]
"""Descriptors, still turned, each with what else is known of its picture. Float64: a hundred renewals add up to
1e-14."""


@dataclass(frozen=True)
class Row:
    """A delegate's row without the key."""

    delegate: str
    consent: str
    at: str
    expires: str
    twin: str


def create(db: sqlite3.Connection, wrap: AESGCM, model: str, seeds: Seeds) -> None:
    """Make the tables where the file is new. What a crash leaves is an empty file and a seed too many."""
    with transaction(db):
        if db.execute("SELECT 1 FROM sqlite_schema").fetchone():
            return
        _run(db, _SCHEMA + _ADDED)
        check_value = sealed(wrap, b"gallery", bound("check", model))
        db.execute("INSERT INTO gallery VALUES (?, ?, ?)", (model, check_value, seeds.make()))
        db.execute(f"PRAGMA user_version = {VERSION}")


def bring_up(db: sqlite3.Connection, wrap: AESGCM, model: str, seeds: Seeds) -> None:
    """Version 1 → version 2, in one transaction: the templates are turned, dates of expiry are unknown.

    A template that was damaged before is damaged afterwards: reading names it, forgetting works.
    """
    with transaction(db):
        if db.execute("PRAGMA user_version").fetchone() != (1,):
            return
        for statement in _UPGRADE:
            db.execute(statement)
        _run(db, _ADDED)
        name = seeds.make()
        turn = seeds.turn(name)
        db.execute("UPDATE gallery SET rotation = ?", (name,))
        for delegate, wrapped in db.execute("SELECT id, key FROM delegate").fetchall():
            key = opened(wrap, wrapped, bound("key", model, delegate))
            if key is not None:
                _turn_first(db, AESGCM(key), turn, (model, name, delegate))
        db.execute(f"PRAGMA user_version = {VERSION}")


def _turn_first(db: sqlite3.Connection, cipher: AESGCM, turn: Turn, place: tuple[str, str, str]) -> None:
    model, rotation, delegate = place
    rows = db.execute("SELECT number, sealed FROM template WHERE delegate = ?", (delegate,)).fetchall()
    for number, before in rows:
        data = opened(cipher, before, bound("template", model, delegate, str(number)))
        if data is not None and len(data) == 4 * SIZE:
            vector = np.frombuffer(data, "<f4").astype(np.float64) @ turn
            after = _write(cipher, vector, Look(), bound("template", model, rotation, delegate, str(number)))
            db.execute("UPDATE template SET sealed = ? WHERE delegate = ? AND number = ?", (after, delegate, number))


def rows(db: sqlite3.Connection) -> list[Row]:
    """Everybody."""
    return [Row(*row) for row in db.execute("SELECT id, consent, consented_at, expires, twin FROM delegate")]


def insert(db: sqlite3.Connection, wrap: AESGCM, model: str, row: Row) -> bytes:
    """Add a delegate with a new key of their own; that key."""
    key = secrets.token_bytes(32)
    wrapped = sealed(wrap, key, bound("key", model, row.delegate))
    place = (row.delegate, wrapped, row.consent, row.at, row.expires, row.twin)
    db.execute("INSERT INTO delegate (id, key, consent, consented_at, expires, twin) VALUES (?, ?, ?, ?, ?, ?)", place)
    return key


def write_look(key: bytes, vector: NDArray[np.float64], look: Look, place: bytes) -> bytes:
    """One turned descriptor and what is known of its picture, sealed."""
    return _write(AESGCM(key), vector, look, place)


def _write(cipher: AESGCM, vector: NDArray[np.float64], look: Look, place: bytes) -> bytes:
    return sealed(cipher, vector.astype("<f8").tobytes() + json.dumps(asdict(look)).encode(), place)


def read_look(key: bytes, data: bytes, place: bytes) -> tuple[NDArray[np.float64], Look] | None:
    """The counterpart of `write_look`; None if it does not open."""
    found = opened(AESGCM(key), data, place)
    if found is None:
        return None
    return np.frombuffer(found[: 8 * SIZE], "<f8"), Look(**json.loads(found[8 * SIZE :]))


@contextmanager
def reading(db: sqlite3.Connection, turn: Callable[[], Turn]) -> Iterator[Turn]:
    """One state of the file, and its turn. While it is read no change can commit, so that turn's seed stays."""
    db.execute("BEGIN")
    try:
        yield turn()
    finally:
        db.execute("ROLLBACK")


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All or nothing; one writer at a time."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def bound(*parts: str) -> bytes:
    """What sealed data is tied to."""
    return "\0".join(("appliance gallery", *parts)).encode()


def sealed(cipher: AESGCM, data: bytes, place: bytes) -> bytes:
    """Nonce, then AES-GCM's output."""
    nonce = secrets.token_bytes(12)
    return nonce + cipher.encrypt(nonce, data, place)


def opened(cipher: AESGCM, data: bytes, place: bytes) -> bytes | None:
    """The counterpart of `sealed`; None if it is damaged or was sealed elsewhere."""
    try:
        return cipher.decrypt(data[:12], data[12:], place)
    except (InvalidTag, ValueError):
        return None


def _run(db: sqlite3.Connection, script: str) -> None:
    for statement in script.split(";\n")[:-1]:
        db.execute(statement)
