"""A painted height field, its light and shade, and its projection under a turn: the renderer of the drawn faces."""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.demo.grid import UNIT, Field, blur

Bytes = NDArray[np.uint8]

PIVOT = (0.0, 0.4, -0.1)
"""The point of the neck about which a head turns, in head units."""
AXIS = -0.1
"""Height of the middle of the back of the head."""


@dataclass(frozen=True)
class Light:
    """A lamp at infinity and the light of the room.

    `azimuth` and `elevation` are the lamp's direction in degrees, seen from the face (azimuth 90 is the right of the
    picture, elevation 90 above); `key` and `fill` are the strengths of lamp and room; `warmth` -1 (blue) .. 1 (orange).
    """

    azimuth: float = -30.0
    elevation: float = 35.0
    key: float = 0.75
    fill: float = 0.5
    warmth: float = 0.1


@dataclass(frozen=True)
class Surface:
    """A solid between `floor` and `height` on a grid of `unit` cells a head unit, where `cover` (0..1) is over a half.

    `paint` is linear RGB, `gloss` the strength of the shine, `corner` where the grid begins, in head units.
    """

    paint: Field
    height: Field
    cover: Field
    gloss: Field
    floor: Field
    corner: tuple[float, float]
    unit: float = UNIT

    @cached_property
    def solid(self) -> Field:
        """Height, floor and cover (rows, columns, 3); outside the cover, those of the nearest covered cell."""
        nearest = nearest_covered(self.cover > 0.5)
        return np.dstack([self.height.ravel()[nearest], self.floor.ravel()[nearest], self.cover]).astype(np.float32)

    @cached_property
    def _rounded(self) -> Field:
        """The height, falling away outside the cover."""
        beyond = cv2.distanceTransform((self.cover <= 0.5).astype(np.uint8), cv2.DIST_L2, 3) / self.unit
        return np.asarray(self.solid[..., 0] - 1.5 * np.minimum(beyond, 0.25), dtype=np.float32)

    @cached_property
    def normal(self) -> Field:
        """Unit normals (3, rows, columns), towards the viewer."""
        smooth = cv2.GaussianBlur(self._rounded, (0, 0), max(0.5, 0.008 * self.unit))
        dx = np.clip(cv2.Sobel(smooth, cv2.CV_32F, 1, 0, ksize=3) * (self.unit / 8), -4, 4)
        dy = np.clip(cv2.Sobel(smooth, cv2.CV_32F, 0, 1, ksize=3) * (self.unit / 8), -4, 4)
        length = np.sqrt(dx * dx + dy * dy + 1)
        return np.stack([-dx / length, -dy / length, 1 / length]).astype(np.float32)

    @cached_property
    def open(self) -> Field:
        """How much of the room's light reaches each cell: under 1 in hollows."""
        ratio, field = self.unit / UNIT, self._rounded
        near = np.clip(blur(field, 0.05 * ratio) - field, -0.02, 0.2)
        wide = np.clip(blur(field, 0.16 * ratio) - field, -0.1, 0.3)
        return np.clip(1 - 4.16 * near - 1.44 * wide, 0.3, 1.15).astype(np.float32)

    def take_shape(self, other: "Surface") -> None:
        """Use what has been derived from the height field of `other`, which must be the same as this one's."""
        for name in ("solid", "_rounded", "normal", "open"):
            self.__dict__[name] = getattr(other, name)

    def smaller(self) -> "Surface":
        """The same surface on half as many rows and columns."""

        def half(values: Field) -> Field:
            shape = (values.shape[1] // 2, values.shape[0] // 2)
            return np.asarray(cv2.resize(values, shape, interpolation=cv2.INTER_AREA), dtype=np.float32)

        return Surface(
            half(self.paint),
            half(self.height),
            half(self.cover),
            half(self.gloss),
            half(self.floor),
            self.corner,
            self.unit / 2,
        )

    def trimmed(self) -> "Surface":
        """The same surface without the empty margins of its grid, with an even number of rows and columns."""
        rows, columns = np.flatnonzero(self.cover.max(axis=1) > 0), np.flatnonzero(self.cover.max(axis=0) > 0)
        top, left = max(rows[0] - 4, 0), max(columns[0] - 4, 0)
        bottom, right = top + (rows[-1] + 5 - top) // 4 * 4, left + (columns[-1] + 5 - left) // 4 * 4
        part = (slice(top, bottom), slice(left, right))
        corner = (self.corner[0] + float(left) / self.unit, self.corner[1] + float(top) / self.unit)
        return Surface(
            self.paint[part], self.height[part], self.cover[part], self.gloss[part], self.floor[part], corner, self.unit
        )


def nearest_covered(full: NDArray[np.bool_]) -> NDArray[np.int64]:
    """For each cell (rows, columns) the flat index of the nearest cell that is full."""
    _, label = cv2.distanceTransformWithLabels((~full).astype(np.uint8), cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL)
    source = np.zeros(int(label.max()) + 1, dtype=np.int64)
    source[label[full]] = np.flatnonzero(full)
    return np.asarray(source[label])


def turn(yaw: float, pitch: float) -> Field:
    """Rotation (3, 3) from head to viewer, degrees: yaw > 0 looks to the right of the picture, pitch > 0 looks up."""
    a, b = np.radians(yaw), np.radians(pitch)
    about_y = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    return (about_x @ about_y).astype(np.float32)


def shade(surface: Surface, light: Light, rotation: Field) -> Bytes:
    """Gamma-coded RGB (rows, columns, 3) of the surface as lit when the head is turned by `rotation`."""
    a, e = np.radians(light.azimuth), np.radians(light.elevation)
    lamp = np.array([np.sin(a) * np.cos(e), -np.sin(e), np.cos(a) * np.cos(e)], dtype=np.float32)
    to_lamp, up, eye = (
        rotation.T @ lamp,
        rotation.T @ np.array([0, -1, 0.5], np.float32),
        rotation.T @ np.array([0, 0, 1], np.float32),
    )
    nx, ny, nz = surface.normal
    facing = nx * to_lamp[0] + ny * to_lamp[1] + nz * to_lamp[2]
    room = light.fill * (0.78 + 0.28 * (nx * up[0] + ny * up[1] + nz * up[2])) * surface.open
    between = to_lamp + eye
    between = between / np.linalg.norm(between)
    shine = np.clip(nx * between[0] + ny * between[1] + nz * between[2], 0, 1)
    shine = shine * shine
    shine = shine * shine
    shine = light.key * 0.55 * surface.gloss * (shine**4)
    tint = (1 + 0.1 * light.warmth, 1.0, 1 - 0.14 * light.warmth)
    shadow = np.clip(surface.open, 0.5, 1)
    out = np.empty((*facing.shape, 3), dtype=np.uint8)
    for channel, wrap in enumerate((0.42, 0.3, 0.24)):
        lit = np.clip((facing + wrap) * (1 / (1 + wrap)), 0, 1) * shadow
        linear = surface.paint[..., channel] * (room + (1.15 * light.key * tint[channel]) * lit) + shine
        out[..., channel] = np.minimum(np.sqrt(linear) * 255, 255)
    return out


@dataclass(frozen=True)
class _Rays:
    """The viewing rays of a picture, and the solid they meet."""

    surface: Surface
    rotation: Field
    to_head: Field
    shape: tuple[int, int]

    @property
    def ray(self) -> Field:
        """The direction of every ray in the head's own axes."""
        return self.rotation.T[:, 2]

    def start(self, stride: int) -> tuple[Field, Field, Field]:
        """Where the rays of every `stride`th pixel cross the plane of the picture."""
        rows, columns = self.shape
        px = (np.arange(0, columns, stride, dtype=np.float32) + 0.5 * (stride - 1))[None, :]
        py = (np.arange(0, rows, stride, dtype=np.float32) + 0.5 * (stride - 1))[:, None]
        u = self.to_head[0, 0] * px + self.to_head[0, 1] * py + self.to_head[0, 2]
        v = self.to_head[1, 0] * px + self.to_head[1, 1] * py + self.to_head[1, 2] - PIVOT[1]
        x, y, z = (self.rotation[0, i] * u + self.rotation[1, i] * v + PIVOT[i] for i in range(3))
        return x, y, z

    def cell(self, x: Field, y: Field, z: Field | np.float32) -> tuple[Field, Field]:
        """Where in the height field a point lies; behind the plane of the ears the field narrows."""
        corner, unit = self.surface.corner, self.surface.unit
        spread = (1 / np.sqrt(1 - np.square(np.clip(z, -0.7, 0) / 0.8))).astype(np.float32)
        sx = (x * spread - corner[0]) * unit - 0.5
        sy = (y * spread + (AXIS - corner[1] - AXIS * spread)) * unit - 0.5
        return sx.astype(np.float32, copy=False), sy.astype(np.float32, copy=False)

    def inside(self, x: Field, y: Field, z: Field | np.float32) -> NDArray[np.bool_]:
        """Whether points are in the solid."""
        black = (0.0, 0.0, 0.0)
        cells = self.cell(x, y, z)
        solid = cv2.remap(
            self.surface.solid, *cells, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=black
        )
        return np.asarray((z < solid[..., 0]) & (z > solid[..., 1]) & (solid[..., 2] > 0.5))

    def hits(self) -> tuple[Field, Field, Field]:
        """The first point of the solid on every ray: coarse steps over some of them, then halving over all."""
        (rows, columns), ray = self.shape, self.ray
        x, y, z = self.start(3 if rows > 250 else 2)
        steps = np.linspace(0.98, -0.5, 26, dtype=np.float32)
        hit = np.full(x.shape, -9, dtype=np.float32)
        for level in steps:
            s = (level - z) / ray[2]
            hit[self.inside(x + s * ray[0], y + s * ray[1], level) & (hit < -8)] = level
        hit = np.where(hit < -8, cv2.dilate(hit, np.ones((3, 3), np.uint8)), hit)
        gap = float(steps[0] - steps[1])
        x, y, z = self.start(1)
        low = cv2.resize(hit, (columns, rows), interpolation=cv2.INTER_NEAREST)
        lower, upper = low - gap, low + gap
        for _ in range(6):
            level = (lower + upper) / 2
            s = (level - z) / ray[2]
            full = self.inside(x + s * ray[0], y + s * ray[1], level)
            lower, upper = np.where(full, level, lower), np.where(full, upper, level)
        s = (lower - z) / ray[2]
        return x + s * ray[0], y + s * ray[1], lower


def project(
    surface: Surface,
    pixels: Bytes,
    rotation: Field,
    to_head: Field,
    shape: tuple[int, int],
) -> Bytes:
    """The turned surface as RGBA (shape, 4): each viewing ray is followed to the first point of the height field.

    `to_head` (2, 3) maps output pixels to head units in the plane of the picture.
    The field is a solid down to `surface.floor`; behind the plane of the ears it narrows to a rounded back, painted
    with the mirrored rim, so a turn uncovers a plausible side of the head.
    """
    rays, corner = _Rays(surface, rotation, to_head, shape), surface.corner
    x, y, z = rays.hits()
    alpha = cv2.medianBlur(np.where(rays.inside(x, y, z - 0.004), 255, 0).astype(np.uint8), 5)
    sx, sy = rays.cell(x, y, z)
    ground = cv2.remap(surface.solid, sx, sy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[..., 0]
    # The very rim is seen edge-on and too dark: walls under it take their colour from a little further in.
    wall = np.clip(np.maximum(0.1 - z, ground - z - 0.02) * 12, 0, 1)
    middle, level = -corner[0] * surface.unit, (AXIS - corner[1]) * surface.unit
    sx = (sx - middle) * (1 - 0.7 * np.clip(-z, 0, 1) - 0.03 * wall) + middle
    sy = (sy - level) * (1 - 0.06 * wall) + level
    rgb = cv2.remap(pixels, sx, sy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.dstack([rgb, alpha])
