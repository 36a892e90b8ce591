"""What the gate lets pass: a corridor in which somebody comes, stands, leaves, and switches the light."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
import pytest

from appliance.camera import Frame
from appliance.camera.framing import framed
from appliance.face import Box, Face
from appliance.face.attention import GLANCE_SECONDS, STALE_SECONDS, Attentive, part
from appliance.face.detector import Detector
from appliance.face.hog import Hog
from appliance.face.motion import Gate
from tests.face.test_faces import scene

STEP = 0.1


@dataclass
class Corridor:
    """A wall with a pattern, people before it, a lamp, and a sensor that is noisy. Also the detector that sees them."""

    noise: float = 0.0
    width: int = 640
    light: float = 1.0
    people: dict[str, Box] = field(default_factory=dict)
    now: float = 0.0
    searched: list[int] = field(default_factory=list)  # pixels of each frame that was searched

    name = "corridor"
    smallest_face = 80

    def __post_init__(self) -> None:
        self._rng = np.random.default_rng(1)
        height = self.width * 9 // 16
        wall = np.random.default_rng(2).integers(60, 180, (9, 16, 3)).astype(np.uint8)
        self._grain = self._rng.normal(0, self.noise, (height, self.width, 3)).astype(np.float32)
        self._wall = cv2.resize(wall, (self.width, height), interpolation=cv2.INTER_LINEAR)

    def frame(self) -> Frame:
        """The next one, a tenth of a second later."""
        self.now += STEP
        picture = self._wall.copy()
        for box in self.people.values():
            centre, axes = (round(box.centre[0]), round(box.centre[1])), (round(box.w / 2), round(0.7 * box.w))
            cv2.ellipse(picture, centre, axes, 0, 0, 360, (190, 150, 130), -1)
        seen = picture * np.float32(self.light)
        seen += np.roll(self._grain, tuple(self._rng.integers(0, 999, 2)), (0, 1))
        return framed(np.clip(seen, 0, 255).astype(np.uint8), round(self.now / STEP), self.now)

    def find(self, frame: Frame) -> list[Face]:
        """Everybody whose skin is where they stand, in whatever part of the picture this is."""
        self.searched.append(frame.image.shape[0] * frame.image.shape[1])
        skin = cv2.inRange(frame.image, (178, 138, 118), (202, 162, 142))
        count, _, stats, _ = cv2.connectedComponentsWithStats(skin)
        return [
            Face(Box(float(x), float(y + 0.15 * h), float(w), float(w)), 1.0)
            for x, y, w, h, area in stats[1:count]
            if area > 1500
        ]


def moved(gate: Gate, corridor: Corridor, frames: int) -> int:
    return sum(gate.moved(corridor.frame()) for _ in range(frames))


def settled(corridor: Corridor) -> Gate:
    """A gate that has seen the corridor for a second."""
    gate = Gate()
    moved(gate, corridor, 10)
    return gate


# The gate ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("noise", [0.0, 3.0, 12.0])
@pytest.mark.parametrize("width", [320, 1280])
def test_noise_alone_is_no_motion(noise: float, width: int) -> None:
    corridor = Corridor(noise, width)
    gate = Gate()
    assert gate.moved(corridor.frame()), "of the first frame nothing is known"
    assert moved(gate, corridor, 30) == 0


@pytest.mark.parametrize("noise", [0.0, 3.0, 12.0])
def test_somebody_comes_and_leaves(noise: float) -> None:
    corridor = Corridor(noise)
    gate = settled(corridor)
    corridor.people["an"] = Box(300, 100, 64, 64)
    assert gate.moved(corridor.frame())
    assert moved(gate, corridor, 20) == 0, "stands there"
    del corridor.people["an"]
    assert gate.moved(corridor.frame())


def test_a_face_that_comes_nearer_slowly_is_seen_again_and_again() -> None:
    corridor = Corridor(3.0)
    corridor.people["an"] = Box(300, 100, 64, 64)
    gate = settled(corridor)
    seen = []
    for n in range(60):
        corridor.people["an"] = Box(300 - n / 4, 100, 64 + n / 2, 64)  # half a pixel a frame
        seen.append(gate.moved(corridor.frame()))
    assert sum(seen) >= 4
    assert sum(seen) < 40, "between two times nothing has moved by enough"


def test_a_lamp_is_switched() -> None:
    corridor = Corridor(3.0, light=0.3)
    gate = settled(corridor)
    corridor.light = 1.0
    assert gate.moved(corridor.frame())


def test_the_evening_falls_and_moves_nothing() -> None:
    corridor = Corridor(3.0)
    gate = settled(corridor)
    count = 0
    for _ in range(100):
        corridor.light -= 0.0005  # a twentieth of the light in ten seconds
        count += gate.moved(corridor.frame())
    assert count <= 3


def test_a_person_who_comes_while_the_light_changes_is_no_less_there() -> None:
    corridor = Corridor(3.0)
    gate = settled(corridor)
    corridor.light, corridor.people["an"] = 0.95, Box(300, 100, 64, 64)
    assert gate.moved(corridor.frame())


def test_another_size_of_the_frame_is_motion_and_a_tiny_one_is_compared_too() -> None:
    gate = settled(Corridor())
    assert gate.moved(framed(np.zeros((8, 8, 3), np.uint8), 0, 0.0))
    assert not gate.moved(framed(np.zeros((8, 8, 3), np.uint8), 1, 0.1))
    assert gate.moved(framed(np.full((8, 8, 3), 255, np.uint8), 2, 0.2))


# A detector behind it ------------------------------------------------------------------------------------------------


def watched(corridor: Corridor, seconds: float) -> list[list[Face]]:
    """What an attentive detector gives in so many seconds."""
    attentive = Attentive(corridor)
    return [attentive.find(corridor.frame()) for _ in range(round(seconds / STEP))]


def test_an_empty_corridor_is_searched_once_a_second() -> None:
    corridor = Corridor(3.0)
    assert not any(watched(corridor, 10.0))
    assert 10 <= len(corridor.searched) <= 11


def test_whoever_stands_still_stays_found_and_is_searched_for_once_a_second() -> None:
    corridor = Corridor(3.0)
    corridor.people["an"] = Box(300, 100, 80, 80)
    found = watched(corridor, 5.0)
    assert [len(faces) for faces in found] == [1] * 50
    assert len(corridor.searched) <= 6


def test_whoever_comes_is_found_in_the_same_frame() -> None:
    corridor = Corridor(3.0)
    attentive = Attentive(corridor)
    for _ in range(7):
        assert attentive.find(corridor.frame()) == []
    corridor.people["an"] = Box(300, 100, 80, 80)
    assert len(attentive.find(corridor.frame())) == 1
    del corridor.people["an"]
    assert attentive.find(corridor.frame()) == []


def test_whoever_walks_is_followed_at_little_cost_and_a_second_one_is_found_in_a_quarter_of_a_second() -> None:
    corridor = Corridor(3.0)
    attentive = Attentive(corridor)
    waited = None
    for n in range(40):
        corridor.people["an"] = Box(60 + 8 * n, 100, 80, 80)
        if n == 21:
            corridor.people["binh"] = Box(540, 60, 80, 80)
        found = attentive.find(corridor.frame())
        assert found[0].box.centre[0] == pytest.approx(100 + 8 * n, abs=3) or len(found) == 2
        if len(found) == 2 and waited is None:
            waited = n - 21
    assert waited is not None
    assert waited * STEP <= GLANCE_SECONDS
    assert attentive.glanced >= 15
    assert sum(corridor.searched) < 0.75 * 40 * 640 * 360


def test_whoever_leaps_out_of_their_surroundings_is_found_in_the_same_frame() -> None:
    corridor = Corridor(3.0)
    attentive = Attentive(corridor)
    for n in range(12):
        corridor.people["an"] = Box(60 if n % 2 else 500, 100, 80, 80)
        (face,) = attentive.find(corridor.frame())
        assert face.box.centre[0] == pytest.approx(100 if n % 2 else 540, abs=3)


def test_what_the_gate_cannot_see_is_overlooked_for_a_second_at_most() -> None:
    """Somebody whose clothes and skin are the wall's: the detector knows better than the gate."""
    corridor = Corridor()
    attentive = Attentive(corridor)
    attentive.find(corridor.frame())
    corridor.find = lambda frame: [Face(Box(300, 100, 80, 80), 1.0)]  # type: ignore[method-assign]
    waits = [len(attentive.find(corridor.frame())) for _ in range(12)]
    assert waits.index(1) * STEP <= STALE_SECONDS + STEP


def test_time_that_runs_backwards_is_no_reason_to_keep_old_faces() -> None:
    corridor = Corridor()
    corridor.people["an"] = Box(300, 100, 80, 80)
    attentive = Attentive(corridor)
    attentive.find(corridor.frame())
    corridor.now = -100.0
    attentive.find(corridor.frame())
    assert len(corridor.searched) == 2


@pytest.mark.parametrize("frame", [640, 1600])
def test_a_real_detector_gives_the_same_face_from_the_surroundings_as_from_the_frame(frame: int) -> None:
    detector: Detector = Hog(80 * frame // 640)
    whole = framed(scene(300 * frame // 640, at=(200, 100), frame=frame), 0, 0.0)
    (known,) = detector.find(whole)
    small, x, y = part(whole, known.box)
    assert small.image.shape[0] * small.image.shape[1] < 0.6 * frame * frame * 3 / 4
    (again,) = detector.find(small)
    shifted = Box(again.box.x + x, again.box.y + y, again.box.w, again.box.h)
    assert shifted.overlap(known.box) > 0.7
