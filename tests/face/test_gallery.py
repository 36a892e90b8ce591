"""Templates at rest: encrypted, bound to their delegate and model, forgotten for good."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from appliance.errors import DeviceError, RecordError
from appliance.face.embedder import Descriptor
from appliance.face.gallery import Enrolment, Gallery

KEY, MODEL = bytes(range(32)), "a" * 64
AT = "2026-11-22T08:00:00.000Z"


def descriptors(seed: int, count: int = 3) -> list[Descriptor]:
    found = np.random.default_rng(seed).normal(size=(count, 128)).astype(np.float32)
    return list(found / np.linalg.norm(found, axis=1, keepdims=True))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "gallery" / "gallery.sqlite"


@pytest.fixture
def gallery(path: Path) -> Iterator[Gallery]:
    """Two delegates enrolled."""
    gallery = Gallery(path, KEY, MODEL)
    gallery.enrol("an", descriptors(1), consent="v1", at=AT)
    gallery.enrol("binh", descriptors(2, 2), consent="v2", at=AT)
    yield gallery
    gallery.close()


def test_what_was_enrolled_is_there_after_opening_again(gallery: Gallery, path: Path) -> None:
    again = Gallery(path, KEY, MODEL)
    an, binh = again.templates()
    assert (an.delegate, binh.delegate) == ("an", "binh")
    assert np.array_equal(an.images, np.array(descriptors(1)))
    assert again.enrolments() == [Enrolment("an", 3, "v1", AT), Enrolment("binh", 2, "v2", AT)]
    again.close()


def test_enrolling_anew_replaces(gallery: Gallery) -> None:
    gallery.enrol("an", descriptors(9, 1), consent="v3", at=AT)
    assert gallery.enrolments()[0] == Enrolment("an", 1, "v3", AT)
    assert np.array_equal(gallery.templates()[0].images, np.array(descriptors(9, 1)))


def test_nothing_of_a_descriptor_is_readable_in_the_file(gallery: Gallery, path: Path) -> None:
    stored = path.read_bytes()
    for vector in (*descriptors(1), *descriptors(2, 2)):
        assert vector.tobytes()[:16] not in stored
    assert path.stat().st_mode & 0o077 == 0, "only the owner may even open it"


def test_forgetting_leaves_neither_key_nor_template_in_the_file(gallery: Gallery, path: Path) -> None:
    db = sqlite3.connect(path)
    (key,) = db.execute("SELECT key FROM delegate WHERE id = 'an'").fetchone()
    sealed = [row[0] for row in db.execute("SELECT sealed FROM template WHERE delegate = 'an'")]
    db.close()
    assert len(sealed) == 3
    assert gallery.forget("an")
    stored = path.read_bytes()
    assert key not in stored
    assert not any(data[12:44] in stored for data in sealed)
    assert [e.delegate for e in gallery.enrolments()] == ["binh"]
    assert [t.delegate for t in gallery.templates()] == ["binh"]


def test_forgetting_nobody_says_so(gallery: Gallery) -> None:
    assert not gallery.forget("chi")
    assert len(gallery.enrolments()) == 2


def test_another_key_is_refused(gallery: Gallery, path: Path) -> None:
    with pytest.raises(DeviceError, match=r"gallery\.key is not the key it was made with; restore it from the backup"):
        Gallery(path, bytes(32), MODEL)


def test_another_model_is_refused_naming_both(gallery: Gallery, path: Path) -> None:
    with pytest.raises(DeviceError) as caught:
        Gallery(path, KEY, "b" * 64)
    assert MODEL in str(caught.value)
    assert "b" * 64 in str(caught.value)


def test_a_later_version_is_refused(gallery: Gallery, path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 7")
    db.close()
    with pytest.raises(DeviceError, match="not a gallery of version 1 but of 7"):
        Gallery(path, KEY, MODEL)


def _flip(db: sqlite3.Connection) -> None:
    (sealed,) = db.execute("SELECT sealed FROM template WHERE delegate = 'binh' AND number = 2").fetchone()
    db.execute(
        "UPDATE template SET sealed = ? WHERE delegate = 'binh' AND number = 2", (sealed[:40] + b"\0" + sealed[41:],)
    )


def _swap(db: sqlite3.Connection) -> None:
    """An's template under Binh's name: An would be greeted as Binh."""
    for table, column in (("delegate", "key"), ("template", "sealed")):
        name = "id" if table == "delegate" else "delegate"
        (data,) = db.execute(f"SELECT {column} FROM {table} WHERE {name} = 'an' LIMIT 1").fetchone()
        db.execute(f"UPDATE {table} SET {column} = ? WHERE {name} = 'binh'", (data,))


def _renumber(db: sqlite3.Connection) -> None:
    db.execute("UPDATE template SET number = 3 WHERE delegate = 'binh' AND number = 2")


def _shorten(db: sqlite3.Connection) -> None:
    db.execute("UPDATE template SET sealed = x'00' WHERE delegate = 'binh' AND number = 1")


def _lose(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM template WHERE delegate = 'binh'")


@pytest.mark.parametrize("damage", [_flip, _swap, _renumber, _shorten, _lose])
def test_a_damaged_or_exchanged_template_is_named(
    gallery: Gallery, path: Path, damage: Callable[[sqlite3.Connection], None]
) -> None:
    db = sqlite3.connect(path, isolation_level=None)
    damage(db)
    db.close()
    with pytest.raises(RecordError, match="the template of binh is damaged; run `appliance gallery forget binh`"):
        gallery.templates()
    assert gallery.forget("binh"), "the way out works"
    assert [t.delegate for t in gallery.templates()] == ["an"]
