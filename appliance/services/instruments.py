"""Presentation attack instruments (ISO/IEC 30107-3) as surfaces: a print, a bent one, a phone; and a head.

Real portraits are the texture. Moiré, exposure and what paper and glass do to light are not in it, a reflection is.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.camera import Image
from appliance.face import Box
from appliance.services.surfaces import Surface

FACE_METRES = 0.15
"""Width of a detector's box on a living face; faces on paper and phones are smaller and held nearer."""

HIGH = 0.12
"""By how much the middle of a head lies above the middle of the detector's box, in face widths."""

SCREEN_METRES = 0.068
"""Width of a large phone's screen."""


def paper(
    portrait: Image, face: Box, *, face_metres: float, around: float, margin: float, bend: float = 0.0
) -> Surface:
    """A print: the portrait cut `around` face widths wide, a white `margin` (share of its width) about it.

    `bend` in degrees: how far its left and right edges are turned away, the paper about an upright cylinder; 0: flat.
    """
    cut, share = _cut(portrait, face, around, around * 1.25)
    edge = round(margin * cut.shape[1])
    sheet = cv2.copyMakeBorder(cut, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=(236.0, 235.0, 230.0))
    width = face_metres / share * sheet.shape[1] / cut.shape[1]
    cover = np.full(sheet.shape[:2], 255, np.uint8)
    cover[[0, -1], :], cover[:, [0, -1]] = 0, 0
    if not bend:
        return Surface(np.asarray(sheet, dtype=np.uint8), cover, width)
    return _bent(np.asarray(sheet, dtype=np.uint8), cover, width, width / 2 / float(np.radians(bend)))


def _bent(sheet: Image, cover: Image, width: float, radius: float) -> Surface:
    """Paper about an upright cylinder: as seen from the front, and its relief. Lengths along the paper are kept."""
    half = radius * np.sin(min(width / 2 / radius, 1.35))
    x = np.linspace(-half, half, sheet.shape[1], dtype=np.float32)
    along = radius * np.arcsin(x / radius)
    sx = np.repeat(((along / width + 0.5) * (sheet.shape[1] - 1))[None, :], sheet.shape[0], axis=0).astype(np.float32)
    sy = np.repeat(np.arange(sheet.shape[0], dtype=np.float32)[:, None], sheet.shape[1], axis=1)
    seen = cv2.remap(sheet, sx, sy, cv2.INTER_LINEAR)
    height = np.repeat((np.sqrt(radius**2 - x**2) - radius)[None, :], 8, axis=0).astype(np.float32)
    # Foreshortening is in the columns already; the pixels' pitch across stays that of the paper's height.
    tall = width * sheet.shape[0] / sheet.shape[1]
    rows = max(8, round(seen.shape[1] * tall / (2 * half)))
    seen = cv2.resize(seen, (seen.shape[1], rows), interpolation=cv2.INTER_LINEAR)
    edge = np.asarray(cv2.resize(cover, (cover.shape[1], rows), interpolation=cv2.INTER_NEAREST), dtype=np.uint8)
    return Surface(np.asarray(seen, dtype=np.uint8), edge, float(2 * half), height)


def phone(portrait: Image, face: Box, *, glare: float, around: float = 1.8) -> Surface:
    """A phone that shows a portrait: dark frame, bars above and below, backlight and a slanting reflection."""
    cut, _ = _cut(portrait, face, around, around * 2.0)
    columns, rows = cut.shape[1], cut.shape[1] * 2
    shown = np.zeros((rows, columns, 3), np.uint8)
    top = (rows - cut.shape[0]) // 2
    shown[top : top + cut.shape[0]] = cut
    lit = 8 + 235 * (shown / 255.0) ** 0.9
    across = np.linspace(0, 1, columns)[None, :] + np.linspace(0, 1, rows)[:, None] - 0.9
    lit += 90 * glare * np.exp(-((across / 0.12) ** 2))[..., None]
    frame = max(3, round(0.06 * columns))
    whole = cv2.copyMakeBorder(
        np.clip(lit, 0, 255).astype(np.uint8), frame, frame, frame, frame, cv2.BORDER_CONSTANT, value=(18.0, 18.0, 20.0)
    )
    cover = np.zeros(whole.shape[:2], np.uint8)
    height, width = cover.shape
    cv2.rectangle(cover, (frame, 1), (width - frame, height - 2), 255, -1)
    cv2.rectangle(cover, (1, frame), (width - 2, height - frame), 255, -1)
    for corner in ((frame, frame), (width - frame, frame), (frame, height - frame), (width - frame, height - frame)):
        cv2.circle(cover, corner, frame - 1, 255, -1)
    return Surface(np.asarray(whole, dtype=np.uint8), cover, SCREEN_METRES * whole.shape[1] / columns)


def _cut(portrait: Image, face: Box, wide: float, tall: float) -> tuple[Image, float]:
    """The part of a portrait with the face in its middle, in face widths, as far as there is picture on both sides;
    and the share of its width that the face takes."""
    (x, y), rows, columns = face.centre, *portrait.shape[:2]
    half_x, half_y = min(wide / 2 * face.w, x, columns - x), min(tall / 2 * face.w, y, rows - y)
    left, right, top, bottom = round(x - half_x), round(x + half_x), round(y - half_y), round(y + half_y)
    return np.ascontiguousarray(portrait[top:bottom, left:right]), face.w / (right - left)


def head(portrait: Image, face: Box) -> Surface:
    """A head: the portrait within an oval about the face, on a relief that is every head's roughly: synthetic too.

    A rounded skull 9 cm deep, brow, eye hollows, a nose of 2.5 cm, lips and chin; nobody's own shape.
    """
    wide, tall = 1.42, 1.95
    x, y = face.centre
    size = (360, round(360 * tall / wide))
    scale = face.w * wide / size[0]
    move = np.array([[scale, 0, x - size[0] / 2 * scale], [0, scale, y - HIGH * face.w - size[1] / 2 * scale]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    paint = cv2.warpAffine(portrait, move, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    u = ((np.arange(size[0]) + 0.5) / size[0] - 0.5)[None, :] * wide  # face widths from the middle
    v = ((np.arange(size[1]) + 0.5) / size[1] - 0.5)[:, None] * tall - HIGH  # from the middle of the detector's box
    inside = (u / 0.68) ** 2 + ((v + HIGH) / 0.93) ** 2
    cover = np.clip((1 - inside) * 1200, 0, 255).astype(np.uint8)
    relief = 0.60 * np.sqrt(np.clip(1 - 0.97 * inside, 0.0, None))

    def bump(u0: float, v0: float, wide: float, tall: float) -> NDArray[np.float64]:
        return np.asarray(np.exp(-(((u - u0) / wide) ** 2) - ((v - v0) / tall) ** 2))

    relief = relief + 0.15 * bump(0, 0.1, 0.085, 0.12) + 0.07 * bump(0, -0.05, 0.06, 0.14)
    relief = relief - 0.05 * (bump(-0.21, -0.17, 0.11, 0.08) + bump(0.21, -0.17, 0.11, 0.08))
    relief = relief + 0.04 * bump(0, 0.32, 0.15, 0.05) + 0.05 * bump(0, 0.5, 0.14, 0.08)
    return Surface(
        np.asarray(paint, dtype=np.uint8), cover, FACE_METRES * wide, (relief * FACE_METRES).astype(np.float32)
    )
