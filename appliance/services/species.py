"""The species of `appliance bench liveness`: how each instrument is presented, frame by frame. All of it is synthetic.

Somebody comes to the door within two seconds and stands there, or holds an instrument so that the face in it comes as
near. Real portraits or clips as texture, true projective geometry, a drawn room, hand tremor, lens and noisy sensor.
An attacker's cunning, cut-out eyes, masks and cameras fed with a file are not in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.camera import Image
from appliance.face import Box
from appliance.services.instruments import FACE_METRES, HIGH, SCREEN_METRES, head, paper, phone
from appliance.services.surfaces import Pose, Surface, put

SPECIES = ("photograph_moved", "photograph_turned", "photograph_bent", "phone_still", "phone_video")
HEAD = "synthetic_head"
"""Not an attack: a portrait on a head's rough relief. It tells of wiring and geometry, not of people."""

RATE = 10
FRAMES = 26
SIZE = (640, 360)


Unrest = NDArray[np.float64]
"""Six numbers about 0: places and turns, each scaled by whoever uses it."""

# Motion --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sway:
    """Smooth unrest: three sines for each of six degrees of freedom, from a generator. Units: metres and degrees."""

    phases: NDArray[np.float64]
    rates: NDArray[np.float64]

    @staticmethod
    def drawn(rng: np.random.Generator, slow: float, fast: float) -> Sway:
        """`slow`..`fast`: cycles a second. A hand trembles at 1 to 6, a body sways at 0.2 to 1."""
        return Sway(rng.uniform(0, 2 * np.pi, (6, 3)), rng.uniform(slow, fast, (6, 3)))

    def at(self, t: float) -> Unrest:
        """Six numbers about 0, of variance 1/2."""
        return np.asarray(np.sin(2 * np.pi * self.rates * t + self.phases).sum(1) / np.sqrt(3))


def shot(picture: Image, rng: np.random.Generator, *, noise: float = 2.5, blur: float = 0.6) -> Image:
    """What lens and sensor make of it: a little blur, noise of `noise` grey levels."""
    soft = cv2.GaussianBlur(picture, (0, 0), blur)
    grain = rng.normal(0, noise, soft.shape).astype(np.float32)
    return np.asarray(np.clip(soft + grain, 0, 255), dtype=np.uint8)


def eased(path: Sequence[tuple[float, float]], t: float) -> float:
    """A smooth value at `t` between given (time, value) pairs."""
    for (t0, v0), (t1, v1) in pairwise(path):
        if t <= t1:
            s = min(max((t - t0) / (t1 - t0), 0.0), 1.0)
            return v0 + (v1 - v0) * s * s * (3 - 2 * s)
    return path[-1][1]


