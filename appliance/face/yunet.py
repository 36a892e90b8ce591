"""Finding faces by YuNet through OpenCV: faster than HOG, small and turned faces too, in the boxes HOG would draw.

dlib's five points, which align a face for the network, were learned on HOG's boxes; from YuNet's own boxes they land
elsewhere, and one look in twenty is lost (LFW, 96.8 % against 92.2 %). So HOG's box is laid around YuNet's five points.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.camera import Frame, Image
from appliance.errors import DeviceError
from appliance.face import MARGIN, Box, Face

WINDOW = 24
"""Pixels of the smallest face (HOG's box) in the picture that is searched: 785 of 788 portraits (LFW) are found at
this size, 728 at 18, all at 32."""

SURE = 0.7
"""Least score, 0..1. 99 of 100 portraits of just `WINDOW` pixels are above 0.75."""

APART = 0.3
"""Of two boxes that overlap more than this (intersection over union) the surer one counts."""

UPRIGHT = 45.0
"""Faces rolled farther, in degrees, are not given: dlib's points cannot be laid on them, and HOG finds none either."""

STEP = 32
"""The network works on multiples of this and fills up what is missing: a picture made so wide costs no more."""

PLACES = np.array([-0.223 - 0.225j, 0.189 - 0.225j, -0.017 + 0.013j, -0.188 + 0.214j, 0.154 + 0.214j])
"""Where YuNet's points lie in HOG's box: right and left eye, tip of the nose, corners of the mouth, as x + iy from the
box's middle in widths of the box. The medians over the portraits of LFW that both detectors see, with the face
made symmetric; the scale is such that the median width is HOG's. HOG draws its boxes 0.017 to the right of the face,
in mirrored pictures too, and so do we. From geometry alone: who is who had no part in it.

What remains between the boxes is mostly HOG's own grid: in the middle 4 % of the width across and 5 % down, in the
width 10 % (standard deviations; HOG's sizes come in steps of 20 %)."""

_MIDDLE = PLACES.mean()
_SHAPE = PLACES - _MIDDLE
_LENGTH = float((np.abs(_SHAPE) ** 2).sum())


class YuNet:
    """Finds upright faces, also turned ones; scores up to 1."""

    name = "yunet"

    def __init__(self, path: Path, smallest_face: int) -> None:
        """`path`: the checked model file; `smallest_face` in pixels of the frame. Halving it costs four times the time.

        Raises `DeviceError` if OpenCV cannot make a network of the file.
        """
        self.smallest_face = smallest_face
        self._shrink = WINDOW / (smallest_face * MARGIN)
        try:
            self._network = cv2.FaceDetectorYN.create(str(path), "", (STEP, STEP), SURE, APART)
        except cv2.error as error:
            raise DeviceError(f"{path}: OpenCV cannot load it ({error.err}); run `appliance models fetch`") from error

    def find(self, frame: Frame) -> list[Face]:
        """The faces in a frame, the surest first; boxes in pixels of `frame.image`."""
        picture = self._picture(frame.image)
        height, width = picture.shape[:2]
        self._network.setInputSize((width, height))
        _, rows = self._network.detect(picture)
        if rows is None:
            return []
        points = rows[:, 4:14].astype(np.float64).reshape(-1, 5, 2)
        # In pictures of two sizes the middles of the pixels stand for one another, not their corners.
        points = (points + 0.5) * (frame.image.shape[1] / width, frame.image.shape[0] / height) - 0.5
        found = [Face(box, float(row[14])) for row, five in zip(rows, points, strict=True) if (box := hog_box(five))]
        return sorted(found, key=lambda face: -face.confidence)

    def _picture(self, image: Image) -> Image:
        """The BGR picture to search, in which the smallest face fills the window."""
        height, width = image.shape[:2]
        columns = STEP * max(1, round(width * self._shrink / STEP + 0.49))
        rows = max(1, round(height * columns / width))
        method = cv2.INTER_AREA if columns < width else cv2.INTER_LINEAR
        return cv2.cvtColor(cv2.resize(image, (columns, rows), interpolation=method), cv2.COLOR_RGB2BGR)


def hog_box(points: NDArray[np.float64]) -> Box | None:
    """HOG's box around YuNet's five points (5×2, pixels); None for a face that is not upright.

    As complex numbers z the points are fitted to their `PLACES` p by the similarity z ≈ c·p + d of least squares, which
    has a closed form: c = Σ (z - z̄)·conj(p - p̄) / Σ |p - p̄|². Its rotation is the roll of the head, its
    scale the width of the box, and d, where p is 0, the box's middle. All five points together are used since one
    distance shrinks when a head turns (the eyes') and another when it nods.
    """
    z = points[:, 0] + 1j * points[:, 1]
    c = ((z - z.mean()) * _SHAPE.conj()).sum() / _LENGTH
    if abs(np.degrees(np.angle(c))) > UPRIGHT or abs(c) < 1:
        return None
    middle, width = z.mean() - c * _MIDDLE, float(abs(c))
    return Box(float(middle.real) - width / 2, float(middle.imag) - width / 2, width, width)
