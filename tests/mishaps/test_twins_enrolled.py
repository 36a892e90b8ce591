"""Twins: enrolled only when somebody says that they are two; at the door neither gets a name, both have their PIN."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from appliance.enrolment import Look
from appliance.events import CheckedIn, DelegateEnrolled, FaceNotIdentified
from appliance.identification import Template
from appliance.services.enrolment import Result, Seen, Terms, keep
from tests.worlds.cabinet import Cabinet, pictures
from tests.worlds.doorway import Doorway, three_pictures

TWINS = frozenset({frozenset({"an", "binh"})})


def test_twins_enrolled(tmp_path: Path) -> None:
    cabinet = Cabinet(tmp_path)
    gallery, writer = cabinet.open(), cabinet.writer()

    def enrol(delegate: str, seed: int, twins: frozenset[frozenset[str]] = frozenset()) -> Result:
        seen = {f"{delegate}/{n}.png": Seen(v, Look()) for n, v in enumerate(pictures(seed))}
        return keep(Result(delegate), seen, Terms("v1", twins=twins), gallery, writer, cabinet.clock)

    assert enrol("an", 1).used == 3
    refused = enrol("binh", 1)
    assert (refused.used, [one.delegate for one in refused.duplicates]) == (0, ["an"])
    assert len(cabinet.facts()) == 1, "nothing was kept and nothing stated"

    kept = enrol("binh", 1, TWINS)
    assert kept.used == 3
    assert [one.delegate for one in kept.lookalikes] == ["an"], "and it is said what that costs"
    assert kept.lookalikes[0].ambiguous > 0.5
    assert [(line.delegate, line.twin) for line in gallery.enrolments()] == [("an", ""), ("binh", "an")]
    assert enrol("chi", 1, TWINS).duplicates, "leave for two is no leave for a third"
    assert [fact.delegate for fact in cabinet.facts() if isinstance(fact, DelegateEnrolled)] == ["an", "binh"]
    gallery.close()
    writer.close()


def test_at_the_door_neither_twin_is_named(tmp_path: Path) -> None:
    twins = [three_pictures("an"), Template("binh", np.array(three_pictures("an").images))]
    world = Doorway(tmp_path, ["chi"], roster=["an", "binh", "chi"])
    for twin in twins:
        world.enrol(twin)
    world.convene()
    world.corridor.stand("an")
    world.steps(60)
    world.corridor.leave("an")
    world.steps(30)
    assert world.facts(CheckedIn) == []
    assert {fact.decision for fact in world.facts(FaceNotIdentified)} == {"ambiguous"}
    world.close()
