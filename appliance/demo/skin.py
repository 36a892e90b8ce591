"""Colour of a bare face: skin, eyes, brows, lips, nostrils and beard, painted on the grid of the head."""

from dataclasses import dataclass

import numpy as np

from appliance.demo import grid
from appliance.demo.grid import Field, bump, curve, noise, pair, step
from appliance.demo.person import Colour, Person, tint
from appliance.demo.relief import Expression


@dataclass(frozen=True)
class Patch:
    """A part of the head's grid: coordinates, and views of its linear RGB `paint` and of its `gloss`."""

    xs: Field
    ys: Field
    paint: Field
    gloss: Field

    def around(self, x: float, y: float, wide: float, high: float) -> "Patch":
        """The part of this whole grid within `wide` and `high` of (x, y)."""
        columns = slice(*np.searchsorted(self.xs[0], (x - wide, x + wide)))
        rows = slice(*np.searchsorted(self.ys[:, 0], (y - high, y + high)))
        return Patch(self.xs[:, columns], self.ys[rows], self.paint[rows, columns], self.gloss[rows, columns])

    def lay(self, colour: Colour | Field, amount: Field | float) -> None:
        """Cover the patch with a colour, as much as `amount` says."""
        grid.lay(self.paint, colour, amount)


def paint_face(person: Person, expression: Expression) -> tuple[Field, Field]:
    """Linear RGB (rows, columns, 3) of the head without hair, and its gloss (rows, columns)."""
    rng = np.random.default_rng([person.seed, 1])
    paint = np.empty((grid.ROWS, grid.COLUMNS, 3), dtype=np.float32)
    paint[:] = person.skin
    gloss = 0.15 + 0.1 * bump(0, 0.3, 0.08, 0.15) + 0.06 * bump(0, -0.45, 0.3, 0.15)
    face = Patch(grid.xs, grid.ys, paint, gloss)
    _complexion(person, face, rng)
    _nostrils(person, face.around(0, person.nose_y, 0.32, 0.2))
    _beard(person, face, rng)
    _mouth(person, expression, face.around(0, person.mouth_y, 0.42, 0.25))
    for side in (-1, 1):
        _brow(person, expression, face.around(side * person.eye_x, person.brow_y, 0.27, 0.2), side, rng)
        _eye(person, expression, face.around(side * person.eye_x, 0, 0.24, 0.2), side)
    return paint, gloss


def beard_colour(person: Person) -> Colour:
    """Brows and beard: the hair's colour, a little darker, greying later."""
    late = max(0.0, person.grey - 0.35) * 0.9
    red, green, blue = (0.7 * c + (0.25 - 0.7 * c) * late for c in person.hair_colour)
    return red, green, blue


def _complexion(person: Person, face: Patch, rng: np.random.Generator) -> None:
    skin, xs, ys = person.skin, face.xs, face.ys
    red = 0.55 * pair(0.42, 0.33, 0.16, 0.13) + 0.5 * bump(0, person.nose_y - 0.07, 0.11, 0.07)
    red = red + 0.5 * step(np.abs(xs) - person.width, -0.02, 0.05) + 0.2 * bump(0, person.chin_length - 0.1, 0.12, 0.07)
    face.lay(tint(skin, 1.02, 0.72, 0.68), np.clip(red * person.rosy, 0, 1))
    tired = 0.2 + 0.4 * max(0.0, (person.age - 30) / 40)
    sockets = tired * pair(person.eye_x, 0.075, 0.12, 0.05)
    sockets += (0.2 + 0.3 * person.eye_depth) * pair(person.eye_x, -0.05, 0.15, 0.06)
    face.lay(tint(skin, 0.62, 0.5, 0.5), sockets)
    if not person.feminine:
        face.lay(tint(skin, 0.8, 0.82, 0.86), 0.35 * step(ys, 0.4, 0.75))
    mottle = 0.030 * noise(rng, 14, 18) + 0.02 * noise(rng, 60, 80) + 0.012 * noise(rng, 200, 260)
    face.paint[:] *= (1 + mottle)[..., None]
    if person.freckles:
        spots = step(noise(rng, 90, 117), 1.35, 1.9) * (pair(0.35, 0.25, 0.2, 0.13) + bump(0, 0.2, 0.15, 0.1))
        face.lay(tint(skin, 0.6, 0.42, 0.32), np.clip(0.8 * person.freckles * spots, 0, 0.8))
    if rng.random() < 0.2:
        x, y = rng.uniform(-0.45, 0.45), rng.uniform(0.2, 0.8)
        face.lay(tint(skin, 0.25, 0.2, 0.2), 0.85 * step(np.hypot(xs - x, ys - y), 0.022, 0.012))


