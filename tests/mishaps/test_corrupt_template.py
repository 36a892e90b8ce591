"""A byte of a template flips on the card: its owner is named, nobody else suffers, and the way out works."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from appliance.errors import RecordError
from appliance.events import DelegateForgotten
from appliance.services import gallery as keeping
from tests.worlds.cabinet import Cabinet, pictures


def test_corrupt_template(tmp_path: Path) -> None:
    cabinet = Cabinet(tmp_path)
    gallery, writer = cabinet.open(), cabinet.writer()
    for seed, name in enumerate(("an", "binh", "chi")):
        gallery.enrol(name, pictures(seed), consent="v1", at=cabinet.clock.now().at)
    db = sqlite3.connect(cabinet.path, isolation_level=None)
    (data,) = db.execute("SELECT sealed FROM template WHERE delegate = 'binh' AND number = 2").fetchone()
    flipped = data[:100] + bytes([data[100] ^ 1]) + data[101:]
    db.execute("UPDATE template SET sealed = ? WHERE delegate = 'binh' AND number = 2", (flipped,))
    db.close()

    door = cabinet.open(read_only=True)
    with pytest.raises(RecordError, match="the template of binh is damaged; run `appliance gallery forget binh` and"):
        door.templates()
    assert keeping.forget(gallery, writer, cabinet.clock, "binh", "damaged")
    assert [template.delegate for template in door.templates()] == ["an", "chi"]
    assert cabinet.facts()[-1] == DelegateForgotten(delegate="binh", reason="damaged")
    keeping.renew(gallery, writer, cabinet.clock, "after the damage")
    assert [template.delegate for template in door.templates()] == ["an", "chi"]
    for one in (door, gallery, writer):
        one.close()
