"""Neck, shoulders and clothes: the part of a portrait that stays still while the head turns."""

import cv2
import numpy as np

from appliance.demo.grid import UNIT, Field, lay, step
from appliance.demo.hair import Hair
from appliance.demo.person import Person
from appliance.demo.surface import Surface

LEFT, TOP, SIDE = -1.8, -1.5, 3.6
"""The canvas of a portrait: a square of `SIDE` head units, its upper left corner at (LEFT, TOP)."""
CELLS = round(SIDE * UNIT)
xs: Field = (LEFT + (np.arange(CELLS, dtype=np.float32) + 0.5) / UNIT)[None, :]
ys: Field = (TOP + (np.arange(CELLS, dtype=np.float32) + 0.5) / UNIT)[:, None]


def dress(person: Person, hair: Hair, left: float, top: float) -> Surface:
    """The body as a surface on the canvas grid; `hair.behind` lies on a grid whose corner is (left, top)."""
    slim = 0.88 if person.feminine else 1.0
    neck = slim * (0.44 + 0.1 * np.exp(-(((ys - 0.55) / 0.25) ** 2)) + 0.5 * np.clip(ys - 1.18, 0, 1) ** 1.6)
    shoulder = 1.5 * slim
    slope = 1.25 + 0.36 * np.clip((np.abs(xs) - 0.3) / shoulder, 0, 1) ** 1.25
    slope = slope + 0.75 * np.clip((np.abs(xs) - shoulder * 0.8) / (shoulder * 0.24), 0, 1) ** 2.6
    cloth = step(ys - slope, -0.01, 0.015) * step(np.abs(xs), shoulder * 1.1, shoulder * 1.1 - 0.012)
    skin = step(neck - np.abs(xs), -0.008, 0.008) * step(ys, 0.3, 0.4)
    paint = np.empty((CELLS, CELLS, 3), dtype=np.float32)
    paint[:] = np.array(person.skin, dtype=np.float32) * np.array([0.9, 0.86, 0.84], dtype=np.float32)
    under = person.chin_length
    lay(
        paint,
        np.array(person.skin, dtype=np.float32) * np.array([0.34, 0.25, 0.24], dtype=np.float32),
        0.85 * step(ys + 0.25 * xs**2, under + 0.34, under + 0.02),
    )
    height = 0.3 * np.sqrt(np.clip(1 - (xs / np.maximum(neck, 0.05)) ** 2, 0, 1)) + 0 * ys
    height = height + 0.03 * np.exp(-(((np.abs(xs) - 0.42 + 0.32 * (ys - 0.75)) / 0.05) ** 2)) * step(ys, 0.9, 1.1)
    chest = 0.38 * (1 - np.clip(np.abs(xs) / (shoulder * 1.12), 0, 1) ** 3) - 0.22 * np.exp(-(ys - slope) / 0.13) + 0.25
    garment, wear, raised = _garment(person, slope)
    wear = np.maximum(wear * cloth, _collar(person))
    height = height + (chest + raised - height) * step(wear, 0.2, 0.8)
    lay(paint, garment, wear)
    cover = np.maximum(np.maximum(cloth, skin), wear)
    return _with_hair(
        person,
        hair,
        Surface(
            paint,
            height.astype(np.float32),
            cover.astype(np.float32),
            np.full_like(cover, 0.05, dtype=np.float32),
            np.zeros_like(cover, dtype=np.float32),
        ),
        left,
        top,
    )


def _collar(person: Person) -> Field:
    if person.clothes == "high":
        return step(np.abs(xs), 0.5, 0.47) * step(ys + 0.12 * np.abs(xs), 1.1, 1.13) * step(ys, 1.6, 1.4)
    return np.zeros((CELLS, CELLS), dtype=np.float32)


