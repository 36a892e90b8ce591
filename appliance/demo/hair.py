"""Hair on the grid: where it lies, how far it stands off the head, and its strands."""

from dataclasses import dataclass

import cv2
import numpy as np

from appliance.demo.grid import Field, blur, curve, noise, step, xs, ys
from appliance.demo.person import Person
from appliance.demo.relief import Relief, outline


@dataclass(frozen=True)
class Hair:
    """Cover 0..1, height and linear RGB of the hair in front; `behind` is the cover of what falls behind the neck."""

    cover: Field
    height: Field
    paint: Field
    behind: Field


@dataclass(frozen=True)
class _Cut:
    """A haircut: how far it stands off at the `top` and `side`, and its `rim`.

    The rim gives, from the middle of the face (0) to its side (1) and beyond, how far down the hair reaches; the first
    `follow` points move with the person's hairline. `lean` sweeps it to one side, `ragged` fringes it; `behind` is how
    far it falls, `thin` how much skin shows at the sides.
    """

    top: float
    side: float
    rim: tuple[tuple[float, float], ...]
    follow: int = 3
    lean: float = 0.0
    ragged: float = 0.015
    behind: float = 0.0
    curl: bool = False
    thin: float = 0.0


_EAR = ((0.9, -0.3), (0.965, 0.02), (1.0, 0.1), (1.6, 0.12))
_LOCKS = ((0.93, 0.45), (1.0, 1.3), (1.6, 1.5))
_CUTS = {
    "crop": _Cut(0.05, 0.01, ((0, -0.64), (0.5, -0.62), (0.75, -0.52), *_EAR), thin=0.25),
    "side_part": _Cut(0.13, 0.035, ((0, -0.62), (0.5, -0.59), (0.78, -0.44), *_EAR), lean=0.16),
    "swept": _Cut(0.2, 0.03, ((0, -0.7), (0.5, -0.69), (0.75, -0.54), *_EAR), ragged=0.01),
    "fringe": _Cut(0.1, 0.05, ((0, -0.36), (0.5, -0.34), (0.78, -0.27), *_EAR[1:]), 0, lean=0.05, ragged=0.04),
    "curly": _Cut(0.2, 0.11, ((0, -0.6), (0.5, -0.56), (0.75, -0.44), *_EAR), ragged=0.04, curl=True),
    "receding": _Cut(0.04, 0.02, ((0, -0.74), (0.3, -0.8), (0.62, -0.84), (0.8, -0.54), *_EAR), 4, thin=0.3),
    "bald": _Cut(-0.06, 0.015, ((0, -1.4), (0.6, -1.2), (0.86, -0.5), *_EAR), 0, thin=0.45),
    "middle_part": _Cut(0.08, 0.12, ((0, -0.74), (0.25, -0.62), (0.6, -0.42), (0.82, -0.1), *_LOCKS), behind=1.5),
    "long_side": _Cut(0.12, 0.1, ((0, -0.66), (0.5, -0.56), (0.8, -0.18), *_LOCKS), 2, lean=0.22, behind=1.4),
    "bob": _Cut(
        0.1, 0.15, ((0, -0.64), (0.5, -0.54), (0.78, -0.15), (0.88, 0.3), (0.95, 0.72), (1.6, 0.8)), 2,
        lean=0.14, behind=0.8,
    ),
    "bob_fringe": _Cut(
        0.08, 0.15, ((0, -0.34), (0.5, -0.33), (0.74, -0.26), (0.84, 0.2), (0.92, 0.7), (1.6, 0.8)), 0,
        ragged=0.025, behind=0.8,
    ),
    "waves": _Cut(
        0.12, 0.17, ((0, -0.64), (0.4, -0.58), (0.7, -0.28), (0.86, 0.2), (0.96, 0.75), (1.6, 0.95)), 2,
        lean=0.1, ragged=0.03, behind=0.95, curl=True,
    ),
    "bun": _Cut(0.05, 0.0, ((0, -0.69), (0.5, -0.64), (0.78, -0.44), (0.92, -0.2), (1.0, 0.02), (1.6, 0.05))),
}  # fmt: skip


