"""Only one delegate is enrolled: found, and nobody else is taken for the only one there is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.events import CheckedIn, FaceNotIdentified
from tests.worlds.doorway import Doorway, direction


@pytest.fixture
def doorway(tmp_path: Path) -> Iterator[Doorway]:
    """One enrolled of three on the roster."""
    world = Doorway(tmp_path, ["an"], roster=["an", "binh", "chi"])
    world.convene()
    yield world
    world.close()


def test_the_only_one_is_found(doorway: Doorway) -> None:
    doorway.corridor.stand("an")
    doorway.steps(8)
    (fact,) = doorway.facts(CheckedIn)
    assert fact.delegate == "an"
    assert fact.evidence["margin"] == 2.0, "there is nobody else to be taken for"


def test_nobody_else_is(doorway: Doorway) -> None:
    for n in range(20):
        doorway.corridor.stand(f"xa-la {n}")
        doorway.steps(15)
        doorway.corridor.leave(f"xa-la {n}")
        doorway.steps(12)
    assert doorway.facts(CheckedIn) == []
    assert [fact.decision for fact in doorway.facts(FaceNotIdentified)] == ["unknown"] * 20


def test_its_threshold_is_that_of_the_most_alike_population(doorway: Doorway) -> None:
    """One template says nothing of strangers: what is known of the closest faces there are counts."""
    threshold = doorway.ask("status")["result"]["gallery"]["threshold"]
    assert 0.2 < threshold < 0.369, "one in ten thousand pairs of East Asian faces is nearer than 0.369"
    doorway.corridor.stand("cousin", as_=direction("an", turn=0.6))
    doorway.steps(15)
    assert doorway.facts(CheckedIn) == []