def _nostrils(person: Person, nose: Patch) -> None:
    skin, y, wing = person.skin, person.nose_y, person.nose_width
    nose.lay(tint(skin, 0.5, 0.36, 0.34), 0.4 * bump(0, y + 0.02, wing, 0.025, nose.xs, nose.ys))
    for side in (-1, 1):
        x = side * nose.xs - wing * 0.48
        hole = (x / (0.32 * wing)) ** 2 + ((nose.ys - y - 0.25 * x) / 0.018) ** 2
        nose.lay(tint(skin, 0.16, 0.09, 0.08), 0.8 * step(hole, 1.6, 0.3))
        rim = np.abs(np.hypot((side * nose.xs - wing * 0.72) / (wing * 0.46), (nose.ys - y + 0.04) / 0.075) - 1)
        outer = step(side * nose.xs, wing * 0.8, wing)
        nose.lay(tint(skin, 0.45, 0.3, 0.28), 0.3 * step(rim, 0.24, 0.0) * outer)


def _mouth(person: Person, expression: Expression, mouth: Patch) -> None:
    skin, ys = person.skin, mouth.ys
    wide = person.mouth_width * (1 + 0.14 * expression.smile)
    at = np.clip(np.abs(mouth.xs) / wide, 0, 1.2)
    line = person.mouth_y - (person.mouth_curve + 0.07 * expression.smile) * at**2 + 0.012 * np.exp(-((at / 0.22) ** 2))
    full = np.clip(1 - at**2, 0, 1)
    bow = 0.72 + 0.28 * np.exp(-(((at - 0.3) / 0.2) ** 2)) - 0.16 * np.exp(-((at / 0.13) ** 2))
    upper = line - (person.lip_upper + 0.012) * full**0.65 * bow
    lower = line + (person.lip_lower + 0.012) * full**0.55
    bare, paint = tint(skin, 0.86, 0.46, 0.45), 0.75 * person.lip_paint
    bright = 0.5 + sum(skin) / 3
    lip = tuple(b + (p * bright - b) * paint for b, p in zip(bare, (0.42, 0.05, 0.075), strict=True))
    colour: Colour = (lip[0], lip[1], lip[2])
    strength = (0.72 + 0.28 * person.lip_paint) * step(at, 1.02, 0.95)
    mouth.lay(
        tint(colour, 0.78, 0.78, 0.78), strength * step(ys - upper, -0.012, 0.012) * step(line - ys, -0.012, 0.012)
    )
    soft = step(ys - line, -0.012, 0.012) * step(lower - ys, -0.012, 0.016)
    mouth.lay(colour, strength * soft)
    mouth.gloss[:] += 0.35 * soft * bump(0, person.mouth_y + 0.05, wide * 0.5, 0.025, mouth.xs, ys)
    mouth.lay(tint(skin, 0.2, 0.08, 0.08), 0.85 * step(np.abs(ys - line), 0.016, 0.003) * step(at, 1.04, 0.85))
    under = bump(0, person.mouth_y + person.lip_lower + 0.045, wide * 0.45, 0.02, mouth.xs, ys)
    mouth.lay(tint(skin, 0.5, 0.36, 0.34), 0.4 * under)


def _brow(person: Person, expression: Expression, brow: Patch, side: int, rng: np.random.Generator) -> None:
    t = (side * brow.xs - (person.eye_x - 0.17)) / 0.36
    middle = person.brow_y - person.brow_arch * np.exp(-(((t - 0.66) / 0.3) ** 2)) - person.brow_slope * (t - 0.5)
    middle = middle - 0.01 * expression.smile + 0.03 * np.clip(t - 0.7, 0, 1)
    thick = person.brow_thick * np.clip(1.05 - 0.75 * np.clip(t, 0, 1) ** 1.5, 0.05, 1) * step(t, -0.08, 0.12)
    hairs = noise(rng, 84, 18, (brow.ys.shape[0], brow.xs.shape[1]))
    mass = step(np.abs(brow.ys - middle) - thick, 0.012, -0.02) * step(t, 1.06, 0.85) * step(t, -0.05, 0.1)
    brow.lay(beard_colour(person), np.clip(mass * (1.0 + 0.16 * hairs) * person.brow_density, 0, 0.95))


