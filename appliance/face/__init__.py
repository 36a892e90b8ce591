"""Frame → scores: faces found (`detector`, `attention`), followed (`tracker`), judged (`quality`), described
(`embedder`), kept encrypted (`gallery`).

Nothing here decides who somebody is: that is `identification`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels of the whole frame; it may reach over the edge."""

    x: float
    y: float
    w: float
    h: float

    @property
    def centre(self) -> tuple[float, float]:
        """The middle, (x, y)."""
        return self.x + self.w / 2, self.y + self.h / 2

    def overlap(self, other: Box) -> float:
        """Intersection over union, 0..1."""
        w = min(self.x + self.w, other.x + other.w) - max(self.x, other.x)
        h = min(self.y + self.h, other.y + other.h) - max(self.y, other.y)
        if w <= 0 or h <= 0:
            return 0.0
        return w * h / (self.w * self.h + other.w * other.h - w * h)


MARGIN = 0.8
"""Faces are found from this share of `smallest_face` on, so that somebody too far away can be asked to come closer."""


@dataclass(frozen=True)
class Face:
    """A face that a detector found, in the box that dlib's frontal detector would draw.

    `confidence` grows from 0 and compares within one detector.
    """

    box: Box
    confidence: float
