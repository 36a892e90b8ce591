"""Who a drawn delegate is: every trait of a face that nobody has, from one integer.

Lengths are head units: the eye line is y = 0, the chin near y = 1, the crown near y = -1, y grows downwards, x to the
right of the picture, z towards the viewer. Colours are linear RGB in 0..1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Colour = tuple[float, float, float]

SHORT = ("crop", "side_part", "swept", "fringe", "curly", "receding", "bald")
LONG = ("middle_part", "long_side", "bob", "bob_fringe", "bun", "waves")
SKINS = ("#f7d9c4", "#efc4a3", "#e3ad85", "#c98d63", "#a56c46", "#7c4c30", "#573423")
HAIRS = ("#17130f", "#241811", "#3c2616", "#5e3a1e", "#8a5a2b", "#c09a5b", "#7a3316")
IRISES = ("#2b1a10", "#4a2d17", "#6b4a22", "#5d6b3a", "#4f7590", "#6d7f8a")
FABRICS = ("#1f2937", "#27364f", "#4b5563", "#6b2737", "#1f4d46", "#7a5c3e", "#3b2f4a", "#8c98a8", "#b5483f", "#2e5f8a")


class Dice:
    """Draws traits in a fixed order: the same seed gives the same person for ever."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)

    def chance(self) -> float:
        """A number from 0 up to 1."""
        return float(self._rng.random())

    def between(self, low: float, high: float) -> float:
        """A number in a range."""
        return float(self._rng.uniform(low, high))

    def one_of(self, names: tuple[str, ...], weights: tuple[float, ...] | None = None) -> str:
        """One of several, each with its weight."""
        share = None if weights is None else np.array(weights) / sum(weights)
        return names[int(self._rng.choice(len(names), p=share))]


@dataclass(frozen=True)
class Person:
    """The traits of one drawn head; equal seeds give equal persons."""

    seed: int
    feminine: bool
    age: float
    skin: Colour
    rosy: float
    freckles: float
    width: float
    jaw: float
    jaw_height: float
    chin: float
    chin_length: float
    crown: float
    cheek: float
    eye_x: float
    eye_width: float
    eye_open: float
    eye_tilt: float
    eye_fold: float
    eye_depth: float
    iris: Colour
    brow_y: float
    brow_thick: float
    brow_arch: float
    brow_slope: float
    brow_density: float
    nose_y: float
    nose_width: float
    nose_bridge: float
    nose_tip: float
    mouth_y: float
    mouth_width: float
    lip_upper: float
    lip_lower: float
    mouth_curve: float
    lip_paint: float
    ears: float
    hair: str
    hair_colour: Colour
    grey: float
    hair_volume: float
    hairline: float
    part: float
    beard: str
    glasses: str
    glasses_size: float
    frame_colour: Colour
    frame_thick: float
    clothes: str
    fabric: Colour
    shirt: Colour
    tie: Colour

    @classmethod
    def from_seed(cls, seed: int) -> Person:
        """The person of `seed` (a non-negative integer): the same for ever, on every machine."""
        dice = Dice(seed)
        feminine = bool(dice.chance() < 0.5)
        age = dice.between(26, 72)
        tone = dice.between(0, len(SKINS) - 1)
        dark = tone / (len(SKINS) - 1)
        grey = float(np.clip((age - 45) / 25 + dice.between(-0.4, 0.25), 0, 1))
        hair = (
            dice.one_of((*LONG, "fringe", "side_part"), (3, 3, 3, 3, 3, 3, 1, 1))
            if feminine
            else dice.one_of(SHORT, (3, 3, 3, 2, 2, 1.5 + 2 * (age > 50), 0.8 + 1.5 * (age > 50)))
        )
        hair_colour = (
            ramp(HAIRS[:6], dice.between(0, 5) * (1 - 0.8 * dark) ** 0.7)
            if tone > 2.5 or dice.chance() < 0.85
            else linear(HAIRS[6])
        )
        beard = (
            "none"
            if feminine
            else dice.one_of(("none", "stubble", "moustache", "goatee", "full"), (4, 2, 1.6, 1.2, 1.8))
        )
        return cls(
            seed=seed,
            feminine=feminine,
            age=age,
            hair=hair,
            hair_colour=hair_colour,
            grey=grey,
            beard=beard,
            **_face(dice, tone, feminine=feminine),
            **_dress(dice),
        )


