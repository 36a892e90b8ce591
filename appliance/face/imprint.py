"""Whether the face of this frame can be the face of the frame before, by its pixels alone. Nobody is recognised by it.

It costs no descriptor: what shows that somebody else has stepped into a place.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.face.embedder import Chip

ALIKE = 0.75
"""Correlation from which on two imprints are of one face. One talking head, frames 0.12 s apart: 98 of 100 pairs are
above; two people (LFW): 1 of 100."""

Imprint = NDArray[np.float32]

_SIDE = 12
_ROWS, _COLUMNS = slice(20, 95), slice(25, 125)  # brow to cheek: the mouth talks, the background is everybody's


def imprint(chip: Chip) -> Imprint:
    """The region of the eyes in 12×12 colours, without its mean, of length 1."""
    part = cv2.resize(chip.image[_ROWS, _COLUMNS], (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    part -= part.mean(axis=(0, 1))
    return np.asarray(part.ravel() / max(float(np.linalg.norm(part)), 1e-6), dtype=np.float32)


def alike(one: Imprint, other: Imprint) -> bool:
    """Whether two imprints, of frames that follow one another, can be one face."""
    return float(one @ other) >= ALIKE
