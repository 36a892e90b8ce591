"""The shape of a bare head: outline, height field, ears, and where each feature of the face lies."""

from dataclasses import dataclass

import numpy as np

from appliance.demo.grid import Field, bump, curve, pair, step, xs, ys
from appliance.demo.person import Person


@dataclass(frozen=True)
class Expression:
    """What a face does at the moment: `smile` -0.5..1, `blink` 0 (open) .. 1 (closed)."""

    smile: float = 0.0
    blink: float = 0.0


@dataclass(frozen=True)
class Relief:
    """A head without hair: height over the plane of the ears, cover 0..1, half width of the outline for each row."""

    height: Field
    cover: Field
    half_width: Field


def outline(person: Person, *, more: float = 0.0, top: float = 0.0) -> Field:
    """Half width of the head for each grid row (rows, 1), `more` wider all round and `top` higher; 0 outside."""
    wide, chin = person.width + more, person.chin_length + 0.4 * more
    jaw = wide * person.jaw
    crown = -person.crown - top
    rows: list[tuple[float, float]] = [
        (crown + (0.1 - crown) * (1 - np.cos(t)), wide * 1.0 * np.sin(t) ** 0.72)
        for t in np.linspace(0, np.pi / 2, 25)[:-1]
    ]
    rows += [
        (0.12, wide * 0.995),
        (0.32, wide * 0.965),
        (person.jaw_height, jaw),
        (0.5 * (person.jaw_height + chin) + 0.03, 0.5 * (jaw + person.chin) * 1.05),
        (chin - 0.075, person.chin),
        (chin - 0.025, person.chin * 0.66),
        (chin, 0.0),
    ]
    inside = (ys > crown) & (ys < chin)
    return np.where(inside, np.maximum(curve(rows, ys), 0), 0).astype(np.float32)


def bare_head(person: Person, expression: Expression) -> Relief:
    """The height field of skull, face and ears under an expression."""
    half = outline(person)
    chin = person.chin_length
    middle = curve(
        [
            (-1.3, 0.0),
            (-person.crown, 0.1),
            (-0.92, 0.42),
            (-0.7, 0.63),
            (-0.45, 0.74),
            (-0.2, 0.79),
            (0.02, 0.745),
            (0.3, 0.775),
            (0.55, 0.80),
            (0.75, 0.775),
            (chin - 0.08, 0.78),
            (chin, 0.58),
            (1.5, 0.0),
        ],
        ys,
    )
    across = np.clip(np.abs(xs) / np.maximum(half, 1e-3), 0, 1)
    height = middle * (1 - across**2.5) ** 0.55 - 0.02
    height += _face(person, expression)
    cover = step(half - np.abs(xs), -0.006, 0.006) * (half > 0)
    ear = _ears(person)
    ear_cover = step(ear, 0.28, 0.36) * (1 - cover)
    height = np.where(cover > 0.5, height, -0.12 + 0.16 * ear - 0.1 * np.exp(-(((ear - 0.62) / 0.12) ** 2)))
    return Relief(height.astype(np.float32), np.clip(cover + ear_cover, 0, 1).astype(np.float32), half)


def _ears(person: Person) -> Field:
    x = person.width + 0.022 * person.ears - 0.005
    slant = 0.16 * (ys - 0.12)
    left = np.exp(-0.5 * (((xs + x + slant) / (0.062 * person.ears)) ** 2 + ((ys - 0.12) / 0.15) ** 2))
    return np.asarray(left + left[:, ::-1], dtype=np.float32)


def _face(person: Person, expression: Expression) -> Field:
    smile, old = expression.smile, max(0.0, (person.age - 35) / 37)
    eye, deep, my = person.eye_x, person.eye_depth, person.mouth_y
    field = -0.075 * (0.5 + deep) * pair(eye, 0.0, 0.15, 0.085)
    field += 0.06 * pair(eye, 0.005, 0.085, 0.058)
    field += (
        0.02 * (0.4 + deep) * pair(eye * 1.02, person.brow_y + 0.02, 0.19, 0.055) * (0.6 if person.feminine else 1.2)
    )
    field += _nose(person)
    field += (0.05 + 0.05 * person.cheek + 0.03 * max(smile, 0)) * pair(0.4, 0.29 - 0.02 * smile, 0.14, 0.12)
    field -= (0.015 + 0.03 * (1 - person.cheek)) * pair(0.44, 0.62, 0.1, 0.13)
    for side in (-1, 1):
        # The fold from the wing of the nose to the corner of the mouth.
        line = side * xs - (person.nose_width + 0.035 + (0.12 + 0.05 * smile) * np.clip((ys - 0.42) / 0.3, 0, 1.3))
        along = np.exp(-0.5 * ((ys - 0.56) / 0.09) ** 2)
        field -= (0.008 + 0.02 * old + 0.02 * max(smile, 0)) * np.exp(-0.5 * (line / 0.028) ** 2) * along
    wide = person.mouth_width
    field += 0.05 * bump(0, my, wide * 0.75, 0.13)
    field += 0.55 * person.lip_upper * bump(0, my - 0.034, wide * 0.55, 0.024)
    field += 0.6 * person.lip_lower * bump(0, my + 0.045, wide * 0.48, 0.032)
    field -= 0.022 * bump(0, my + 0.003, wide * 0.62, 0.013)
    field -= 0.02 * pair(wide + 0.02 + 0.03 * smile, my - 0.03 * smile, 0.035, 0.035)
    field -= 0.012 * bump(0, my - 0.11, 0.025, 0.05)
    field -= 0.045 * bump(0, my + 0.135, 0.13, 0.035)
    field += 0.04 * bump(0, person.chin_length - 0.12, person.chin * 0.55, 0.075)
    field -= 0.03 * old * pair(eye, 0.115, 0.11, 0.02)
    for level in (-0.36, -0.43, -0.5):
        field -= 0.006 * old * np.exp(-0.5 * ((ys - level - 0.05 * xs**2) / 0.011) ** 2) * np.exp(-((xs / 0.4) ** 4))
    return np.asarray(field, dtype=np.float32)


def _nose(person: Person) -> Field:
    tip, wing, bridge = person.nose_y - 0.06, person.nose_width, person.nose_bridge
    run = np.clip((ys + 0.06) / (tip + 0.06), 0, 1)
    rise = (0.04 + 0.1 * bridge) * run**0.5 + (0.16 + 0.07 * person.nose_tip - 0.1 * bridge) * run**2
    rise = rise * step(ys, -0.16, 0.06) * (1 - step(ys, tip - 0.01, tip + 0.13))
    thick = 0.055 + 0.025 * (1 - bridge) + 0.11 * wing * run**3
    ridge = rise * np.exp(-0.5 * np.abs(xs / thick) ** 2.2)
    ball = 0.075 * bump(0, tip + 0.005, 0.04 + 0.16 * wing, 0.05)
    wings = (0.1 + 0.02 * person.nose_tip) * pair(wing * 0.72, tip + 0.03, wing * 0.3, 0.045)
    return np.asarray(ridge + ball + wings, dtype=np.float32)
