"""People as directions in space: descriptors that lie as those of faces do, without any face."""

from __future__ import annotations

import numpy as np

from appliance.calibration import calibrate
from appliance.identification import Enrolled, Template, Vectors, join

SCATTER = 0.28
"""How far a look lies from its person, as real looks do."""


def person(seed: int) -> Vectors:
    """Somebody: a direction. Directions of different seeds are about 0.55 apart, like faces."""
    rng = np.random.default_rng(seed)
    common = np.random.default_rng(999).normal(size=128)
    own = rng.normal(size=128)
    return join(np.array([common / np.linalg.norm(common) + 0.42 * own / np.linalg.norm(own)], dtype=np.float32))


def looks(who: int, count: int, seed: int = 0) -> Vectors:
    """Pictures of somebody, each a little off."""
    rng = np.random.default_rng([who, seed])
    off = rng.normal(size=(count, 128))
    return np.array([join(v[None]) for v in person(who) + SCATTER * off / np.linalg.norm(off, axis=1, keepdims=True)])


def gallery(size: int, pictures: int = 3) -> Enrolled:
    return Enrolled([Template(f"dv-{n:03}", looks(n, pictures)) for n in range(size)])


def threshold_of(enrolled: Enrolled, looks: int, fpir: float) -> float:
    """What the gallery itself says."""
    return calibrate(enrolled, looks=looks, fpir=fpir).threshold
