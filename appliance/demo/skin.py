"""Colour of a bare face: skin, eyes, brows, lips, nostrils, stubble and beard, painted on the grid."""

import numpy as np

from appliance.demo.grid import Field, blur, bump, curve, lay, noise, pair, step, xs, ys
from appliance.demo.person import Person
from appliance.demo.relief import Expression, Relief


def paint_face(person: Person, relief: Relief, expression: Expression) -> tuple[Field, Field]:
    """Linear RGB (rows, columns, 3) of the head without hair, and its gloss (rows, columns)."""
    rng = np.random.default_rng([person.seed, 1])
    paint = np.empty((*relief.height.shape, 3), dtype=np.float32)
    paint[:] = person.skin
    _complexion(person, paint, rng)
    gloss = np.full(relief.height.shape, 0.16, dtype=np.float32)
    gloss += 0.12 * bump(0, 0.3, 0.09, 0.15) + 0.06 * bump(0, -0.45, 0.3, 0.15)
    _nostrils(person, paint)
    _beard(person, paint, gloss, rng)
    _mouth(person, expression, paint, gloss)
    _brows(person, expression, paint, rng)
    for side in (-1, 1):
        _eye(person, expression, paint, gloss, side)
    return paint, gloss


def _complexion(person: Person, paint: Field, rng: np.random.Generator) -> None:
    skin = np.array(person.skin, dtype=np.float32)
    flush = skin * np.array([1.02, 0.72, 0.68], dtype=np.float32)
    red = 0.55 * pair(0.42, 0.33, 0.16, 0.13) + 0.5 * bump(0, person.nose_y - 0.07, 0.11, 0.07)
    red += 0.5 * step(np.abs(xs) - person.width, -0.02, 0.05) + 0.2 * bump(0, person.chin_length - 0.1, 0.12, 0.07)
    lay(paint, flush, np.clip(red * person.rosy, 0, 1))
    shade = skin * np.array([0.62, 0.5, 0.5], dtype=np.float32)
    tired = 0.25 + 0.35 * max(0.0, (person.age - 30) / 40)
    lay(paint, shade, tired * pair(person.eye_x, 0.075, 0.12, 0.05) + 0.35 * pair(person.eye_x, -0.05, 0.15, 0.06))
    if not person.feminine:
        lay(paint, skin * np.array([0.8, 0.82, 0.86], dtype=np.float32), 0.35 * step(ys, 0.4, 0.75))
    mottle = 0.030 * noise(rng, 14, 18) + 0.02 * noise(rng, 60, 80) + 0.012 * noise(rng, 200, 260)
    paint *= (1 + mottle)[..., None]
    if person.freckles:
        spots = step(noise(rng, 90, 117), 1.35, 1.9) * (pair(0.35, 0.25, 0.2, 0.13) + bump(0, 0.2, 0.15, 0.1))
        lay(paint, skin * np.array([0.6, 0.42, 0.32], dtype=np.float32), np.clip(0.8 * person.freckles * spots, 0, 0.8))
    if rng.random() < 0.25:
        x, y = rng.uniform(-0.45, 0.45), rng.uniform(0.2, 0.8)
        lay(paint, skin * 0.25, 0.85 * step(np.hypot(xs - x, ys - y), 0.022, 0.012))


def _nostrils(person: Person, paint: Field) -> None:
    skin, y = np.array(person.skin, dtype=np.float32), person.nose_y
    dark = skin * np.array([0.16, 0.09, 0.08], dtype=np.float32)
    lay(paint, skin * np.array([0.5, 0.36, 0.34], dtype=np.float32), 0.55 * bump(0, y + 0.02, person.nose_width, 0.022))
    for side in (-1, 1):
        x = side * xs - person.nose_width * 0.48
        lay(
            paint,
            dark,
            0.9 * step((x / (0.32 * person.nose_width)) ** 2 + ((ys - y - 0.25 * x) / 0.018) ** 2, 1.5, 0.3),
        )
        wing = np.abs(
            np.hypot((side * xs - person.nose_width * 0.72) / (person.nose_width * 0.46), (ys - y + 0.04) / 0.075) - 1
        )
        outer = step(side * xs, person.nose_width * 0.8, person.nose_width)
        lay(paint, skin * np.array([0.45, 0.3, 0.28], dtype=np.float32), 0.5 * step(wing, 0.2, 0.0) * outer)


