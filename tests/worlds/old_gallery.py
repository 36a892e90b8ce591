"""A gallery as version 1 wrote it: templates sealed, never turned, without dates."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from numpy.typing import NDArray

from appliance.face.gallery_form import bound, sealed

SCHEMA = """
CREATE TABLE gallery (model TEXT NOT NULL, check_value BLOB NOT NULL);
CREATE TABLE delegate (
    id TEXT PRIMARY KEY, key BLOB NOT NULL, consent TEXT NOT NULL, consented_at TEXT NOT NULL
) STRICT;
CREATE TABLE template (
    delegate TEXT NOT NULL REFERENCES delegate(id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (delegate, number)
) STRICT;
PRAGMA user_version = 1;
"""


def write(path: Path, key: bytes, model: str, people: Mapping[str, Sequence[NDArray[np.float32]]]) -> None:
    """Everybody agreed to `v1` at eight o'clock."""
    path.parent.mkdir(parents=True, exist_ok=True)
    wrap = AESGCM(key)
    db = sqlite3.connect(path, isolation_level=None)
    db.executescript(SCHEMA)
    db.execute("INSERT INTO gallery VALUES (?, ?)", (model, sealed(wrap, b"gallery", bound("check", model))))
    for delegate, vectors in people.items():
        own = bytes([len(delegate)]) * 32
        wrapped = sealed(wrap, own, bound("key", model, delegate))
        row = (delegate, wrapped, "v1", "2026-11-22T08:00:00.000Z")
        db.execute("INSERT INTO delegate VALUES (?, ?, ?, ?)", row)
        for number, vector in enumerate(vectors, 1):
            place = bound("template", model, delegate, str(number))
            data = sealed(AESGCM(own), np.asarray(vector, "<f4").tobytes(), place)
            db.execute("INSERT INTO template VALUES (?, ?, ?)", (delegate, number, data))
    db.close()
