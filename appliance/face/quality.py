"""How good a look at a face is: what it weighs when looks are joined, and why one cannot be used. Pure.

Pose and sharpness are measured on the aligned chip, light in the frame, where the face and what is behind it are still
side by side. The limits are such that 99 of 100 portraits (LFW) pass; none depends on how light or dark somebody's skin
is in good light.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.camera import Image
from appliance.face import Box
from appliance.face.embedder import Chip

TURNED = 0.35
"""Faces turned farther than this cannot be used; 99 of 100 portraits (LFW) are below."""

BLURRED = 8.0
"""Chips less sharp than this cannot be used: blurred by some 14 pixels of motion in a face of 110, or by a Gaussian of
3 pixels. Their descriptors are a third farther off. 99 of 100 portraits (LFW) are above 50."""

INSIDE = 0.6
"""Less of the box than this in the picture: the face is cut off."""

DARK = 35.0
"""Luma of 255. Where even the lightest twentieth of a face stays below, it is too dark, whatever the skin."""

CLIPPED = 0.35
"""Share of the face that is burnt out to white, from which on it is too bright."""

BACKLIT = 2.0
"""How much lighter than the face its surroundings are, from which on a dark face is one with the light behind it."""

_SAMPLED = 48  # pixels: the face is measured at this size, whatever the frame's


class Hint(StrEnum):
    """Why a look cannot be used, in the order in which a person would be told."""

    TOO_SMALL = "too-small"
    CUT_OFF = "cut-off"
    TURNED = "turned"
    BACKLIT = "backlit"
    TOO_DARK = "too-dark"
    TOO_BRIGHT = "too-bright"
    BLURRED = "blurred"


@dataclass(frozen=True)
class Quality:
    """What was measured of one look.

    `size`: width of the box in pixels of the frame. `inside`: share of the box that lies in the picture. `sharpness`
    and `turned` as in `Chip`. `light` and `highlight`: median and lightest twentieth of the face's luma, 0..255;
    `clipped`: share of the face at 250 and more; `uneven`: difference of its halves, left and right, over their sum;
    `behind`: luma beside the upper half of the face and above it over the face's own.
    """

    size: float
    inside: float
    sharpness: float
    turned: float
    light: float
    highlight: float
    clipped: float
    uneven: float
    behind: float

    @property
    def score(self) -> float:
        """0..1: what the look weighs beside others of the same person, and which of several is the best.

        It rises with size up to 110 pixels and with sharpness up to 100, falls with the turn, with clipping, darkness
        and light from one side. All of it is damped by a square root: with portraits as good as LFW's the weights
        change nothing, with one blurred, small, dark or glaring look among three they bring the mean nearer to the
        person in every case tried, and weights without the root do not.
        """
        size = _ramp(self.size, 30, 110)
        sharp = _ramp(float(np.sqrt(max(self.sharpness, 0.0))), BLURRED**0.5, 10.0)
        straight = 1 - 0.5 * _ramp(self.turned, 0.1, TURNED)
        lit = (1 - _ramp(self.clipped, 0.05, CLIPPED)) * _ramp(self.highlight, DARK, 90)
        even = 1 - 0.5 * _ramp(self.uneven, 0.15, 0.5)
        product = (0.3 + 0.7 * size) * (0.3 + 0.7 * sharp) * straight * (0.3 + 0.7 * lit) * even * self.inside
        return float(np.sqrt(product))

    def hint(self, smallest_face: float = 0.0) -> Hint | None:
        """Why this look cannot be used, or None: it can. Faces narrower than `smallest_face` pixels are too small."""
        if self.size < smallest_face:
            return Hint.TOO_SMALL
        if self.inside < INSIDE:
            return Hint.CUT_OFF
        if self.turned > TURNED:
            return Hint.TURNED
        if self.highlight < DARK:
            return Hint.BACKLIT if self.behind > BACKLIT else Hint.TOO_DARK
        if self.clipped > CLIPPED:
            return Hint.TOO_BRIGHT
        return Hint.BLURRED if self.sharpness < BLURRED else None


def prominence(box: Box, image: Image) -> float:
    """How much a picture is about this face: its width in pixels, half of it in the corner of the picture.

    Who has their portrait taken stands in the middle; a face of the same size at the edge is somebody who stood beside.
    """
    height, width = image.shape[:2]
    x, y = box.centre
    aside = float(np.hypot(x - width / 2, y - height / 2) / np.hypot(width / 2, height / 2))
    return box.w * (1 - 0.5 * min(aside, 1.0))


def judge(image: Image, box: Box, chip: Chip) -> Quality:
    """Measure one look: `image` is the frame (RGB, H×W×3, uint8), `box` the face in it, `chip` the aligned face."""
    height, width = image.shape[:2]
    face = _luma(image, box.x, box.y, box.x + box.w, box.y + box.h)
    inside = _overlap(box.x, box.w, width) * _overlap(box.y, box.h, height)
    if face is None:
        return Quality(box.w, 0.0, chip.sharpness, chip.turned, 0.0, 0.0, 0.0, 0.0, 1.0)
    mean = max(float(face.mean()), 1.0)
    left, right = float(face[:, : _SAMPLED // 2].mean()), float(face[:, _SAMPLED // 2 :].mean())
    return Quality(
        size=box.w,
        inside=inside,
        sharpness=chip.sharpness,
        turned=chip.turned,
        light=float(np.median(face)),
        highlight=float(np.percentile(face, 95)),
        clipped=float((face >= 250).mean()),
        uneven=abs(left - right) / max(left + right, 1.0),
        behind=_behind(image, box, mean) / mean,
    )


def _behind(image: Image, box: Box, otherwise: float) -> float:
    """Mean luma of what is left and right of the head, half a face wide; `otherwise` where there is no picture."""
    top, right, bottom = box.y - box.h / 2, box.x + box.w, box.y + box.h / 2
    strips = [
        _luma(image, box.x - 0.7 * box.w, top, box.x - 0.2 * box.w, bottom),
        _luma(image, right + 0.2 * box.w, top, right + 0.7 * box.w, bottom),
    ]
    seen = [float(strip.mean()) for strip in strips if strip is not None]
    return float(np.mean(seen)) if seen else otherwise


def _luma(image: Image, left: float, top: float, right: float, bottom: float) -> NDArray[np.uint8] | None:
    """A part of the picture as a small grey square; None where there is nothing of it."""
    x, y = max(0, round(left)), max(0, round(top))
    part = image[y : max(y, round(bottom)), x : max(x, round(right))]
    if part.size == 0:
        return None
    return cv2.cvtColor(cv2.resize(part, (_SAMPLED, _SAMPLED), interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)


def _overlap(start: float, length: float, limit: float) -> float:
    return float(np.clip((min(start + length, limit) - max(start, 0.0)) / max(length, 1e-9), 0.0, 1.0))


def _ramp(value: float, low: float, high: float) -> float:
    return float(np.clip((value - low) / (high - low), 0.0, 1.0))
