"""Scores → who it is: Identified, Ambiguous or Unknown, with a threshold that comes from the enrolled gallery itself.

Descriptors are unit vectors of 128 numbers, distances Euclidean. Looks of one person are joined before they are
compared.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, islice
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Distances = NDArray[np.float32]

MARGIN = 0.04
"""The second delegate must be so much farther than the first; genuine ones scatter by half of that (LFW, 3 looks)."""

PRIOR_MEAN = 0.441
"""Mean distance of two different people where faces are closest together: East Asian faces of LFW, from two false-match
rates, 35.7 % under 0.425 and 0.01 % under 0.260, read as a normal distribution."""

SPREAD = 0.05
"""Its standard deviation (0.049), and the least that is believed of any gallery."""

PRIOR_WEIGHT = 8
"""A gallery's own distances weigh as much as this prior when so many delegates are enrolled."""

JOINING = 0.04
"""K joined looks lie nearer to everybody's template than one look: by JOINING·(1 - 1/K) (LFW)."""

TWINS = 0.25
"""Two delegates whose templates are this near are twins, or one person under two ids: told apart by the margin, never
by a threshold. They say nothing about strangers. Different people of LFW begin at 0.33."""

TAIL_FROM = 20
"""Delegates from which on the tail of the nearest distances is fitted too."""


@dataclass(frozen=True)
class Template:
    """One enrolled delegate: the descriptors of the pictures (n×128)."""

    delegate: str
    images: Vectors

    @property
    def mean(self) -> Vectors:
        """The mean template, of length 1."""
        return join(self.images)


class Enrolled:
    """Everybody who may be identified, ready to be searched."""

    def __init__(self, templates: Sequence[Template]) -> None:
        self.templates = tuple(sorted(templates, key=lambda t: t.delegate))
        self.delegates = tuple(t.delegate for t in self.templates)
        self.means: Vectors = np.array([t.mean for t in self.templates], dtype=np.float32).reshape(-1, 128)

    def distances(self, looks: Vectors) -> Distances:
        """Looks (m×128) → distances to each delegate's mean template (m×n)."""
        squared = 2.0 - 2.0 * looks @ self.means.T  # all are unit vectors
        return np.sqrt(np.maximum(squared, 0.0, dtype=np.float32), dtype=np.float32)


@dataclass(frozen=True)
class Identified:
    """One delegate is near enough, and nearer than any other by the margin."""

    delegate: str
    distance: float
    threshold: float
    margin: float


@dataclass(frozen=True)
class Ambiguous:
    """Two delegates are about equally near: no name may be said."""

    delegates: tuple[str, str]
    distance: float
    threshold: float
    margin: float


@dataclass(frozen=True)
class Unknown:
    """Nobody is near enough. `distance` is to the nearest delegate, infinite where nobody is enrolled."""

    distance: float
    threshold: float


Decision = Identified | Ambiguous | Unknown


def join(looks: Vectors) -> Vectors:
    """Several looks of one person (n×128) → one: their mean direction, of length 1."""
    mean = looks.mean(axis=0)
    return np.asarray(mean / np.linalg.norm(mean), dtype=np.float32)


def twins(enrolled: Enrolled) -> list[tuple[str, str]]:
    """Pairs of delegates whose templates are so near that one person may be enrolled under two ids."""
    near = enrolled.distances(enrolled.means) <= TWINS
    names = enrolled.delegates
    return [(names[a], names[b]) for a in range(len(names)) for b in range(a + 1, len(names)) if near[a, b]]


def identify(look: Vectors, enrolled: Enrolled, threshold: float) -> Decision:
    """Decide on one joined look (128 numbers) with the threshold for as many looks as were joined."""
    if not enrolled.delegates:
        return Unknown(math.inf, threshold)
    distances = enrolled.distances(look.reshape(1, -1))[0]
    order = np.argsort(distances, kind="stable")
    best = float(distances[order[0]])
    if best > threshold:
        return Unknown(best, threshold)
    second = float(distances[order[1]]) if len(order) > 1 else math.inf
    margin = min(second - best, 2.0)  # alone in the gallery: the largest distance there is
    if margin < MARGIN:
        return Ambiguous((enrolled.delegates[order[0]], enrolled.delegates[order[1]]), best, threshold, margin)
    return Identified(enrolled.delegates[order[0]], best, threshold, margin)


def threshold(enrolled: Enrolled, looks: int, fpir: float) -> float:
    """The distance under which a share `fpir` of strangers fall, for this gallery and for `looks` joined looks.

    Every delegate in turn plays the stranger: the distances from the own joined pictures to the *other* delegates are
    what a stranger of the same population would get. The smaller of two estimates counts, computed for N delegates:

    - of all pairs, a normal distribution with mean m (their median) and deviation s (of the lower half), both drawn to
      the prior by PRIOR_WEIGHT delegates: m + s·z(1 - (1 - fpir)^(1/N));
    - from TAIL_FROM delegates on, of the nearest other delegate (which knows how faces cluster), a smallest-value
      (Gumbel) distribution by moments, b = s·√6/π: mean + γ·b + b·ln(-ln(1 - fpir)).

    LFW, FPIR 1 % wanted, 5 to 60 enrolled: 0 to 0.6 % of strangers named, 92 to 95 % of delegates found by one look,
    all by three.
    """
    count = len(enrolled.delegates)
    pairs, nearest = _others(enrolled, looks)
    mean, spread = PRIOR_MEAN - JOINING * (1 - 1 / looks), SPREAD
    if pairs.size:
        own = count / (count + PRIOR_WEIGHT)
        middle, below = _lower_half(pairs)
        mean += own * (middle - mean)
        spread = math.sqrt(own * max(below, SPREAD) ** 2 + (1 - own) * SPREAD**2)
    by_pairs = mean + spread * NormalDist().inv_cdf(1 - (1 - fpir) ** (1 / max(count, 1)))
    if count < TAIL_FROM:
        return by_pairs
    scale = float(nearest.std(ddof=1)) * math.sqrt(6) / math.pi
    by_tail = float(nearest.mean()) + np.euler_gamma * scale + scale * math.log(-math.log1p(-fpir))
    return min(by_pairs, by_tail)


def _lower_half(distances: Distances) -> tuple[float, float]:
    """Median, and the deviation of what lies below it: somebody who looks like nobody else widens no lower tail."""
    middle = float(np.median(distances))
    below = distances[distances <= middle]
    return middle, math.sqrt(float(np.mean(np.square(below - middle))))


def _others(enrolled: Enrolled, looks: int) -> tuple[Distances, Distances]:
    """From each delegate's pictures, `looks` of them joined: the distances to all others, and to the nearest other.

    Who has fewer pictures is corrected by what joining more would have changed.
    """
    pairs: list[float] = []
    nearest: list[float] = []
    for template in enrolled.templates:
        taken = min(looks, len(template.images))
        groups = islice(combinations(range(len(template.images)), taken), 10)
        joined = np.array([join(template.images[list(group)]) for group in groups])
        apart = enrolled.distances(template.mean.reshape(1, -1))[0] > TWINS  # which leaves out the delegate too
        others = enrolled.distances(joined)[:, apart] - JOINING * (1 / taken - 1 / looks)
        if others.size:
            pairs.extend(others.ravel())
            nearest.extend(others.min(axis=1))
    return np.array(pairs, dtype=np.float32), np.array(nearest, dtype=np.float32)
