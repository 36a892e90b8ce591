"""Glasses: a thin painted sheet in front of the face, with arms back to the ears."""

from functools import lru_cache

import cv2
import numpy as np

from appliance.demo import grid
from appliance.demo.grid import Field, step, xs, ys
from appliance.demo.person import Person
from appliance.demo.surface import PIVOT, Bytes

FRONT, BEND = 0.86, 0.32
"""Height of the bridge over the plane of the ears, and how fast the sheet falls back to the sides."""
LENS_Y = 0.035


@lru_cache(maxsize=8)
def _sheet(person: Person) -> Bytes:
    """RGBA of frame and lenses on the grid of the head."""
    wide, high = 0.205 * person.glasses_size, (0.17 if person.glasses == "round" else 0.145) * person.glasses_size
    x = np.abs(xs) - max(person.eye_x + 0.005, wide + 0.035)
    power = {"round": 2.0, "thin": 2.6}.get(person.glasses, 4.5)
    distance = (np.abs(x / wide) ** power + np.abs((ys - LENS_Y - 0.03 * (power > 4)) / high) ** power) ** (
        1 / power
    ) - 1
    thick = person.frame_thick * (0.55 if person.glasses == "thin" else 1.0) / high
    rim = step(np.abs(distance), thick, thick * 0.55)
    if person.glasses == "browline":
        lower = step(ys, 0.0, 0.03)
        rim = rim * (1 - 0.75 * lower) + step(np.abs(distance - 0.02), thick * 1.9, thick * 1.4) * step(
            ys, -0.01, -0.05
        )
    bridge = step(np.abs(ys + 0.035 - 0.8 * xs**2), 0.024, 0.012) * step(np.abs(xs), 0.11, 0.09)
    frame = np.clip(np.maximum(rim, bridge), 0, 1)
    lens = step(distance, 0.0, -0.05)
    glare = 0.07 * lens * (0.5 + 0.5 * step(ys + 0.5 * xs * np.sign(xs), -0.02, -0.08))
    alpha = np.maximum(frame * 0.96, glare)
    shine = 0.75 + 0.5 * step(ys, 0.1, -0.12)
    colour = np.sqrt(np.clip(np.array(person.frame_colour, dtype=np.float32) * shine[..., None], 0, 1)) * 255
    colour = np.broadcast_to(colour, (*frame.shape, 3)).copy()
    grid.lay(colour, (235.0, 240.0, 245.0), (1 - frame) * lens)
    return np.dstack([colour, alpha * 255]).astype(np.uint8)


def wear(rgb: Field, person: Person, rotation: Field, to_head: Field) -> None:
    """Put a person's glasses on a picture (rows, columns, 3), 0..255, of the head turned by `rotation`, in place."""
    _arms(rgb, person, rotation, to_head)
    rows, columns = rgb.shape[:2]
    px, py = np.arange(columns, dtype=np.float32)[None, :], np.arange(rows, dtype=np.float32)[:, None]
    u = to_head[0, 0] * px + to_head[0, 1] * py + to_head[0, 2]
    v = to_head[1, 0] * px + to_head[1, 1] * py + to_head[1, 2] - PIVOT[1]
    back = rotation.T
    x, y, z = (back[i, 0] * u + back[i, 1] * v + PIVOT[i] for i in range(3))
    dx, dy, dz = back[:, 2]
    s = (FRONT - z) / dz
    for _ in range(3):
        s = (FRONT - BEND * (x + s * dx) ** 2 - z) / dz
    sx = (x + s * dx - grid.LEFT) * grid.UNIT - 0.5
    sy = (y + s * dy - grid.TOP) * grid.UNIT - 0.5
    layer = cv2.remap(_sheet(person), sx.astype(np.float32), sy.astype(np.float32), cv2.INTER_LINEAR)
    rgb += (layer[..., :3] - rgb) * (layer[..., 3:].astype(np.float32) / 255)


def _arms(rgb: Field, person: Person, rotation: Field, to_head: Field) -> None:
    to_pixel = np.linalg.inv(np.vstack([to_head, [0, 0, 1]]))
    hinge = max(person.eye_x + 0.005, 0.205 * person.glasses_size + 0.035) + 0.2 * person.glasses_size
    colour = np.sqrt(np.array(person.frame_colour)) * 225
    thick = max(1, round(person.frame_thick * 1.3 / float(np.hypot(to_head[0, 0], to_head[0, 1]))))
    for side in (-1, 1):
        if rotation[0, 2] * side > 0.12:
            continue
        ends = (
            np.array(
                [[side * hinge, LENS_Y - 0.04, FRONT - BEND * hinge**2], [side * (person.width + 0.005), 0.0, 0.08]]
            )
            - PIVOT
        )
        seen = ends @ rotation.T + PIVOT
        at = (to_pixel @ np.vstack([seen[:, 0], seen[:, 1], np.ones(2)]))[:2].T
        start, stop = (tuple(int(c) for c in p * 16) for p in at)
        cv2.line(rgb, start, stop, colour.tolist(), thick, cv2.LINE_AA, 4)
