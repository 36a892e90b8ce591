"""The camera hangs upside down: nobody would ever be seen. The door says what it looks like, and what to turn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.camera.framing import framed
from appliance.demo import portrait, walk
from appliance.events import CheckedIn
from appliance.face.hog import Hog
from appliance.services.door_view import UPSIDE_DOWN
from appliance.services.upside_down import CHECK_SECONDS, FINDINGS, UpsideDown
from tests.worlds.doorway import Doorway


@pytest.fixture
def doorway(tmp_path: Path) -> Iterator[Doorway]:
    """Two delegates before a camera that was screwed to the ceiling the wrong way."""
    world = Doorway(tmp_path, ["an", "binh"])
    world.convene()
    world.corridor.upside_down = True
    yield world
    world.close()


def symptom(doorway: Doorway) -> str:
    return str(doorway.ask("status")["result"]["symptom"])


def test_people_who_come_and_go_on_their_heads_make_it_say_so(doorway: Doorway) -> None:
    assert symptom(doorway) == ""
    for n in range(FINDINGS + 1):
        doorway.corridor.stand("an", x=100 + 90 * n)
        doorway.steps(int(CHECK_SECONDS * 10) + 1)
    assert doorway.facts(CheckedIn) == []
    status = doorway.ask("status")["result"]
    assert (status["symptom"], status["remedy"]) == UPSIDE_DOWN
    assert status["camera"] == "ok"


def test_one_who_is_seen_upright_is_proof_of_the_contrary(doorway: Doorway) -> None:
    test_people_who_come_and_go_on_their_heads_make_it_say_so(doorway)
    doorway.corridor.upside_down = False
    doorway.steps(1)
    assert symptom(doorway) == ""


def test_a_pattern_on_the_wall_that_never_moves_is_not_taken_for_people(doorway: Doorway) -> None:
    doorway.corridor.stand("poster")
    doorway.steps(int(CHECK_SECONDS * 10) * 10)
    assert symptom(doorway) == ""


def test_an_empty_corridor_is_not(doorway: Doorway) -> None:
    doorway.steps(int(CHECK_SECONDS * 10) * 5)
    assert symptom(doorway) == ""


@pytest.mark.parametrize("rotate", [0, 180])
def test_drawn_people_through_the_real_detector(rotate: int) -> None:
    """Every three seconds somebody else stands somewhere else."""
    detector = Hog(80)
    watch = UpsideDown(detector)
    for n, lane in enumerate((-0.5, 0.4, 0.0)):
        person = portrait.Person.from_seed(portrait.COUNCIL[n])
        picture = walk.Walk([walk.Arrival(person, at=0.0, lane=lane)]).frame(15)
        frame = framed(picture, n, n * CHECK_SECONDS, rotate=rotate)
        watch.watch(frame, faces=bool(detector.find(frame)))
    assert watch.suspected == (rotate == 180)
