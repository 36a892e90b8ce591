"""Nobody is enrolled yet: the door works, knows nobody, and knows somebody as soon as they are enrolled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.events import CheckedIn, FaceNotIdentified
from tests.worlds.doorway import Doorway, three_pictures


@pytest.fixture
def doorway(tmp_path: Path) -> Iterator[Doorway]:
    """A roster of two, and no template."""
    world = Doorway(tmp_path, [], roster=["an", "binh"])
    world.convene()
    yield world
    world.close()


def test_everybody_is_sent_to_the_pin(doorway: Doorway) -> None:
    doorway.corridor.stand("an")
    doorway.steps(15)
    assert doorway.message() == "unknown"
    assert doorway.facts(CheckedIn) == []
    assert [fact.decision for fact in doorway.facts(FaceNotIdentified)] == ["unknown"]
    assert doorway.ask("status")["result"]["gallery"]["identities"] == 0


def test_the_first_to_be_enrolled_is_known_at_the_next_visit(doorway: Doorway) -> None:
    doorway.corridor.stand("an")
    doorway.steps(15)
    doorway.enrol(three_pictures("an"))
    doorway.corridor.leave("an")
    doorway.steps(15)
    doorway.corridor.stand("an")
    doorway.steps(8)
    assert [fact.delegate for fact in doorway.facts(CheckedIn)] == ["an"]
    assert doorway.message() == "welcome"


def test_the_last_to_be_forgotten_leaves_a_door_that_knows_nobody(doorway: Doorway) -> None:
    doorway.enrol(three_pictures("an"))
    doorway.steps(1)
    doorway.forget("an")
    doorway.corridor.stand("an")
    doorway.steps(15)
    assert doorway.facts(CheckedIn) == []
    assert doorway.message() == "unknown"
