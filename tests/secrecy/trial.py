"""All attackers on the same ballots, scored: half of the ballots to learn from, the other half to be tested on."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.secrecy import score
from tests.secrecy.attackers import ATTACKS, Attack, Guess, Guesses, Rows, tables_of
from tests.secrecy.learners import Bits, Growth
from tests.secrecy.score import Score
from tests.secrecy.sitting import Seen, Truth


@dataclass
class Channel:
    """What one way of reading came to, over all ballots it was tried on."""

    choices: Score = field(default_factory=Score)
    order: Score = field(default_factory=Score)
    between: Score = field(default_factory=Score)

    def add(self, guess: Guess, seen: Seen, truth: Truth) -> None:
        """One ballot more."""
        self.choices += score.choices({d: c for d, c in guess.choices.items() if d in truth.choices}, truth.choices)
        self.order += score.order(guess.ranks, truth.order)
        for moment, voters in guess.between.items():
            self.between += score.between(voters, truth.between[moment], seen.electors)


@dataclass
class Trial:
    """`known` and `unknown`: channel → its scores on either half. `by_tally`: the best guess from the tally alone."""

    known: dict[str, Channel]
    unknown: dict[str, Channel]
    by_tally: Score
    pairs: int
    """Of those who took part, in the half that is unknown."""

    def best(self, what: str) -> tuple[str, Score]:
        """The channel that did best on the ballots with a known truth, and how it does on the others."""
        name = max(self.known, key=lambda n: (getattr(self.known[n], what).deviations, n))
        return name, getattr(self.unknown[name], what) if name in self.unknown else Score()

    def scores(self, what: str) -> dict[str, Score]:
        """Every channel over all ballots that it was tried on."""
        both = {n: getattr(c, what) for n, c in self.unknown.items()}
        return {n: s + getattr(self.known.get(n, Channel()), what) for n, s in both.items()}


def hold(ballots: Sequence[tuple[Seen, Truth]], folder: Path, seed: int) -> Trial:
    """Let everybody try."""
    drawn = [one for one in ballots if one[1].choices]
    random.Random(seed).shuffle(drawn)
    known, unknown = drawn[: len(drawn) // 2], drawn[len(drawn) // 2 :]
    names = sorted({name for seen, _ in known for name in _tables(seen)})
    learned: list[Attack] = [Bits(known, name) for name in names]
    growth = Growth(known)
    fixed: list[Attack] = [*ATTACKS, Rows(folder)]
    trial = Trial({}, {}, Score(), 0)
    for seen, truth in known:
        _add(trial.known, _all(fixed, seen), seen, truth)
    # What learns is believed by how it does on the other half of what is known.
    half = known[: len(known) // 2]
    early: list[Attack] = [Bits(half, name) for name in names]
    for seen, truth in known[len(known) // 2 :]:
        _add(trial.known, {**_all(early, seen), **Growth(half)(seen, truth)}, seen, truth)
    for seen, truth in unknown:
        _add(trial.unknown, {**_all([*fixed, *learned], seen), **growth(seen, truth)}, seen, truth)
        trial.by_tally += score.choices(score.by_tally(truth.choices), truth.choices)
        trial.pairs += len(truth.order) * (len(truth.order) - 1) // 2
    return trial


def _tables(seen: Seen) -> set[str]:
    return set(tables_of(seen.copies[-1], seen))


def _all(attacks: Sequence[Attack], seen: Seen) -> Guesses:
    return {name: guess for attack in attacks for name, guess in attack(seen).items()}


def _add(into: dict[str, Channel], guesses: Guesses, seen: Seen, truth: Truth) -> None:
    for name, guess in guesses.items():
        into.setdefault(name, Channel()).add(guess, seen, truth)
