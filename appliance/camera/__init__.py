"""Frames in. `Camera` is the interface; `pi` (picamera2), `opencv` (USB, RTSP, file) and `replay` are its versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from appliance.errors import DeviceError

Image = NDArray[np.uint8]


class CameraLost(DeviceError):
    """A camera is missing, or stopped giving frames. `symptom` is what was seen, `remedy` what a person should do."""

    def __init__(self, symptom: str, remedy: str) -> None:
        self.symptom, self.remedy = symptom, remedy
        super().__init__(f"{symptom}; {remedy}")


@dataclass(frozen=True)
class Frame:
    """One look of the camera.

    `image` is RGB, H×W×3, uint8, never mirrored. `detection` is a smaller grey copy (h×w, uint8) for finding faces;
    `scale` is W / w. `index` counts the frames of the source from 0 and shows gaps where frames were dropped;
    `monotonic` is when it was taken, in seconds of the monotonic clock (replay: of the recording).
    """

    image: Image
    detection: Image
    scale: float
    index: int
    monotonic: float


class Camera(Protocol):
    """A source of frames; belongs to one thread. The constructor opens it, or raises `CameraLost` and says why."""

    def read(self) -> Frame | None:
        """The newest frame, waiting for it; None at the end of a recording. `DeviceError` when the source is lost."""
        ...

    def close(self) -> None:
        """Give the device back. May be called twice."""
        ...
