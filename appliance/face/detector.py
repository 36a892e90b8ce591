"""Finding faces: the interface, and which of its versions a configuration means."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from appliance.camera import Frame
from appliance.errors import DeviceError
from appliance.face import Face
from appliance.face.hog import Hog
from appliance.face.yunet import YuNet

CHOICES = ("auto", "yunet", "hog")


class Detector(Protocol):
    """Finds upright faces from some 0.8 `smallest_face` on, in pixels of the frame; belongs to one thread.

    Boxes are those of dlib's frontal detector, whatever finds the face: the points that align it were learned on them.
    """

    name: str
    smallest_face: int

    def find(self, frame: Frame) -> list[Face]:
        """The faces in a frame, the surest first; boxes in pixels of `frame.image`. None in an empty frame."""
        ...


def open_detector(choice: str, smallest_face: int, yunet: Path | None) -> Detector:
    """The detector that `door.detector` names; `yunet` is its checked file, None where there is none.

    "auto" is YuNet where its file is, HOG elsewhere: the configuration says so, and `name` tells which one it was.
    Raises `DeviceError` for "yunet" without the file, `ValueError` for another choice.
    """
    if choice not in CHOICES:
        raise ValueError(f"{choice}: not a detector; there are {', '.join(CHOICES)}")
    if choice == "hog" or (choice == "auto" and yunet is None):
        return Hog(smallest_face)
    if yunet is None:
        raise DeviceError(
            'door.detector is "yunet" and its model file is not there; run `appliance models fetch`, or set '
            'door.detector to "auto" or "hog"'
        )
    return YuNet(yunet, smallest_face)
