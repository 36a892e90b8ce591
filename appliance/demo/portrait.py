"""Portraits of people who do not exist: drawn from a seed, lit, turned and nodded, found by a face detector."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.demo import body, glasses, grid
from appliance.demo.grid import lay
from appliance.demo.hair import Hair, grow
from appliance.demo.person import Person
from appliance.demo.relief import Expression, Relief, bare_head
from appliance.demo.skin import paint_face
from appliance.demo.surface import PIVOT, Light, Surface, nearest_covered, project, shade, turn

__all__ = ["COUNCIL", "STRANGERS", "Expression", "Light", "Person", "Portrait", "draw"]

COUNCIL: tuple[int, ...] = (
    554, 544, 698, 34, 686, 540, 469, 591, 358, 741, 16, 516, 853, 58, 353, 126, 315, 311, 581, 287, 180, 498,
    420, 340, 41, 711, 336, 608, 288, 832, 360, 106,
)  # fmt: skip
"""Seeds of people that a detector finds in every pose of a walk and a descriptor never confuses.

Chosen by `appliance.demo.vetting` among 860, less the odd-looking: any two lie 0.42 or more apart (mean of three
pictures each). One picture lies from its own template 0.14 in the median when the face looks at the door; over yaw to
25, pitch to 12 degrees and eight lights 0.22, and 95 of 100 within 0.31.
"""

STRANGERS: tuple[int, ...] = (783, 633, 563, 156, 151, 181, 802, 217, 714, 128)
"""Seeds of people whom nobody enrolls, at least 0.44 from everybody in COUNCIL and from each other."""

DAYLIGHT = Light()
CALM = Expression()


@dataclass(frozen=True)
class Portrait:
    """RGB (size, size, 3) and alpha (size, size), both uint8; the colour under alpha 0 has no meaning."""

    rgb: NDArray[np.uint8]
    alpha: NDArray[np.uint8]


@lru_cache(maxsize=8)
def _head(person: Person, expression: Expression) -> tuple[Surface, ...]:
    """The head at full, half and quarter resolution."""
    relief = _relief(person, expression.smile)
    paint, gloss = paint_face(person, expression)
    hair = _hair(person)
    cover = np.maximum(relief.cover, hair.cover)
    lay(paint, hair.paint, hair.cover)
    share = np.where(relief.cover > 0.5, hair.cover, hair.cover > 0.02)
    height = relief.height + (hair.height - relief.height) * share
    skull = relief.half_width > np.abs(grid.xs)
    floor = np.where(skull, -0.5, np.where(hair.cover > 0.3, -0.3, relief.height - 0.1))
    floor = np.where(grid.ys > 0.6, np.maximum(floor, -0.3), floor)
    paint = paint.reshape(-1, 3)[nearest_covered(cover > 0.7)]
    whole = Surface(
        paint,
        height.astype(np.float32),
        cover,
        (gloss + (0.14 - gloss) * hair.cover).astype(np.float32),
        floor.astype(np.float32),
        (grid.LEFT, grid.TOP),
    ).trimmed()
    levels = (whole, whole.smaller(), whole.smaller().smaller())
    if expression.blink:
        # Lids are painted, not modelled: the shape is that of the open eyes.
        for level, calm in zip(levels, _head(person, Expression(smile=expression.smile)), strict=True):
            level.take_shape(calm)
    return levels


@lru_cache(maxsize=4)
def _relief(person: Person, smile: float) -> Relief:
    return bare_head(person, Expression(smile=smile))


@lru_cache(maxsize=8)
def _hair(person: Person) -> Hair:
    return grow(person, _relief(person, 0.0))


@lru_cache(maxsize=8)
def _body(person: Person) -> Surface:
    return body.dress(person, _hair(person))


@lru_cache(maxsize=8)
def _still(person: Person, light: Light, size: int) -> NDArray[np.float32]:
    """The lit body in a square of `size` pixels, RGBA 0..255."""
    surface = _body(person)
    lit = np.dstack([shade(surface, light, turn(0, 0)), (surface.cover * 255).astype(np.uint8)])
    method = cv2.INTER_AREA if size < lit.shape[0] else cv2.INTER_LINEAR
    return cv2.resize(lit, (size, size), interpolation=method).astype(np.float32)


def draw(
    person: Person,
    *,
    size: int = 360,
    yaw: float = 0.0,
    pitch: float = 0.0,
    roll: float = 0.0,
    light: Light = DAYLIGHT,
    expression: Expression = CALM,
) -> Portrait:
    """Draw head and shoulders in a square of `size` pixels.

    Degrees: yaw > 0 turns the face to the right of the picture, pitch > 0 raises it, roll > 0 tips it clockwise; beyond
    35 the sides of the head are guesswork. The square spans 3.6 head units: a detector's box is about 0.38 `size` high.
    """
    unit = size / body.SIDE
    out = _still(person, light, size)
    rgb, alpha = out[..., :3].copy(), out[..., 3].copy()
    level = int(np.clip(np.floor(np.log2(grid.UNIT / unit) + 0.35), 0, 2))
    head, rotation = _head(person, expression)[level], turn(yaw, pitch)
    plane = _plane(unit, roll)
    (left, top, right, bottom) = _extent(head, rotation, plane, size)
    part = (slice(top, bottom), slice(left, right))
    plane[:, 2] += plane[:, :2] @ np.array([left, top], dtype=np.float32)
    seen = project(head, shade(head, light, rotation), rotation, plane, (bottom - top, right - left))
    share = cv2.GaussianBlur(seen[..., 3], (0, 0), 0.6).astype(np.float32) / 255
    rgb[part] += (seen[..., :3] - rgb[part]) * share[..., None]
    if person.glasses != "none":
        glasses.wear(rgb[part], person, rotation, plane)
    alpha[part] = np.maximum(alpha[part], share * 255)
    return Portrait(rgb.astype(np.uint8), alpha.astype(np.uint8))


def _plane(unit: float, roll: float) -> NDArray[np.float32]:
    """The map (2, 3) from pixels of the square to head units before the turn."""
    r = np.radians(roll)
    plane = np.array([[np.cos(r), np.sin(r), 0], [-np.sin(r), np.cos(r), PIVOT[1]]], dtype=np.float32)
    plane[:, :2] /= unit
    plane[:, 2] -= plane[:, :2] @ np.array([-body.LEFT, PIVOT[1] - body.TOP], dtype=np.float32) * unit
    return plane


def _extent(head: Surface, rotation: NDArray, plane: NDArray, size: int) -> tuple[int, int, int, int]:
    """The pixels that the turned head can reach: left, top, right, bottom."""
    rows, columns = head.cover.shape
    left, top = head.corner
    ends = [
        (x, y, z)
        for x in (left, left + columns / head.unit)
        for y in (top, top + rows / head.unit)
        for z in (-0.3, 0.5)
    ]
    seen = (np.array(ends) - PIVOT) @ rotation.T + PIVOT
    pixels = np.linalg.solve(plane[:, :2], seen[:, :2].T - plane[:, 2:])
    low, high = np.floor(pixels.min(axis=1)) - 2, np.ceil(pixels.max(axis=1)) + 2
    (x0, y0), (x1, y1) = np.clip(low, 0, size).astype(int), np.clip(high, 0, size).astype(int)
    return int(x0), int(y0), int(x1), int(y1)
