"""What a door camera sees: a corridor, and people who walk up, look in for a second and go.

Everything follows from the arguments; the same walk gives the same frames. Nothing here knows who anybody is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.demo import body
from appliance.demo.portrait import Expression, Light, Person, draw

Image = NDArray[np.uint8]

FACE = 0.385
"""Height of a detector's face box as a share of the side of a portrait."""


@dataclass(frozen=True, eq=False)
class Arrival:
    """One visitor: who, when (seconds from the start), and how they come.

    `who` is a drawn person, or a photograph: RGB (rows, columns, 3) or RGBA, uint8, with `face` = (left, top, right,
    bottom) of the face in it. The visitor comes near for `approach` seconds, stands for `stand` and leaves for
    `leave`. `lane` is where they stand: -1 left edge, 0 middle, 1 right edge; `reach` is the height of the face in
    pixels when they stand.
    """

    who: Person | Image
    at: float
    approach: float = 1.0
    stand: float = 1.0
    leave: float = 0.5
    lane: float = 0.0
    reach: float = 170.0
    face: tuple[int, int, int, int] | None = None
    light: Light = Light()

    @property
    def until(self) -> float:
        """The second from which the visitor is out of sight."""
        return self.at + self.approach + self.stand + self.leave


@dataclass(frozen=True)
class _Pose:
    face: float
    x: float
    y: float
    yaw: float
    pitch: float
    roll: float
    blink: float


class Walk:
    """A clip of a door: frame by frame, `fps` frames a second, from the first arrival to `tail` seconds after the last."""

    def __init__(
        self,
        arrivals: Sequence[Arrival],
        *,
        size: tuple[int, int] = (640, 360),
        fps: int = 10,
        seed: int = 0,
        tail: float = 1.0,
    ) -> None:
        """`size` is (width, height) in pixels; `seed` decides the noise of the sensor and how people sway."""
        self.arrivals, self.size, self.fps, self.seed = tuple(arrivals), size, fps, seed
        self._length = int(np.ceil((max((a.until for a in arrivals), default=0.0) + tail) * fps))
        self._empty = corridor(size)
        rng = np.random.default_rng([seed, 4])
        self._grain = np.clip(rng.normal(0, 2.2, (size[1] + 64, size[0] + 64, 1)), -9, 9).astype(np.int16)
        self._sway = rng.uniform(0, 2 * np.pi, (len(self.arrivals), 4))

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Image]:
        return (self.frame(index) for index in range(len(self)))

    def present(self, index: int) -> tuple[int, ...]:
        """The positions in `arrivals` of those who are somewhere in frame `index`, the farthest first."""
        t = index / self.fps
        seen = [(self._pose(i, t).face, i) for i, a in enumerate(self.arrivals) if a.at <= t < a.until]
        return tuple(i for _, i in sorted(seen))

    def standing(self, index: int) -> tuple[int, ...]:
        """The positions in `arrivals` of those who stand before the door in frame `index`."""
        t = index / self.fps
        return tuple(i for i, a in enumerate(self.arrivals) if a.at + a.approach <= t < a.at + a.approach + a.stand)

    def frame(self, index: int) -> Image:
        """RGB (height, width, 3), uint8, of frame `index`; beyond the end the corridor is empty."""
        picture = self._empty.copy()
        for i in self.present(index):
            _put(picture, self.arrivals[i], self._pose(i, index / self.fps))
        dx, dy = np.random.default_rng([self.seed, 5, index]).integers(0, 64, 2)
        grain = self._grain[dy : dy + self.size[1], dx : dx + self.size[0]]
        return np.clip(picture + grain, 0, 255).astype(np.uint8)

    def _pose(self, i: int, t: float) -> _Pose:
        a, phase = self.arrivals[i], self._sway[i]
        width, height = self.size
        near = _ease((t - a.at) / a.approach)
        gone = max(0.0, (t - a.at - a.approach - a.stand) / a.leave)
        face = 60 * (a.reach / 60) ** near
        side = 1 if a.lane >= 0 else -1
        far_x = 0.5 + 0.06 * np.sin(phase[0])
        x = (far_x + (0.5 + 0.4 * a.lane - far_x) * near) * width + 5 * np.sin(2.1 * t + phase[1])
        x += side * gone**1.5 * (width * 0.6 + face)
        walking = 1 - near if gone == 0 else gone
        y = height * (0.34 + 0.10 * near) + walking * 0.03 * face * np.sin(11 * t + phase[2])
        yaw = 7 * np.sin(1.7 * t + phase[3]) - 8 * a.lane * near + side * 60 * min(gone, 0.5)
        pitch = 3 * np.sin(1.3 * t + phase[0]) + 2 * near
        blink = 1.0 if 0.0 <= (t + phase[1]) % 3.1 < 0.12 else 0.0
        return _Pose(
            float(face), float(x), float(y), float(yaw), float(pitch), float(2.5 * np.sin(1.1 * t + phase[2])), blink
        )


def _ease(t: float) -> float:
    t = min(max(t, 0.0), 1.0)
    return t * t * (3 - 2 * t)


