"""Scores → who it is: Identified, Ambiguous or Unknown. The threshold comes from the gallery itself: `calibration`.

Descriptors are unit vectors of 128 numbers, distances Euclidean. Looks of one person are joined before they are
compared.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Distances = NDArray[np.float32]

MARGIN = 0.04
"""The second delegate must be so much farther than the first; genuine ones scatter by half of that (LFW, 3 looks)."""

TWINS = 0.25
"""Two delegates whose templates are this near are twins, or one person under two ids: told apart by the margin, never
by a threshold. They say nothing about strangers. Different people of LFW begin at 0.27, brothers among them at 0.28."""

NEIGHBOURS = 5
"""How many of the nearest other delegates say how crowded it is around a template, and around a look."""

CROWDING = 0.25
"""What of a neighbourhood's distance is taken off. LFW, one look, 180 enrolled, FPIR 1 %: TPIR 94 % without, 96 % with
0.2 to 0.3. On other faces 0.2 was best; larger offsets and full z-, t- and s-normalisation made it worse."""

CROWDING_FROM = 20
"""Delegates from which on there is a neighbourhood to speak of."""

_KEPT = NEIGHBOURS + 3  # so that some may be left out and enough remain
_ROWS = 1000  # of the matrix of all templates: at 10,000 delegates it would take 400 MB at once


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
        self._neighbours, self._apart = self._neighbourhoods()
        self._near = self._apart[:, :NEIGHBOURS].mean(axis=1)
        self._typical = float(self._near.mean()) if len(self._near) else 0.0

    def distances(self, looks: Vectors) -> Distances:
        """Looks (m×128) → distances to each delegate's mean template (m×n)."""
        squared = 2.0 - 2.0 * looks @ self.means.T  # all are unit vectors
        return np.sqrt(np.maximum(squared, 0.0, dtype=np.float32), dtype=np.float32)

    def scores(self, looks: Vectors, without: NDArray[np.intp] | None = None) -> Distances:
        """Looks (m×128) → adjusted distances to each delegate (m×n), or to all but those at the places `without`.

        A distance counts for less where the template has near neighbours, and where the look is near to many: both
        means of NEIGHBOURS distances, CROWDING of each, measured against the gallery's usual one. So a score remains on
        the scale of distances. Below CROWDING_FROM delegates scores are distances. (Adaptive symmetric normalisation,
        Matějka et al. 2017, without the division by deviations: see docs/adr/0014.)
        """
        distances = self.distances(looks)
        near = self._near
        if without is not None:
            distances = np.delete(distances, without, axis=1)
            if self._is_crowded:
                hidden = np.where(np.isin(self._neighbours, without), np.float32(np.inf), self._apart)
                near = np.delete(np.sort(hidden, axis=1)[:, :NEIGHBOURS].mean(axis=1), without)
        if not self._is_crowded or not distances.size:
            return distances
        crowded = CROWDING * (2 * self._typical - near[None, :] - _around(distances))
        return np.asarray(distances + crowded, dtype=np.float32)

    @property
    def _is_crowded(self) -> bool:
        return len(self.delegates) >= CROWDING_FROM

    def _neighbourhoods(self) -> tuple[NDArray[np.intp], Distances]:
        """For each template the places of the nearest others and their distances, nearest first."""
        count = len(self.delegates)
        if not self._is_crowded:
            return np.zeros((count, 0), np.intp), np.ones((count, 1), np.float32)
        places, apart = [], []
        for first in range(0, count, _ROWS):
            rows = self.distances(self.means[first : first + _ROWS])
            rows[np.arange(len(rows)), first + np.arange(len(rows))] = np.inf
            nearest = np.argpartition(rows, _KEPT, axis=1)[:, :_KEPT]
            found = np.take_along_axis(rows, nearest, axis=1)
            order = np.argsort(found, axis=1)
            places.append(np.take_along_axis(nearest, order, axis=1))
            apart.append(np.take_along_axis(found, order, axis=1))
        return np.concatenate(places), np.concatenate(apart)


def _around(distances: Distances) -> Distances:
    """For each look and candidate the mean distance of the look to its NEIGHBOURS nearest other candidates (m×n)."""
    nearest = np.sort(np.partition(distances, NEIGHBOURS, axis=1)[:, : NEIGHBOURS + 1], axis=1)
    others = nearest[:, :NEIGHBOURS].mean(axis=1, keepdims=True)
    own = (nearest.sum(axis=1, keepdims=True) - distances) / NEIGHBOURS
    return np.asarray(np.where(distances <= nearest[:, NEIGHBOURS - 1 : NEIGHBOURS], own, others), dtype=np.float32)


@dataclass(frozen=True)
class Identified:
    """One delegate is near enough, and nearer than any other by the margin. `distance` is the adjusted one."""

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
    scores = enrolled.scores(look.reshape(1, -1))[0]
    order = np.argpartition(scores, 1)[:2] if len(scores) > 1 else np.zeros(1, np.intp)
    order = order[np.argsort(scores[order], kind="stable")]
    best = float(scores[order[0]])
    if best > threshold:
        return Unknown(best, threshold)
    second = float(scores[order[1]]) if len(order) > 1 else math.inf
    margin = min(second - best, 2.0)  # alone in the gallery: the largest distance there is
    if margin < MARGIN:
        return Ambiguous((enrolled.delegates[order[0]], enrolled.delegates[order[1]]), best, threshold, margin)
    return Identified(enrolled.delegates[order[0]], best, threshold, margin)
