"""A crowd of made-up templates, to see what a large gallery costs. They are nobody's, and say nothing of accuracy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from appliance.identification import Template, join

APART = 0.52
"""Mean distance between two people's templates (LFW, 60 people, 3 pictures each: 0.52, deviation 0.06)."""

DIMENSIONS = 21
"""In so many directions they differ; with more, all would be equally far from one another."""

WITHIN = 0.29
"""Distance between two pictures of one person (LFW: 0.286)."""

PICTURES = 3


def crowd(count: int, among: Sequence[Template], *, seed: int = 1) -> list[Template]:
    """`count` templates of three pictures each, scattered about the middle of those there are, as people's are."""
    rng = np.random.default_rng(seed)
    middle = join(np.array([t.mean for t in among])) if among else _unit(rng.normal(size=128))
    plane = np.linalg.qr(np.column_stack([middle, rng.normal(size=(128, DIMENSIONS))]))[0][:, 1:]  # all square to it
    aside = APART / 2**0.5
    return [
        Template(f"made-up-{n:05}", _pictures((1 - aside**2) ** 0.5 * middle + aside * plane @ _unit(ways), rng))
        for n, ways in enumerate(rng.normal(size=(count, DIMENSIONS)), 1)
    ]


def _pictures(person: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    seen = person + WITHIN / 2**0.5 * np.array([_unit(rng.normal(size=128)) for _ in range(PICTURES)])
    return np.asarray(seen / np.linalg.norm(seen, axis=1, keepdims=True), dtype=np.float32)


def _unit(vector: np.ndarray) -> np.ndarray:
    return np.asarray(vector / np.linalg.norm(vector))
