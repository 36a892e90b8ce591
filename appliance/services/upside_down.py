"""Whether the camera hangs upside down: the detector finds upright faces only, so nobody would ever be seen."""

from __future__ import annotations

from typing import Protocol

from appliance.camera import Frame
from appliance.camera.framing import framed
from appliance.face import Box, Face

CHECK_SECONDS = 3.0
"""While no face is found the picture is turned over so often, and searched once more."""

FINDINGS = 3
"""So many faces in turned pictures, and none in between as the camera gives it, are no chance."""

MOVED = 0.25
"""They must not all be in one place (in widths of the face): a pattern on the wall stays where it is."""


class Finder(Protocol):
    """What is needed of `face.detector.Detector`."""

    def find(self, frame: Frame) -> list[Face]:
        """The faces in a frame."""
        ...


class UpsideDown:
    """Watches what is found; `suspected` says that faces stand on their heads."""

    def __init__(self, detector: Finder) -> None:
        self._detector = detector
        self._checked = float("-inf")
        self._found: list[Box] = []

    @property
    def suspected(self) -> bool:
        """Whether the camera seems to hang upside down."""
        boxes = self._found
        moved = any(_apart(one, other) > MOVED for one in boxes for other in boxes)
        return len(boxes) >= FINDINGS and moved

    def watch(self, frame: Frame, *, faces: bool) -> None:
        """A frame, and whether faces were found in it as it is: one that was is proof of the contrary."""
        if faces:
            self._found = []
        if faces or 0 <= frame.monotonic - self._checked < CHECK_SECONDS:
            return
        self._checked = frame.monotonic
        turned = self._detector.find(framed(frame.image, frame.index, frame.monotonic, rotate=180))
        self._found = [*self._found, *(face.box for face in turned[:1])][-2 * FINDINGS :]


def _apart(one: Box, other: Box) -> float:
    (ax, ay), (bx, by) = one.centre, other.centre
    return float(((ax - bx) ** 2 + (ay - by) ** 2) ** 0.5 / max(one.w, other.w))
