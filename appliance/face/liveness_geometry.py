"""A head, or a sheet with a picture of one: what moving points on and about a face tell. Pure.

Between two views the points of a plane move by a homography, those of a gently bent sheet by hardly more than a motion
of second order in the picture (Waxman and Ullman, "Surface structure and three-dimensional motion from image flow
kinematics", IJRR 1985). What is left after it is parallax (Irani and Anandan, ECCV 1996): a nose has it, paper and
screens leave noise. What a head would have left is reckoned from the motion itself, so that a head that hardly moved is
not called a sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Mask = NDArray[np.bool_]

FACE = 72
"""Pixels of a patch that a detector's box is wide. Points move in patches: their noise is the same for near and far."""

PATCH = 232
"""Side of a patch: 3.2 face widths, with the edges of a sheet or phone about a face in it."""

MIDDLE = (PATCH - 1) / 2

FOCAL = 0.8
"""Focal length in picture widths: 64 degrees across, as Raspberry Pi and most USB cameras have within a few degrees."""

FEWEST = 12
"""Points that a motion is fitted to at least."""

FEW = 3
"""Frames with a nearer or farther face, below which nothing is said of what is beside it."""

ROUNDS = 3
"""Of reweighting; blinking eyes and a talking mouth lose their weight in the first two."""


@dataclass(frozen=True)
class View:
    """Points of the reference as one frame shows them: `points` (N, 2) in patch pixels, `seen` (N).

    `place` (2, 3) is the similarity from patch to picture; `wide` the picture's width in pixels.
    """

    points: Points
    seen: Mask
    place: Points
    wide: int

    @property
    def size(self) -> float:
        """Width of the face in pixels of the picture."""
        return float(np.hypot(self.place[0, 0], self.place[1, 0])) * FACE


@dataclass(frozen=True)
class Step:
    """What one frame told beside the reference.

    `relief`: root median square of what a bent sheet's motion leaves on the face, `expected`: what it would leave on a
    head; both in face widths. `carried`: how much of what is left and right of the face came along, -1..1; None where
    the face has hardly come nearer. `size` in pixels.
    """

    relief: float
    expected: float
    carried: tuple[float, float] | None
    size: float


@dataclass(frozen=True)
class Figures:
    """What a visit told: see `Step`; `approach` is the largest face by the smallest, `steps` how many frames count."""

    relief: float
    expected: float
    carried: tuple[float, float]
    approach: float
    steps: int


def compare(first: View, then: View, carried: tuple[float, float] | None) -> Step | None:
    """One frame beside the reference. None: too few points are left."""
    if then.seen.sum() < FEWEST:
        return None
    one, other = (first.points[then.seen] - MIDDLE) / FACE, (then.points[then.seen] - MIDDLE) / FACE
    fit, gap = smooth_motion(one, other)
    would = np.sqrt(np.median(expected(one, fit, first, then)))
    return Step(float(np.sqrt(np.median(gap))), float(would), carried, then.size)


def summed(steps: Sequence[Step]) -> Figures:
    """The figures of a visit. Those frames decide in which a head would show most."""
    if not steps:
        return Figures(0.0, 0.0, (0.0, 0.0), 1.0, 0)
    told = sorted(steps, key=lambda step: step.expected)[len(steps) // 2 :]
    beside = [step.carried for step in steps if step.carried is not None]
    left, right = np.median(beside, axis=0) if len(beside) >= FEW else (0.0, 0.0)
    sizes = [step.size for step in steps]
    return Figures(
        relief=float(np.median([step.relief for step in told])),
        expected=float(np.median([step.expected for step in told])),
        carried=(float(left), float(right)),
        approach=max(sizes) / min(sizes),
        steps=len(steps),
    )


def smooth_motion(one: Points, other: Points) -> tuple[Points, Points]:
    """The motion of second order (6, 2) between points (n, 2), and the squares (n) of what it leaves.

    Least squares, reweighted by Tukey's biweight, so that what moves by itself does not bend the fit.
    """
    basis = _basis(one)
    weight = np.ones((len(one), 1))
    for _ in range(ROUNDS):
        fit = _solve(basis * weight, other, basis)
        gap = ((other - basis @ fit) ** 2).sum(1)
        limit = 4.685**2 * (
            np.median(gap) / 1.386 + 1e-8
        )  # the median of two squared normal numbers is 1.386 variances
        weight = np.clip(1 - gap / limit, 0, 1)[:, None]
    return np.asarray(fit), np.asarray(gap)


def expected(at: Points, fit: Points, first: View, then: View) -> Points:
    """The squares (n) that a motion of second order would leave of a head at the points `at` (n, 2), face widths.

    The head has come nearer as the face has grown, and turned as far as its middle is foreshortened.
    """
    deep = head_depth(at)
    stretch, angle = _foreshortening(fit)
    turn = np.arccos(min(1.0, 1 / stretch)) if stretch > 1.01 else 0.0  # less than 8 degrees drown in noise
    near = np.c_[at, deep] @ _about(angle, turn).T
    start, end = FOCAL * first.wide / first.size, FOCAL * then.wide / then.size  # distances in face widths
    seen = at * (start / (start - deep))[:, None]
    moved = near[:, :2] * (end / (end - near[:, 2]))[:, None]
    basis = _basis(seen)
    own = _solve(basis, moved, basis)
    return np.asarray(((moved - basis @ own) ** 2).sum(1))


def head_depth(at: Points) -> Points:
    """How far everybody's head roughly stands out (n) at points (n, 2) from the middle of the face; face widths.

    Half an ellipsoid, and a nose of 2 cm on a face of 15 cm.
    """
    skull = 0.55 * np.sqrt(np.clip(1 - (at[:, 0] / 0.7) ** 2 - (at[:, 1] / 0.95) ** 2, 0, None))
    return np.asarray(skull + 0.13 * np.exp(-((at[:, 0] / 0.09) ** 2) - ((at[:, 1] - 0.06) / 0.15) ** 2))


def _basis(at: Points) -> Points:
    x, y = at.T
    return np.c_[np.ones(len(at)), x, y, x * x, x * y, y * y]


def _solve(weighted: Points, target: Points, basis: Points) -> Points:
    """Weighted least squares; a touch of ridge where points lie so that a coefficient is free."""
    return np.asarray(np.linalg.solve(weighted.T @ basis + 1e-7 * np.eye(basis.shape[1]), weighted.T @ target))


def _foreshortening(fit: Points) -> tuple[float, float]:
    """By how much more a motion stretches one direction than the other, and the angle of the shorter one."""
    _, values, axes = np.linalg.svd(fit[1:3].T)
    return float(values[0] / max(values[1], 1e-9)), float(np.arctan2(axes[1, 1], axes[1, 0]))


def _about(angle: float, turn: float) -> Points:
    """Rotation (3, 3) that shortens the direction `angle` in the picture by turning `turn` radians."""
    c, s = np.cos(angle), np.sin(angle)
    to = np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]])
    tilt = np.array([[np.cos(turn), 0, np.sin(turn)], [0, 1, 0], [-np.sin(turn), 0, np.cos(turn)]])
    return np.asarray(to.T @ tilt @ to)
