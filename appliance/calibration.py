"""The gallery's own threshold: how far strangers lie from it, and what share of them a threshold would name.

Every delegate in turn plays the stranger (leave one identity out); where a cohort of real ones is given, they do too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, islice

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from appliance.identification import TWINS, Enrolled, Template, Vectors, join

Scores = NDArray[np.float64]

PRIOR_MEAN = 0.432
"""Mean distance of two different people where faces are closest together: East Asian faces of LFW, from two false-match
rates of single views, 35.7 % under 0.425 and 0.01 % under 0.260, read as a normal distribution; joined views lie 0.009
nearer."""

SPREAD = 0.05
"""Its standard deviation (0.049), and the least that is believed of any gallery."""

PRIOR_WEIGHT = 4
"""A gallery's own distances weigh as much as this prior when so many delegates are enrolled."""

JOINING = 0.035
"""K joined looks lie nearer to everybody's template than one look: by JOINING·(1 - 1/K) (LFW)."""

TAIL_FROM = 20
"""Strangers, played or real, from which on a tail is fitted to how near they come."""

GROUPS = 3
"""Of one delegate's pictures at most so many groups play the stranger: they say nearly the same."""

MOST = 1000
"""Delegates who play the stranger; of more, evenly spread ones."""

FIRST_SHARE = 0.25
"""Of the allowed false positives, what the searches before a visit's last may have. LFW, 60 enrolled, FPIR 1 %: the
first finds all the same, and the second's threshold rises by 0.007."""

_LOWEST, _HIGHEST = 1e-6, 0.5  # shares of strangers between which a threshold is looked for


@dataclass(frozen=True)
class Tail:
    """A smallest-value (Gumbel) distribution: of the nearest of many, as extreme-value theory has it."""

    location: float
    scale: float

    def quantile(self, share: float) -> float:
        """Below this lies so large a share."""
        return self.location + self.scale * math.log(-math.log1p(-share))


def fit(nearest: Scores) -> Tail:
    """The tail of the nearest scores, by moments: b = s·√6/π, mean + γ·b. (Gumbel, 1958)

    By likelihood it names half as many strangers as allowed, and with them fewer delegates; the generalised Pareto
    distribution of the lowest fifth names three times as many as allowed with 60 enrolled (docs/adr/0014).
    """
    scale = float(nearest.std(ddof=1)) * math.sqrt(6) / math.pi
    return Tail(float(nearest.mean()) + float(np.euler_gamma) * scale, scale)


@dataclass(frozen=True)
class Calibration:
    """What a gallery says of its own threshold, for so many joined looks.

    `non_mated`: the nearest scores of strangers, played and real, sorted; `strangers`: how many people these are;
    `pairs`: mean and deviation of distances, where strangers are too few for a `tail`. `looks` and `fpir`: joined
    looks, and the share of strangers who may be named.
    """

    delegates: int
    looks: int
    fpir: float
    strangers: int
    non_mated: Scores
    tail: Tail | None
    pairs: tuple[float, float]
    enrolled: Enrolled

    @cached_property
    def mated(self) -> Scores:
        """Scores of delegates' pictures against templates of their others, sorted; made when they are asked for."""
        return np.sort(_mated(self.enrolled, self.looks))

    @cached_property
    def threshold(self) -> float:
        """Scores up to this are near enough."""
        return self.threshold_for(self.fpir)

    def threshold_for(self, share: float) -> float:
        """The threshold under which so large a share of strangers falls.

        With a tail, its quantile, drawn to the prior by PRIOR_WEIGHT strangers. Without one, of N delegates' distances
        taken as normal and independent: m + s·z(1 - (1 - share)^(1/N)).
        """
        if self.tail is None:
            return self._of_independent(*self.pairs, share)
        own = self.strangers / (self.strangers + PRIOR_WEIGHT)
        return own * self.tail.quantile(share) + (1 - own) * self._of_independent(*_prior(self.looks), share)

    def expected_fpir(self, threshold: float) -> float:
        """The share of strangers whom a threshold would name, by the same model: between 1e-6 and one half."""
        if threshold <= self.threshold_for(_LOWEST):
            return _LOWEST
        if threshold >= self.threshold_for(_HIGHEST):
            return _HIGHEST

        def miss(exponent: float) -> float:
            return self.threshold_for(math.exp(exponent)) - threshold

        return math.exp(float(optimize.brentq(miss, math.log(_LOWEST), math.log(_HIGHEST))))

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the share of strangers named at the threshold, counted: Wilson's, over people."""
        return interval(self.counted_fpir(self.threshold) * self.strangers, self.strangers)

    def counted_fpir(self, threshold: float) -> float:
        """The share of the strangers at hand who come so near; 0 where there are none."""
        return _share(self.non_mated, threshold)

    def fnir(self, threshold: float) -> float | None:
        """The share of delegates' own pictures that do not come so near; None where nobody has two pictures."""
        return 1 - _share(self.mated, threshold) if self.mated.size else None

    def _of_independent(self, mean: float, spread: float, share: float) -> float:
        each = -math.expm1(math.log1p(-share) / max(self.delegates, 1))
        return mean + spread * float(special.ndtri(each))


def shares(plan: Sequence[int]) -> list[tuple[int, float]]:
    """After how many looks a visit is searched, and what part of the allowed false positives that search may have.

    Whoever is searched twice has two chances: the parts add up to one. The last search knows most and has most.
    """
    *early, last = sorted(plan)
    return [*((looks, FIRST_SHARE / len(early)) for looks in early), (last, 1 - FIRST_SHARE if early else 1.0)]


