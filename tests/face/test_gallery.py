"""Templates at rest: encrypted, bound to their delegate and model, forgotten for good."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from appliance.enrolment import Look
from appliance.errors import DeviceError, RecordError
from appliance.events import DelegateEnrolled, DelegateForgotten, GalleryRenewed
from appliance.face.embedder import Descriptor
from appliance.face.gallery import Enrolment, Gallery
from tests.worlds import old_gallery

KEY, MODEL = bytes(range(32)), "a" * 64
AT = "2026-11-22T08:00:00.000Z"


def descriptors(seed: int, count: int = 3) -> list[Descriptor]:
    found = np.random.default_rng(seed).normal(size=(count, 128)).astype(np.float32)
    return list(found / np.linalg.norm(found, axis=1, keepdims=True))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "gallery" / "gallery.sqlite"


def opened(path: Path, key: bytes = KEY, model: str = MODEL, *, read_only: bool = False) -> Gallery:
    return Gallery(path, key, model, path.parent.parent / "keys", read_only=read_only)


def seeds(path: Path) -> list[Path]:
    return sorted((path.parent.parent / "keys").iterdir())


@pytest.fixture
def gallery(path: Path) -> Iterator[Gallery]:
    """Two delegates enrolled."""
    gallery = opened(path)
    gallery.enrol("an", descriptors(1), consent="v1", at=AT, expires="2027-11-22")
    gallery.enrol("binh", descriptors(2, 2), consent="v2", at=AT)
    yield gallery
    gallery.close()


def test_what_was_enrolled_is_there_after_opening_again(gallery: Gallery, path: Path) -> None:
    again = opened(path)
    an, binh = again.templates()
    assert (an.delegate, binh.delegate) == ("an", "binh")
    assert np.allclose(an.images, np.array(descriptors(1)), atol=1e-7)
    assert again.enrolments() == [
        Enrolment("an", 3, "v1", AT, "2027-11-22", ""),
        Enrolment("binh", 2, "v2", AT, "", ""),
    ]
    again.close()


def test_enrolling_anew_replaces(gallery: Gallery) -> None:
    gallery.enrol("an", descriptors(9, 1), consent="v3", at=AT)
    assert gallery.enrolments()[0] == Enrolment("an", 1, "v3", AT, "", "")
    assert np.allclose(gallery.templates()[0].images, np.array(descriptors(9, 1)), atol=1e-7)


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
    assert gallery.forget("an", "withdrawn")
    stored = path.read_bytes()
    assert key not in stored
    assert not any(data[12:44] in stored for data in sealed)
    assert [e.delegate for e in gallery.enrolments()] == ["binh"]
    assert [t.delegate for t in gallery.templates()] == ["binh"]


def test_forgetting_nobody_says_so(gallery: Gallery) -> None:
    assert not gallery.forget("chi", "withdrawn")
    assert len(gallery.enrolments()) == 2


def test_another_key_is_refused(gallery: Gallery, path: Path) -> None:
    with pytest.raises(DeviceError, match=r"gallery\.key is not the key it was made with; restore it from the backup"):
        opened(path, key=bytes(32))


def test_another_model_is_refused_naming_both(gallery: Gallery, path: Path) -> None:
    with pytest.raises(DeviceError) as caught:
        opened(path, model="b" * 64)
    assert MODEL in str(caught.value)
    assert "b" * 64 in str(caught.value)


def test_a_later_version_is_refused(gallery: Gallery, path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 7")
    db.close()
    with pytest.raises(DeviceError, match="a gallery of version 7, this software knows 2; update the appliance"):
        opened(path)


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
    assert gallery.forget("binh", "damaged"), "the way out works"
    assert [t.delegate for t in gallery.templates()] == ["an"]


# What is known of a picture, dates, facts ----------------------------------------------------------------------------


def test_what_is_known_of_each_picture_is_kept_under_the_seal(gallery: Gallery, path: Path) -> None:
    looks = (Look(0.01, 0.9, False), Look(0.15, 0.8, False), Look(None, None, True))
    gallery.enrol("chi", descriptors(3), consent="v1", at=AT, looks=looks)
    assert gallery.looks() == {"an": (Look(),) * 3, "binh": (Look(),) * 2, "chi": looks}
    assert b"glasses" not in path.read_bytes()
    with pytest.raises(ValueError, match="3 descriptors and 1 looks of chi"):
        gallery.enrol("chi", descriptors(3), consent="v1", at=AT, looks=looks[:1])


def test_whose_date_has_come_is_said(gallery: Gallery) -> None:
    assert gallery.expired("2027-11-21") == []
    assert gallery.expired("2027-11-22") == ["an"], "a template without a date never expires"


def test_what_happened_waits_until_the_journal_has_it(gallery: Gallery, path: Path) -> None:
    gallery.forget("an", "withdrawn")
    gallery.renew("a test")
    again = opened(path)
    waiting = again.unstated()
    assert [event for _, event in waiting] == [
        DelegateEnrolled(delegate="an", model=MODEL, images=3, consent="v1", expires="2027-11-22"),
        DelegateEnrolled(delegate="binh", model=MODEL, images=2, consent="v2"),
        DelegateForgotten(delegate="an", reason="withdrawn"),
        GalleryRenewed(delegates=1, reason="a test"),
    ]
    assert len({fact_id for fact_id, _ in waiting}) == 4
    again.stated(waiting[0][0])
    assert gallery.unstated() == waiting[1:]
    again.close()


def test_a_read_only_gallery_writes_nothing(gallery: Gallery, path: Path) -> None:
    door = opened(path, read_only=True)
    assert [t.delegate for t in door.templates()] == ["an", "binh"]
    for change in (
        lambda: door.enrol("chi", descriptors(3), consent="v1", at=AT),
        lambda: door.forget("an", "no"),
        lambda: door.renew("no"),
    ):
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            change()
    gallery.forget("an", "withdrawn")
    assert [t.delegate for t in door.templates()] == ["binh"], "it sees what others write"
    door.close()


def test_a_gallery_that_is_not_there_is_not_made_by_looking(path: Path) -> None:
    with pytest.raises(DeviceError, match="there is no gallery yet"):
        opened(path, read_only=True)
    assert not path.exists()


def test_a_file_that_is_no_gallery_is_refused(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"hello " * 1000)
    with pytest.raises(DeviceError, match=r"cannot be used .* restore it from the backup"):
        opened(path)


# Renewal -------------------------------------------------------------------------------------------------------------


def test_renewing_keeps_every_distance_and_destroys_the_seed(gallery: Gallery, path: Path) -> None:
    before, (old,) = gallery.templates(), seeds(path)
    assert gallery.renew("the meeting ended") == 2
    (new,) = seeds(path)
    assert new != old
    for one, other in zip(before, gallery.templates(), strict=True):
        assert one.delegate == other.delegate
        assert np.abs(one.images - other.images).max() < 1e-6
    assert gallery.enrolments()[0] == Enrolment("an", 3, "v1", AT, "2027-11-22", "")


def test_many_renewals_move_nothing(gallery: Gallery) -> None:
    before = gallery.templates()[0].images
    for number in range(20):
        gallery.renew(f"meeting {number}")
    assert np.abs(gallery.templates()[0].images - before).max() < 1e-6


def test_an_old_copy_with_the_gallery_key_compares_with_nothing_any_more(gallery: Gallery, path: Path) -> None:
    """Somebody took gallery and gallery.key, but not the seed, before a renewal."""
    copy = path.with_name("copy.sqlite")
    copy.write_bytes(path.read_bytes())
    gallery.renew("the meeting ended")
    with pytest.raises(DeviceError, match="missing, and the templates were turned by it"):
        opened(copy, read_only=True)


def test_an_old_row_pasted_into_a_renewed_gallery_does_not_open(gallery: Gallery, path: Path) -> None:
    db = sqlite3.connect(path, isolation_level=None)
    (key,) = db.execute("SELECT key FROM delegate WHERE id = 'an'").fetchone()
    rows = db.execute("SELECT sealed, number FROM template WHERE delegate = 'an'").fetchall()
    gallery.renew("the meeting ended")
    db.execute("UPDATE delegate SET key = ? WHERE id = 'an'", (key,))
    db.executemany("UPDATE template SET sealed = ? WHERE delegate = 'an' AND number = ?", rows)
    db.close()
    with pytest.raises(RecordError, match="the template of an is damaged"):
        gallery.templates()


def test_a_damaged_template_stops_a_renewal_before_anything_changed(gallery: Gallery, path: Path) -> None:
    db = sqlite3.connect(path, isolation_level=None)
    _flip(db)
    db.close()
    before = seeds(path)
    with pytest.raises(RecordError, match="the template of binh is damaged"):
        gallery.renew("the meeting ended")
    gallery.forget("binh", "damaged")
    assert [t.delegate for t in gallery.templates()] == ["an"]
    assert seeds(path) == before


# Cohort --------------------------------------------------------------------------------------------------------------


def test_the_cohort_is_sealed_turned_and_renewed_with_the_rest(gallery: Gallery, path: Path) -> None:
    assert gallery.cohort().shape == (0, 128)
    strangers = np.array(descriptors(7, 40))
    gallery.set_cohort(strangers, "cohort of 40")
    assert np.abs(gallery.cohort() - strangers).max() < 1e-6
    assert strangers[0].tobytes()[:16] not in path.read_bytes()
    gallery.renew("the meeting ended")
    assert np.abs(gallery.cohort() - strangers).max() < 1e-6
    assert [t.delegate for t in gallery.templates()] == ["an", "binh"], "nobody of it can be named"
    gallery.set_cohort(strangers[:0], "cohort forgotten")
    assert gallery.cohort().shape == (0, 128)


def test_a_damaged_cohort_is_named_and_can_be_forgotten(gallery: Gallery, path: Path) -> None:
    gallery.set_cohort(np.array(descriptors(7, 4)), "cohort of 4")
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("UPDATE cohort SET sealed = x'00112233'")
    db.close()
    with pytest.raises(RecordError, match="the cohort is damaged; run `appliance gallery cohort --forget`"):
        gallery.cohort()
    gallery.set_cohort(np.empty((0, 128), np.float32), "cohort forgotten")
    assert gallery.cohort().shape == (0, 128)


# Version 1 -----------------------------------------------------------------------------------------------------------


def test_version_1_is_brought_to_version_2(path: Path) -> None:
    old_gallery.write(path, KEY, MODEL, {"an": descriptors(1), "binh": descriptors(2, 2)})
    gallery = opened(path)
    an, binh = gallery.templates()
    assert np.abs(an.images - np.array(descriptors(1))).max() < 1e-6
    assert len(binh.images) == 2
    assert gallery.enrolments()[0] == Enrolment("an", 3, "v1", AT, "", "")
    assert gallery.unstated() == [], "they were stated when they were enrolled"
    assert gallery.looks()["an"] == (Look(),) * 3
    assert len(seeds(path)) == 1
    stored = path.read_bytes()
    gallery.close()
    assert not any(vector.tobytes()[:16] in stored for vector in descriptors(1))


def test_a_template_that_was_damaged_in_version_1_can_be_forgotten(path: Path) -> None:
    old_gallery.write(path, KEY, MODEL, {"an": descriptors(1), "binh": descriptors(2, 2)})
    db = sqlite3.connect(path, isolation_level=None)
    _flip(db)
    db.close()
    gallery = opened(path)
    with pytest.raises(RecordError, match="the template of binh is damaged"):
        gallery.templates()
    assert gallery.forget("binh", "damaged")
    assert [t.delegate for t in gallery.templates()] == ["an"]
    gallery.close()
