"""Hair on the grid: where it lies, how far it stands off the head, and its strands."""

from dataclasses import dataclass

import cv2
import numpy as np

from appliance.demo.grid import Field, blur, curve, noise, step, xs, ys
from appliance.demo.person import Person
from appliance.demo.relief import Relief, outline


@dataclass(frozen=True)
class Hair:
    """Cover 0..1, height and linear RGB of the hair in front; `behind` is the cover of what falls behind neck and ears."""

    cover: Field
    height: Field
    paint: Field
    behind: Field


@dataclass(frozen=True)
class _Cut:
    top: float
    side: float
    rim: tuple[tuple[float, float], ...]
    lean: float = 0.0
    ragged: float = 0.015
    behind: float = 0.0
    curl: bool = False
    thin: float = 0.0


def _cut(person: Person) -> _Cut:
    h, v = person.hairline, person.hair_volume
    ear = ((0.9, -0.3), (0.965, 0.02), (1.0, 0.1), (1.6, 0.12))
    match person.hair:
        case "crop":
            return _Cut(0.05 * v, 0.01, ((0, h), (0.5, h + 0.02), (0.75, h + 0.12), *ear), thin=0.25)
        case "side_part":
            return _Cut(0.13 * v, 0.035, ((0, h + 0.02), (0.5, h + 0.05), (0.78, h + 0.2), *ear), lean=0.16)
        case "swept":
            return _Cut(0.2 * v, 0.03, ((0, h - 0.06), (0.5, h - 0.05), (0.75, h + 0.1), *ear), ragged=0.01)
        case "fringe":
            return _Cut(
                0.1 * v,
                0.05,
                ((0, -0.36), (0.5, -0.34), (0.78, -0.27), (0.9, -0.15), (0.97, 0.08), (1.6, 0.12)),
                lean=0.05,
                ragged=0.04,
            )
        case "curly":
            return _Cut(
                0.2 * v, 0.11 * v, ((0, h + 0.04), (0.5, h + 0.08), (0.75, h + 0.2), *ear), ragged=0.04, curl=True
            )
        case "receding":
            return _Cut(0.04, 0.02, ((0, h - 0.1), (0.3, h - 0.16), (0.62, h - 0.2), (0.8, h + 0.1), *ear), thin=0.3)
        case "bald":
            return _Cut(
                -0.06,
                0.015,
                ((0, -1.4), (0.6, -1.2), (0.86, -0.5), (0.93, -0.25), (0.98, 0.05), (1.6, 0.12)),
                thin=0.45,
            )
        case "middle_part":
            return _Cut(
                0.08 * v,
                0.12 * v,
                ((0, h - 0.1), (0.25, h + 0.02), (0.6, h + 0.22), (0.82, -0.1), (0.93, 0.45), (1.0, 1.3), (1.6, 1.5)),
                behind=1.5,
            )
        case "long_side":
            return _Cut(
                0.12 * v,
                0.1 * v,
                ((0, h - 0.02), (0.5, h + 0.08), (0.8, -0.18), (0.92, 0.3), (1.0, 1.2), (1.6, 1.4)),
                lean=0.22,
                behind=1.4,
            )
        case "bob":
            return _Cut(
                0.1 * v,
                0.15 * v,
                ((0, h), (0.5, h + 0.1), (0.78, -0.15), (0.88, 0.3), (0.95, 0.72), (1.6, 0.8)),
                lean=0.14,
                behind=0.8,
            )
        case "bob_fringe":
            return _Cut(
                0.08 * v,
                0.15 * v,
                ((0, -0.34), (0.5, -0.33), (0.74, -0.26), (0.84, 0.2), (0.92, 0.7), (1.6, 0.8)),
                ragged=0.025,
                behind=0.8,
            )
        case "waves":
            return _Cut(
                0.14 * v,
                0.2 * v,
                ((0, h), (0.4, h + 0.06), (0.7, -0.28), (0.86, 0.2), (0.96, 0.9), (1.6, 1.15)),
                lean=0.1,
                ragged=0.03,
                behind=1.15,
                curl=True,
            )
        case _:
            return _Cut(0.05, 0.0, ((0, h - 0.05), (0.5, h), (0.78, h + 0.2), (0.92, -0.2), (1.0, 0.02), (1.6, 0.05)))


