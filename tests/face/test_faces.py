"""Finding and describing faces with dlib, on drawn people; and which model files are allowed."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
import pytest

from appliance.camera import Frame, Image
from appliance.camera.framing import framed
from appliance.demo import portrait
from appliance.errors import DeviceError
from appliance.face import Box, graph
from appliance.face.alignment import CHIP, RIM, VIEWS
from appliance.face.embedder import OnnxEmbedder
from appliance.face.hog import Hog
from appliance.face.models import catalogue


def scene(size: int, *, at: tuple[int, int] = (120, 40), person: int = 0, yaw: float = 0, frame: int = 640) -> Image:
    """A drawn delegate, `size` pixels square (the face is 0.38 of it), on grey."""
    drawn = portrait.draw(portrait.Person.from_seed(portrait.COUNCIL[person]), size=size, yaw=yaw)
    picture = np.full((frame * 3 // 4, frame, 3), 150, np.uint8)
    x, y = at
    part = picture[y : y + size, x : x + size]
    rgb, alpha = drawn.rgb[: len(part), : part.shape[1]], drawn.alpha[: len(part), : part.shape[1], None] / 255
    part[:] = (rgb * alpha + part * (1 - alpha)).astype(np.uint8)
    return picture


def seen(picture: Image) -> Frame:
    return framed(picture, 0, 0.0)


@pytest.fixture(scope="module")
def embedder() -> OnnxEmbedder:
    return OnnxEmbedder(graph.built())


@pytest.mark.parametrize(("smallest", "size"), [(80, 300), (160, 480), (40, 130)])
def test_a_face_is_found_where_it_is(smallest: int, size: int) -> None:
    (found,) = Hog(smallest).find(seen(scene(size)))
    assert found.box.centre[0] == pytest.approx(120 + size / 2, abs=0.12 * size)
    assert found.box.w == pytest.approx(0.38 * size, rel=0.3)


def test_a_face_smaller_than_asked_for_is_not_searched_for() -> None:
    assert Hog(160).find(seen(scene(130))) == []
    assert Hog(80).find(seen(scene(130)))


def test_boxes_are_in_pixels_of_the_whole_frame() -> None:
    large = scene(600, at=(900, 100), frame=1600)
    frame = seen(large)
    assert frame.scale == 2.5
    (found,) = Hog(160).find(frame)
    assert found.box.centre[0] == pytest.approx(900 + 300, abs=70)
    (fine,) = Hog(100).find(frame)  # searched in the whole frame, not in its small copy
    assert fine.box.overlap(found.box) > 0.5


def test_an_empty_corridor_has_no_faces() -> None:
    assert Hog(80).find(seen(np.full((360, 640, 3), 150, np.uint8))) == []


def test_the_same_face_is_nearer_than_another(embedder: OnnxEmbedder) -> None:
    detector = Hog(80)

    def describe(person: int, yaw: float) -> np.ndarray:
        frame = seen(scene(360, person=person, yaw=yaw))
        return embedder.describe(embedder.align(frame.image, detector.find(frame)[0].box))

    one, same, other = describe(0, -5), describe(0, 7), describe(1, 0)
    assert np.linalg.norm(one) == pytest.approx(1, abs=1e-5)
    assert np.linalg.norm(one - same) < 0.2 < np.linalg.norm(one - other)


def test_a_descriptor_is_face_recognitions_brought_to_length_one(embedder: OnnxEmbedder) -> None:
    import face_recognition

    frame = seen(scene(360))
    box = Hog(80).find(frame)[0].box
    ours = embedder.describe(embedder.align(frame.image, box))
    place = [(round(box.y), round(box.x + box.w) - 1, round(box.y + box.h) - 1, round(box.x))]
    (theirs,) = face_recognition.face_encodings(frame.image, place, model="small")
    assert np.abs(ours - theirs / np.linalg.norm(theirs)).max() < 1e-5


def test_every_view_is_another_one_of_the_same_face(embedder: OnnxEmbedder) -> None:
    frame = seen(scene(360, yaw=8))
    chip = embedder.align(frame.image, Hog(80).find(frame)[0].box)
    views = [embedder.describe(chip, view=number) for number in range(len(VIEWS))]
    for one, other in combinations(views, 2):
        assert 0.01 < float(np.linalg.norm(one - other)) < 0.3


def test_the_views_of_a_chip_are_cut_from_the_picture_and_nothing_is_made_up(embedder: OnnxEmbedder) -> None:
    frame = seen(scene(360))
    chip = embedder.align(frame.image, Hog(80).find(frame)[0].box)
    assert chip.view(0) is chip.image
    middle = slice(RIM, RIM + CHIP)
    assert np.abs(chip.wide[middle, middle].astype(int) - chip.image).mean() < 1
    smaller, lower = chip.view(1)[:, ::-1], chip.view(2)
    assert np.array_equal(lower[6:], chip.wide[middle, middle][:-6])
    assert np.array_equal(lower[:6], chip.wide[RIM - 6 : RIM, middle])
    assert np.abs(cv2.resize(chip.wide, (162, 162))[6:156, 6:156].astype(int) - smaller).mean() < 3


def test_turned_and_blurred_faces_are_known_as_such(embedder: OnnxEmbedder) -> None:
    box = Box(240, 170, 140, 140)
    straight, turned = (embedder.align(scene(360, yaw=yaw), box) for yaw in (0, 28))
    assert straight.turned < 0.1 < turned.turned
    blurred = embedder.align(cv2.GaussianBlur(scene(360), (0, 0), 6), box)
    assert blurred.sharpness < straight.sharpness / 4


def test_a_box_over_the_edge_of_the_picture_is_aligned_all_the_same(embedder: OnnxEmbedder) -> None:
    chip = embedder.align(scene(360), Box(-40, -40, 120, 120))
    assert chip.image.shape == (150, 150, 3)


# Model files ---------------------------------------------------------------------------------------------------------


def test_every_model_of_the_list_is_here_and_the_right_one() -> None:
    for model in (model for model in catalogue().values() if model.package):
        path = model.verified()
        assert path.stat().st_size == model.bytes
        assert hashlib.sha256(path.read_bytes()).hexdigest() == model.sha256


def test_a_wrong_or_missing_model_is_refused_with_both_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    model = replace(catalogue()["embedder"], package="weights", folder="", file="net.dat")
    with pytest.raises(DeviceError, match="is missing"):
        model.verified()
    (tmp_path / "weights" / "net.dat").write_bytes(b"other weights")
    with pytest.raises(DeviceError) as caught:
        model.verified()
    assert model.sha256 in str(caught.value)
    assert hashlib.sha256(b"other weights").hexdigest() in str(caught.value)
    with pytest.raises(DeviceError, match="the package no_such_package is not installed"):
        replace(model, package="no_such_package").verified()


def test_the_package_of_the_models_is_never_imported() -> None:
    """Importing it needs pkg_resources, and face_recognition would load the 68-point and CNN models."""
    code = (
        "import sys; from appliance.face import graph; "
        "from appliance.face.embedder import OnnxEmbedder; OnnxEmbedder(graph.built()); "
        "print([m for m in ('face_recognition_models', 'face_recognition', 'pkg_resources') if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
