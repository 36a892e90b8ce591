"""Whether anything changed before the camera: what is searched for faces only if it is worth it. Pure, no clock."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.camera import Frame

COLUMNS = 80
"""Frames are compared at this width: a cell is a mean of many pixels, in which their noise disappears."""

LEAST = 2.5
"""Grey levels of 255 by which a cell has to change in the best light."""

NOISE = 5.0
"""By how many standard deviations of its noise a cell has to change: chance does that once in a million cells."""

CELLS = 3
"""So many cells have to change: one in twenty of those that a face of a tenth of the picture's width fills."""

FLASH = 12.0
"""Grey levels by which the whole picture has to change: a lamp that is switched, but no camera that adjusts itself."""


class Gate:
    """Compares each frame with the last that was searched or called moved, so that what moves slowly adds up.

    The noise is measured where nothing changes, as the median of the differences between successive frames. The median
    difference to the reference is taken off first, so that a camera's exposure or the evening moves nothing.
    """

    def __init__(self) -> None:
        self._reference: NDArray[np.float32] | None = None
        self._last: NDArray[np.float32] | None = None
        self._noise = 0.0

    def moved(self, frame: Frame) -> bool:
        """Whether somebody may have come, gone or stirred since `moved` last said so. True for the first frame."""
        seen = _small(frame)
        last, self._last = self._last, seen
        if self._reference is None or last is None or self._reference.shape != seen.shape:
            self._reference = seen
            return True
        # The median of |x| of a normal distribution is 0.6745 σ, and a difference of two frames has √2 σ.
        noise = float(np.median(np.abs(seen - last))) / (0.6745 * np.sqrt(2))
        self._noise = noise if self._noise == 0 else 0.9 * self._noise + 0.1 * noise
        apart = seen - self._reference
        offset = float(np.median(apart))
        limit = max(LEAST, NOISE * np.sqrt(2) * self._noise)
        if abs(offset) <= FLASH and np.count_nonzero(np.abs(apart - offset) > limit) < CELLS:
            return False
        self._reference = seen
        return True

    def settle(self) -> None:
        """The last frame was searched: the next ones are compared with it."""
        self._reference = self._last


def _small(frame: Frame) -> NDArray[np.float32]:
    height, width = frame.detection.shape
    rows = max(1, round(height * COLUMNS / width))
    return cv2.resize(frame.detection, (COLUMNS, rows), interpolation=cv2.INTER_AREA).astype(np.float32)