def grow(person: Person, relief: Relief) -> Hair:
    """The hair of a person over a bare head."""
    rng = np.random.default_rng([person.seed, 2])
    cut, volume = _CUTS[person.hair], person.hair_volume
    top, side = cut.top * volume, cut.side * volume
    half = _silhouette(person, cut, top, side)
    half = half + (0.022 * noise(rng, 26, 34) if cut.curl else 0.006 * noise(rng, 10, 12)) * (half > 0)
    edge = half - np.abs(xs)
    rim = _rim(person, relief, cut) + cut.ragged * noise(rng, 70, 3)
    cover = step(rim - ys, -0.02, 0.03) * step(edge, -0.008, 0.012) * (half > 0)
    if person.hair == "bun":
        cover = np.maximum(cover, step(np.hypot(xs / 0.27, (ys + person.crown + 0.08) / 0.2), 1.05, 0.95))
    strands = _strands(person, rng, cut)
    height = _height(person, relief, half, top, bool(cut.behind))
    height = height + (0.035 + 0.25 * max(top, 0) * step(ys, 0.0, -0.7)) * blur(cover, 0.05)
    height = height + (0.02 if cut.curl else 0.011) * strands
    behind = np.zeros_like(cover)
    if cut.behind:
        behind = step(edge, 0.04, 0.07) * step(ys, -0.3, 0.0) * step(ys, cut.behind, cut.behind - 0.05)
    skin_shows = cut.thin * (1 - 0.4 * step(strands, -0.5, 0.8)) * step(ys, -0.75, -0.3)
    return Hair(
        (cover * (1 - skin_shows)).astype(np.float32),
        height.astype(np.float32),
        _colour(person, strands, rim),
        behind.astype(np.float32),
    )


def _silhouette(person: Person, cut: _Cut, top: float, side: float) -> Field:
    """Half width of head and hair for each row."""
    half = outline(person, more=max(side, 0.0), top=top)
    if not cut.behind:
        return half
    end = np.sqrt(np.clip((cut.behind - ys) / 0.25, 0, 1)) * 0.25 + 0.75
    fall = (person.width + side) * (1.0 + 0.06 * (ys - 0.1)) * end
    return np.where((ys > 0.1) & (ys < cut.behind), fall, half)


def _rim(person: Person, relief: Relief, cut: _Cut) -> Field:
    shift = person.hairline + 0.64
    points = [(at, y + shift * (i < cut.follow)) for i, (at, y) in enumerate(cut.rim)]
    across = np.abs(xs) / np.where(ys > 0.1, person.width, np.maximum(relief.half_width, 1e-3))
    sweep = cut.lean * np.sign(person.part) * np.clip(xs / person.width, -1, 1) * step(ys, 0.1, -0.3)
    return curve(points, across.astype(np.float32)) + sweep.astype(np.float32)


def _height(person: Person, relief: Relief, half: Field, top: float, long: bool) -> Field:
    """Height of the cap of hair, before its own thickness; never under the skull."""
    across = np.clip(np.abs(xs) / np.maximum(half, 1e-3), 0, 1)
    crown = -person.crown - max(top, 0)
    middle = curve(
        [
            (crown - 0.4, 0.0),
            (crown, 0.08),
            (-0.92, 0.42),
            (-0.65, 0.66),
            (-0.3, 0.78),
            (0.2, 0.6),
            (0.9, 0.3),
            (1.75, 0.2),
        ],
        ys,
    )
    cap = middle * np.sqrt(1 - across**2.4) * (0.8 if long else 0.97)
    return np.maximum(relief.height * (relief.half_width > np.abs(xs)), cap)


def _strands(person: Person, rng: np.random.Generator, cut: _Cut) -> Field:
    """Lightness of single strands, mean 0: curls, or lines that run from the parting."""
    if cut.curl:
        return 0.7 * noise(rng, 42, 54) + 0.5 * noise(rng, 80, 104) + 0.25 * noise(rng, 190, 240)
    dx = xs - 0.6 * person.part
    dy = (ys + person.crown * (0.5 if person.hair == "swept" else 0.92)) * 0.8 + 0.12
    radius = np.hypot(dx, dy)
    angle = np.arctan2(dx, dy) + 0.3 * np.sign(person.part) * np.sqrt(radius)
    if person.hair == "long_side":
        angle = angle + 0.035 * np.sin(7 * radius + 3 * person.part)
    shape = (256, 2048)
    sheet = 0.7 * noise(rng, 220, 9, shape) + 0.5 * noise(rng, 620, 14, shape) + 0.5 * noise(rng, 60, 6, shape)
    to_x = ((angle / np.pi * 0.5 + 0.5) % 1 * 2040).astype(np.float32)
    to_y = (np.clip(radius / 3.2, 0, 1) * 250).astype(np.float32)
    lines = cv2.remap(sheet, to_x, to_y, cv2.INTER_LINEAR)
    return np.asarray(lines * np.clip(radius / 0.3, 0.1, 1), dtype=np.float32)


def _colour(person: Person, strands: Field, rim: Field) -> Field:
    base = np.array(person.hair_colour, dtype=np.float32)
    share = np.clip(person.grey * (0.85 + 0.16 * strands), 0, 0.95)[..., None]
    colour = base + (np.array([0.42, 0.42, 0.43], dtype=np.float32) - base) * share
    depth = (1 + 0.2 * np.clip(strands, -2, 2.2)) * (0.72 + 0.28 * step(rim - ys, 0.0, 0.14))
    return np.asarray(np.clip(colour * depth[..., None], 0.002, 1), dtype=np.float32)
