"""From a picture to a `Frame`: the small grey copy in which faces are found."""

from __future__ import annotations

import cv2
import numpy as np

from appliance.camera import Frame, Image

DETECTION_WIDTH = 640


def framed(image: Image, index: int, monotonic: float, *, rotate: int = 0) -> Frame:
    """A frame around an RGB picture (H×W×3, uint8), turned by `rotate` (0 or 180 degrees) first."""
    if rotate == 180:
        image = np.ascontiguousarray(image[::-1, ::-1])
    height, width = image.shape[:2]
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    if width <= DETECTION_WIDTH:
        return Frame(image, grey, 1.0, index, monotonic)
    scale = width / DETECTION_WIDTH
    small = cv2.resize(grey, (DETECTION_WIDTH, max(1, round(height / scale))), interpolation=cv2.INTER_AREA)
    return Frame(image, small, scale, index, monotonic)


def from_bgr(image: Image) -> Image:
    """OpenCV's channel order to ours; a grey picture becomes RGB too."""
    return cv2.cvtColor(image, cv2.COLOR_GRAY2RGB if image.ndim == 2 else cv2.COLOR_BGR2RGB)