def torso(rng: np.random.Generator, width: float = 0.46) -> Surface:
    """Drawn shoulders in a woven shirt, flat: somebody stands behind what is held up, or below their own head."""
    rows, columns = 360, 300
    weave = cv2.resize(rng.normal(0, 1, (rows // 3, columns // 3)).astype(np.float32), (columns, rows))
    colour = rng.uniform(35, 150, 3)
    paint = np.clip(colour + 9 * weave[..., None], 0, 255).astype(np.uint8)
    cover = np.zeros((rows, columns), np.uint8)
    cv2.ellipse(cover, (columns // 2, rows), (columns // 2 - 4, rows - 70), 0, 0, 360, 255, -1)
    cv2.rectangle(cover, (columns // 2 - 38, 30), (columns // 2 + 38, rows), 255, -1)
    return Surface(paint, cover, width)


def room(rng: np.random.Generator, size: tuple[int, int]) -> Image:
    """A drawn wall with a door frame, shelves and pictures, (width, height): what does not move."""
    width, height = size
    light = np.linspace(0.85, 1.1, width)[None, :, None] * rng.uniform(90, 200) * rng.uniform(0.9, 1.05, 3)
    wall = light + 6 * cv2.resize(rng.normal(0, 1, (height // 4, width // 4)).astype(np.float32), size)[..., None]
    picture = np.clip(np.broadcast_to(wall, (height, width, 3)), 0, 255).astype(np.uint8)
    for _ in range(int(rng.integers(6, 14))):
        x, y = int(rng.integers(-40, width)), int(rng.integers(-40, height))
        w, h = int(rng.integers(15, 160)), int(rng.integers(15, 220))
        colour = tuple(float(c) for c in rng.uniform(20, 235, 3))
        cv2.rectangle(picture, (x, y), (x + w, y + h), colour, -1 if rng.random() < 0.7 else 3)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.0), dtype=np.uint8)


# Presentations -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shot:
    """One frame and where the face in it truly is. `box` as wide as the portrait's own."""

    image: Image
    box: Box


@dataclass(frozen=True)
class _Script:
    """How one presentation goes. `near`: the face's width in pixels at the beginning and in the end; `across`: where it
    is beside the axis, in shares of the distance; `swing`: degrees of slow turning; `focal`: pixels."""

    near: tuple[float, float]
    across: tuple[float, float]
    swing: float
    metres: float
    seconds: float
    focal: float

    def place(self, t: float) -> tuple[float, float]:
        """Distance and place across at second `t`, metres."""
        far = self.focal * self.metres / eased(((0, self.near[0]), (0.65 * self.seconds, self.near[1])), t)
        return far, eased(((0, self.across[0]), (0.7 * self.seconds, self.across[1])), t) * far


def presentation(
    species: str, pictures: Sequence[Image], face: Box, seed: Sequence[int], *, frames: int = FRAMES
) -> Iterator[Shot]:
    """One presentation at 10 frames a second, RGB 640×360. `pictures`: one portrait, or a clip's frames for a video.

    `face` is the detector's box in the first picture. The same seed makes the same presentation.
    """
    rng = np.random.default_rng([*seed, 11])
    scene, shirt = room(rng, SIZE), torso(rng)
    hand, body = Sway.drawn(rng, 1, 5), Sway.drawn(rng, 0.2, 0.9)
    surfaces, metres, turning = _instruments(species, pictures, face, rng)
    script = _Script(
        near=(rng.uniform(60, 85), rng.uniform(130, 185)),
        across=(rng.uniform(-0.25, 0.25), rng.uniform(-0.1, 0.1)),
        swing=turning * float(rng.choice((-1.0, 1.0))),
        metres=metres,
        seconds=frames / RATE,
        focal=rng.uniform(0.7, 0.95) * SIZE[0],  # the appliance reckons with 0.8
    )
    for n in range(frames):
        t, picture = n / RATE, scene.copy()
        pose, behind = (_walking if species == HEAD else _held)(script, t, hand.at(t), body.at(t))
        put(picture, shirt, behind, script.focal)
        put(picture, surfaces[n % len(surfaces)], pose, script.focal)
        low = HIGH * metres if species == HEAD else 0.0
        x, y = (SIZE[0] + script.focal * 2 * pose.x / pose.z) / 2, SIZE[1] / 2 + script.focal * (pose.y + low) / pose.z
        wide = script.focal * metres / pose.z
        yield Shot(shot(picture, rng), Box(x - wide / 2, y - wide / 2, wide, wide))


def _instruments(
    species: str, pictures: Sequence[Image], face: Box, rng: np.random.Generator
) -> tuple[list[Surface], float, float]:
    """What is shown, one surface or one a frame; the width of the face on it in metres; degrees that it is turned."""
    if species == HEAD:
        return [head(pictures[0], face)], FACE_METRES, 0.0
    if species in ("phone_still", "phone_video"):
        glare = rng.uniform(0, 0.6)
        shown = [phone(picture, face, glare=glare) for picture in pictures]
        columns = min(1.8 * face.w, 2 * face.centre[0], 2 * (pictures[0].shape[1] - face.centre[0]))
        return shown, SCREEN_METRES * face.w / columns, 0.0
    metres = rng.uniform(0.09, 0.15)
    bend = rng.uniform(15, 45) if species == "photograph_bent" else 0.0
    turning = {"photograph_moved": 0.0, "photograph_turned": rng.uniform(18, 28), "photograph_bent": rng.uniform(5, 15)}
    around, margin = rng.uniform(1.6, 2.6), float(rng.choice((0.0, 0.05)))
    sheet = paper(pictures[0], face, face_metres=metres, around=around, margin=margin, bend=bend)
    return [sheet], metres, turning[species]


def _held(script: _Script, t: float, hand: Unrest, body: Unrest) -> tuple[Pose, Pose]:
    """An instrument in a trembling hand, and whoever holds it behind."""
    far, across = script.place(t)
    swing = script.swing * float(np.sin(3 * np.pi * t / script.seconds))
    pose = Pose(
        across + 0.1 * script.metres * body[0] + 0.0012 * hand[0],
        (0.02 * body[1] - 0.03) * far + 0.0012 * hand[1],
        far,
        0.8 * hand[3] + 2.5 * body[3] + swing,
        0.8 * hand[4] + 2.5 * body[4],
        0.5 * hand[5] + 2 * body[5],
    )
    return pose, Pose(1.5 * across + 0.02 * body[0], 0.30, far + 0.35)


def _walking(script: _Script, t: float, hand: Unrest, body: Unrest) -> tuple[Pose, Pose]:
    """A head that looks about a little while it comes nearer, above its shoulders."""
    far, across = script.place(t)
    nod = eased(((0, -3.0), (script.seconds, 3.0)), t)  # the camera hangs lower than most eyes
    pose = Pose(across + 0.012 * body[0], 0.004 * hand[1], far, 5 * body[3], 3 * body[4] + nod, 2 * body[5])
    return pose, Pose(across, 0.36, far + 0.10)