def _mouth(person: Person, expression: Expression, paint: Field, gloss: Field) -> None:
    wide = person.mouth_width * (1 + 0.14 * expression.smile)
    at = np.clip(np.abs(xs) / wide, 0, 1.2)
    lift = person.mouth_curve + 0.07 * expression.smile
    line = person.mouth_y - lift * at**2 + 0.012 * np.exp(-((at / 0.22) ** 2))
    full = np.clip(1 - at**2, 0, 1)
    bow = 0.72 + 0.28 * np.exp(-(((at - 0.3) / 0.2) ** 2)) - 0.16 * np.exp(-((at / 0.13) ** 2))
    upper = line - (person.lip_upper + 0.012) * full**0.65 * bow
    lower = line + (person.lip_lower + 0.012) * full**0.55
    skin = np.array(person.skin, dtype=np.float32)
    bare = skin * np.array([0.84, 0.46, 0.45], dtype=np.float32) + np.array([0.015, 0, 0.002], dtype=np.float32)
    painted = np.array([0.42, 0.05, 0.075], dtype=np.float32) * (0.5 + 0.5 * skin.mean() / 0.5)
    lip = bare + (painted - bare) * 0.75 * person.lip_paint
    soft = 0.012
    inside_upper = step(ys - upper, -soft, soft) * step(line - ys, -soft, soft) * (at < 1)
    inside_lower = step(ys - line, -soft, soft) * step(lower - ys, -soft, soft * 1.3) * (at < 1)
    strength = 0.72 + 0.28 * person.lip_paint
    lay(paint, lip * 0.78, strength * inside_upper)
    lay(paint, lip, strength * inside_lower)
    gloss += 0.35 * inside_lower * bump(0, person.mouth_y + 0.05, wide * 0.5, 0.025)
    lay(
        paint,
        skin * np.array([0.2, 0.08, 0.08], dtype=np.float32),
        0.85 * step(np.abs(ys - line), 0.016, 0.003) * step(at, 1.04, 0.85),
    )
    lay(
        paint,
        skin * np.array([0.5, 0.36, 0.34], dtype=np.float32),
        0.4 * bump(0, float(person.mouth_y + person.lip_lower + 0.045), wide * 0.45, 0.02),
    )


def _brows(person: Person, expression: Expression, paint: Field, rng: np.random.Generator) -> None:
    hair = brow_colour(person)
    for side in (-1, 1):
        t = (side * xs - (person.eye_x - 0.17)) / 0.36
        middle = (
            person.brow_y
            - person.brow_arch * np.exp(-(((t - 0.66) / 0.3) ** 2))
            - person.brow_slope * (t - 0.5)
            - 0.01 * expression.smile
            + 0.03 * np.clip(t - 0.7, 0, 1)
        )
        thick = person.brow_thick * np.clip(1.05 - 0.75 * np.clip(t, 0, 1) ** 1.5, 0.05, 1) * step(t, -0.08, 0.12)
        hairs = noise(rng, 210, 80)
        mass = step(np.abs(ys - middle) - thick, 0.012, -0.02) * step(t, 1.06, 0.85) * step(t, -0.05, 0.1)
        lay(paint, hair, np.clip(mass * (0.95 + 0.2 * hairs) * person.brow_density, 0, 0.95))


def brow_colour(person: Person) -> Field:
    """Linear RGB of brows and beard: the hair's, a little darker, greying later."""
    base = np.array(person.hair_colour, dtype=np.float32) * 0.7
    return np.asarray(base + (np.float32(0.25) - base) * max(0.0, person.grey - 0.35) * 0.9, dtype=np.float32)


