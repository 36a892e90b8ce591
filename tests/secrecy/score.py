"""How good a guess is, beside what chance alone would give.

Chance is exact here. The tally is published, so whoever guesses knows it: given the tally, and nothing else, every way
of dealing its choices out to those who took part is as likely as any other; so is every order of casting, and every
set of that size of those who voted between two copies. Mean and variance of the hits of a guess under these
permutations have closed forms, whatever was guessed, and for however many people nothing was.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from appliance.values import Choice


@dataclass(frozen=True)
class Score:
    """Hits out of what was `said`, and what chance would have given: its mean and variance. Scores add up."""

    hits: float = 0.0
    said: float = 0.0
    mean: float = 0.0
    variance: float = 0.0

    def __add__(self, other: Score) -> Score:
        return Score(
            self.hits + other.hits, self.said + other.said, self.mean + other.mean, self.variance + other.variance
        )

    @property
    def accuracy(self) -> float:
        """The share that was right."""
        return self.hits / self.said if self.said else 0.0

    @property
    def chance(self) -> float:
        """The share that chance would have had right."""
        return self.mean / self.said if self.said else 0.0

    @property
    def deviations(self) -> float:
        """By how many standard deviations it is better than chance; a half is taken off for continuity."""
        excess = self.hits - self.mean - 0.5
        if excess <= 0:
            return 0.0
        return excess / math.sqrt(self.variance) if self.variance > 0 else math.inf


def choices(guess: Mapping[str, Choice], truth: Mapping[str, Choice]) -> Score:
    """Of who chose what in one ballot. Variance of a permutation statistic: Hoeffding 1951, theorem 2."""
    people = list(truth)
    matrix = np.array([[float(guess.get(d) is c) for c in truth.values()] for d in people]).reshape(len(people), -1)
    said = sum(d in guess for d in people)
    if not said:
        return Score()
    rows, columns = matrix.mean(axis=1, keepdims=True), matrix.mean(axis=0, keepdims=True)
    spread = float(((matrix - rows - columns + matrix.mean()) ** 2).sum())
    return Score(
        hits=sum(guess.get(d) is c for d, c in truth.items()),
        said=said,
        mean=float(matrix.sum()) / len(people),
        variance=spread / (len(people) - 1) if len(people) > 1 else 0.0,
    )


def by_tally(truth: Mapping[str, Choice]) -> dict[str, Choice]:
    """The best guess of whoever knows the tally and nothing else: the most frequent choice, for everybody."""
    (most, _), *_ = Counter(truth.values()).most_common(1)
    return dict.fromkeys(truth, most)


def order(ranks: Mapping[str, float], truth: Sequence[str]) -> Score:
    """Of all pairs that a guess puts in an order, which are right. Variance: Kendall 1970, with ties in the guess."""
    ranked = [ranks[d] for d in truth if d in ranks]
    pairs = [(a, b) for a, b in itertools.combinations(ranked, 2) if a != b]
    n, ties = len(ranked), Counter(ranked).values()
    variance = n * (n - 1) * (2 * n + 5) - sum(t * (t - 1) * (2 * t + 5) for t in ties)
    return Score(sum(a < b for a, b in pairs), len(pairs), len(pairs) / 2, variance / 18 / 4)


def between(guess: Collection[str], truth: Collection[str], electors: Sequence[str]) -> Score:
    """Of who voted between two copies: the hypergeometric distribution."""
    n, g, t = len(electors), len(set(guess)), len(set(truth))
    variance = g * t * (n - g) * (n - t) / (n**2 * (n - 1)) if n > 1 else 0.0
    return Score(len(set(guess) & set(truth)), g, g * t / n, variance)