def _garment(person: Person, slope: Field) -> tuple[Field, Field, Field]:
    """Colour, cover (over the cut of the body) and raised parts of what the person wears."""
    paint = np.empty((CELLS, CELLS, 3), dtype=np.float32)
    paint[:] = person.fabric
    weave = np.random.default_rng([person.seed, 3]).standard_normal((CELLS, CELLS)).astype(np.float32)
    paint *= (1 + 0.05 * cv2.GaussianBlur(weave, (0, 0), 0.8) * 2)[..., None]
    wear = np.ones((CELLS, CELLS), dtype=np.float32)
    raised = np.zeros((CELLS, CELLS), dtype=np.float32)
    away = np.abs(xs)
    match person.clothes:
        case "suit":
            opening = 0.4 * np.clip((2.25 - ys) / 1.0, 0, 1)
            inside = step(opening - away, -0.006, 0.006)
            lay(paint, person.shirt, inside)
            knot = step(0.06 + 0.05 * np.clip(ys - 1.42, 0, 1) - away, -0.005, 0.005) * step(ys, 1.36, 1.38)
            if not person.feminine:
                lay(paint, person.tie, knot)
                raised += 0.03 * knot
            lapel = step(opening + 0.2 - 0.12 * np.clip(ys - 1.4, 0, 1) - away, -0.01, 0.01) * (1 - inside)
            raised += 0.03 * lapel
            lay(
                paint,
                np.array(person.fabric, dtype=np.float32) * 0.55,
                0.6 * step(np.abs(opening + 0.2 - 0.12 * np.clip(ys - 1.4, 0, 1) - away), 0.012, 0.0),
            )
            wear, raised = _shirt_collar(person, paint, wear, raised, person.shirt)
        case "shirt":
            lay(paint, np.array(person.fabric, dtype=np.float32) * 0.6, 0.5 * step(np.abs(away - 0.055), 0.01, 0.0))
            wear, raised = _shirt_collar(person, paint, wear, raised, person.fabric)
        case "round":
            neckline = np.hypot(xs / 0.52, (ys - 1.2) / 0.3)
            wear = step(neckline, 0.98, 1.0)
            raised += 0.03 * step(neckline, 1.14, 1.1)
        case _:
            lay(
                paint,
                np.array(person.fabric, dtype=np.float32) * 0.5,
                0.6 * step(np.abs(ys - 1.38 - 0.1 * away), 0.014, 0.0) * step(away, 0.5, 0.45),
            )
            for x, y in ((0.1, 1.5), (0.28, 1.68), (0.5, 1.85)):
                lay(paint, person.shirt, 0.8 * step(np.hypot(xs - x, ys - y), 0.03, 0.02))
    return paint, wear, raised


def _shirt_collar(
    person: Person, paint: Field, wear: Field, raised: Field, colour: tuple[float, float, float]
) -> tuple[Field, Field]:
    away = np.abs(xs)
    throat = step(np.clip((1.5 - ys) * 0.75, 0, 1) - away, -0.006, 0.006) * (
        0.0 if person.clothes == "suit" and not person.feminine else 1.0
    )
    wing = step(ys - (1.12 + 0.0 * away), -0.01, 0.01) * step(ys, 1.58 + 0.0 * away, 1.56) * step(away, 0.52, 0.5)
    wing = wing * step(1.28 + 0.75 * np.abs(away - 0.22) - ys + 0.12, -0.006, 0.006) * (1 - throat)
    light = np.array(colour, dtype=np.float32)
    lay(paint, light, wing)
    lay(paint, light * 0.5, 0.5 * wing * step(1.4 + 0.75 * np.abs(away - 0.22) - ys, 0.03, 0.0))
    return np.clip(wear - throat * step(ys, 1.55, 1.5), 0, 1), raised + 0.05 * wing


def _with_hair(person: Person, hair: Hair, body: Surface, left: float, top: float) -> Surface:
    if not hair.behind.any():
        return body
    shift = np.array([[1, 0, (left - LEFT) * UNIT], [0, 1, (top - TOP) * UNIT]], dtype=np.float32)
    behind = cv2.warpAffine(hair.behind, shift, (CELLS, CELLS))
    colour = cv2.warpAffine(hair.paint, shift, (CELLS, CELLS)) * 0.4
    front = body.cover * step(ys, 1.9, 0.0) ** 0
    paint = body.paint + (colour - body.paint) * (behind * (1 - front))[..., None]
    return Surface(paint, body.height, np.maximum(body.cover, behind), body.gloss, body.floor)