def _eye(person: Person, expression: Expression, eye: Patch, side: int) -> None:
    skin, a, smile = person.skin, person.eye_width, max(0.0, expression.smile)
    x = side * eye.xs - person.eye_x
    s, y = x / a, eye.ys + person.eye_tilt * x
    rim = np.clip(1 - s * s, 0, 1)
    wide = person.eye_open * (1 - 0.12 * smile)
    low = 0.042 * rim**0.9 * (1 - 0.3 * smile)
    high = -0.068 * wide * rim**0.62 * (1 + 0.12 * s * (1 - person.eye_fold))
    high = high + (low - high) * expression.blink
    fold = step(np.abs(y - high + 0.012 + 0.05 * person.eye_fold * np.sqrt(rim)), 0.012, 0.0) * step(
        np.abs(s), 1.05, 0.7
    )
    eye.lay(tint(skin, 0.4, 0.27, 0.25), 0.65 * fold * (0.25 + 0.75 * person.eye_fold))
    if person.lip_paint > 0.5:
        shadow = step(y, -0.15, -0.06) * step(high - y, -0.01, 0.03) * np.exp(-((s / 0.95) ** 4))
        eye.lay(tint(skin, 0.42, 0.27, 0.27), 0.6 * shadow)
    between = step(y - high, -0.007, 0.007) * step(low - y, -0.007, 0.007) * (np.abs(s) < 1)
    eye.lay(_ball(person, x, y, rim, y - high, side, 0.034 * wide), between)
    eye.gloss[:] += 0.05 * between
    corner = bump(side * (person.eye_x - a * 0.92), person.eye_tilt * a, 0.016, 0.014, eye.xs, eye.ys)
    eye.lay(tint(skin, 0.8, 0.4, 0.38), 0.8 * corner)
    lash = step(np.abs(y - high + 0.004), 0.0216 if person.feminine else 0.013, 0.004) * step(np.abs(s), 1.08, 0.9)
    eye.lay((0.012, 0.008, 0.007), (0.92 if person.feminine else 0.75) * lash)
    under = step(np.abs(y - low - 0.003), 0.01, 0.002) * step(np.abs(s), 1.02, 0.8)
    eye.lay(tint(skin, 0.35, 0.22, 0.2), 0.55 * under)


def _ball(person: Person, x: Field, y: Field, rim: Field, under: Field, side: int, lid: float) -> Field:
    """White, iris and pupil; `under` is how far a point lies under the upper lid, whose shadow it gets."""
    shade = (0.66 + 0.34 * rim) * (0.5 + 0.5 * step(under, 0.0, 0.045))
    ball = shade[..., None] * np.array([0.74, 0.71, 0.68], dtype=np.float32)
    r = np.hypot(x + 0.004, y + lid - 0.007) / 0.076
    streak = 1.15 * (0.8 + 0.45 * step(r, 0.35, 0.85))
    grid.lay(ball, np.array(person.iris, dtype=np.float32) * streak[..., None], step(r, 1.06, 0.94))
    grid.lay(ball, tint(person.iris, 0.18, 0.18, 0.18), step(np.abs(r - 0.97), 0.16, 0.02) * 0.85)
    grid.lay(ball, (0.004, 0.004, 0.004), step(r, 0.46, 0.38))
    grid.lay(ball, (0.9, 0.92, 0.95), 0.9 * step(np.hypot(x * side + 0.024, y + 0.034), 0.017, 0.008))
    return ball


def _beard(person: Person, face: Patch, rng: np.random.Generator) -> None:
    if person.beard == "none":
        return
    xs, ys, my, wide = np.abs(face.xs), face.ys, person.mouth_y, person.mouth_width
    lip = step(ys, person.nose_y + 0.03, person.nose_y + 0.08) * step(ys, my + 0.02, my - 0.02)
    lip = lip * step(xs, wide + 0.07, wide - 0.03)
    edge = curve([(0.0, my + 0.1), (0.2, my + 0.04), (0.3, my - 0.08), (0.5, my - 0.14), (0.7, 0.18), (0.9, 0.0)], xs)
    jaw = step(ys - edge, -0.04, 0.05) * step(xs, person.width + 0.03, person.width - 0.02)
    ring = step(np.hypot(xs / (wide + 0.09), (ys - my - 0.08) / 0.3), 1.05, 0.85) * step(ys, my - 0.02, my + 0.03)
    area = {"moustache": lip, "goatee": np.maximum(lip, ring)}.get(person.beard, np.maximum(jaw, lip))
    mass = area * step(np.hypot(xs / wide, (ys - my - 0.02) / 0.075), 0.8, 1.1)
    thick, density = (0.42, 0.42) if person.beard == "stubble" else (1.0, 0.82)
    grain = noise(rng, 130, 110) * 0.7 + noise(rng, 260, 200) * 0.5
    hairs = np.array(beard_colour(person), dtype=np.float32) * (1 + 0.35 * np.clip(grain, -1.5, 2))[..., None]
    face.lay(hairs, np.clip(grid.blur(thick * mass, 0.012) * (density + 0.22 * grain), 0, 0.94))
    face.gloss[:] *= 1 - 0.8 * thick * mass
