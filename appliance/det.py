"""Where the lines of two drawings go: a DET curve, and strangers against own pictures over the distance. Pure.

A DET curve (Martin et al., "The DET curve in assessment of detection task performance", Eurospeech 1997) has both error
rates on the normal-deviate scale: normally distributed scores become a straight line, and small rates get room.

Places are in units of the drawing, from its top left corner; paths are in the notation of SVG.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist

LOWEST, HIGHEST = 0.0005, 0.5
"""Shares at the ends of an axis. Smaller ones, zero among them, are drawn on the edge: the scale has no zero."""

MARKED = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4)
"""Shares that get a line and a label."""

NEAREST, FARTHEST = 0.0, 0.8
"""Distances at the ends of the strip; what lies beyond is drawn at the end."""

BINS = 40
"""Columns of the strip: 0.02 each."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Frame:
    """The plotted area."""

    left: float
    top: float
    right: float
    bottom: float


DET_FRAME = Frame(left=58, top=14, right=398, bottom=270)
STRIP_FRAME = Frame(left=14, top=26, right=398, bottom=226)


def deviate(share: float) -> float:
    """A share on the normal-deviate scale, kept within the axis."""
    return NormalDist().inv_cdf(min(max(share, LOWEST), HIGHEST))


@dataclass(frozen=True)
class Axis:
    """From `start`, where LOWEST lies, to `end`, where HIGHEST does."""

    start: float
    end: float

    def place(self, share: float) -> float:
        """Where a share lies."""
        part = (deviate(share) - deviate(LOWEST)) / (deviate(HIGHEST) - deviate(LOWEST))
        return round(self.start + part * (self.end - self.start), 2)

    @property
    def ticks(self) -> list[Point]:
        """Place and share of every line with a label."""
        return [(self.place(share), share) for share in MARKED]


@dataclass(frozen=True)
class Det:
    """A DET drawing: false names of strangers across, delegates without their name up.

    `counted`: the path of the steps, `model`: of the fitted curve (empty: none). `mark`: the threshold in force.
    `target`: where the share of strangers who may be named lies. `interval`: the ends of the counted share's.
    `apart`: every count lies on an edge, since no stranger comes as near as any own picture.
    """

    counted: str
    model: str
    mark: Point
    target: float
    interval: Point
    apart: bool

    frame = DET_FRAME
    across = Axis(DET_FRAME.left, DET_FRAME.right)
    up = Axis(DET_FRAME.bottom, DET_FRAME.top)


def det(
    counted: Sequence[Point], model: Sequence[Point], *, mark: Point, target: float, interval: tuple[float, float]
) -> Det:
    """Draw. Points are (FPIR, FNIR) in the order of the threshold: FPIR never falls, FNIR never rises."""
    return Det(
        counted=steps([_place(point) for point in counted]),
        model=line([_place(point) for point in model]),
        mark=_place(mark),
        target=Det.across.place(target),
        interval=(Det.across.place(interval[0]), Det.across.place(interval[1])),
        apart=all(min(point) <= LOWEST for point in counted),
    )


def _place(point: Point) -> Point:
    return Det.across.place(point[0]), Det.up.place(point[1])


def line(points: Sequence[Point]) -> str:
    """A path through points; those that lie where the one before does are left out."""
    kept = [point for n, point in enumerate(points) if not n or point != points[n - 1]]
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in kept) if len(kept) > 1 else ""


def steps(points: Sequence[Point]) -> str:
    """A path through points that goes across first and then up or down: what was counted lies between no two counts."""
    corners: list[Point] = []
    for x, y in points:
        if corners:
            corners.append((x, corners[-1][1]))
        corners.append((x, y))
    return line(corners)


@dataclass(frozen=True)
class Strip:
    """Strangers' distances above a common line, delegates' own pictures below it; the threshold crosses both."""

    strangers: str
    own: str
    threshold: float

    frame = STRIP_FRAME

    @cached_property
    def middle(self) -> float:
        """Where the common line lies."""
        return (self.frame.top + self.frame.bottom) / 2

    @property
    def ticks(self) -> list[Point]:
        """Place and distance of every label."""
        return [(_along(n / 10), n / 10) for n in range(9)]


def strip(strangers: Sequence[int], own: Sequence[int], threshold: float) -> Strip:
    """Draw two counts over BINS columns; each fills its half, so that shapes compare and heights do not."""
    middle = (STRIP_FRAME.top + STRIP_FRAME.bottom) / 2
    half = (STRIP_FRAME.bottom - STRIP_FRAME.top) / 2 - 4
    return Strip(columns(strangers, middle, -half), columns(own, middle, half), _along(threshold))


def columns(counts: Sequence[int], base: float, height: float) -> str:
    """One outline of columns on a line at `base`, the largest `height` high (negative: upwards); empty without any."""
    largest = max(counts, default=0)
    if not largest:
        return ""
    wide = (STRIP_FRAME.right - STRIP_FRAME.left) / len(counts)
    outline = [f"M{STRIP_FRAME.left:g} {base:g}"]
    for n, count in enumerate(counts):
        top = base + height * count / largest
        outline.append(f"V{round(top, 2):g}H{round(STRIP_FRAME.left + (n + 1) * wide, 2):g}")
    return "".join(outline) + f"V{base:g}Z"


def column(distance: float) -> int:
    """In which column a distance is counted."""
    return min(max(int((distance - NEAREST) / (FARTHEST - NEAREST) * BINS), 0), BINS - 1)


def _along(distance: float) -> float:
    part = (min(max(distance, NEAREST), FARTHEST) - NEAREST) / (FARTHEST - NEAREST)
    return round(STRIP_FRAME.left + part * (STRIP_FRAME.right - STRIP_FRAME.left), 2)