def calibrate(enrolled: Enrolled, *, looks: int, fpir: float, cohort: Vectors | None = None) -> Calibration:
    """Ask a gallery for its threshold. `cohort`: descriptors of people who are not enrolled, one each (n×128).

    LFW, one look, FPIR 1 % wanted, means of 16 to 30 galleries: 0.3 to 0.9 % of strangers named with 5 to 200 enrolled,
    94 to 97 % of delegates found; three looks: 0 to 0.3 %, 99.8 %.
    """
    count = len(enrolled.delegates)
    pairs, nearest, people = _strangers(enrolled, looks)
    if cohort is not None and len(cohort) and count:
        nearer = JOINING * (1 - 1 / looks)
        nearest = np.concatenate([nearest, enrolled.scores(cohort).min(axis=1) - nearer])
        pairs = np.concatenate([pairs, enrolled.distances(cohort).ravel() - nearer])
        people += len(cohort)
    return Calibration(
        delegates=count,
        looks=looks,
        fpir=fpir,
        strangers=people,
        non_mated=np.sort(nearest),
        tail=fit(nearest) if people >= TAIL_FROM else None,
        pairs=_drawn(pairs, people, looks),
        enrolled=enrolled,
    )


def confirmed(strangers: int, named: int, fpir: float) -> bool:
    """Whether strangers who really came to the door, and how many of them were named, confirm the share allowed.

    They do when the upper end of the 95 % interval is not above it: with 1 %, from 381 strangers on if none was named.
    """
    return strangers > 0 and interval(named, strangers)[1] <= fpir


def interval(hits: float, trials: int) -> tuple[float, float]:
    """Wilson's score interval of a share, 95 %. (Wilson, 1927)"""
    if not trials:
        return 0.0, 1.0
    z, share = 1.959964, hits / trials
    centre = share + z * z / (2 * trials)
    half = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)


def _share(scores: Scores, threshold: float) -> float:
    return float(np.searchsorted(scores, threshold, side="right")) / scores.size if scores.size else 0.0


def _prior(looks: int) -> tuple[float, float]:
    return PRIOR_MEAN - JOINING * (1 - 1 / looks), SPREAD


def _drawn(pairs: Scores, people: int, looks: int) -> tuple[float, float]:
    """Median and deviation of the lower half of the distances, both drawn to the prior.

    The lower half: somebody who looks like nobody else widens no lower tail.
    """
    mean, spread = _prior(looks)
    if not pairs.size:
        return mean, spread
    own = people / (people + PRIOR_WEIGHT)
    middle = float(np.median(pairs))
    below = math.sqrt(float(np.mean(np.square(pairs[pairs <= middle] - middle))))
    return mean + own * (middle - mean), math.sqrt(own * max(below, spread) ** 2 + (1 - own) * spread**2)


def _strangers(enrolled: Enrolled, looks: int) -> tuple[Scores, Scores, int]:
    """Delegates as strangers to the others: single distances, nearest scores, and how many played.

    Who has fewer pictures than looks are joined is corrected by what joining more would have changed.
    """
    pairs: list[Vectors] = []
    nearest: list[Vectors] = []
    for template in (enrolled.templates[place] for place in _spread(enrolled)):
        without = np.flatnonzero(enrolled.distances(template.mean.reshape(1, -1))[0] <= TWINS)
        if len(without) == len(enrolled.templates):
            continue
        joined, taken = _joined(template, looks)
        nearer = JOINING * (1 / taken - 1 / looks)
        nearest.append(enrolled.scores(joined, without).min(axis=1) - nearer)
        pairs.append(np.delete(enrolled.distances(joined), without, axis=1).ravel() - nearer)
    people = len(nearest)
    if not people:
        return np.empty(0), np.empty(0), 0
    return np.concatenate(pairs).astype(np.float64), np.concatenate(nearest).astype(np.float64), people


def _spread(enrolled: Enrolled) -> list[int]:
    """The places of all delegates, or of MOST evenly spread ones."""
    count = len(enrolled.templates)
    return sorted(set(np.linspace(0, count - 1, min(MOST, count)).round().astype(int).tolist()))


def _joined(template: Template, looks: int) -> tuple[Vectors, int]:
    """Groups of a delegate's pictures, joined (g×128), and how many pictures are in each."""
    taken = min(looks, len(template.images))
    groups: Sequence[tuple[int, ...]] = list(islice(combinations(range(len(template.images)), taken), GROUPS))
    return np.array([join(template.images[list(group)]) for group in groups], dtype=np.float32), taken


def _mated(enrolled: Enrolled, looks: int) -> Scores:
    """Delegates' pictures, joined by as many as are looked at and leave one over, against templates of the others.

    Fewer pictures than that make it look harder than it is, and a template of fewer pictures too: an upper bound.
    """
    found: list[float] = []
    for place in _spread(enrolled):
        template = enrolled.templates[place]
        count = len(template.images)
        taken = min(looks, count - 1)
        if taken < 1:
            continue
        for group in islice(combinations(range(count), taken), GROUPS):
            rest = join(np.delete(template.images, group, axis=0))
            look = join(template.images[list(group)])
            change = float(np.linalg.norm(look - rest)) - float(np.linalg.norm(look - enrolled.means[place]))
            found.append(float(enrolled.scores(look.reshape(1, -1))[0, place]) + change)
    return np.array(found, dtype=np.float64)
