"""What a door camera sees: a corridor, and people who walk up, look in for a second and go.

Everything follows from the arguments; the same walk gives the same frames. Nothing here knows who anybody is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from appliance.demo import body
from appliance.demo.portrait import DAYLIGHT, Expression, Light, Person, draw
from appliance.demo.scenery import Image, corridor, cut_out, lay

FACE = 0.385
"""Height of a detector's face box as a share of the side of a portrait."""
FAR = 60.0
"""Height of a face, in pixels, when its bearer comes into sight."""
STEP = 3.0
"""Degrees from one drawn turn of a head to the next."""
LIDS = 0.7
"""How far the eyes shut in a blink; descriptors of quite shut eyes lie far from their template."""


@dataclass(frozen=True, eq=False)
class Arrival:
    """One visitor: who, when (seconds from the start), and how they come.

    `who` is a drawn person, or a photograph: RGB (rows, columns, 3) or RGBA, uint8, with `face` = (left, top, right,
    bottom) of the face in it. The visitor comes near for `approach` seconds, stands for `stand` and leaves for
    `leave`. `lane` is where they stand: -1 left edge, 0 middle, 1 right edge; `reach` is the height of the face in
    pixels when they stand. `light` falls on drawn persons only.
    """

    who: Person | Image
    at: float
    approach: float = 1.0
    stand: float = 1.0
    leave: float = 0.5
    lane: float = 0.0
    reach: float = 170.0
    face: tuple[int, int, int, int] | None = None
    light: Light = DAYLIGHT

    def __post_init__(self) -> None:
        if not isinstance(self.who, Person) and self.face is None:
            raise ValueError("a photograph needs the place of its face: face=(left, top, right, bottom)")

    @property
    def until(self) -> float:
        """The second from which the visitor is out of sight."""
        return self.at + self.approach + self.stand + self.leave


@dataclass(frozen=True)
class Pose:
    """A visitor in one frame: height and middle of the face in pixels, turn in degrees, eyes shut or not."""

    face: float
    x: float
    y: float
    yaw: float
    pitch: float
    roll: float
    blink: bool
    opacity: float


class Walk:
    """A clip of a door: `fps` frames a second, from second 0 to `tail` seconds after the last visitor has gone."""

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
        rng = np.random.default_rng([seed, 4])
        self._grain = np.clip(rng.normal(0, 2.2, (size[1] + 64, size[0] + 64)), -9, 9).astype(np.int16)
        self._sway = rng.uniform(0, 2 * np.pi, (len(self.arrivals), 4))
        self._photographs = {i: _pyramid(a) for i, a in enumerate(self.arrivals) if not isinstance(a.who, Person)}

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Image]:
        return (self.frame(index) for index in range(len(self)))

    def present(self, index: int) -> tuple[int, ...]:
        """The positions in `arrivals` of those who are in sight in frame `index`, the farthest first."""
        t = index / self.fps
        seen = [(self.pose(i, t).face, i) for i, a in enumerate(self.arrivals) if a.at <= t < a.until]
        return tuple(i for _, i in sorted(seen))

    def standing(self, index: int) -> tuple[int, ...]:
        """The positions in `arrivals` of those who stand before the door in frame `index`."""
        t = index / self.fps
        return tuple(i for i, a in enumerate(self.arrivals) if 0 <= t - a.at - a.approach < a.stand)

    def frame(self, index: int) -> Image:
        """RGB (height, width, 3), uint8, of frame `index`; beyond the end the corridor is empty."""
        picture = corridor(self.size).copy()
        for i in self.present(index):
            self._put(picture, i, self.pose(i, index / self.fps))
        dx, dy = np.random.default_rng([self.seed, 5, index]).integers(0, 64, 2)
        grain = self._grain[dy : dy + self.size[1], dx : dx + self.size[0]]
        return np.asarray(cv2.add(picture, cv2.merge([grain] * 3), dtype=cv2.CV_8U))

    def pose(self, i: int, t: float) -> Pose:
        """Where and how visitor `i` is at second `t`."""
        a, phase = self.arrivals[i], self._sway[i]
        width, height = self.size
        near = _ease((t - a.at) / a.approach)
        gone = max(0.0, (t - a.at - a.approach - a.stand) / a.leave)
        side = 1 if a.lane >= 0 else -1
        face = FAR * (a.reach / FAR) ** near
        start, end = 0.5 + 0.04 * np.sin(phase[0]) + 0.12 * a.lane, 0.5 + 0.4 * a.lane
        x = (start + (end - start) * near) * width + 5 * np.sin(2.1 * t + phase[1])
        x += side * gone**1.5 * (width * (0.5 - 0.4 * abs(a.lane)) + 1.4 * face)
        bounce = 0.03 * face * np.sin(11 * t + phase[2]) * (gone or 1 - near)
        return Pose(
            face=float(face),
            x=float(x),
            y=float(height * (0.34 + 0.13 * near) + bounce),
            yaw=float(7 * np.sin(1.7 * t + phase[3]) - 8 * a.lane * near + side * 60 * min(gone, 0.5)),
            pitch=float(3 * np.sin(1.3 * t + phase[0]) + 2 * near),
            roll=float(2.5 * np.sin(1.1 * t + phase[2])),
            blink=bool((t + phase[1]) % 3.1 < 0.12),
            opacity=min(1.0, 0.5 + 5 * (t - a.at)),
        )

    def _put(self, picture: Image, i: int, pose: Pose) -> None:
        who = self.arrivals[i].who
        if isinstance(who, Person):
            side = 190 if pose.face < 72 else 320 if pose.face < 125 else 440
            yaw, pitch = STEP * round(pose.yaw / STEP), STEP * round(pose.pitch / STEP)
            figure = _view(who, side, yaw, pitch, self.arrivals[i].light, pose.blink)
            # The middle of a detector's box lies a third of a head unit under the eyes.
            middle, high = (-body.LEFT / body.SIDE * side, (0.36 - body.TOP) / body.SIDE * side), FACE * side
        else:
            levels = self._photographs[i]
            figure, middle, high = min((v for v in levels if v[2] >= pose.face), key=lambda v: v[2], default=levels[0])
        lay(picture, figure, middle, (pose.x, pose.y), pose.face / high, pose.roll, pose.opacity)


def _ease(t: float) -> float:
    t = min(max(t, 0.0), 1.0)
    return t * t * (3 - 2 * t)


def _pyramid(arrival: Arrival) -> list[tuple[Image, tuple[float, float], float]]:
    """A photograph cut out, the largest first, each half as large: RGBA, the middle of the face, its height."""
    assert not isinstance(arrival.who, Person)
    assert arrival.face is not None
    left, top, right, bottom = arrival.face
    figure, middle, high = (
        cut_out(arrival.who, arrival.face),
        ((left + right) / 2, (top + bottom) / 2),
        float(bottom - top),
    )
    levels = [(figure, middle, high)]
    while levels[-1][2] > 2 * FAR:
        figure, (x, y), high = levels[-1]
        half = cv2.resize(figure, (figure.shape[1] // 2, figure.shape[0] // 2), interpolation=cv2.INTER_AREA)
        levels.append((np.asarray(half), (x / 2, y / 2), high / 2))
    return levels


@lru_cache(maxsize=64)
def _view(person: Person, side: int, yaw: float, pitch: float, light: Light, blink: bool) -> Image:
    seen = draw(person, size=side, yaw=yaw, pitch=pitch, light=light, expression=Expression(blink=LIDS * blink))
    return np.dstack([seen.rgb, seen.alpha])
