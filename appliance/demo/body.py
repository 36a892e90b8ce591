"""Neck, shoulders and clothes: the part of a portrait that stays still while the head turns."""

from dataclasses import dataclass

import cv2
import numpy as np

from appliance.demo import grid
from appliance.demo.grid import Field, lay, step
from appliance.demo.hair import Hair
from appliance.demo.person import Colour, Person, tint
from appliance.demo.surface import Surface

LEFT, TOP, SIDE = -1.8, -1.5, 3.6
"""The canvas of a portrait: a square of `SIDE` head units, its upper left corner at (LEFT, TOP)."""
UNIT = 120
CELLS = round(SIDE * UNIT)
xs: Field = (LEFT + (np.arange(CELLS, dtype=np.float32) + 0.5) / UNIT)[None, :]
ys: Field = (TOP + (np.arange(CELLS, dtype=np.float32) + 0.5) / UNIT)[:, None]
away: Field = np.abs(xs)


def dress(person: Person, hair: Hair) -> Surface:
    """The body as a surface on the canvas grid, with the hair that falls behind it."""
    slim = 0.88 if person.feminine else 1.0
    neck = slim * (0.44 + 0.1 * np.exp(-(((ys - 0.55) / 0.25) ** 2)) + 0.5 * np.clip(ys - 1.18, 0, 1) ** 1.6)
    shoulder = 1.5 * slim
    slope = 1.25 + 0.36 * np.clip((away - 0.3) / shoulder, 0, 1) ** 1.25
    slope = slope + 0.75 * np.clip((away - shoulder * 0.8) / (shoulder * 0.24), 0, 1) ** 2.6
    trunk = step(ys - slope, -0.01, 0.015) * step(away, shoulder * 1.1, shoulder * 1.1 - 0.012)
    throat = step(neck - away, -0.008, 0.008) * step(ys, 0.3, 0.4)
    height = 0.3 * np.sqrt(np.clip(1 - (xs / np.maximum(neck, 0.05)) ** 2, 0, 1))
    height = height + 0.03 * np.exp(-(((away - 0.42 + 0.32 * (ys - 0.75)) / 0.05) ** 2)) * step(ys, 0.9, 1.1)
    chest = 0.63 - 0.38 * np.clip(away / (shoulder * 1.12), 0, 1) ** 3 - 0.22 * np.exp(-(ys - slope) / 0.13)
    clothes = _CLOTHES[person.clothes](person)
    worn = np.clip(np.maximum(clothes.cover * trunk, clothes.collar), 0, 1)
    height = height + (chest + clothes.raised - height) * step(worn, 0.2, 0.8)
    paint = np.empty((CELLS, CELLS, 3), dtype=np.float32)
    paint[:] = tint(person.skin, 0.9, 0.86, 0.84)
    lay(paint, tint(person.skin, 0.34, 0.25, 0.24), 0.85 * step(ys + 0.25 * xs**2 - person.chin_length, 0.34, 0.02))
    lay(paint, clothes.paint, worn)
    paint, cover = _with_hair(hair, paint, np.maximum(np.maximum(trunk, throat), worn))
    flat = np.zeros((CELLS, CELLS), dtype=np.float32)
    return Surface(paint, height.astype(np.float32), cover.astype(np.float32), flat + 0.05, flat, (LEFT, TOP), UNIT)


@dataclass(frozen=True)
class _Clothes:
    """Colour, cover of the trunk, cover above it (a standing collar), and what stands out."""

    paint: Field
    cover: Field
    collar: Field
    raised: Field


def _cloth(person: Person) -> _Clothes:
    weave = np.random.default_rng([person.seed, 3]).standard_normal((CELLS, CELLS)).astype(np.float32)
    # No weave in the last rows: a walk repeats them downwards.
    light = 1 + 0.1 * cv2.GaussianBlur(weave, (0, 0), 0.8) * step(ys, 2.05, 1.9)
    paint = light[..., None] * np.array(person.fabric, dtype=np.float32)
    return _Clothes(paint, np.ones_like(weave), np.zeros_like(weave), np.zeros_like(weave))


