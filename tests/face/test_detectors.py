"""One contract for whatever finds faces: HOG, and YuNet where its file is at hand."""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from appliance.camera import Frame, Image
from appliance.camera.framing import framed, from_bgr
from appliance.cli import detector_option
from appliance.errors import DeviceError
from appliance.face import Box
from appliance.face.alignment import Aligner
from appliance.face.attention import Attentive
from appliance.face.detector import Detector, open_detector
from appliance.face.hog import Hog
from appliance.face.models import catalogue
from appliance.face.yunet import PLACES, UPRIGHT, YuNet, hog_box
from tests.face.test_faces import scene

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
YUNET = DATA / "models" / "face_detection_yunet_2026may.onnx"

with_yunet = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not YUNET.is_file(), reason="YuNet's file is not in ../shared/data/models"),
]
BOTH = ["hog", pytest.param("yunet", marks=with_yunet), "hog, attentive"]


def opened(choice: str, smallest_face: int) -> Detector:
    name, _, attentive = choice.partition(", ")
    detector = open_detector(name, smallest_face, YUNET)
    return Attentive(detector) if attentive else detector


def seen(picture: Image) -> Frame:
    return framed(picture, 0, 0.0)


# What holds for every detector ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("choice", BOTH)
@pytest.mark.parametrize("person", range(4))
def test_a_face_is_found_once_and_where_it_is(choice: str, person: int) -> None:
    (found,) = opened(choice, 80).find(seen(scene(300, person=person)))
    assert found.box.centre == pytest.approx((270, 190), abs=0.12 * 300)
    assert found.box.w == pytest.approx(0.38 * 300, rel=0.3)
    assert found.confidence > 0


@pytest.mark.parametrize("choice", BOTH)
def test_two_faces_are_two_the_surest_first(choice: str) -> None:
    picture = np.hstack([scene(300, person=0), scene(300, person=1)])
    found = opened(choice, 80).find(seen(picture))
    assert sorted(round(face.box.centre[0] / 640, 1) for face in found) == [0.4, 1.4]
    assert found == sorted(found, key=lambda face: -face.confidence)


@pytest.mark.parametrize("choice", BOTH)
def test_a_face_of_the_smallest_size_is_found_and_one_of_half_of_it_is_not(choice: str) -> None:
    detector = opened(choice, 110)
    assert len(detector.find(seen(scene(300)))) == 1
    assert all(face.box.w < 110 for face in detector.find(seen(scene(130))))


@pytest.mark.parametrize("choice", BOTH)
def test_boxes_are_in_pixels_of_the_whole_frame(choice: str) -> None:
    (found,) = opened(choice, 160).find(seen(scene(600, at=(900, 100), frame=1600)))
    assert found.box.centre == pytest.approx((1200, 400), abs=72)


@pytest.mark.parametrize("choice", BOTH)
@pytest.mark.parametrize("value", [0, 90, 255])
def test_an_empty_frame_has_no_faces(choice: str, value: int) -> None:
    assert opened(choice, 80).find(seen(np.full((360, 640, 3), value, np.uint8))) == []


@pytest.mark.parametrize("choice", BOTH)
@pytest.mark.parametrize("seed", range(5))
def test_noise_has_no_faces(choice: str, seed: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, (360, 640, 3)).astype(np.uint8)
    assert opened(choice, 80).find(seen(noise)) == []


@pytest.mark.parametrize("choice", BOTH)
@pytest.mark.parametrize("shape", [(8, 8), (1, 1), (8, 640), (640, 8)])
def test_a_frame_of_a_few_pixels_has_no_faces(choice: str, shape: tuple[int, int]) -> None:
    detector = opened(choice, 80)
    for value in (0, 255):
        assert detector.find(seen(np.full((*shape, 3), value, np.uint8))) == []
    assert len(detector.find(seen(scene(300)))) == 1, "the next frame is as it should be"


@pytest.mark.parametrize("choice", BOTH)
def test_a_4k_frame_is_searched_at_the_size_that_the_smallest_face_asks_for(choice: str) -> None:
    large = cv2.resize(scene(360), (3840, 2880), interpolation=cv2.INTER_LINEAR)
    (found,) = opened(choice, 600).find(seen(large))
    (small,) = opened(choice, 100).find(seen(scene(360)))
    assert found.box.w == pytest.approx(6 * small.box.w, rel=0.2)
    assert found.box.centre == pytest.approx((6 * small.box.centre[0], 6 * small.box.centre[1]), rel=0.05)


@pytest.mark.parametrize("choice", BOTH)
def test_a_camera_upside_down_gives_nothing_but_the_place_and_turned_round_all(choice: str) -> None:
    """Both detectors may see a drawn face in one that stands on its head. What the chip is worth, its quality tells."""
    picture = np.ascontiguousarray(scene(360)[::-1, ::-1])
    for face in opened(choice, 80).find(seen(picture)):
        assert face.box.centre == pytest.approx((340, 260), abs=80)
    assert len(opened(choice, 80).find(framed(picture, 0, 0.0, rotate=180))) == 1


@pytest.mark.parametrize("choice", BOTH)
def test_the_same_frame_gives_the_same_faces_whatever_came_between(choice: str) -> None:
    detector, frame = opened(choice, 80), seen(scene(300))
    first = detector.find(frame)
    detector.find(seen(scene(600, frame=1600)))
    assert detector.find(frame) == first


# Which one -----------------------------------------------------------------------------------------------------------