def _face(dice: Dice, tone: float, *, feminine: bool) -> dict[str, Any]:
    dark = tone / (len(SKINS) - 1)
    return {
        "skin": ramp(SKINS, tone),
        "rosy": dice.between(0.2, 1.0) * (1 - 0.5 * dark),
        "freckles": dice.between(0.3, 1) if tone < 2 and dice.chance() < 0.25 else 0.0,
        "width": dice.between(0.63, 0.8) - 0.02 * feminine,
        "jaw": dice.between(0.68, 0.84) + (-0.03 if feminine else 0.05),
        "jaw_height": dice.between(0.5, 0.68),
        "chin": dice.between(0.22, 0.36) - 0.04 * feminine,
        "chin_length": dice.between(0.93, 1.1),
        "crown": dice.between(0.98, 1.1),
        "cheek": dice.between(0, 1),
        "eye_x": dice.between(0.268, 0.35),
        "eye_width": dice.between(0.135, 0.182),
        "eye_open": dice.between(0.65, 1.1) + 0.1 * feminine,
        "eye_tilt": dice.between(-0.1, 0.2),
        "eye_fold": dice.between(0, 1),
        "eye_depth": dice.between(0.2, 1),
        "iris": ramp(IRISES[:3], dice.between(0, 2))
        if dark > 0.45 or dice.chance() < 0.5
        else linear(dice.one_of(IRISES[3:])),
        "brow_y": dice.between(-0.27, -0.17),
        "brow_thick": dice.between(0.02, 0.058) * (0.75 if feminine else 1.15),
        "brow_arch": dice.between(0.0, 0.06),
        "brow_slope": dice.between(-0.08, 0.03),
        "brow_density": dice.between(0.7, 1.0),
        "nose_y": dice.between(0.36, 0.51),
        "nose_width": dice.between(0.115, 0.21),
        "nose_bridge": dice.between(0.3, 1.0),
        "nose_tip": dice.between(0.4, 1.0),
        "mouth_y": dice.between(0.62, 0.72),
        "mouth_width": dice.between(0.18, 0.3),
        "lip_upper": dice.between(0.02, 0.075),
        "lip_lower": dice.between(0.035, 0.095),
        "mouth_curve": dice.between(-0.004, 0.045),
        "lip_paint": dice.between(0.2, 1.0) if feminine else 0.0,
        "ears": dice.between(0.6, 1.2),
    }


def _dress(dice: Dice) -> dict[str, Any]:
    """Hair, glasses and clothes."""
    return {
        "hair_volume": dice.between(0.5, 1.2),
        "hairline": dice.between(-0.72, -0.56),
        "part": dice.between(-0.45, 0.45),
        "glasses": dice.one_of(("none", "round", "square", "browline", "thin"), (5, 1, 1, 1, 1)),
        "glasses_size": dice.between(0.9, 1.15),
        "frame_colour": linear(dice.one_of(("#15130f", "#3b2314", "#1f2a44", "#6b1f24", "#55585c", "#9a7b3f"))),
        "frame_thick": dice.between(0.016, 0.032),
        "clothes": dice.one_of(("suit", "shirt", "round", "high")),
        "fabric": linear(dice.one_of(FABRICS)),
        "shirt": linear(dice.one_of(("#f4f4f2", "#dbe6f2", "#f1e7d6", "#cfd6d4"))),
        "tie": linear(dice.one_of(("#7d1f2b", "#23406e", "#3d5a3c", "#8a6a24", "#4a3160"))),
    }


def linear(code: str) -> Colour:
    """Linear RGB of an sRGB colour written "#rrggbb" (gamma taken as 2, as the renderer does)."""
    red, green, blue = (int(code[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red * red, green * green, blue * blue


def ramp(codes: tuple[str, ...], at: float) -> Colour:
    """The colour at position `at` (0 .. len - 1) between neighbouring colours of a palette."""
    low = min(int(at), len(codes) - 2)
    first, second = linear(codes[low]), linear(codes[low + 1])
    red, green, blue = (a + (b - a) * (at - low) for a, b in zip(first, second, strict=True))
    return red, green, blue


def tint(colour: Colour, red: float, green: float, blue: float) -> Colour:
    """The colour with each channel multiplied."""
    return colour[0] * red, colour[1] * green, colour[2] * blue
