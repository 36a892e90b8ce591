"""Is it a face or a picture of one? Watches how a face moves over a visit, without asking anything of anybody.

Finds paper and screens by what they are: sheets, which carry along what surrounds the face. It does not find masks, nor
a screen that is never moved. Measured by `appliance bench liveness`.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.camera import Image
from appliance.face import Box
from appliance.face.liveness_border import GROWTH, HALF, Edges, carried, upright
from appliance.face.liveness_geometry import FACE, FEWEST, MIDDLE, PATCH, Figures, Points, Step, View, compare, summed

ENOUGH = 0.0025
"""Relief in face widths that a head must have been able to show before a visit is judged by it."""

SHEET = 0.4
"""Below this share of the relief that a head would show it is a sheet."""

HEAD = 0.7
"""From this share on it is a head."""

CARRIED = 0.68
"""Likeness on both sides of the face from which on it is on something that is carried along with it."""

STEPS = 6
"""Frames beside the reference before anything is said."""

MOST = 60
"""Frames that are kept; an hour before the door costs no more than six seconds."""

CORNERS = 60
"""Points that are followed on a face."""

SMALLEST = 40
"""Pixels of a face that is worth following."""

PAUSE = 0.08
"""Seconds between two frames that are looked at: closer ones say the same thing twice."""

LOST = 3
"""Frames in a row without enough points, after which the next frame becomes the reference."""

_WINDOW, _LEVELS = (13, 13), 2
_WORST = 14.0  # grey levels by which a followed point may differ from itself


class Outcome(enum.StrEnum):
    """What a visit was taken for."""

    LIVE = "live"
    PRESENTATION = "presentation"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Verdict:
    """`reason`: `sheet`, `carried`, `relief`, `too-little-motion`, `unclear`; `figures`: the numbers it rests on."""

    outcome: Outcome
    reason: str
    figures: Mapping[str, float]


def judge(figures: Figures) -> Verdict:
    """The verdict on what was measured. In doubt undecided: whoever stands still is not accused of anything."""
    told = figures.steps >= STEPS and figures.expected >= ENOUGH
    share = figures.relief / figures.expected if told else 0.0
    numbers = {
        "relief": figures.relief,
        "expected": figures.expected,
        "carried": min(figures.carried),
        "approach": figures.approach,
        "frames": float(figures.steps),
    }
    if figures.steps >= STEPS and min(figures.carried) >= CARRIED:
        return Verdict(Outcome.PRESENTATION, "carried", numbers)
    if not told:
        return Verdict(Outcome.UNDECIDED, "too-little-motion", numbers)
    if share < SHEET:
        return Verdict(Outcome.PRESENTATION, "sheet", numbers)
    return Verdict(Outcome.LIVE, "relief", numbers) if share >= HEAD else Verdict(Outcome.UNDECIDED, "unclear", numbers)


class Watch:
    """One visit, fed frame by frame with the box of the same face. Pictures do not outlive it; nothing is written."""

    def __init__(self) -> None:
        self._reference: Image = np.zeros((PATCH, PATCH), np.uint8)
        self._first: View | None = None
        self._beside: Edges = np.zeros((HALF, HALF), np.float32)
        self._place: Points = np.eye(2, 3)
        self._box = Box(0, 0, 1, 1)
        self._steps: list[Step] = []
        self._lost = 0
        self._at = -np.inf

    def watch(self, image: Image, box: Box, monotonic: float) -> None:
        """One frame: RGB (H, W, 3) or grey (H, W), uint8; the face's box in its pixels; seconds. Some 1.5 ms."""
        if box.w < SMALLEST or monotonic - self._at < PAUSE:
            return
        self._at = monotonic
        if self._first is None:
            self._begin(image, box)
            return
        step = self._step(self._first, image, box)
        if step is not None:
            self._lost = 0
            self._steps = [*self._steps, step][-MOST:]
            return
        self._lost += 1
        if self._lost >= LOST:
            self._begin(image, box)

    def verdict(self) -> Verdict:
        """What the visit looks like so far."""
        return judge(summed(self._steps))

    def _begin(self, image: Image, box: Box) -> None:
        scale, (x, y) = box.w / FACE, box.centre
        self._place = np.array([[scale, 0, x - MIDDLE * scale], [0, scale, y - MIDDLE * scale]])
        self._box, self._lost = box, 0
        self._reference = _patch(image, self._place)
        self._beside = upright(self._reference)
        points = _corners(self._reference)
        self._first = View(points, np.ones(len(points), bool), self._place, image.shape[1])

    def _step(self, first: View, image: Image, box: Box) -> Step | None:
        """This frame beside the reference; None where the face was lost."""
        seen = self._follow(first, image, box)
        if seen is None:
            return None
        grown = seen.size / first.size
        beside = None
        if max(grown, 1 / grown) >= GROWTH:
            beside = carried(self._beside, upright(_patch(image, seen.place)))
        step = compare(first, seen, beside)
        if step is not None:
            self._box, self._place = box, seen.place
        return step

    def _follow(self, first: View, image: Image, box: Box) -> View | None:
        """The reference's points in this frame, as if the face had kept size, place and roll in the patch.

        Sparse optical flow in pyramids (Lucas and Kanade, 1981; Bouguet, 2001) from the reference, so nothing drifts.
        """
        if len(first.points) < FEWEST:
            return None
        grown, (x, y), (x0, y0) = box.w / self._box.w, box.centre, self._box.centre
        place = np.array([[grown, 0, x - grown * x0], [0, grown, y - grown * y0]]) @ _square(self._place)
        points = first.points.astype(np.float32)[:, None]
        for _ in range(2):  # again where the box was far off: detectors' boxes come in coarse steps
            moved, status, error = cv2.calcOpticalFlowPyrLK(
                self._reference, _patch(image, place), points, np.empty(0), winSize=_WINDOW, maxLevel=_LEVELS
            )
            seen = (status[:, 0] > 0) & (error[:, 0] < _WORST)
            if seen.sum() < FEWEST:
                return None
            change, _ = cv2.estimateAffinePartial2D(points[seen], moved[seen], ransacReprojThreshold=2.0)
            if change is None:
                return None
            place = place @ _square(change)
            shift = np.abs(change @ (MIDDLE, MIDDLE, 1) - MIDDLE).max()
            if shift < 3 and abs(np.hypot(change[0, 0], change[1, 0]) - 1) < 0.05:
                break
        back = cv2.invertAffineTransform(change)
        steadied = moved[:, 0].astype(np.float64) @ back[:, :2].T + back[:, 2]
        return View(steadied, seen, place, image.shape[1])


