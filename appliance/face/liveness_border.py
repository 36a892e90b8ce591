"""What is beside a face, and whether it comes along when the face comes nearer: the upright edges there. Pure.

A door frame leaves its place beside a face that grows; the edges of a sheet, the frame of a phone and the wall in a
portrait keep it. Upright edges alone are compared, because those that lie level keep their place in a room, too.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.camera import Image
from appliance.face.liveness_geometry import FACE, MIDDLE, PATCH

Edges = NDArray[np.float32]

HALF = PATCH // 2
"""Edges are compared in patches of half the size."""

NEAR, TOP, BOTTOM = 0.78, -0.7, 0.6
"""Where the strips beside a face begin, and from which height down to which they reach; face widths from its middle.
Nearer ones would see the outline of the head itself."""

REACH = 4
"""Half-size pixels by which an edge may wander, a ninth of a face width: sheets turn, heads on screens move."""

GROWTH = 1.22
"""How much larger or smaller than in the reference a face must be: what stands in the room has then left its place."""


def upright(patch: Image) -> Edges:
    """The signed strength of upright edges (HALF, HALF) in a patch, blurred over a twentieth of a face width."""
    small = cv2.GaussianBlur(cv2.resize(patch, (HALF, HALF), interpolation=cv2.INTER_AREA), (0, 0), 1.0)
    return np.asarray(cv2.Sobel(small.astype(np.float32), cv2.CV_32F, 1, 0), dtype=np.float32)


def carried(first: Edges, then: Edges) -> tuple[float, float]:
    """How alike (-1..1, the cosine at the best place within REACH) the strips left and right of the face are."""
    return _alike(first, then, *_strip(left=True)), _alike(first, then, *_strip(left=False))


def _strip(*, left: bool) -> tuple[int, int, int, int]:
    """Top, bottom, left, right in half-size pixels."""
    middle, unit = MIDDLE / 2, FACE / 2
    top, bottom = round(middle + TOP * unit), round(middle + BOTTOM * unit)
    if left:
        return top, bottom, REACH + 2, round(middle - NEAR * unit)
    return top, bottom, round(middle + NEAR * unit), HALF - REACH - 2


def _alike(first: Edges, then: Edges, top: int, bottom: int, left: int, right: int) -> float:
    strip = np.ascontiguousarray(first[top:bottom, left:right])
    about = then[top - REACH : bottom + REACH, left - REACH : right + REACH]
    return float(cv2.matchTemplate(np.ascontiguousarray(about), strip, cv2.TM_CCORR_NORMED).max())
