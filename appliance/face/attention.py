"""Searching only where it is worth it: not where nothing moved, and mostly around the faces that are known.

A detector around a detector: what it gives is as fresh as `STALE_SECONDS`, and an empty corridor costs next to nothing.
"""

from __future__ import annotations

from appliance.camera import Frame
from appliance.face import Box, Face
from appliance.face.detector import Detector
from appliance.face.motion import Gate

STALE_SECONDS = 1.0
"""The whole frame is searched at least so often, whatever the gate says: the longest that anybody can be overlooked."""

GLANCE_SECONDS = 0.25
"""While something moves, the whole frame is searched so often; in between only around the faces that are known."""

AROUND = 0.75
"""How far around a face is searched, in its widths. Few walk farther in a tenth of a second; who does is missed there,
and then searched for everywhere."""

LARGE = 0.5
"""Where the surroundings of the faces make up more than this share of the frame, all of it is searched at once."""


class Attentive:
    """The faces of a detector, for less. Holds the last faces: a still picture keeps those that were found in it."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector
        self.name, self.smallest_face = detector.name, detector.smallest_face
        self.searched = self.glanced = self.spared = 0
        self._gate = Gate()
        self._faces: list[Face] = []
        self._size = (0, 0)
        self._at = float("-inf")

    def find(self, frame: Frame) -> list[Face]:
        """The faces in a frame, the surest first. Frames come in the order of their `monotonic`, or all is searched."""
        since = frame.monotonic - self._at
        fresh = 0 <= since < STALE_SECONDS and frame.image.shape[:2] == self._size
        moved = self._gate.moved(frame)
        if fresh and not moved:
            self.spared += 1
            return list(self._faces)
        if fresh and since < GLANCE_SECONDS and (faces := self._glance(frame)) is not None:
            self.glanced += 1
            self._faces = faces
        else:
            self.searched += 1
            self._faces, self._at, self._size = self._detector.find(frame), frame.monotonic, frame.image.shape[:2]
            self._gate.settle()
        return list(self._faces)

    def _glance(self, frame: Frame) -> list[Face] | None:
        """The known faces, each looked for around its place; None if that is no saving, or if one is not there."""
        parts = [part(frame, face.box) for face in self._faces]
        whole = frame.detection.size
        if not parts or sum(small.detection.size for small, _, _ in parts) > LARGE * whole:
            return None
        faces: list[Face] = []
        for known, (small, x, y) in zip(self._faces, parts, strict=True):
            near = [_moved(face, x, y) for face in self._detector.find(small)]
            found = max(near, key=lambda face: face.box.overlap(known.box), default=None)
            if found is None or any(found.box.overlap(other.box) > 0.3 for other in faces):
                return None
            faces.append(found)
        return sorted(faces, key=lambda face: -face.confidence)


def part(frame: Frame, box: Box) -> tuple[Frame, int, int]:
    """The surroundings of a box as a frame of their own, and where they begin in the whole one, in its pixels."""
    rows, columns = frame.detection.shape
    reach = AROUND * box.w
    left, top = max(0, int((box.x - reach) / frame.scale)), max(0, int((box.y - reach) / frame.scale))
    right = min(columns, int((box.x + box.w + reach) / frame.scale) + 1)
    bottom = min(rows, int((box.y + box.h + reach) / frame.scale) + 1)
    x, y = round(left * frame.scale), round(top * frame.scale)
    image = frame.image[y : round(bottom * frame.scale), x : round(right * frame.scale)]
    return Frame(image, frame.detection[top:bottom, left:right], frame.scale, frame.index, frame.monotonic), x, y


def _moved(face: Face, x: int, y: int) -> Face:
    return Face(Box(face.box.x + x, face.box.y + y, face.box.w, face.box.h), face.confidence)
