"""Portraits of people who do not exist: drawn from a seed, lit, turned and nodded, found by a face detector."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.demo import body, glasses, grid
from appliance.demo.grid import lay
from appliance.demo.hair import grow
from appliance.demo.person import Person
from appliance.demo.relief import Expression, bare_head
from appliance.demo.skin import paint_face
from appliance.demo.surface import PIVOT, Light, Surface, nearest_covered, project, shade, turn

__all__ = ["COUNCIL", "STRANGERS", "Expression", "Light", "Person", "Portrait", "draw"]

COUNCIL: tuple[int, ...] = (
    137, 76, 40, 145, 111, 79, 174, 183, 14, 35, 100, 16, 192, 108, 116, 106, 2, 93, 19, 63, 175, 153, 112, 60, 81,
    20, 126, 77, 114, 65,
)  # fmt: skip
STRANGERS: tuple[int, ...] = (62, 41, 69, 44, 196, 70, 91, 198)


@dataclass(frozen=True)
class Portrait:
    """RGB (size, size, 3) and alpha (size, size), both uint8; the colour under alpha 0 has no meaning."""

    rgb: NDArray[np.uint8]
    alpha: NDArray[np.uint8]


@dataclass(frozen=True)
class _Figure:
    head: tuple[Surface, ...]
    body: tuple[Surface, ...]


@lru_cache(maxsize=64)
def _figure(person: Person, expression: Expression) -> _Figure:
    relief = bare_head(person, expression)
    paint, gloss = paint_face(person, relief, expression)
    hair = grow(person, relief)
    cover = np.maximum(relief.cover, hair.cover)
    lay(paint, hair.paint, hair.cover)
    share = np.where(relief.cover > 0.5, hair.cover, (hair.cover > 0.02).astype(np.float32))
    height = relief.height + (hair.height - relief.height) * share
    gloss = gloss + (0.14 - gloss) * hair.cover
    floor = np.where(relief.half_width > np.abs(grid.xs), -0.5, np.where(hair.cover > 0.3, -0.3, relief.height - 0.1))
    floor = np.where(grid.ys > 0.6, np.maximum(floor, -0.3), floor).astype(np.float32)
    head = Surface(paint.reshape(-1, 3)[nearest_covered(cover > 0.7)], height.astype(np.float32), cover, gloss, floor)
    torso = body.dress(person, hair, grid.LEFT, grid.TOP)
    heads, bodies = [head], [torso]
    for _ in range(2):
        heads.append(heads[-1].smaller())
        bodies.append(bodies[-1].smaller())
    return _Figure(tuple(heads), tuple(bodies))


def draw(
    person: Person,
    *,
    size: int = 360,
    yaw: float = 0.0,
    pitch: float = 0.0,
    roll: float = 0.0,
    light: Light = Light(),
    expression: Expression = Expression(),
) -> Portrait:
    """Draw head and shoulders in a square of `size` pixels.

    Degrees: yaw > 0 turns the face to the right of the picture, pitch > 0 raises it, roll > 0 tips it clockwise. The
    square spans 3.6 head units, so a detector's box around the face is about 0.38 of `size` high.
    """
    figure = _figure(person, expression)
    unit = size / body.SIDE
    level = int(np.clip(np.floor(np.log2(grid.UNIT / unit) + 0.35), 0, 2))
    still, head = figure.body[level], figure.head[level]
    flat = shade(still, light, turn(0, 0))
    back = np.dstack([flat, (still.cover * 255).astype(np.uint8)])
    method = cv2.INTER_AREA if size < back.shape[0] else cv2.INTER_LINEAR
    out = cv2.resize(back, (size, size), interpolation=method).astype(np.float32)
    rotation = turn(yaw, pitch)
    r = np.radians(roll)
    plane = np.array([[np.cos(r), np.sin(r), 0], [-np.sin(r), np.cos(r), PIVOT[1]]], dtype=np.float32)
    plane[:, :2] /= unit
    plane[:, 2] -= plane[:, :2] @ np.array([-body.LEFT, PIVOT[1] - body.TOP], dtype=np.float32) * unit
    top = project(head, shade(head, light, rotation), rotation, plane, (size, size), (grid.LEFT, grid.TOP))
    share = cv2.GaussianBlur(top[..., 3], (0, 0), 0.6).astype(np.float32)[..., None] / 255
    rgb = out[..., :3] + (top[..., :3] - out[..., :3]) * share
    if person.glasses != "none":
        glasses.wear(rgb, person, rotation, plane)
    alpha = np.maximum(out[..., 3], share[..., 0] * 255)
    return Portrait(rgb.astype(np.uint8), alpha.astype(np.uint8))
