"""The plug is pulled while the gallery is renewed: at whatever point, what is left is a gallery that can be read."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from appliance.events import DelegateEnrolled, GalleryRenewed
from appliance.face import gallery as gallery_module
from appliance.face import rotation
from appliance.face.gallery import Gallery
from appliance.face.rotation import Seeds
from appliance.services import gallery as keeping
from tests.worlds.cabinet import Cabinet, pictures


class PowerCut(BaseException):
    """Nothing after this runs. As an exception it lets the test see one point; the process that is killed is below."""


POINTS: dict[str, tuple[object, str, bool]] = {
    "before the new seed": (Seeds, "make", False),
    "after the new seed, before the templates": (gallery_module.form, "insert", False),
    "after the templates, before the fact is left": (Gallery, "_leave", False),
    "after the commit, before the old seed goes": (Seeds, "keep_only", True),
    "in the middle of destroying the old seed": (rotation, "_overwrite", True),
    "after the old seed, before the journal": (keeping, "state", True),
}
"""When → what does not run any more, and whether the gallery was renewed by then."""


@pytest.mark.parametrize("point", POINTS)
def test_at_every_point_the_gallery_stays_readable(point: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cabinet = Cabinet(tmp_path)
    gallery, writer = cabinet.open(), cabinet.writer()
    for seed, name in enumerate(("an", "binh")):
        gallery.enrol(name, pictures(seed), consent="v1", at=cabinet.clock.now().at)
    gallery.set_cohort(np.array(pictures(9, 8)), "cohort of 8")
    keeping.state(gallery, writer, cabinet.clock)
    before, cohort = gallery.templates(), gallery.cohort()
    stated = len(cabinet.facts())

    def cut(*_: object) -> None:
        raise PowerCut

    place, name, happened = POINTS[point]
    with monkeypatch.context() as cutting:
        cutting.setattr(place, name, cut)
        with pytest.raises(PowerCut):
            keeping.renew(gallery, writer, cabinet.clock, "the meeting ended")
    gallery.close()

    # The box starts again.
    again = cabinet.open()
    keeping.tidy(again, writer, cabinet.clock)
    for one, other in zip(before, again.templates(), strict=True):
        assert one.delegate == other.delegate
        assert np.abs(one.images - other.images).max() < 1e-6
    assert np.abs(again.cohort() - cohort).max() < 1e-6
    assert len(cabinet.seeds()) == 1, "no seed is left over"
    again.close()
    facts = cabinet.facts()[stated:]
    assert facts == ([GalleryRenewed(delegates=2, cohort=8, reason="the meeting ended")] if happened else [])
    writer.close()


KILLED = """
import os, sys
from pathlib import Path
from appliance.face import gallery
from appliance.face.gallery import Gallery
from appliance.face.rotation import Seeds
path, seeds = Path(sys.argv[1]), Path(sys.argv[2])
one = Gallery(path, bytes(range(32)), "a" * 64, seeds)
count = 0
statements = int(sys.argv[3])
def die(statement):
    global count
    count += 1
    if count == statements:
        os.kill(os.getpid(), 9)
one._db.set_trace_callback(die)
one.renew("the meeting ended")
"""


@pytest.mark.parametrize("statement", [3, 6, 9, 12])
def test_a_killed_process_leaves_one_state_or_the_other(statement: int, tmp_path: Path) -> None:
    """Killed at some statement inside or after the transaction: SQLite takes the half of it back."""
    cabinet = Cabinet(tmp_path)
    gallery = cabinet.open()
    gallery.enrol("an", pictures(1), consent="v1", at=cabinet.clock.now().at)
    before = gallery.templates()[0].images
    gallery.close()
    words = [sys.executable, "-c", KILLED, str(cabinet.path), str(tmp_path / "keys"), str(statement)]
    done = subprocess.run(words, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"}, check=False)
    assert done.returncode == -9
    again = cabinet.open()
    assert np.abs(again.templates()[0].images - before).max() < 1e-6
    assert len(cabinet.seeds()) == 1
    again.close()


def forget(gallery: Gallery) -> None:
    gallery.forget("an", "withdrawn")


def enrol(gallery: Gallery) -> None:
    gallery.enrol("binh", pictures(2), consent="v1", at="2026-11-22T08:00:00.000Z")


@pytest.mark.parametrize("change", [forget, enrol])
def test_between_the_gallery_and_the_journal_nothing_is_lost(change: Callable[[Gallery], None], tmp_path: Path) -> None:
    """Destroyed, or made, and not yet stated: the next start states it, once."""
    cabinet = Cabinet(tmp_path)
    gallery, writer = cabinet.open(), cabinet.writer()
    gallery.enrol("an", pictures(1), consent="v1", at=cabinet.clock.now().at)
    keeping.state(gallery, writer, cabinet.clock)
    change(gallery)
    gallery.close()
    assert [type(fact) for fact in cabinet.facts()] == [DelegateEnrolled]

    for _ in range(2):
        again = cabinet.open()
        keeping.tidy(again, writer, cabinet.clock)
        again.close()
        assert len(cabinet.facts()) == 2
    writer.close()


def test_stated_and_not_yet_struck_off_is_one_fact(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cabinet = Cabinet(tmp_path)
    gallery, writer = cabinet.open(), cabinet.writer()
    gallery.enrol("an", pictures(1), consent="v1", at=cabinet.clock.now().at)
    with monkeypatch.context() as cutting:
        cutting.setattr(gallery, "stated", lambda _id: (_ for _ in ()).throw(PowerCut))
        with pytest.raises(PowerCut):
            keeping.state(gallery, writer, cabinet.clock)
    cabinet.clock.advance(3600)
    keeping.state(gallery, writer, cabinet.clock)
    assert len(cabinet.facts()) == 1
    assert gallery.unstated() == []
    gallery.close()
    writer.close()


def test_while_somebody_renews_nobody_takes_the_new_seed_for_an_old_one(tmp_path: Path) -> None:
    """Another command opens the gallery between the new seed and the commit: it waits for its turn."""
    cabinet = Cabinet(tmp_path)
    gallery = cabinet.open()
    gallery.enrol("an", pictures(1), consent="v1", at=cabinet.clock.now().at)
    seeds = Seeds(tmp_path / "keys")
    with gallery_module.transaction(gallery._db):
        seeds.make()
        other = sqlite3.connect(cabinet.path, timeout=0.05, isolation_level=None)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")  # as `_destroy_old_seeds` begins
        other.close()
        assert len(cabinet.seeds()) == 2
    gallery.close()