def _put(picture: Image, arrival: Arrival, pose: _Pose) -> None:
    """Lay one visitor over a picture, in place."""
    if isinstance(arrival.who, Person):
        side = 190 if pose.face < 72 else 320 if pose.face < 125 else 440
        step = 2.0 if side > 300 else 3.0
        rgba = _view(
            arrival.who, side, step * round(pose.yaw / step), step * round(pose.pitch / step), arrival.light, pose.blink
        )
        scale = pose.face / (FACE * side)
        centre = (-body.LEFT / body.SIDE * side, (0.36 - body.TOP) / body.SIDE * side)
    else:
        rgba, centre, scale = _cut_out(arrival, pose)
    height, width = picture.shape[:2]
    c, s = scale * np.cos(np.radians(pose.roll)), scale * np.sin(np.radians(pose.roll))
    place = np.array([[c, -s, pose.x - c * centre[0] + s * centre[1]], [s, c, pose.y - s * centre[0] - c * centre[1]]])
    layer = cv2.warpAffine(rgba, place, (width, height), flags=cv2.INTER_LINEAR)
    alpha = layer[..., 3:].astype(np.uint16)
    picture[:] = ((layer[..., :3] * alpha + picture * (255 - alpha)) // 255).astype(np.uint8)


def _cut_out(arrival: Arrival, pose: _Pose) -> tuple[Image, tuple[float, float], float]:
    """Head and shoulders of a photograph with a soft edge, RGBA; the middle of the face in it, and the scale."""
    picture = np.asarray(arrival.who)
    rows, columns = picture.shape[:2]
    left, top, right, bottom = arrival.face or (columns // 4, rows // 5, columns * 3 // 4, rows * 7 // 10)
    high = bottom - top
    x, y = (left + right) / 2, (top + bottom) / 2
    if picture.shape[2] == 4:
        return picture, (x, y), pose.face / high
    u = (np.arange(columns, dtype=np.float32)[None, :] - x) / high
    v = (np.arange(rows, dtype=np.float32)[:, None] - y) / high
    head = 1 - np.hypot(u / 0.78, (v + 0.05) / 0.98)
    shoulders = np.minimum(1.75 - np.abs(u) - 0.6 * np.exp(-3 * (v - 0.7)), (v - 0.55) * 2)
    edge = np.minimum(
        np.minimum(np.arange(columns) + 1, columns - np.arange(columns))[None, :] / high,
        (np.arange(rows) + 1)[:, None] / high,
    )
    inside = np.clip(np.minimum(np.maximum(head, shoulders), edge) / 0.12, 0, 1)
    alpha = (inside * inside * (3 - 2 * inside) * 255).astype(np.uint8)
    return np.dstack([picture, alpha]), (x, y), pose.face / high


@lru_cache(maxsize=256)
def _view(person: Person, side: int, yaw: float, pitch: float, light: Light, blink: float) -> Image:
    seen = draw(person, size=side, yaw=yaw, pitch=pitch, light=light, expression=Expression(blink=blink))
    rgba = np.dstack([seen.rgb, seen.alpha])
    # Below the portrait the clothes go on: the last row, repeated.
    return np.vstack([rgba, np.repeat(rgba[-1:], side, axis=0)])


@lru_cache(maxsize=4)
def corridor(size: tuple[int, int]) -> Image:
    """An empty corridor in perspective, RGB (height, width, 3): walls, floor, ceiling lights, a window at the end."""
    width, height = size
    x = (np.arange(width, dtype=np.float32)[None, :] + 0.5) / width * 2 - 1
    y = (np.arange(height, dtype=np.float32)[:, None] + 0.5) / height * 2 - 0.85
    depth = np.maximum(np.maximum(np.abs(x) / 1.0, np.abs(y) / 1.05), 0.22)
    wall = np.abs(x) / 1.0 >= np.abs(y) / 1.05
    end = depth <= 0.221
    picture = np.empty((height, width, 3), dtype=np.float32)
    picture[:] = (176, 172, 160)
    picture[np.broadcast_to(~wall & (y > 0), depth.shape)] = (120, 104, 88)
    picture[np.broadcast_to(~wall & (y < 0), depth.shape)] = (205, 203, 196)
    picture *= (0.62 + 0.38 * np.sqrt(depth))[..., None]
    far = 1 / depth
    panel = wall & (np.abs((far * 1.7) % 1.0 - 0.5) < 0.36) & (y / depth > -0.55) & (x > 0)
    picture[panel] = picture[panel] * (0.72, 0.62, 0.52)
    lamp = ~wall & (y < 0) & (np.abs(x / depth) < 0.2) & ((far * 1.3) % 1.0 < 0.4)
    picture[lamp] = (250, 249, 240)
    picture[end] = (188, 200, 206)
    rail = wall & (np.abs(y / depth - 0.3) < 0.03)
    picture[rail] *= 0.8
    picture = cv2.GaussianBlur(picture, (0, 0), width / 320)
    return np.clip(picture, 0, 255).astype(np.uint8)
