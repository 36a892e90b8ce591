"""A camera of 4K, and one that gives eight pixels: faces are found in the one, nothing breaks at the other."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from appliance.camera import Image
from appliance.camera.framing import framed
from appliance.demo import portrait
from appliance.face import Box, graph
from appliance.face.embedder import Chip, Descriptor, OnnxEmbedder
from appliance.face.hog import Hog
from appliance.services import door_view
from appliance.services.recogniser import Recogniser


def on_grey(side: int) -> Image:
    drawn = portrait.draw(portrait.Person.from_seed(portrait.COUNCIL[0]), size=side)
    alpha = drawn.alpha[..., None] / 255
    return np.asarray(drawn.rgb * alpha + 150 * (1 - alpha), np.uint8)


@pytest.fixture(scope="module")
def embedder() -> OnnxEmbedder:
    return OnnxEmbedder(graph.built())


def test_a_face_in_a_picture_of_4k_is_followed_described_and_shown(embedder: OnnxEmbedder) -> None:
    picture = np.full((2160, 3840, 3), 150, np.uint8)
    picture[300:1800, 1200:2700] = cv2.resize(on_grey(500), (1500, 1500))
    recogniser = Recogniser(Hog(400), embedder, looks=1, fpir=0.01)
    for n in range(3):
        frame = framed(picture, n, n / 10)
        (visit,) = recogniser.take(frame).visible
    assert visit.near
    assert visit.hint is None
    assert visit.described == 2
    assert 500 < visit.face.box.w < 800
    shown = door_view.preview(frame, [], door_view.Message("look", 0.0))
    assert shown["size"] == [3840, 2160]
    assert len(shown["jpeg"]) < 100_000


@pytest.mark.parametrize("shape", [(8, 8), (1, 1), (1, 640), (480, 1), (1, 4096)])
def test_a_picture_of_a_few_pixels_has_no_face_and_breaks_nothing(shape: tuple[int, int]) -> None:
    recogniser = Recogniser(Hog(80), NoFace(), looks=1, fpir=0.01)
    frame = framed(np.full((*shape, 3), 90, np.uint8), 0, 0.0)
    assert recogniser.take(frame).visible == []
    shown = door_view.preview(frame, [], door_view.Message("look", 0.0))
    assert shown["size"] == [shape[1], shape[0]]
    assert door_view.focus(frame) == 0.0


def test_the_size_may_change_from_one_frame_to_the_next(embedder: OnnxEmbedder) -> None:
    recogniser = Recogniser(Hog(80), embedder, looks=1, fpir=0.01)
    sizes = (360, 8, 500, 8, 360)
    seen = [len(recogniser.take(framed(on_grey(side), n, n / 10)).visible) for n, side in enumerate(sizes)]
    assert seen == [1, 0, 1, 0, 1]


class NoFace:
    """There is nothing to align or describe here."""

    def align(self, image: Image, box: Box) -> Chip:
        """Never."""
        raise AssertionError("no face, and yet one is aligned")

    def describe(self, chip: Chip, *, view: int = 0) -> Descriptor:
        """Never."""
        raise AssertionError("no face, and yet one is described")
