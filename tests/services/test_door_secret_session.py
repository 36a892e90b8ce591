"""The door during a secret session: its camera is given back, nobody is recognised, everything else goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.camera import Frame
from appliance.events import CheckedIn, FaceNotIdentified, PartFailed, PartRestored, SecretSessionBegan
from appliance.events import SecretSessionEnded as Ended
from appliance.services.enrolling import NoEnrolling
from appliance.services.loop import Turn
from tests.worlds.doorway import Doorway, three_pictures

BEGAN = SecretSessionBegan(meeting="m-1", by="thu-ky")
ENDED = Ended(meeting="m-1", by="thu-ky")


@pytest.fixture
def doorway(tmp_path: Path) -> Iterator[Doorway]:
    """Two delegates and a meeting; the camera runs."""
    world = Doorway(tmp_path, ["an", "binh"])
    world.convene()
    world.steps(3)
    yield world
    world.close()


def test_the_camera_is_given_back_in_the_next_turn_and_not_looked_at_again(doorway: Doorway) -> None:
    doorway.append(BEGAN)
    doorway.steps(1)
    frames = doorway.corridor._index
    assert (doorway.corridor.opened, doorway.corridor.closed) == (1, 1)
    assert doorway.steps(3) is Turn.AGAIN
    assert doorway.corridor._index == frames
    assert (doorway.corridor.opened, doorway.corridor.closed) == (1, 1)


def test_the_screen_says_so_and_shows_no_picture(doorway: Doorway) -> None:
    doorway.corridor.stand("an")
    doorway.steps(2)
    assert doorway.ask("frame")["result"]["jpeg"] is not None
    doorway.append(BEGAN)
    shown = doorway.ask("frame")["result"]
    assert (shown["jpeg"], shown["faces"], shown["message"]["code"]) == (None, [], "secret-session")
    status = doorway.ask("status")["result"]
    assert (status["camera"], status["symptom"], status["tracks"]) == ("shut", "", 0)
    assert (status["frames_per_second"], status["focus"]) == (0.0, 0.0)
    assert status["gallery"]["identities"] == 2


def test_whoever_stands_there_when_it_begins_is_not_recognised(doorway: Doorway) -> None:
    doorway.corridor.stand("an")
    doorway.steps(1)
    doorway.append(BEGAN)
    doorway.steps(5)
    assert doorway.facts(CheckedIn) == []
    assert doorway.facts(FaceNotIdentified) == []
    assert doorway.facts(PartFailed) == []


def test_afterwards_it_is_opened_at_once_and_goes_on_with_whoever_stands_there(doorway: Doorway) -> None:
    doorway.append(BEGAN)
    doorway.steps(2)
    doorway.corridor.stand("an")
    doorway.append(ENDED)
    doorway.steps(1)
    assert doorway.corridor.opened == 2
    doorway.steps(8)
    assert [fact.delegate for fact in doorway.facts(CheckedIn)] == ["an"]
    assert doorway.message() == "welcome"
    assert doorway.facts(PartFailed) + doorway.facts(PartRestored) == []  # it was no failure


def test_whoever_was_greeted_before_is_not_who_stands_there_after(doorway: Doorway) -> None:
    doorway.corridor.stand("an")
    doorway.steps(8)
    doorway.append(BEGAN)
    doorway.steps(1)
    doorway.corridor.leave("an")
    doorway.corridor.stand("xa-la")
    doorway.append(ENDED)
    doorway.steps(2)
    (face,) = doorway.ask("frame")["result"]["faces"]
    assert face["name"] is None


def test_a_door_that_starts_during_a_secret_session_does_not_open_its_camera(doorway: Doorway) -> None:
    doorway.append(BEGAN)
    doorway.steps(1)
    doorway.door.close()
    doorway.start()
    doorway.steps(2)
    assert doorway.corridor.opened == 1
    assert doorway.message() == "secret-session"
    doorway.append(ENDED)
    doorway.steps(1)
    assert doorway.corridor.opened == 2


def test_a_camera_that_does_not_come_back_is_a_failure_then_and_tried_again(doorway: Doorway) -> None:
    doorway.append(BEGAN)
    doorway.steps(1)
    doorway.corridor.broken = True
    doorway.append(ENDED)
    doorway.steps(1)
    assert [fact.part for fact in doorway.facts(PartFailed)] == ["camera"]
    assert doorway.ask("status")["result"]["camera"] == "lost"
    doorway.corridor.broken = False
    doorway.clock.advance(doorway.door._camera.until_retry)
    doorway.steps(2)
    assert len(doorway.facts(PartRestored)) == 1


def test_a_camera_that_was_lost_before_is_left_alone_and_found_again_after(doorway: Doorway) -> None:
    doorway.corridor.broken = True
    doorway.steps(1)
    doorway.append(BEGAN)
    doorway.steps(1)
    doorway.corridor.broken = False
    for _ in range(3):
        doorway.clock.advance(100)
        doorway.steps(1)
    assert doorway.corridor.opened == 1
    doorway.append(ENDED)
    doorway.steps(2)
    assert doorway.corridor.opened == 2
    assert (len(doorway.facts(PartFailed)), len(doorway.facts(PartRestored))) == (1, 1)


def test_the_gallery_is_kept_meanwhile(doorway: Doorway) -> None:
    doorway.append(BEGAN)
    doorway.steps(1)
    doorway.forget("binh")
    doorway.enrol(three_pictures("chi"))
    doorway.steps(1)
    assert set(doorway.door._recogniser.enrolled.delegates) == {"an", "chi"}


def test_a_door_without_a_camera_has_none_to_shut(tmp_path: Path) -> None:
    doorway = Doorway(tmp_path, ["an"], open_camera=None)
    doorway.append(BEGAN)
    assert doorway.message() == "secret-session"
    assert doorway.ask("status")["result"]["camera"] == "none"
    doorway.append(ENDED)
    doorway.steps(1)
    assert doorway.facts(PartFailed) == []
    doorway.close()


def test_an_enrolment_that_was_running_gets_no_further_look(tmp_path: Path) -> None:
    class Running(NoEnrolling):
        running = True
        frames = 0

        def take(self, frame: Frame) -> None:
            self.frames += 1

    enrolling = Running()
    doorway = Doorway(tmp_path, ["an"], enrolling=enrolling)
    doorway.steps(2)
    assert enrolling.frames == 2
    doorway.append(BEGAN)
    doorway.steps(3)
    assert enrolling.frames == 2
    assert doorway.message() == "secret-session"
    doorway.close()