def _patch(image: Image, place: Points) -> Image:
    """The grey patch (PATCH, PATCH) that `place` takes to the picture; its rim goes on beyond its edge."""
    (left, top), (right, bottom) = _extent(place, image.shape)
    if right <= left or bottom <= top:
        return np.zeros((PATCH, PATCH), np.uint8)
    part = image[top:bottom, left:right]
    grey = cv2.cvtColor(part, cv2.COLOR_RGB2GRAY) if part.ndim == 3 else np.ascontiguousarray(part)
    move = place.copy()
    move[:, 2] -= (left, top)
    shrink = int(np.clip(np.hypot(place[0, 0], place[1, 0]) / 1.25, 1, 8))
    if shrink > 1:
        size = (max(1, grey.shape[1] // shrink), max(1, grey.shape[0] // shrink))
        ratio = np.array([[size[0] / grey.shape[1]], [size[1] / grey.shape[0]]])
        grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
        move = move * ratio
        move[:, 2] += ratio[:, 0] / 2 - 0.5
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(
        cv2.warpAffine(grey, move, (PATCH, PATCH), flags=flags, borderMode=cv2.BORDER_REPLICATE), dtype=np.uint8
    )


def _extent(place: Points, shape: tuple[int, ...]) -> NDArray[np.int64]:
    """The part of the picture that a patch shows: ((left, top), (right, bottom))."""
    corners = np.array([[0, 0, 1], [PATCH, 0, 1], [0, PATCH, 1], [PATCH, PATCH, 1]]) @ place.T
    limits = np.array([shape[1], shape[0]])
    return np.array(
        [np.clip(np.floor(corners.min(0)) - 2, 0, limits), np.clip(np.ceil(corners.max(0)) + 2, 0, limits)]
    ).astype(np.int64)


def _corners(patch: Image) -> Points:
    """Points (n, 2) on the face that can be followed (Shi and Tomasi, 1994)."""
    middle = PATCH // 2
    mask = np.zeros((PATCH, PATCH), np.uint8)
    cv2.ellipse(mask, (middle, middle), (round(0.52 * FACE), round(0.62 * FACE)), 0, 0, 360, 255, -1)
    found = cv2.goodFeaturesToTrack(patch, CORNERS, 0.01, 4, mask=mask)
    return np.zeros((0, 2)) if found is None else found[:, 0].astype(np.float64)


def _square(place: Points) -> Points:
    return np.vstack([place, (0.0, 0.0, 1.0)])
