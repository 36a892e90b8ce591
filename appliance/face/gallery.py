"""The enrolled templates, encrypted at rest, each bound to its delegate and to the model that made it.

Every delegate has a key of their own, wrapped by the gallery key, which lies outside the gallery. Forgetting overwrites
key and templates in the file (SQLite's secure_delete). What a memory card keeps of overwritten blocks is out of reach
here: it is sealed under the gallery key, and only a new gallery key or a destroyed card ends it for good.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from appliance.errors import DeviceError, RecordError
from appliance.face.embedder import Descriptor
from appliance.identification import Template

_VERSION = 1
_SCHEMA = """
CREATE TABLE gallery (model TEXT NOT NULL, check_value BLOB NOT NULL);
CREATE TABLE delegate (
    id TEXT PRIMARY KEY, key BLOB NOT NULL, consent TEXT NOT NULL, consented_at TEXT NOT NULL
) STRICT;
CREATE TABLE template (
    delegate TEXT NOT NULL REFERENCES delegate(id) ON DELETE CASCADE,
    number INTEGER NOT NULL,  -- one for each picture; the mean template follows from them
    sealed BLOB NOT NULL,
    PRIMARY KEY (delegate, number)
) STRICT;
"""


@dataclass(frozen=True)
class Enrolment:
    """One line of the gallery. `consent` is the version of the text that was agreed to, `at` when: UTC, ISO 8601."""

    delegate: str
    images: int
    consent: str
    at: str


class Gallery:
    """One gallery file. Belongs to one thread; the commands that enrol may write while the door reads."""

    def __init__(self, path: Path, key: bytes, model: str) -> None:
        """Open or create. `key` is 32 bytes, `model` the sha256 of the embedder in use.

        Raises `DeviceError` if another model made the gallery (both are named), or if the key is another one.
        """
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path, self._model, self._wrap = path, model, AESGCM(key)
        self._db = sqlite3.connect(path, isolation_level=None)
        path.chmod(0o600)
        for pragma in ("busy_timeout = 5000", "secure_delete = ON", "foreign_keys = ON", "synchronous = FULL"):
            self._db.execute(f"PRAGMA {pragma}")
        self._create()
        self._check()

    def _create(self) -> None:
        with _transaction(self._db):
            if self._db.execute("SELECT 1 FROM sqlite_schema").fetchone():
                return
            for statement in _SCHEMA.split(";\n")[:-1]:
                self._db.execute(statement)
            sealed = _seal(self._wrap, b"gallery", _bound("check", self._model))
            self._db.execute("INSERT INTO gallery VALUES (?, ?)", (self._model, sealed))
            self._db.execute(f"PRAGMA user_version = {_VERSION}")

    def _check(self) -> None:
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version != _VERSION:
            raise DeviceError(f"{self._path}: not a gallery of version {_VERSION} but of {version}; enrol anew")
        model, check_value = self._db.execute("SELECT model, check_value FROM gallery").fetchone()
        if model != self._model:
            raise DeviceError(
                f"{self._path}: made by model {model}, the appliance uses {self._model}; templates of two models never "
                "compare: enrol everybody anew into an empty gallery, or put the former model back"
            )
        if _open(self._wrap, check_value, _bound("check", model)) != b"gallery":
            raise DeviceError(f"{self._path}: gallery.key is not the key it was made with; restore it from the backup")

    def enrol(self, delegate: str, images: Sequence[Descriptor], *, consent: str, at: str) -> None:
        """Keep the descriptors of one delegate's pictures, in place of any that were there."""
        key = secrets.token_bytes(32)
        wrapped = _seal(self._wrap, key, _bound("key", self._model, delegate))
        with _transaction(self._db):
            self._db.execute("DELETE FROM delegate WHERE id = ?", (delegate,))
            self._db.execute("INSERT INTO delegate VALUES (?, ?, ?, ?)", (delegate, wrapped, consent, at))
            for number, vector in enumerate(images, 1):
                sealed = _seal(AESGCM(key), np.asarray(vector, "<f4").tobytes(), self._place(delegate, number))
                self._db.execute("INSERT INTO template VALUES (?, ?, ?)", (delegate, number, sealed))

    def enrolments(self) -> list[Enrolment]:
        """Who is enrolled, by id."""
        rows = self._db.execute(
            "SELECT id, count(*), consent, consented_at FROM delegate JOIN template ON delegate = id "
            "GROUP BY id ORDER BY id"
        )
        return [Enrolment(*row) for row in rows]

    def templates(self) -> list[Template]:
        """All descriptors, decrypted, by id. Raises `RecordError` naming a delegate whose template is damaged."""
        rows = self._db.execute("SELECT id, key FROM delegate ORDER BY id").fetchall()
        return [self._template(delegate, key) for delegate, key in rows]

    def forget(self, delegate: str) -> bool:
        """Destroy one delegate's key and templates; False if nobody of that id was enrolled."""
        with _transaction(self._db):
            return self._db.execute("DELETE FROM delegate WHERE id = ?", (delegate,)).rowcount == 1

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _template(self, delegate: str, wrapped: bytes) -> Template:
        key = _open(self._wrap, wrapped, _bound("key", self._model, delegate))
        rows = self._db.execute("SELECT number, sealed FROM template WHERE delegate = ? ORDER BY number", (delegate,))
        opened = [key and _open(AESGCM(key), sealed, self._place(delegate, number)) for number, sealed in rows]
        vectors = [np.frombuffer(data, "<f4").astype(np.float32) for data in opened if data and len(data) == 512]
        if len(vectors) != len(opened) or not vectors:
            raise RecordError(
                f"{self._path}: the template of {delegate} is damaged; run `appliance gallery forget {delegate}` and "
                f"enrol {delegate} anew"
            )
        return Template(delegate, np.array(vectors))

    def _place(self, delegate: str, number: int) -> bytes:
        """What a template is bound to: moved to another delegate, number or model it does not open."""
        return _bound("template", self._model, delegate, str(number))


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _bound(*parts: str) -> bytes:
    return "\0".join(("appliance gallery", *parts)).encode()


def _seal(cipher: AESGCM, data: bytes, bound: bytes) -> bytes:
    nonce = secrets.token_bytes(12)
    return nonce + cipher.encrypt(nonce, data, bound)


def _open(cipher: AESGCM, sealed: bytes, bound: bytes) -> bytes | None:
    try:
        return cipher.decrypt(sealed[:12], sealed[12:], bound)
    except (InvalidTag, ValueError):
        return None
