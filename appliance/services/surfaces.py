"""A picture on a flat or raised surface, anywhere before a pinhole camera: the renderer of the species.

Camera axes: x right, y down, z away from the camera; metres. A surface has u right, v down and its relief towards the
camera; its pose turns it about its own middle.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.camera import Image

Field = NDArray[np.float32]

ROUNDS = 7
"""Of the fixed-point iteration that finds where a ray meets a relief; from 6 on pictures stay the same."""


@dataclass(frozen=True)
class Pose:
    """Where the middle of a surface is (metres) and how it is turned (degrees; yaw > 0: its right side goes away)."""

    x: float
    y: float
    z: float
    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0

    @property
    def rotation(self) -> Field:
        """(3, 3): from the surface's axes to the camera's."""
        a, b, c = np.radians([self.yaw, self.pitch, self.roll])
        yaw = np.array([[np.cos(a), 0, -np.sin(a)], [0, 1, 0], [np.sin(a), 0, np.cos(a)]])
        pitch = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
        roll = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
        return np.asarray(roll @ pitch @ yaw, dtype=np.float32)


@dataclass
class Surface:
    """A picture on a relief: `paint` RGB (rows, columns, 3), `cover` (rows, columns) 0..255, both uint8.

    `height` (any rows, columns; float32) is the relief in metres towards the camera, None: flat. `width` in metres.
    """

    paint: Image
    cover: Image
    width: float
    height: Field | None = None
    _smaller: dict[int, tuple[Image, Image]] = field(default_factory=dict)

    @property
    def tall(self) -> float:
        """Its height in metres."""
        return self.width * self.paint.shape[0] / self.paint.shape[1]

    def at(self, columns: float) -> tuple[Image, Image]:
        """Paint and cover shrunk to about as many columns as the camera sees, so that nothing is undersampled."""
        full = self.paint.shape[1]
        step = max(0, round(2 * np.log2(full / max(columns, 8.0))))
        if step not in self._smaller:
            share = 2 ** (-step / 2)
            size = (max(4, round(full * share)), max(4, round(self.paint.shape[0] * share)))
            self._smaller[step] = (
                np.asarray(cv2.resize(self.paint, size, interpolation=cv2.INTER_AREA), dtype=np.uint8),
                np.asarray(cv2.resize(self.cover, size, interpolation=cv2.INTER_AREA), dtype=np.uint8),
            )
        return self._smaller[step]


def put(picture: Image, surface: Surface, pose: Pose, focal: float) -> None:
    """Draw a surface into an RGB picture, in place. `focal` in pixels; the optical axis goes through the middle."""
    rows, columns = picture.shape[:2]
    middle = np.array([(columns - 1) / 2, (rows - 1) / 2])
    place = _extent(surface, pose, focal, middle, (rows, columns))
    if place is None:
        return
    top, bottom, left, right = place
    u, v = _meet(surface, pose, focal, middle, place)
    paint, cover = surface.at(surface.width * focal / pose.z)
    sx = ((u / surface.width + 0.5) * paint.shape[1] - 0.5).astype(np.float32)
    sy = ((v / surface.tall + 0.5) * paint.shape[0] - 0.5).astype(np.float32)
    rgb = cv2.remap(paint, sx, sy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
    alpha = cv2.remap(cover, sx, sy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0.0)
    share = (alpha.astype(np.float32) / 255)[..., None]
    part = picture[top:bottom, left:right]
    part[:] = (part + (rgb - part) * share + 0.5).astype(np.uint8)


def _extent(
    surface: Surface, pose: Pose, focal: float, middle: NDArray, shape: tuple[int, int]
) -> tuple[int, int, int, int] | None:
    """The pixels that a surface can reach: top, bottom, left, right; None where that is nothing."""
    low, high = (0.0, 0.0) if surface.height is None else (float(np.min(surface.height)), float(np.max(surface.height)))
    half_u, half_v = surface.width / 2, surface.tall / 2
    ends = np.array([(u, v, -h) for u in (-half_u, half_u) for v in (-half_v, half_v) for h in (low, high)])
    seen = ends @ pose.rotation.T + (pose.x, pose.y, pose.z)
    pixels = seen[:, :2] / np.maximum(seen[:, 2:], 0.01) * focal + middle
    left, top = np.clip(np.floor(pixels.min(0)) - 1, 0, (shape[1], shape[0])).astype(int)
    right, bottom = np.clip(np.ceil(pixels.max(0)) + 2, 0, (shape[1], shape[0])).astype(int)
    return (int(top), int(bottom), int(left), int(right)) if top < bottom and left < right else None


def _meet(
    surface: Surface, pose: Pose, focal: float, middle: NDArray, place: tuple[int, int, int, int]
) -> tuple[Field, Field]:
    """Where on the surface (u, v in metres) the rays of the pixels in `place` meet it."""
    top, bottom, left, right = place
    px = (np.arange(left, right, dtype=np.float32)[None, :] - float(middle[0])) / focal
    py = (np.arange(top, bottom, dtype=np.float32)[:, None] - float(middle[1])) / focal
    turned = pose.rotation
    start = -(turned.T @ np.array([pose.x, pose.y, pose.z], dtype=np.float32))
    du, dv, dn = (turned[0, i] * px + turned[1, i] * py + turned[2, i] for i in range(3))
    relief = surface.height
    far: Field | np.float32 = np.float32(0)
    for _ in range(1 if relief is None else ROUNDS):
        s = (-far - start[2]) / dn
        u, v = start[0] + s * du, start[1] + s * dv
        if relief is not None:
            gx = ((u / surface.width + 0.5) * relief.shape[1] - 0.5).astype(np.float32)
            gy = ((v / surface.tall + 0.5) * relief.shape[0] - 0.5).astype(np.float32)
            far = cv2.remap(relief, gx, gy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return u, v
