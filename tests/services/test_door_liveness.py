"""Whoever was named has to be a person where the meeting asks for it: the name waits for the proof, and may be lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.events import CheckedIn, FaceNotIdentified, MeetingConvened
from appliance.face.liveness_challenge import Side
from appliance.services.proof import Proof, Result
from appliance.services.recogniser import Recogniser
from appliance.values import Liveness
from tests.worlds.doorway import Corridor, Doorway


class Told(Proof):
    """A proof of which the test says what it shows."""

    shows = Result.PERSON

    @property
    def result(self) -> Result:
        """What the test says."""
        return self.shows


@pytest.fixture
def doorway(tmp_path: Path) -> Iterator[Doorway]:
    """Two delegates, and a meeting that asks for a turn of the head: to the left."""
    world = Doorway(tmp_path, ["an", "binh"])
    world.door._recogniser._draw = lambda: Side.LEFT
    world.append(
        MeetingConvened(
            meeting="m-1",
            title="Họp",
            preset="ubnd",
            roster=world.roster,
            by="thu-ky",
            liveness=Liveness.CHALLENGE,
        )
    )
    world.steps(1)
    yield world
    world.close()


def turn_head(corridor: Corridor, doorway: Doorway, name: str, turns: list[float]) -> None:
    """One frame each."""
    for turn in turns:
        corridor.people[name].turned = turn
        doorway.steps(1)


def test_whoever_turns_the_head_as_asked_is_welcome_and_nobody_is_named_before(doorway: Doorway) -> None:
    doorway.corridor.stand("an")
    doorway.steps(12)
    assert doorway.facts(CheckedIn) == []
    shown = doorway.ask("frame")["result"]
    assert shown["message"]["code"] == "turn-left"
    assert "Mẫu" not in str(shown)
    turn_head(doorway.corridor, doorway, "an", [0.1, 0.2, 0.2, 0.1, 0.0])
    doorway.steps(2)
    assert [fact.delegate for fact in doorway.facts(CheckedIn)] == ["an"]
    assert doorway.message() == "welcome"


def test_whoever_does_not_answer_uses_the_pin(doorway: Doorway) -> None:
    doorway.corridor.stand("an")
    doorway.steps(90)
    assert doorway.facts(CheckedIn) == []
    assert [fact.decision for fact in doorway.facts(FaceNotIdentified)] == ["presentation"]
    assert doorway.message() == "presentation"
    assert doorway.ask("frame")["result"]["faces"][0]["name"] is None


def test_whoever_leaves_without_an_answer_is_not_on_the_roll(doorway: Doorway) -> None:
    doorway.corridor.stand("an")
    doorway.steps(15)
    doorway.corridor.leave("an")
    doorway.steps(15)
    assert doorway.facts(CheckedIn) == []
    assert [fact.decision for fact in doorway.facts(FaceNotIdentified)] == ["presentation"]


def test_one_person_shows_a_picture_and_turns_their_own_head(doorway: Doorway) -> None:
    """The answer is right, but a look after it shows somebody else."""
    doorway.corridor.stand("an")
    doorway.steps(12)
    box = doorway.corridor.people["an"].box
    turn_head(doorway.corridor, doorway, "an", [0.1])
    doorway.corridor.leave("an")
    doorway.corridor.stand("xa-la", x=box.x, width=box.w)
    turn_head(doorway.corridor, doorway, "xa-la", [0.2, 0.2, 0.1, 0.0])
    doorway.steps(30)
    assert doorway.facts(CheckedIn) == []
    assert doorway.message() == "unknown"


def test_strangers_are_not_asked_for_anything(doorway: Doorway) -> None:
    doorway.corridor.stand("xa-la")
    said = set()
    for _ in range(40):
        doorway.steps(1)
        said.add(doorway.door._screen.message.code)
    assert said == {"look", "hold", "unknown"}


def test_the_next_meeting_may_ask_for_less(doorway: Doorway) -> None:
    doorway.convene("m-2")
    doorway.corridor.stand("an")
    doorway.steps(10)
    assert [fact.meeting for fact in doorway.facts(CheckedIn)] == ["m-2"]


def test_a_picture_that_shows_itself_after_the_greeting_loses_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Recogniser, "_proof", lambda self: Told(Liveness.OFF, Side.LEFT))
    world = Doorway(tmp_path, ["an", "binh"])
    world.convene()
    world.corridor.stand("an")
    world.steps(10)
    assert world.ask("frame")["result"]["faces"][0]["name"] == "Đại biểu Mẫu 01"
    monkeypatch.setattr(Told, "shows", Result.PICTURE)
    world.steps(1)
    face = world.ask("frame")["result"]["faces"][0]
    assert (face["state"], face["name"]) == ("presentation", None)
    assert [fact.decision for fact in world.facts(FaceNotIdentified)] == ["presentation"]
    world.corridor.stand("picture", x=400, as_=world.corridor.people["an"].descriptor)
    monkeypatch.setattr(Told, "shows", Result.PERSON)
    world.steps(20)
    assert world.message() == "already", "a picture's claim stands in nobody's way"
    world.close()