def _suit(person: Person) -> _Clothes:
    cloth = _cloth(person)
    opening = 0.4 * np.clip(2.25 - ys, 0, 1)
    inside = step(opening - away, -0.006, 0.006)
    lay(cloth.paint, person.shirt, inside)
    if not person.feminine:
        knot = step(0.06 + 0.05 * np.clip(ys - 1.42, 0, 1) - away, -0.005, 0.005) * step(ys, 1.36, 1.38)
        lay(cloth.paint, person.tie, knot)
        cloth.raised[:] += 0.03 * knot
    lapel = opening + 0.2 - 0.12 * np.clip(ys - 1.4, 0, 1) - away
    cloth.raised[:] += 0.03 * step(lapel, -0.01, 0.01) * (1 - inside)
    lay(cloth.paint, tint(person.fabric, 0.55, 0.55, 0.55), 0.6 * step(np.abs(lapel), 0.012, 0.0))
    _add_collar(cloth, person.shirt, is_open=person.feminine)
    return cloth


def _shirt(person: Person) -> _Clothes:
    cloth = _cloth(person)
    lay(cloth.paint, tint(person.fabric, 0.6, 0.6, 0.6), 0.5 * step(np.abs(away - 0.055), 0.01, 0.0) + 0 * ys)
    _add_collar(cloth, person.fabric, is_open=True)
    return cloth


def _round(person: Person) -> _Clothes:
    cloth = _cloth(person)
    neckline = np.hypot(xs / 0.52, (ys - 1.2) / 0.3)
    cloth.cover[:] = step(neckline, 0.98, 1.0)
    cloth.raised[:] = 0.03 * step(neckline, 1.14, 1.1)
    return cloth


def _high(person: Person) -> _Clothes:
    cloth = _cloth(person)
    seam = step(np.abs(ys - 1.38 - 0.1 * away), 0.014, 0.0) * step(away, 0.5, 0.45)
    lay(cloth.paint, tint(person.fabric, 0.5, 0.5, 0.5), 0.6 * seam)
    for x, y in ((0.1, 1.5), (0.28, 1.68), (0.5, 1.85)):
        lay(cloth.paint, person.shirt, 0.8 * step(np.hypot(xs - x, ys - y), 0.03, 0.02))
    cloth.collar[:] = step(away, 0.5, 0.47) * step(ys + 0.12 * away, 1.1, 1.13) * step(ys, 1.6, 1.4)
    return cloth


_CLOTHES = {"suit": _suit, "shirt": _shirt, "round": _round, "high": _high}


def _add_collar(cloth: _Clothes, colour: Colour, *, is_open: bool) -> None:
    """Two wings of a shirt's collar, with or without the skin of an open throat between them."""
    throat = step(np.clip((1.5 - ys) * 0.75, 0, 1) - away, -0.006, 0.006) * float(is_open)
    edge = 1.4 + 0.75 * np.abs(away - 0.22) - ys
    wing = (
        step(ys, 1.11, 1.13) * step(ys, 1.58, 1.56) * step(away, 0.52, 0.5) * step(edge, -0.006, 0.006) * (1 - throat)
    )
    lay(cloth.paint, colour, wing)
    lay(cloth.paint, tint(colour, 0.5, 0.5, 0.5), 0.5 * wing * step(edge, 0.03, 0.0))
    cloth.cover[:] = np.clip(cloth.cover - throat * step(ys, 1.55, 1.5), 0, 1)
    cloth.raised[:] += 0.05 * wing


def _with_hair(hair: Hair, paint: Field, cover: Field) -> tuple[Field, Field]:
    if not hair.behind.any():
        return paint, cover
    scale = UNIT / grid.UNIT
    place = np.array([[scale, 0, (grid.LEFT - LEFT) * UNIT], [0, scale, (grid.TOP - TOP) * UNIT]])
    behind = cv2.warpAffine(hair.behind, place, (CELLS, CELLS))
    colour = cv2.warpAffine(hair.paint, place, (CELLS, CELLS)) * 0.4
    return paint + (colour - paint) * (behind * (1 - cover))[..., None], np.maximum(cover, behind)
