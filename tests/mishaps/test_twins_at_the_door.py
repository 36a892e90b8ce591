"""Twins are enrolled: whichever of them comes, no name is guessed, and the names stay off the screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.events import CheckedIn, FaceNotIdentified
from tests.worlds.doorway import Doorway, direction, three_pictures


@pytest.fixture
def doorway(tmp_path: Path) -> Iterator[Doorway]:
    """Three delegates, two of whom have one face."""
    world = Doorway(tmp_path, ["an", "chi"], roster=["an", "binh", "chi"])
    world.enrol(three_pictures("binh", of="an"))
    world.convene()
    yield world
    world.close()


@pytest.mark.parametrize("who", ["an", "binh"])
def test_one_of_them_uses_the_pin_and_is_named_nowhere(doorway: Doorway, who: str) -> None:
    doorway.corridor.stand(who, as_=direction("an"))
    for _ in range(20):
        doorway.steps(1)
        assert "Mẫu" not in str(doorway.ask("frame")["result"])
    assert doorway.message() == "ambiguous"
    assert doorway.facts(CheckedIn) == []
    assert [fact.decision for fact in doorway.facts(FaceNotIdentified)] == ["ambiguous"]


def test_both_at_once_use_the_pin_and_the_third_is_greeted(doorway: Doorway) -> None:
    doorway.corridor.stand("an", x=20)
    doorway.corridor.stand("binh", x=220, as_=direction("an"))
    doorway.corridor.stand("chi", x=420)
    doorway.steps(30)
    assert [fact.delegate for fact in doorway.facts(CheckedIn)] == ["chi"]
    assert [fact.decision for fact in doorway.facts(FaceNotIdentified)] == ["ambiguous"] * 2
    names = [face["name"] for face in doorway.ask("frame")["result"]["faces"]]
    assert names == [None, None, "Đại biểu Mẫu 03"]


def test_the_journal_does_not_say_between_whom(doorway: Doorway) -> None:
    doorway.corridor.stand("an")
    doorway.steps(20)
    (fact,) = doorway.facts(FaceNotIdentified)
    assert set(fact.model_dump()) >= {"meeting", "decision", "looks"}
    assert "an" not in fact.model_dump().values()
