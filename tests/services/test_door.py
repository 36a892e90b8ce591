"""The door service, stepped by hand: who comes on the roll, what is said, and what is left alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from appliance import events
from appliance.camera import CameraLost, Frame
from appliance.camera.framing import framed
from appliance.demo import portrait, walk
from appliance.errors import DeviceError, JournalError
from appliance.events import (
    CheckedIn,
    CheckedOut,
    CheckInRevoked,
    ConfigurationChanged,
    FaceNotIdentified,
    MeetingEnded,
    ServiceStarted,
)
from appliance.face import Box, graph
from appliance.face.embedder import OnnxEmbedder
from appliance.face.hog import Hog
from appliance.identification import Template
from appliance.journal import Instant, Writer
from appliance.services.enrolment import Describing
from appliance.services.loop import Turn
from appliance.services.recogniser import Recogniser
from appliance.values import Method
from tests.worlds.doorway import BUZZER, LAMP, Doorway, Templates, direction, three_pictures

VISIT = 8
"""Frames after which somebody who stands still has been decided on at the first search."""

LONG = 40
"""Frames after which the last search is over."""


@pytest.fixture
def doorway(tmp_path: Path) -> Iterator[Doorway]:
    """Three delegates enrolled, the meeting convened."""
    world = Doorway(tmp_path, ["an", "binh", "chi"])
    world.convene()
    yield world
    world.close()


def test_a_delegate_who_looks_into_the_camera_is_on_the_roll_once_and_greeted(doorway: Doorway) -> None:
    doorway.steps(2)
    doorway.corridor.stand("an")
    doorway.steps(VISIT)
    (fact,) = doorway.facts(CheckedIn)
    assert (fact.delegate, fact.method, fact.by) == ("an", "face", "door")
    assert fact.evidence["distance"] < fact.evidence["threshold"]
    assert fact.evidence["looks"] == 3
    shown = doorway.ask("frame")["result"]
    assert shown["message"] == {"code": "welcome", "name": "Đại biểu Mẫu 01", "seat": "01"}
    (face,) = shown["faces"]
    assert (face["state"], face["name"]) == ("welcome", "Đại biểu Mẫu 01")
    assert face["box"] == [round(100 / 640, 4), round(100 / 240, 4), round(100 / 640, 4), round(100 / 240, 4)]
    doorway.steps(3 * LONG)
    assert len(doorway.facts(CheckedIn)) == 1


def test_the_lamp_is_lit_only_after_the_fact_is_in_the_journal(doorway: Doorway) -> None:
    doorway.corridor.stand("an")
    for _ in range(VISIT):
        doorway.steps(1)
        assert doorway.lit(LAMP) == bool(doorway.facts(CheckedIn))
        assert doorway.lit(BUZZER) <= doorway.lit(LAMP)
    assert doorway.lit(LAMP)
    doorway.corridor.leave("an")
    doorway.steps(LONG + 5)
    assert not doorway.lit(LAMP)


def test_whoever_comes_again_is_already_on_the_roll(doorway: Doorway) -> None:
    doorway.corridor.stand("an")
    doorway.steps(VISIT)
    doorway.corridor.leave("an")
    doorway.steps(LONG + 15)
    doorway.corridor.stand("an")
    doorway.steps(VISIT)
    shown = doorway.ask("frame")["result"]
    assert shown["message"]["code"] == "already"
    assert shown["faces"][0]["state"] == "known"
    assert len(doorway.facts(CheckedIn)) == 1


def test_whoever_left_and_returns_is_checked_in_again_each_time(doorway: Doorway) -> None:
    for _ in range(3):
        doorway.corridor.stand("an")
        doorway.steps(VISIT)
        assert doorway.message() == "welcome"
        doorway.corridor.leave("an")
        doorway.steps(LONG + 15)
        doorway.append(CheckedOut(meeting="m-1", delegate="an", method=Method.HAND, by="thu-ky"))
    entries = [entry for entry in doorway.reader.after(0) if isinstance(entry.event, CheckedIn)]
    assert [entry.event.delegate for entry in entries if isinstance(entry.event, CheckedIn)] == ["an"] * 3
    assert len({entry.id for entry in entries}) == 3


def test_a_return_after_a_restart_is_no_repetition_of_the_first_arrival(doorway: Doorway) -> None:
    doorway.corridor.stand("an")
    doorway.steps(VISIT)
    doorway.append(CheckedOut(meeting="m-1", delegate="an", method=Method.PIN, by="an"))
    doorway.door.close()
    doorway.start()
    doorway.steps(VISIT)
    assert [fact.delegate for fact in doorway.facts(CheckedIn)] == ["an", "an"]
    assert doorway.message() == "welcome"


def test_a_stranger_is_counted_once_a_visit_and_never_named(doorway: Doorway) -> None:
    doorway.corridor.stand("xa-la")
    doorway.steps(6)
    assert doorway.message() == "hold", "one search is not the last word"
    doorway.steps(LONG)
    assert doorway.facts(CheckedIn) == []
    (fact,) = doorway.facts(FaceNotIdentified)
    assert (fact.decision, fact.looks) == ("unknown", 5)
    face = doorway.ask("frame")["result"]["faces"][0]
    assert (face["state"], face["name"], face["seat"]) == ("unknown", None, None)
    doorway.steps(3 * LONG)
    assert len(doorway.facts(FaceNotIdentified)) == 1
    doorway.corridor.leave("xa-la")
    doorway.steps(15)
    doorway.corridor.stand("xa-la")
    doorway.steps(LONG)
    assert len(doorway.facts(FaceNotIdentified)) == 2


def test_a_stranger_who_leaves_after_the_first_search_is_counted_too(doorway: Doorway) -> None:
    doorway.corridor.stand("xa-la")
    doorway.steps(VISIT)
    doorway.corridor.leave("xa-la")
    doorway.steps(15)
    assert [fact.decision for fact in doorway.facts(FaceNotIdentified)] == ["unknown"]


def test_a_face_between_two_delegates_gets_no_name(tmp_path: Path) -> None:
    world = Doorway(tmp_path, ["an", "chi"], roster=["an", "binh", "chi"])
    world.enrol(three_pictures("binh", of="an"))
    world.convene()
    world.corridor.stand("an")
    world.steps(LONG)
    assert world.facts(CheckedIn) == []
    assert [fact.decision for fact in world.facts(FaceNotIdentified)] == ["ambiguous"]
    assert world.ask("frame")["result"]["faces"][0]["name"] is None
    world.close()


def test_two_people_in_one_picture_are_never_the_same_delegate(doorway: Doorway) -> None:
    """Whoever is searched first has no better right: the camera cannot tell them apart, so both use their PIN."""
    doorway.corridor.stand("an", x=50)
    doorway.corridor.stand("twin", x=400, as_=direction("an"))
    doorway.steps(LONG)
    assert doorway.facts(CheckedIn) == []
    assert [fact.decision for fact in doorway.facts(FaceNotIdentified)] == ["ambiguous"] * 2
    assert [face["name"] for face in doorway.ask("frame")["result"]["faces"]] == [None, None]


def test_a_second_one_who_may_be_the_delegate_takes_the_name_from_the_screen_and_nothing_from_the_roll(
    doorway: Doorway,
) -> None:
    doorway.corridor.stand("an", x=50)
    doorway.steps(VISIT)
    assert doorway.ask("frame")["result"]["faces"][0]["name"] == "Đại biểu Mẫu 01"
    doorway.corridor.stand("twin", x=400, as_=direction("an"))
    doorway.steps(LONG)
    assert [fact.delegate for fact in doorway.facts(CheckedIn)] == ["an"]
    assert [fact.decision for fact in doorway.facts(FaceNotIdentified)] == ["ambiguous"] * 2
    shown = doorway.ask("frame")["result"]
    assert [(face["state"], face["name"]) for face in shown["faces"]] == [("ambiguous", None)] * 2
    assert shown["message"] == {"code": "ambiguous", "name": None, "seat": None}


@pytest.mark.parametrize("order", [("an", "lookalike"), ("lookalike", "an")])
def test_of_two_who_may_be_one_delegate_the_clearly_nearer_one_is(doorway: Doorway, order: tuple[str, str]) -> None:
    faces = {"an": direction("an"), "lookalike": direction("an", turn=0.3)}
    for place, name in enumerate(order):
        doorway.corridor.stand(name, x=50 + 350 * place, as_=faces[name])
        doorway.steps(VISIT)
    doorway.steps(LONG)
    assert [fact.delegate for fact in doorway.facts(CheckedIn)] == ["an"]
    names = {face["box"][0]: face["name"] for face in doorway.ask("frame")["result"]["faces"]}
    share = (50 + 350 * order.index("an")) / 640
    assert names.pop(round(share, 4)) == "Đại biểu Mẫu 01"
    assert list(names.values()) == [None]
    assert [fact.decision for fact in doorway.facts(FaceNotIdentified)] == ["ambiguous"]


def test_two_delegates_side_by_side_are_both_on_the_roll(doorway: Doorway) -> None:
    doorway.corridor.stand("an", x=50)
    doorway.corridor.stand("binh", x=400)
    doorway.steps(2 * VISIT)
    assert {fact.delegate for fact in doorway.facts(CheckedIn)} == {"an", "binh"}


def test_somebody_who_steps_into_another_ones_place_is_looked_at_anew(doorway: Doorway) -> None:
    doorway.corridor.stand("an")
    doorway.steps(VISIT)
    doorway.corridor.leave("an")
    doorway.corridor.stand("binh")  # the very same place, in the very next frame
    doorway.steps(LONG)
    assert [fact.delegate for fact in doorway.facts(CheckedIn)] == ["an", "binh"]


@pytest.mark.parametrize("spoilt", [{"turned": 0.5}, {"sharpness": 1.0}, {"box": Box(115, 115, 70, 70)}])
def test_no_name_stands_over_a_face_that_cannot_be_compared(doorway: Doorway, spoilt: dict[str, Any]) -> None:
    doorway.corridor.stand("an")
    doorway.steps(VISIT)
    assert doorway.ask("frame")["result"]["faces"][0]["name"] == "Đại biểu Mẫu 01"
    doorway.corridor.leave("an")
    doorway.corridor.stand("xa-la")  # the very same place, but turned, blurred or too far away
    doorway.corridor.people["xa-la"] = replace(doorway.corridor.people["xa-la"], **spoilt)
    for _ in range(LONG):
        doorway.steps(1)
        (face,) = doorway.ask("frame")["result"]["faces"]
        assert (face["name"], face["seat"]) == (None, None)


def test_after_a_gap_no_name_is_shown_until_a_look_has_confirmed_it(doorway: Doorway) -> None:
    doorway.corridor.stand("an")
    doorway.steps(VISIT)
    doorway.corridor.leave("an")
    doorway.steps(6)
    doorway.corridor.stand("an")
    doorway.corridor.people["an"].turned = 0.4  # cannot be described
    doorway.steps(3)
    face = doorway.ask("frame")["result"]["faces"][0]
    assert (face["state"], face["name"]) == ("looking", None)
    doorway.corridor.people["an"].turned = 0.0
    doorway.steps(1)
    assert doorway.ask("frame")["result"]["faces"][0]["name"] == "Đại biểu Mẫu 01"


def test_looks_of_two_people_are_never_joined(doorway: Doorway) -> None:
    doorway.corridor.stand("an")
    doorway.steps(3)
    doorway.corridor.leave("an")
    doorway.corridor.stand("binh")
    doorway.steps(LONG)
    (fact,) = doorway.facts(CheckedIn)
    assert (fact.delegate, fact.evidence["looks"]) == ("binh", 3)


def test_without_a_meeting_nobody_is_described_and_nothing_is_recorded(tmp_path: Path) -> None:
    world = Doorway(tmp_path, ["an", "binh", "chi"])
    before = len(list(world.reader.after(0)))
    world.corridor.stand("an")
    world.steps(LONG)
    assert world.message() == "no-meeting"
    assert world.corridor.described == 0
    assert len(list(world.reader.after(0))) == before
    world.convene()
    world.steps(VISIT)
    assert [fact.delegate for fact in world.facts(CheckedIn)] == ["an"]
    world.append(MeetingEnded(meeting="m-1", by="thu-ky"))
    world.steps(2)
    assert world.message() == "no-meeting"
    world.close()


def test_somebody_enrolled_who_is_not_on_the_roster_is_sent_to_the_secretary(tmp_path: Path) -> None:
    world = Doorway(tmp_path, ["an", "binh", "chi"], roster=["binh", "chi"])
    world.convene()
    world.corridor.stand("an")
    world.steps(VISIT)
    assert world.facts(CheckedIn) == []
    assert world.message() == "unknown"
    assert [fact.decision for fact in world.facts(FaceNotIdentified)] == ["unknown"]
    world.close()


def test_a_restart_doubles_nothing(doorway: Doorway) -> None:
    doorway.corridor.stand("an")
    doorway.steps(VISIT)
    doorway.door.close()
    doorway.pins.reset()
    doorway.start()
    doorway.steps(VISIT)
    assert len(doorway.facts(CheckedIn)) == 1
    assert len(doorway.facts(ServiceStarted)) == 2
    assert doorway.message() == "already"


def test_whoever_was_taken_off_the_roll_does_not_come_back_by_face_alone(doorway: Doorway) -> None:
    doorway.corridor.stand("an")
    doorway.steps(VISIT)
    doorway.append(CheckInRevoked(meeting="m-1", delegate="an", by="thu-ky", reason="nhầm người"))
    doorway.corridor.leave("an")
    doorway.steps(15)
    doorway.corridor.stand("an")
    doorway.steps(VISIT)
    assert len(doorway.facts(CheckedIn)) == 1
    shown = doorway.ask("frame")["result"]
    assert (shown["message"]["code"], shown["faces"][0]["name"]) == ("unknown", None)


def test_somebody_far_away_is_asked_to_come_closer(doorway: Doorway) -> None:
    doorway.corridor.stand("an", width=70)
    doorway.steps(5)
    assert doorway.message() == "closer"
    assert doorway.corridor.described == 0


def test_a_face_that_is_turned_away_is_not_described(doorway: Doorway) -> None:
    doorway.corridor.stand("an")
    doorway.corridor.people["an"].turned = 0.4
    doorway.steps(VISIT)
    assert doorway.corridor.described == 0
    assert doorway.message() == "turn"


@pytest.mark.parametrize(
    ("light", "sharpness", "code"), [(20, 50.0, "dark"), (255, 50.0, "bright"), (90, 2.0, "still")]
)
def test_what_keeps_the_camera_from_seeing_is_said(doorway: Doorway, light: int, sharpness: float, code: str) -> None:
    doorway.corridor.stand("an")
    doorway.corridor.people["an"].sharpness, doorway.corridor.light = sharpness, light
    doorway.steps(VISIT)
    assert doorway.message() == code
    assert doorway.corridor.described == 0


def test_each_stage_is_said(doorway: Doorway) -> None:
    said: list[str] = []
    for n in range(30):
        if n == 2:
            doorway.corridor.stand("an", width=65)
        if n == 14:
            doorway.corridor.stand("an", width=90)
            doorway.corridor.people["an"].turned = 0.4
        if n == 28:
            doorway.corridor.people["an"].turned = 0.0
        doorway.steps(1)
        if not said or said[-1] != doorway.door._screen.message.code:
            said.append(doorway.door._screen.message.code)
    assert said == ["look", "closer", "turn"]
    doorway.steps(5)
    assert doorway.message() == "welcome"


def test_a_stranger_reads_where_the_pin_is_for_as_long_as_they_stand_there(doorway: Doorway) -> None:
    doorway.corridor.stand("xa-la")
    doorway.steps(3 * LONG)
    assert doorway.message() == "unknown"
    doorway.corridor.leave("xa-la")
    doorway.steps(15)
    assert doorway.message() == "look"


def test_a_delegate_who_steps_up_while_a_stranger_stands_there_is_greeted(doorway: Doorway) -> None:
    doorway.corridor.stand("xa-la", x=50)
    doorway.steps(LONG)
    doorway.corridor.stand("an", x=400)
    doorway.steps(VISIT)
    assert doorway.message() == "welcome"


def test_four_at_once_are_each_greeted_within_a_second(tmp_path: Path) -> None:
    names = ["an", "binh", "chi", "dung"]
    world = Doorway(tmp_path, names)
    world.convene()
    for place, name in enumerate(names):
        world.corridor.stand(name, x=10 + 155 * place)
    world.steps(10)
    assert {fact.delegate for fact in world.facts(CheckedIn)} == set(names)
    assert {face["state"] for face in world.ask("frame")["result"]["faces"]} == {"welcome"}
    world.close()


def test_a_slow_network_leaves_frames_out_and_never_falls_behind(doorway: Doorway) -> None:
    """A descriptor takes 0.25 s, two and a half frames of a camera that does not wait."""
    doorway.corridor.live, doorway.corridor.describing = True, 0.25
    doorway.steps(2)
    doorway.corridor.stand("an", x=50)
    doorway.corridor.stand("binh", x=400)
    seen = []
    for _ in range(12):
        doorway.steps(1)
        frame = doorway.door._frame
        assert frame is not None
        seen.append(frame.index)
        assert doorway.clock.monotonic() - frame.monotonic <= 2 * 0.25, "older than one turn"
    assert {fact.delegate for fact in doorway.facts(CheckedIn)} == {"an", "binh"}
    dropped = seen[-1] - seen[0] + 1 - len(seen)
    assert dropped >= 8
    assert doorway.ask("status")["result"]["dropped"] >= dropped


def test_a_forgotten_delegate_is_a_stranger_at_once(doorway: Doorway) -> None:
    doorway.steps(1)
    doorway.forget("an")
    doorway.corridor.stand("an")
    doorway.steps(LONG)
    assert doorway.facts(CheckedIn) == []
    assert doorway.ask("status")["result"]["gallery"]["identities"] == 2


def test_status_says_how_the_door_fares(doorway: Doorway) -> None:
    doorway.steps(20)
    status = doorway.ask("status")["result"]
    assert status["camera"] == "ok"
    assert status["frames_per_second"] == 10.0
    assert status["gallery"]["identities"] == 3
    assert status["gallery"]["model"] == "e" * 64
    assert 0.2 < status["gallery"]["threshold"] < 1.0


def test_an_unknown_question_is_refused(doorway: Doorway) -> None:
    assert doorway.ask("open_the_safe")["refusal"]["code"] == "unknown-command"


@pytest.mark.parametrize(
    ("keys", "turn"), [(("door.looks",), Turn.RESTART), (("camera.source",), Turn.RESTART), (("web.port",), Turn.AGAIN)]
)
def test_a_new_configuration_of_ours_asks_for_a_new_start(doorway: Doorway, keys: tuple[str, ...], turn: Turn) -> None:
    doorway.steps(1)
    doorway.append(ConfigurationChanged(configuration="d" * 64, keys=keys, by="ky-thuat"))
    assert doorway.steps(1) is turn


def test_a_recording_that_is_over_leaves_the_service_up(doorway: Doorway) -> None:
    doorway.steps(2)
    doorway.corridor.ended = True
    assert doorway.steps(2) is Turn.AGAIN
    status = doorway.ask("status")["result"]
    assert (status["camera"], status["symptom"]) == ("lost", "recording over")


def test_until_end_means_done_with_the_recording(tmp_path: Path) -> None:
    world = Doorway(tmp_path, ["an"], until_end=True)
    world.corridor.ended = True
    assert world.steps(1) is Turn.DONE
    world.close()


def test_it_does_not_start_with_an_unset_clock(tmp_path: Path) -> None:
    class Unset:
        def now(self) -> Instant:
            return Instant(datetime(1970, 1, 1, tzinfo=UTC).isoformat(), False)

        def monotonic(self) -> float:
            return 0.0

    with pytest.raises(DeviceError, match=r"1970.*set it"):
        Doorway(tmp_path, ["an"], clock=Unset())


def test_it_does_not_start_before_the_device_is_installed(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "empty.sqlite", events.Writer.DOOR)
    with pytest.raises(JournalError, match="start `appliance ballot` first"):
        Doorway(tmp_path, ["an"], writer=writer)


def test_it_does_not_start_without_its_camera(tmp_path: Path) -> None:
    def missing() -> Any:
        raise CameraLost("there is no /dev/video0", "plug it in")

    with pytest.raises(DeviceError, match="no /dev/video0; plug it in"):
        Doorway(tmp_path, ["an"], open_camera=missing)


def test_without_a_configured_camera_the_door_says_so_and_stays(tmp_path: Path) -> None:
    world = Doorway(tmp_path, ["an"], open_camera=None)
    world.convene()
    shown = world.ask("frame")["result"]
    assert (shown["jpeg"], shown["message"]["code"]) == (None, "camera-lost")
    assert world.ask("status")["result"]["camera"] == "none"
    world.close()


def test_drawn_people_walk_up_and_are_seen_with_dlib(tmp_path: Path) -> None:
    """Two enrolled delegates and a stranger in a corridor, through the real detector and the real network.

    Each stands where the one before stood less than a second earlier, and the two delegates are only 0.35 apart.
    """
    detector, embedder = Hog(80), OnnxEmbedder(graph.built())
    people = [portrait.Person.from_seed(seed) for seed in (*portrait.COUNCIL[:2], portrait.STRANGERS[0])]
    describing = Describing(detector, embedder)
    pictures = [[describing.describe(_on_grey(p, yaw)) for yaw in (-6, 6)] for p in people[:2]]
    assert not any(isinstance(found, str) for found in pictures[0] + pictures[1])
    world = Doorway(
        tmp_path,
        ["an", "binh"],
        recogniser=Recogniser(detector, embedder, looks=2, fpir=0.01),
        gallery=Templates([Template(n, np.array(d)) for n, d in zip(("an", "binh"), pictures, strict=True)]),
        open_camera=lambda: _Clip(people),
        until_end=True,
    )
    world.convene()
    while world.door.step() is Turn.AGAIN:
        pass
    assert [fact.delegate for fact in world.facts(CheckedIn)] == ["an", "binh"]
    assert [fact.decision for fact in world.facts(FaceNotIdentified)] == ["unknown"]
    world.close()


class _Clip:
    """A walk as a camera, at five frames a second: the network is slow."""

    def __init__(self, people: list[portrait.Person]) -> None:
        arrivals = [walk.Arrival(person, at=2.6 * n, approach=0.4, stand=1.6) for n, person in enumerate(people)]
        self._frames = iter(walk.Walk(arrivals, fps=5, tail=1.6))
        self._index = -1

    def read(self) -> Frame | None:
        image = next(self._frames, None)
        self._index += 1
        return None if image is None else framed(image, self._index, self._index / 5)

    def close(self) -> None:
        """Nothing to close."""


def _on_grey(person: portrait.Person, yaw: float) -> Any:
    drawn = portrait.draw(person, size=360, yaw=yaw)
    alpha = drawn.alpha[..., None] / 255
    picture = (drawn.rgb * alpha + 150 * (1 - alpha)).astype(np.uint8)
    return cv2.copyMakeBorder(picture, 20, 20, 20, 20, cv2.BORDER_CONSTANT, value=(150, 150, 150))