def _eye(person: Person, expression: Expression, paint: Field, gloss: Field, side: int) -> None:
    skin, a = np.array(person.skin, dtype=np.float32), person.eye_width
    x = side * xs - person.eye_x
    s = x / a
    y = ys + person.eye_tilt * x
    rim = np.clip(1 - s * s, 0, 1)
    wide = person.eye_open * (1 - 0.12 * max(0.0, expression.smile))
    low = 0.042 * rim**0.9 * (1 - 0.3 * max(0.0, expression.smile))
    high = -0.068 * wide * rim**0.62 * (1 + 0.12 * s * (1 - person.eye_fold))
    high = high + (low - high) * expression.blink
    soft = 0.007
    white = step(y - high, -soft, soft) * step(low - y, -soft, soft) * (np.abs(s) < 1)
    # Skin of the lids first, then the ball between them.
    crease = high - 0.012 - 0.05 * person.eye_fold * np.sqrt(rim)
    fold = step(np.abs(y - crease), 0.012, 0.0) * step(np.abs(s), 1.05, 0.7)
    lay(paint, skin * np.array([0.4, 0.27, 0.25], dtype=np.float32), 0.65 * fold * (0.25 + 0.75 * person.eye_fold))
    if person.feminine and person.lip_paint > 0.5:
        lay(
            paint,
            skin * np.array([0.42, 0.27, 0.27], dtype=np.float32),
            0.6 * step(y, -0.15, -0.06) * step(high - y, -0.01, 0.03) * np.exp(-((s / 0.95) ** 4)),
        )
    ball = np.array([0.74, 0.71, 0.68], dtype=np.float32) * (0.66 + 0.34 * np.clip(rim, 0, 1))[..., None]
    ball = ball * (0.5 + 0.5 * step(y - high, 0.0, 0.045))[..., None]
    radius = 0.074
    r = np.hypot(x * 1.0 + 0.004, y - 0.5 * (-0.068 * wide + 0.042) + 0.014) / radius
    streak = 0.8 + 0.45 * step(r, 0.35, 0.85)
    lay(ball, np.array(person.iris, dtype=np.float32) * 1.15 * streak[..., None], step(r, 1.06, 0.94))
    lay(ball, np.array(person.iris, dtype=np.float32) * 0.18, step(np.abs(r - 0.97), 0.16, 0.02) * 0.85)
    lay(ball, (0.004, 0.004, 0.004), step(r, 0.46, 0.38))
    lay(ball, (0.9, 0.92, 0.95), 0.9 * step(np.hypot(x * side + 0.024, y + 0.034), 0.017, 0.008))
    lay(paint, ball, white)
    gloss += 0.3 * white
    pink = bump(side * (person.eye_x - a * 0.92), person.eye_tilt * a, 0.016, 0.014)
    lay(paint, skin * np.array([0.8, 0.4, 0.38], dtype=np.float32), 0.8 * pink)
    heavy = 1.35 if person.feminine else 0.8
    lash = step(np.abs(y - high + 0.004), 0.016 * heavy, 0.004) * step(np.abs(s), 1.08, 0.9)
    lay(paint, (0.012, 0.008, 0.007), (0.92 if person.feminine else 0.75) * lash)
    under = step(np.abs(y - low - 0.003), 0.01, 0.002) * step(np.abs(s), 1.02, 0.8)
    lay(paint, skin * np.array([0.35, 0.22, 0.2], dtype=np.float32), 0.55 * under)


def _beard(person: Person, paint: Field, gloss: Field, rng: np.random.Generator) -> None:
    if person.beard == "none":
        return
    my, chin, colour = person.mouth_y, person.chin_length, brow_colour(person)
    lip = step(ys, person.nose_y + 0.03, person.nose_y + 0.08) * step(ys, my + 0.02, my - 0.02)
    lip = lip * step(np.abs(xs), person.mouth_width + 0.07, person.mouth_width - 0.03)
    edge = curve(
        [(0.0, my + 0.1), (0.2, my + 0.04), (0.3, my - 0.08), (0.5, my - 0.14), (0.7, 0.18), (0.9, 0.0)], np.abs(xs)
    )
    jaw = step(ys - edge, -0.04, 0.05) * step(np.abs(xs), person.width + 0.03, person.width - 0.02)
    round_mouth = step(np.hypot(xs / (person.mouth_width + 0.09), (ys - my - 0.08) / 0.3), 1.05, 0.85) * step(
        ys, my - 0.02, my + 0.03
    )
    mouth = step(np.hypot(xs / (person.mouth_width * 1.0), (ys - my - 0.02) / 0.075), 0.8, 1.1)
    mass = {
        "stubble": 0.42 * np.maximum(jaw, lip),
        "full": np.maximum(jaw, lip),
        "moustache": lip,
        "goatee": np.maximum(lip, round_mouth),
    }[person.beard] * mouth
    grain = noise(rng, 130, 110) * 0.7 + noise(rng, 260, 200) * 0.5
    density = 0.42 if person.beard == "stubble" else 0.82
    lay(
        paint,
        colour * (1 + 0.35 * np.clip(grain, -1.5, 2))[..., None],
        np.clip(blur(mass, 0.012) * (density + 0.22 * grain), 0, 0.94),
    )
    gloss *= 1 - 0.8 * mass
