"""The sheet on which a head is modelled: a regular grid in head units, and the soft shapes that are laid on it."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.demo.person import Colour

Field = NDArray[np.floating[Any]]

UNIT = 144
"""Grid cells in one head unit (half the height of a head)."""
LEFT, TOP, RIGHT, BOTTOM = -1.25, -1.5, 1.25, 1.75
COLUMNS, ROWS = round((RIGHT - LEFT) * UNIT), round((BOTTOM - TOP) * UNIT)

xs: Field = (LEFT + (np.arange(COLUMNS, dtype=np.float32) + 0.5) / UNIT)[None, :]
ys: Field = (TOP + (np.arange(ROWS, dtype=np.float32) + 0.5) / UNIT)[:, None]


def bump(x: float, y: float, wide: float, high: float, along: Field = xs, down: Field = ys) -> Field:
    """A Gaussian hill of height 1 at (x, y), with its standard deviations in both directions."""
    return np.exp(-0.5 * ((along - x) / wide) ** 2) * np.exp(-0.5 * ((down - y) / high) ** 2)


def pair(x: float, y: float, wide: float, high: float) -> Field:
    """The same hill on both sides of the face."""
    return bump(-x, y, wide, high) + bump(x, y, wide, high)


def step(value: Field, low: float, high: float) -> Field:
    """0 below `low`, 1 above `high` (or the other way round when low > high), smooth between."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def curve(points: list[tuple[float, float]], at: Field) -> Field:
    """A smooth curve (Catmull-Rom in the second coordinate) through points given in order of the first."""
    nodes = np.array(points, dtype=np.float32)
    x, y = nodes[:, 0], nodes[:, 1]
    slope = np.gradient(y, x)
    i = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(x) - 2)
    gap = x[i + 1] - x[i]
    t = np.clip((at - x[i]) / gap, 0, 1)
    rest = 1 - t
    return (
        (1 + 2 * t) * rest * rest * y[i]
        + t * rest * rest * gap * slope[i]
        + t * t * (3 - 2 * t) * y[i + 1]
        - t * t * rest * gap * slope[i + 1]
    ).astype(np.float32)


def lay(paint: Field, colour: Colour | Field, amount: Field | float) -> None:
    """Cover `paint` (rows, columns, 3) in place with `colour`, as much as `amount` (0..1) says."""
    if not isinstance(amount, np.ndarray):
        paint += (np.asarray(colour, dtype=np.float32) - paint) * amount
        return
    amount = np.broadcast_to(amount, paint.shape[:2])
    rows, columns = np.flatnonzero(amount.max(axis=1) > 1e-3), np.flatnonzero(amount.max(axis=0) > 1e-3)
    if not len(rows):
        return
    part = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    what = np.asarray(colour, dtype=np.float32)
    paint[part] += ((what[part] if what.ndim == 3 else what) - paint[part]) * amount[part][..., None]


def noise(rng: np.random.Generator, cells_x: float, cells_y: float, shape: tuple[int, int] = (ROWS, COLUMNS)) -> Field:
    """Smooth noise, mean 0 and deviation 1, with about that many cells across and down."""
    small = rng.standard_normal((max(2, round(cells_y)), max(2, round(cells_x)))).astype(np.float32)
    large = cv2.resize(small, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    return (large / (large.std() + 1e-6)).astype(np.float32)


def blur(field: Field, radius: float) -> Field:
    """Gaussian blur with a standard deviation in head units; done on a small copy when the radius is large."""
    shrink = max(1, int(radius * UNIT / 4))
    small = cv2.resize(field, None, fx=1 / shrink, fy=1 / shrink, interpolation=cv2.INTER_AREA) if shrink > 1 else field
    small = cv2.GaussianBlur(small, (0, 0), radius * UNIT / shrink)
    back = cv2.resize(small, (field.shape[1], field.shape[0]), interpolation=cv2.INTER_LINEAR) if shrink > 1 else small
    return np.asarray(back, dtype=np.float32)