def test_auto_without_the_file_is_hog_and_says_so() -> None:
    detector = open_detector("auto", 80, None)
    assert (detector.name, detector.smallest_face) == ("hog", 80)


def test_hog_is_hog_even_where_the_file_is() -> None:
    assert open_detector("hog", 80, YUNET).name == "hog"


def test_yunet_without_its_file_is_refused_with_what_to_do() -> None:
    with pytest.raises(DeviceError, match=r"its model file is not there; run `appliance models fetch`"):
        open_detector("yunet", 80, None)


def test_another_choice_is_named() -> None:
    with pytest.raises(ValueError, match="cascade: not a detector; there are auto, yunet, hog"):
        open_detector("cascade", 80, None)


def test_a_file_that_is_no_network_is_named(tmp_path: Path) -> None:
    (tmp_path / "yunet.onnx").write_bytes(b"no network")
    with pytest.raises(DeviceError, match=r"yunet\.onnx: OpenCV cannot load it \(.*\); run `appliance models fetch`"):
        YuNet(tmp_path / "yunet.onnx", 80)


def options(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--state")
    detector_option.configure(parser)
    return parser.parse_args(words)


def test_a_bench_takes_the_file_it_is_given_and_no_other(tmp_path: Path) -> None:
    wrong, absent = tmp_path / "wrong.onnx", tmp_path / "absent.onnx"
    wrong.write_bytes(b"other weights")
    with pytest.raises(DeviceError) as caught:
        detector_option.opened(options("--yunet", str(wrong)), 80)
    assert catalogue()["detector"].sha256 in str(caught.value)
    assert hashlib.sha256(b"other weights").hexdigest() in str(caught.value)
    with pytest.raises(DeviceError, match=r"absent\.onnx: no such file"):
        detector_option.opened(options("--yunet", str(absent)), 80)


def test_a_bench_without_options_takes_what_the_state_directory_has(tmp_path: Path) -> None:
    state = ("--state", str(tmp_path))
    assert detector_option.opened(options(*state), 80).name == "hog"
    assert detector_option.opened(options(*state, "--detector", "hog"), 80).name == "hog"
    with pytest.raises(DeviceError, match="models fetch"):
        detector_option.opened(options(*state, "--detector", "yunet"), 80)


@pytest.mark.shared_data
@pytest.mark.skipif(not YUNET.is_file(), reason="YuNet's file is not in ../shared/data/models")
def test_a_bench_takes_yunet_from_the_file_it_is_given() -> None:
    assert detector_option.opened(options("--yunet", str(YUNET)), 80).name == "yunet"


@pytest.mark.shared_data
@pytest.mark.skipif(not YUNET.is_file(), reason="YuNet's file is not in ../shared/data/models")
@pytest.mark.parametrize("choice", ["auto", "yunet"])
def test_yunet_is_taken_where_its_file_is(choice: str) -> None:
    assert isinstance(open_detector(choice, 80, YUNET), YuNet)


# HOG's box around five points ----------------------------------------------------------------------------------------


def points(box: Box, *, roll: float = 0.0) -> np.ndarray:
    """A face that fills this box, rolled around the box's middle by so many degrees."""
    z = complex(*box.centre) + box.w * np.exp(1j * np.radians(roll)) * PLACES
    return np.stack([z.real, z.imag], axis=1)


@pytest.mark.parametrize("roll", [-30, 0, 20])
def test_a_face_in_its_places_gets_its_box(roll: float) -> None:
    box = hog_box(points(Box(40, 60, 100, 100), roll=roll))
    assert box is not None
    assert (box.x, box.y, box.w, box.h) == pytest.approx((40, 60, 100, 100))


def test_one_misplaced_point_moves_the_box_by_less_than_itself() -> None:
    five = points(Box(40, 60, 100, 100))
    five[2] += (10, 0)
    box = hog_box(five)
    assert box is not None
    assert 0 < abs(box.centre[0] - 90) < 4


@pytest.mark.parametrize("roll", [UPRIGHT + 1, -UPRIGHT - 1, 180])
def test_a_face_that_is_not_upright_gets_none(roll: float) -> None:
    assert hog_box(points(Box(40, 60, 100, 100), roll=roll)) is None


def test_five_points_in_one_place_are_no_face() -> None:
    assert hog_box(np.full((5, 2), 30.0)) is None


@pytest.mark.shared_data
@pytest.mark.skipif(not YUNET.is_file(), reason="YuNet's file is not in ../shared/data/models")
def test_both_lay_their_boxes_alike_around_photographed_faces_and_align_them_alike() -> None:
    hog, yunet, aligner = Hog(64), YuNet(YUNET, 64), Aligner()
    overlaps, apart = [], []
    for path in sorted(DATA.glob("faces/probes/*/*"))[::3]:
        frame = seen(from_bgr(np.asarray(cv2.imread(str(path)))))
        boxes = [face.box for face in yunet.find(frame)]
        for face in hog.find(frame)[:1]:
            near = max(boxes, key=face.box.overlap)
            overlaps.append(near.overlap(face.box))
            chips = [aligner.align(frame.image, box).image.astype(float) for box in (face.box, near)]
            apart.append(float(np.abs(chips[0] - chips[1]).mean()))
    assert len(overlaps) > 60
    assert np.median(overlaps) > 0.75
    assert np.quantile(overlaps, 0.02) > 0.5
    assert np.median(apart) < 3, "of 255: the chips are nearly the same picture"
