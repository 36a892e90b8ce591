"""Finding faces by dlib's frontal HOG detector, on a grey picture of just the size that the smallest face asks for."""

from __future__ import annotations

import cv2
import dlib

from appliance.camera import Frame, Image
from appliance.face import MARGIN, Box, Face

WINDOW = 80
"""Pixels of the smallest face that the detector finds: its training window."""


class Hog:
    """Finds upright frontal faces, with scores from 0 that reach 1 and more. dlib lets other threads run meanwhile."""

    name = "hog"

    def __init__(self, smallest_face: int) -> None:
        """`smallest_face` in pixels of the frame. Halving it costs four times the time."""
        self.smallest_face = smallest_face
        self._shrink = WINDOW / (smallest_face * MARGIN)
        self._hog = dlib.get_frontal_face_detector()

    def find(self, frame: Frame) -> list[Face]:
        """The faces in a frame, the surest first; boxes in pixels of `frame.image`."""
        grey, scale = self._picture(frame)
        boxes, scores, _ = self._hog.run(grey, 0, 0.0)
        return [
            Face(Box(b.left() * scale, b.top() * scale, b.width() * scale, b.height() * scale), float(score))
            for b, score in zip(boxes, scores, strict=True)
        ]

    def _picture(self, frame: Frame) -> tuple[Image, float]:
        """The grey picture to search, in which the smallest face fills the window; frame pixels a pixel of it."""
        width = round(frame.image.shape[1] * self._shrink)
        source = frame.detection
        if width > source.shape[1] and frame.scale > 1:
            source = cv2.cvtColor(frame.image, cv2.COLOR_RGB2GRAY)  # the small copy has lost what is looked for
        scale = frame.image.shape[1] / width
        if width == source.shape[1]:
            return source, scale
        height = max(1, round(frame.image.shape[0] / scale))
        method = cv2.INTER_AREA if width < source.shape[1] else cv2.INTER_LINEAR
        return cv2.resize(source, (width, height), interpolation=method), scale
