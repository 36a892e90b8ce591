"""Attackers that know nothing of any form and learn: from the bits of the files, and from how files grow."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from appliance.values import Choice
from tests.secrecy.attackers import Guess, Guesses, slices, tables_of
from tests.secrecy.sitting import Copy, Seen, Truth

Known = Sequence[tuple[Seen, Truth]]

RIDGE = 3.0
"""How strongly the regression is held back: there are about as many bits as examples."""

CODES = (Choice.FOR, Choice.AGAINST, Choice.ABSTAIN)


class Bits:
    """Ridge regression on the bits of everybody's row in a ballot's files: on what was chosen, when, and whether."""

    def __init__(self, known: Known, name: str) -> None:
        """`name`: of the file, as `tables_of` has it."""
        self._name = name
        rows: list[np.ndarray] = []
        chosen: list[np.ndarray] = []
        for seen, truth in known:
            for delegate, bits in self._rows(seen.copies[-1], seen).items():
                rows.append(bits)
                chosen.append(_target(delegate, truth))
        self._fit = _ridge(rows, chosen)
        voted = [
            (bits, float(delegate in so_far))
            for seen, truth in known
            for copy, so_far in zip(seen.copies, _so_far(truth), strict=True)
            for delegate, bits in self._rows(copy, seen).items()
        ]
        self._whether = _ridge([bits for bits, _ in voted], [np.array([v]) for _, v in voted])

    def __call__(self, seen: Seen) -> Guesses:
        """What the fit says of another ballot."""
        guess = Guess()
        if self._fit is None or self._whether is None or not self._rows(seen.copies[-1], seen, len(self._fit)):
            return {f"bits of {self._name}": guess}
        for delegate, bits in self._rows(seen.copies[-1], seen, len(self._fit)).items():
            *scores, place = bits @ self._fit
            guess.choices[delegate] = CODES[int(np.argmax(scores))]
            guess.ranks[delegate] = float(place)
        before: set[str] = set()
        for moment, copy in enumerate(seen.copies):
            voted = {
                d
                for d, bits in self._rows(copy, seen, len(self._whether)).items()
                if float((bits @ self._whether)[0]) > 0.5
            }
            guess.between[moment], before = voted - before, voted
        return {f"bits of {self._name}": guess}

    def _rows(self, copy: Copy, seen: Seen, length: int | None = None) -> dict[str, np.ndarray]:
        """Delegate → the bits of their row and a one; none where the file has another size than what was learned."""
        cut = slices(tables_of(copy, seen).get(self._name, b""), len(seen.electors))
        if length is not None and any(8 * len(row) + 1 != length for row in cut):
            return {}
        return {
            d: np.append(np.unpackbits(np.frombuffer(row, np.uint8)) * 2.0 - 1.0, 1.0)
            for d, row in zip(seen.electors, cut, strict=True)
            if row
        }


def _target(delegate: str, truth: Truth) -> np.ndarray:
    choice = truth.choices.get(delegate)
    middle = (len(truth.order) - 1) / 2
    place = truth.order.index(delegate) - middle if choice is not None else 0.0
    return np.array([*(float(choice is c) for c in CODES), place])


def _so_far(truth: Truth) -> Iterable[set[str]]:
    voted: set[str] = set()
    for between in truth.between:
        voted = voted | set(between)
        yield voted


def _ridge(rows: list[np.ndarray], targets: list[np.ndarray]) -> np.ndarray | None:
    """(XᵀX + λI)⁻¹ Xᵀ Y over the rows of the most frequent length."""
    lengths = Counter(len(row) for row in rows)
    if not lengths:
        return None
    (length, _), *_ = lengths.most_common(1)
    x = np.array([row for row in rows if len(row) == length])
    y = np.array([target for row, target in zip(rows, targets, strict=True) if len(row) == length])
    return np.asarray(np.linalg.solve(x.T @ x + RIDGE * np.eye(length), x.T @ y))


class Growth:
    """Somebody who also watched the room and knows who voted between two copies: how did the files change by it?

    Counts which choice went with which change, where one person alone voted: of the sizes; and of the inodes, which
    tell how often and what else was written.
    """

    def __init__(self, known: Known) -> None:
        self._counts: dict[object, Counter[Choice]] = defaultdict(Counter)
        for seen, truth in known:
            for delegate, changes in _single_votes(seen, truth):
                if delegate in truth.choices:
                    for change in changes.items():
                        self._counts[change][truth.choices[delegate]] += 1

    def __call__(self, seen: Seen, truth: Truth) -> Guesses:
        """The truth is asked for who voted when, not for what."""
        guesses = {f"{what}, watched": Guess() for what in ("sizes", "inodes")}
        for delegate, changes in _single_votes(seen, truth):
            for change in changes.items():
                if change in self._counts:
                    guesses[f"{change[0]}, watched"].choices[delegate] = self._counts[change].most_common(1)[0][0]
        return guesses


def _single_votes(seen: Seen, truth: Truth) -> Iterable[tuple[str, dict[str, object]]]:
    for one, two, voters in zip(seen.copies, seen.copies[1:], truth.between[1:], strict=False):
        if len(voters) == 1 and voters[0] in truth.choices:
            paths = sorted(set(one) | set(two))
            sizes = tuple(_size(two, p) - _size(one, p) for p in paths if _size(two, p) != _size(one, p))
            inodes = tuple(two[p].inode - one[p].inode for p in sorted(set(one) & set(two)) if two[p] != one[p])
            yield voters[0], {"sizes": (len(paths), sizes), "inodes": inodes}


def _size(copy: Copy, path: str) -> int:
    return len(copy[path].data) if path in copy else 0