def grow(person: Person, relief: Relief) -> Hair:
    """The hair of a person over a bare head."""
    rng = np.random.default_rng([person.seed, 2])
    cut = _cut(person)
    half = outline(person, more=max(cut.side, 0.0), top=cut.top)
    if cut.behind:
        fall = person.width + cut.side
        half = np.where(
            (ys > 0.1) & (ys < cut.behind), fall * (1.0 + 0.06 * (ys - 0.1)) * _end(cut.behind), half
        ).astype(np.float32)
    wobble = noise(rng, 26, 34) if cut.curl else noise(rng, 10, 12)
    half = half + (0.022 if cut.curl else 0.006) * wobble * (half > 0)
    bare = np.maximum(relief.half_width, 1e-3)
    chin_side = np.where(ys > 0.1, person.width, bare)
    across = np.abs(xs) / chin_side
    leaning = cut.lean * np.sign(person.part) * np.clip(xs / person.width, -1, 1) * step(ys, 0.1, -0.3)
    rim = curve(list(cut.rim), across) + leaning + cut.ragged * noise(rng, 70, 3)
    cover = step(rim - ys, -0.02, 0.03) * step(half - np.abs(xs), -0.008, 0.012) * (half > 0)
    if person.hair == "bun":
        cover = np.maximum(cover, step(np.hypot(xs / 0.27, (ys + person.crown + 0.08) / 0.2), 1.05, 0.95))
    strands = _strands(person, rng, cut)
    inner = blur(cover, 0.05)
    round_off = np.sqrt(np.clip(1 - (np.abs(xs) / np.maximum(half, 1e-3)) ** 2.4, 0, 1))
    crown = curve(
        [
            (-1.45, 0.0),
            (-person.crown - max(cut.top, 0), 0.08),
            (-0.92, 0.42),
            (-0.65, 0.66),
            (-0.3, 0.78),
            (0.2, 0.6),
            (0.9, 0.3),
            (1.75, 0.2),
        ],
        ys,
    )
    height = np.maximum(
        relief.height * (relief.half_width > np.abs(xs)), crown * round_off * (0.8 if cut.behind else 0.97)
    )
    height = (
        height
        + (0.035 + 0.25 * max(cut.top, 0) * step(ys, 0.0, -0.7)) * inner
        + 0.011 * strands * (1.8 if cut.curl else 1)
    )
    thin = cut.thin * (1 - 0.4 * step(strands, -0.5, 0.8)) * step(ys, -0.75, -0.3) if cut.thin else 0.0
    behind = (
        step(half - np.abs(xs), -0.008, 0.012) * step(ys, -0.3, 0.0) * step(ys, cut.behind, cut.behind - 0.05)
        if cut.behind
        else 0 * cover
    )
    return Hair(
        (cover * (1 - thin)).astype(np.float32),
        height.astype(np.float32),
        _colour(person, strands, rng, rim),
        np.asarray(behind, dtype=np.float32),
    )


def _end(at: float) -> Field:
    return np.sqrt(np.clip((at - ys) / 0.25, 0, 1)) * 0.25 + 0.75


def _strands(person: Person, rng: np.random.Generator, cut: _Cut) -> Field:
    px, py = 0.6 * person.part, -person.crown * (0.92 if person.hair != "swept" else 0.5)
    if cut.curl:
        return 0.7 * noise(rng, 42, 54) + 0.5 * noise(rng, 80, 104) + 0.25 * noise(rng, 190, 240)
    dx, dy = xs - px, (ys - py) * 0.8 + 0.12
    radius = np.hypot(dx, dy)
    angle = np.arctan2(dx, dy) + 0.3 * np.sign(person.part) * np.sqrt(radius)
    sheet = (
        noise(rng, 220, 9, (256, 2048)) * 0.7
        + noise(rng, 620, 14, (256, 2048)) * 0.5
        + 0.5 * noise(rng, 60, 6, (256, 2048))
    )
    wave = 0.035 * np.sin(7 * radius + 3 * person.part) if person.hair in LOOSE else 0.0
    to_x = ((angle + wave) / np.pi * 0.5 + 0.5) % 1 * 2040
    to_y = np.clip(radius / 3.2, 0, 1) * 250
    return np.asarray(
        cv2.remap(sheet, to_x.astype(np.float32), to_y.astype(np.float32), cv2.INTER_LINEAR), dtype=np.float32
    )


LOOSE = ("waves", "long_side")


def _colour(person: Person, strands: Field, rng: np.random.Generator, rim: Field) -> Field:
    base = np.array(person.hair_colour, dtype=np.float32)
    silver = np.array([0.42, 0.42, 0.43], dtype=np.float32)
    share = np.clip(person.grey * 0.85 + 0.16 * person.grey * strands, 0, 0.95)[..., None]
    colour = base + (silver - base) * share
    depth = (1 + 0.2 * np.clip(strands, -2, 2.2))[..., None]
    root = (0.72 + 0.28 * step(rim - ys, 0.0, 0.14))[..., None]
    return np.asarray(np.clip(colour * depth * root, 0.002, 1), dtype=np.float32)
