"""The camera is lost in the middle of a meeting, and comes back: said once, recorded once, nobody is lost with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.events import CheckedIn, PartFailed, PartRestored
from tests.worlds.doorway import Doorway


@pytest.fixture
def doorway(tmp_path: Path) -> Iterator[Doorway]:
    """Two delegates, a meeting, and a camera that worked so far."""
    world = Doorway(tmp_path, ["an", "binh"])
    world.convene()
    world.steps(3)
    yield world
    world.close()


def wait(doorway: Doorway, seconds: float) -> None:
    """Time passes while the loop turns."""
    for _ in range(int(seconds * 10)):
        doorway.clock.advance(0.1)
        if doorway.door._camera.until_retry == 0:  # a turn with nothing due would wait in real time
            doorway.steps(1)


def test_the_loss_is_recorded_once_with_what_to_do(doorway: Doorway) -> None:
    doorway.corridor.broken = True
    doorway.steps(1)
    wait(doorway, 100)
    (failed,) = doorway.facts(PartFailed)
    assert (failed.part, failed.symptom, failed.remedy) == ("camera", "the corridor went dark", "plug the camera in")
    shown = doorway.ask("frame")["result"]
    assert (shown["jpeg"], shown["message"]["code"]) == (None, "camera-lost")
    status = doorway.ask("status")["result"]
    assert (status["camera"], status["remedy"]) == ("lost", "plug the camera in")


def test_it_is_tried_again_with_growing_pauses(doorway: Doorway) -> None:
    doorway.corridor.broken = True
    doorway.steps(1)
    pauses = []
    for _ in range(8):
        pauses.append(round(doorway.door._camera.until_retry, 3))
        doorway.clock.advance(pauses[-1])
        doorway.steps(1)
    assert pauses == [1, 2, 4, 8, 15, 30, 30, 30]


def test_it_goes_on_when_the_camera_is_back(doorway: Doorway) -> None:
    doorway.corridor.broken = True
    doorway.steps(1)
    doorway.corridor.broken = False
    wait(doorway, 3)
    assert len(doorway.facts(PartRestored)) == 1
    assert doorway.corridor.opened == 2
    assert doorway.corridor.closed >= 1, "the lost device was given back"
    doorway.corridor.stand("an")
    doorway.steps(8)
    assert [fact.delegate for fact in doorway.facts(CheckedIn)] == ["an"]
    assert doorway.message() == "welcome"


def test_whoever_stood_there_when_it_was_lost_is_not_who_stands_there_after(doorway: Doorway) -> None:
    doorway.corridor.stand("an")
    doorway.steps(8)
    doorway.corridor.broken = True
    doorway.steps(1)
    doorway.corridor.leave("an")
    doorway.corridor.stand("xa-la")
    doorway.corridor.broken = False
    wait(doorway, 2)
    (face,) = doorway.ask("frame")["result"]["faces"]
    assert face["name"] is None
    assert [fact.delegate for fact in doorway.facts(CheckedIn)] == ["an"]


def test_a_camera_that_opens_but_stays_silent_is_still_lost(doorway: Doorway) -> None:
    doorway.corridor.broken = True
    doorway.steps(1)
    doorway.door._camera._open = lambda: doorway.corridor
    wait(doorway, 20)
    assert len(doorway.facts(PartFailed)) == 1
    assert doorway.facts(PartRestored) == []


def test_a_loose_plug_does_not_fill_the_journal(doorway: Doorway) -> None:
    """A frame, and lost again, for five minutes: the pauses grow although it comes back each time."""
    began = doorway.clock.monotonic()
    while doorway.clock.monotonic() - began < 300:
        doorway.corridor.broken = True
        doorway.steps(1)
        doorway.corridor.broken = False
        doorway.clock.advance(doorway.door._camera.until_retry)
        doorway.steps(2)
    assert len(doorway.facts(PartFailed)) == len(doorway.facts(PartRestored)) < 16
    doorway.clock.advance(100)
    doorway.corridor.broken = True
    doorway.steps(1)
    assert doorway.door._camera.until_retry == 1, "a camera that worked for a minute is tried again soon"
