"""The corridor before the door, and how a figure is laid into the picture of it."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]


@lru_cache(maxsize=4)
def corridor(size: tuple[int, int]) -> Image:
    """An empty corridor in perspective, RGB (height, width, 3): doors, floor, ceiling lights, a window at the end."""
    width, height = size
    x = (np.arange(width, dtype=np.float32)[None, :] + 0.5) / width * 2 - 1
    y = (np.arange(height, dtype=np.float32)[:, None] + 0.5) / height * 2 - 0.85
    depth = np.maximum(np.maximum(np.abs(x), np.abs(y) / 1.05), 0.22)
    wall = np.abs(x) >= np.abs(y) / 1.05
    picture = np.empty((height, width, 3), dtype=np.float32)
    picture[:] = (176, 172, 160)
    picture[~wall & (y > 0)] = (120, 104, 88)
    picture[~wall & (y < 0)] = (205, 203, 196)
    picture *= (0.62 + 0.38 * np.sqrt(depth))[..., None]
    door = wall & (np.abs((1.7 / depth) % 1.0 - 0.5) < 0.36) & (y / depth > -0.55) & (x > 0)
    picture[door] *= (0.72, 0.62, 0.52)
    lamp = ~wall & (y < 0) & (np.abs(x / depth) < 0.2) & ((1.3 / depth) % 1.0 < 0.4)
    picture[lamp] = (250, 249, 240)
    picture[wall & (np.abs(y / depth - 0.3) < 0.03)] *= 0.8
    picture[depth <= 0.221] = (188, 200, 206)
    return np.clip(cv2.GaussianBlur(picture, (0, 0), width / 320), 0, 255).astype(np.uint8)


def cut_out(photograph: Image, face: tuple[int, int, int, int]) -> Image:
    """Head and shoulders of a photograph (rows, columns, 3) with a soft edge, RGBA.

    `face` is the left, top, right and bottom of the face. A photograph that has an alpha channel is taken as it is.
    """
    if photograph.shape[2] == 4:
        return photograph
    rows, columns = photograph.shape[:2]
    left, top, right, bottom = face
    high = bottom - top
    along, down = np.arange(columns, dtype=np.float32)[None, :], np.arange(rows, dtype=np.float32)[:, None]
    u, v = (along - (left + right) / 2) / high, (down - (top + bottom) / 2) / high
    head = 1 - np.hypot(u / 0.78, (v + 0.05) / 0.98)
    shoulders = np.minimum(1.75 - np.abs(u) - 0.6 * np.exp(-3 * (v - 0.7)), (v - 0.55) * 2)
    edge = np.minimum(np.minimum(along + 1, columns - along), down + 1) / high
    inside = np.clip(np.minimum(np.maximum(head, shoulders), edge) / 0.2, 0, 1)
    return np.dstack([photograph, (inside * inside * (3 - 2 * inside) * 255).astype(np.uint8)])


def lay(
    picture: Image,
    figure: Image,
    centre: tuple[float, float],
    at: tuple[float, float],
    scale: float,
    roll: float,
    opacity: float = 1.0,
) -> None:
    """Lay a figure (RGBA) over a picture (RGB) in place.

    The point `centre` of the figure comes to the pixel `at`, `scale` times as large, tipped by `roll` degrees. Below
    its last row the figure goes on as that row: clothes reach to the edge of the picture.
    """
    c, s = scale * np.cos(np.radians(roll)), scale * np.sin(np.radians(roll))
    x0, y0 = at[0] - c * centre[0] + s * centre[1], at[1] - s * centre[0] - c * centre[1]
    height, width = picture.shape[:2]
    rows, columns = figure.shape[:2]
    reach = abs(s) * (rows + height) + 2
    left, right = max(0, int(x0 - reach)), min(width, int(x0 + c * columns + reach))
    top = min(max(0, int(y0 - abs(s) * columns - 2)), height)
    if right <= left or top >= height:
        return
    place = np.array([[c, -s, x0 - left], [s, c, y0 - top]])
    seen = cv2.warpAffine(
        figure, place, (right - left, height - top), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    part = picture[top:, left:right]
    alpha = cv2.multiply(seen[..., 3], opacity).astype(np.uint16)[..., None]
    part[:] = ((seen[..., :3] * alpha + part * (255 - alpha) + 127) // 255).astype(np.uint8)
