"""Which looks at a face can be used, why others cannot, and which of two is better."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.camera import Image
from appliance.camera.framing import framed, from_bgr
from appliance.face import Box, graph
from appliance.face.embedder import Chip, OnnxEmbedder
from appliance.face.hog import Hog
from appliance.face.quality import INSIDE, Hint, Quality, judge, prominence
from tests.face.test_faces import scene

FACES = Path(__file__).parents[3] / "shared" / "data" / "faces"
GOOD = Quality(110, 1.0, 100, 0.05, 120, 180, 0.0, 0.05, 0.8)


@pytest.fixture(scope="module")
def look() -> tuple[Image, Box, Chip]:
    """A drawn delegate in even light, where the detector sees the face, and cut out."""
    picture = scene(300)
    (face,) = Hog(80).find(framed(picture, 0, 0.0))
    return picture, face.box, OnnxEmbedder(graph.built()).align(picture, face.box)


def test_a_good_look_has_no_hint_and_nearly_full_weight(look: tuple[Image, Box, Chip]) -> None:
    quality = judge(*look)
    assert quality.hint(80) is None
    assert quality.score > 0.8
    assert quality.size == look[1].w


def test_a_lamp_off_makes_it_too_dark_and_a_window_behind_makes_it_backlit(look: tuple[Image, Box, Chip]) -> None:
    picture, box, chip = look
    dark = (picture * 0.1).astype(np.uint8)
    assert judge(dark, box, chip).hint() is Hint.TOO_DARK
    bright = np.full_like(picture, 240)
    middle = _head(picture, box)
    window = np.where(middle[..., None], dark, bright)
    assert judge(window, box, chip).hint() is Hint.BACKLIT


def test_a_window_behind_a_face_that_is_well_exposed_is_no_reason_to_refuse(look: tuple[Image, Box, Chip]) -> None:
    picture, box, chip = look
    window = np.where(_head(picture, box)[..., None], picture, np.full_like(picture, 255))
    assert judge(window, box, chip).hint() is None


def test_dark_skin_in_good_light_is_not_too_dark(look: tuple[Image, Box, Chip]) -> None:
    """Skin that sends back a third of the light still has its highlights."""
    picture, box, chip = look
    assert judge((picture * 0.35).astype(np.uint8), box, chip).hint() is None


def test_burnt_out_is_too_bright(look: tuple[Image, Box, Chip]) -> None:
    picture, box, chip = look
    flash = np.clip(picture.astype(np.int32) * 3, 0, 255).astype(np.uint8)
    quality = judge(flash, box, chip)
    assert quality.hint() is Hint.TOO_BRIGHT
    assert quality.score < judge(picture, box, chip).score


def test_light_from_one_side_weighs_less_but_is_used(look: tuple[Image, Box, Chip]) -> None:
    picture, box, chip = look
    lit = np.clip((np.arange(picture.shape[1]) - box.x) / box.w, 0.1, 1)
    side = (picture * lit[None, :, None]).astype(np.uint8)
    quality = judge(side, box, chip)
    assert quality.hint() is None
    assert quality.uneven > judge(picture, box, chip).uneven
    assert quality.score < judge(picture, box, chip).score


@pytest.mark.parametrize("shift", [-0.5, 0.5])
def test_half_a_face_at_the_edge_is_cut_off(look: tuple[Image, Box, Chip], shift: float) -> None:
    picture, box, chip = look
    edge = Box(shift * box.w if shift < 0 else picture.shape[1] - box.w / 2, box.y, box.w, box.h)
    quality = judge(picture, edge, chip)
    assert quality.inside == pytest.approx(0.5, abs=0.01)
    assert quality.hint() is Hint.CUT_OFF


@pytest.mark.parametrize("box", [Box(-300, 0, 80, 80), Box(9999, 9999, 80, 80), Box(0, -81, 80, 80)])
def test_a_box_outside_of_the_picture_is_cut_off_and_weighs_nothing(look: tuple[Image, Box, Chip], box: Box) -> None:
    quality = judge(look[0], box, look[2])
    assert (quality.hint(), quality.score) == (Hint.CUT_OFF, 0.0)


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        ({"size": 79.0}, Hint.TOO_SMALL),
        ({"inside": INSIDE - 0.01}, Hint.CUT_OFF),
        ({"turned": 0.36}, Hint.TURNED),
        ({"highlight": 30.0, "behind": 2.5}, Hint.BACKLIT),
        ({"highlight": 30.0}, Hint.TOO_DARK),
        ({"clipped": 0.4}, Hint.TOO_BRIGHT),
        ({"sharpness": 7.0}, Hint.BLURRED),
    ],
)
def test_every_hint_has_its_cause(change: dict[str, float], hint: Hint) -> None:
    assert GOOD.hint(80) is None
    assert replace(GOOD, **change).hint(80) is hint


def test_the_face_in_the_middle_is_the_one_a_portrait_is_about() -> None:
    picture = np.zeros((250, 250, 3), np.uint8)
    middle, beside = Box(80, 80, 90, 90), Box(190, 30, 100, 100)
    assert prominence(middle, picture) > prominence(beside, picture) > 0
    assert prominence(Box(70, 70, 110, 110), picture) > prominence(middle, picture)


def test_the_first_thing_to_change_is_said_first() -> None:
    assert replace(GOOD, size=40, turned=0.5, sharpness=1, highlight=10).hint(80) is Hint.TOO_SMALL
    assert replace(GOOD, highlight=10, sharpness=1).hint(80) is Hint.TOO_DARK, "in the dark everything is blurred"


@pytest.mark.parametrize(
    "worse", [{"size": 60}, {"sharpness": 12}, {"turned": 0.3}, {"clipped": 0.3}, {"highlight": 60}, {"uneven": 0.4}]
)
def test_whatever_is_worse_lowers_the_score_but_leaves_some_weight(worse: dict[str, float]) -> None:
    assert 0.2 < replace(GOOD, **worse).score < GOOD.score


NUMBER = st.floats(0, 1000)


@given(st.builds(Quality, NUMBER, st.floats(0, 1), NUMBER, st.floats(0, 3), *[st.floats(0, 255)] * 2, *[NUMBER] * 3))
def test_a_score_is_between_nothing_and_one(quality: Quality) -> None:
    assert 0 <= quality.score <= 1


@pytest.mark.parametrize("value", [0, 255])
def test_black_and_white_frames_and_frames_of_8_pixels_have_their_hint(
    look: tuple[Image, Box, Chip], value: int
) -> None:
    chip = replace(look[2], sharpness=0.0)
    for side in (8, 640):
        quality = judge(np.full((side, side, 3), value, np.uint8), Box(0, 0, side, side), chip)
        assert quality.hint() is (Hint.TOO_BRIGHT if value else Hint.TOO_DARK)


@pytest.mark.shared_data
@pytest.mark.skipif(not FACES.is_dir(), reason="needs the shared photographs of faces")
def test_99_of_100_portraits_pass() -> None:
    detector, embedder = Hog(80), OnnxEmbedder(graph.built())
    hints = []
    for path in sorted(FACES.glob("probes/*/*"))[::2]:
        picture = from_bgr(np.asarray(cv2.imread(str(path))))
        faces = detector.find(framed(picture, 0, 0.0))
        if faces:
            box = max((face.box for face in faces), key=lambda box: box.w)
            hints.append(judge(picture, box, embedder.align(picture, box)).hint())
    assert len(hints) > 100
    assert sum(hint is None for hint in hints) >= 0.985 * len(hints)


def _head(picture: Image, box: Box) -> np.ndarray:
    """Where the head is: an ellipse around the face."""
    mask = np.zeros(picture.shape[:2], np.uint8)
    x, y = box.centre
    cv2.ellipse(mask, (round(x), round(y - 0.1 * box.h)), (round(0.68 * box.w), round(0.8 * box.h)), 0, 0, 360, 1, -1)
    return mask > 0
