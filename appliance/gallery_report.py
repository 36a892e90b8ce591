"""The figures of the gallery report: what the threshold is worth, who is alike, whose pictures are poor, and what
strangers at the door have shown since. Pure; the pages and the paper draw nothing but this.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

from appliance import det
from appliance.calibration import Calibration, Scores, calibrate, confirmed, shares
from appliance.enrolment import LOOKALIKE, Coverage, Look, cost, coverage
from appliance.events import (
    CheckedIn,
    CheckInRevoked,
    ConfigurationChanged,
    DelegateEnrolled,
    DelegateForgotten,
    Event,
    FaceNotIdentified,
    GalleryRenewed,
)
from appliance.identification import TWINS, Enrolled, Vectors
from appliance.values import Method

ENDS, BETWEEN = 60, 120
"""Counted steps that are kept of each end of the curve, and evenly between: more cannot be seen."""

FITTED_FROM = 8
"""Own pictures from which on a normal distribution is fitted to their scores, for the drawn curve alone."""

LOW, HIGH = 0.0005, 0.5
"""Shares of strangers between which the curve is drawn."""


@dataclass(frozen=True)
class Search:
    """One of the searches of a visit, and what the gallery says of its threshold.

    Shares: `fpir` of strangers may be named, `expected` are by the model, `counted` were of the `strangers` at hand,
    with the 95 % `interval`; `fnir` of own pictures are not near enough (None: nobody has two pictures). `fitted`: a
    tail was fitted, else distances are assumed to be like those of other galleries. `steps` and `curve`: points (FPIR,
    FNIR), counted and of the model; `stranger_columns` and `own_columns`: counts over `det.BINS` columns of distance.
    """

    looks: int
    fpir: float
    threshold: float
    expected: float
    counted: float
    interval: tuple[float, float]
    strangers: int
    fnir: float | None
    own: int
    fitted: bool
    steps: tuple[det.Point, ...]
    curve: tuple[det.Point, ...]
    stranger_columns: tuple[int, ...]
    own_columns: tuple[int, ...]


@dataclass(frozen=True)
class Pair:
    """Two delegates who are alike: shares of their visits that end with the PIN, and with the other one's name.

    `near`: so near that it is one person under two ids, or twins; `twins`: an operator said that they are two people.
    """

    first: str
    second: str
    distance: float
    ambiguous: float
    misnamed: float
    near: bool
    twins: bool


@dataclass(frozen=True)
class Line:
    """One delegate: what the pictures cover, and the enrolment's consent, time and date of expiry."""

    covered: Coverage
    consent: str
    at: str
    expires: str
    twin: str


@dataclass(frozen=True)
class Report:
    """A gallery. `fpir` is the share of strangers' visits that may end with a name, `expected` the model's: at most."""

    delegates: int
    pictures: int
    cohort: int
    fpir: float
    expected: float
    searches: tuple[Search, ...]
    pairs: tuple[Pair, ...]
    lines: tuple[Line, ...]

    def json(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


@dataclass(frozen=True)
class Enrolment:
    """What is kept of an enrolment beside its templates."""

    looks: Sequence[Look]
    consent: str
    at: str
    expires: str
    twin: str


def report(
    enrolled: Enrolled,
    enrolments: Mapping[str, Enrolment],
    cohort: Vectors,
    *,
    plan: Sequence[int],
    fpir: float,
) -> Report:
    """All figures of a gallery. `plan`: after how many joined looks a visit is searched; the searches share `fpir` as
    at the door (`calibration.shares`). `cohort`: n×128. Takes about 2 s with 500 delegates."""
    searches = tuple(
        search(calibrate(enrolled, looks=looks, fpir=fpir * share, cohort=cohort)) for looks, share in shares(plan)
    )
    lines = [
        Line(coverage(who, one.looks), one.consent, one.at, one.expires, one.twin)
        for who, one in sorted(enrolments.items())
    ]
    return Report(
        delegates=len(enrolled.delegates),
        pictures=sum(len(template.images) for template in enrolled.templates),
        cohort=len(cohort),
        fpir=fpir,
        expected=sum(one.expected for one in searches),
        searches=searches,
        pairs=tuple(pairs(enrolled, {who: one.twin for who, one in enrolments.items()})),
        lines=tuple(lines),
    )


def search(calibration: Calibration) -> Search:
    """What one calibration says."""
    threshold = calibration.threshold
    return Search(
        looks=calibration.looks,
        fpir=calibration.fpir,
        threshold=threshold,
        expected=calibration.expected_fpir(threshold),
        counted=calibration.counted_fpir(threshold),
        interval=calibration.interval if calibration.strangers else (0.0, 1.0),
        strangers=calibration.strangers,
        fnir=calibration.fnir(threshold),
        own=calibration.mated.size,
        fitted=calibration.tail is not None,
        steps=tuple(_steps(calibration)),
        curve=tuple(_curve(calibration)),
        stranger_columns=_columns(calibration.non_mated),
        own_columns=_columns(calibration.mated),
    )


def pairs(enrolled: Enrolled, twins: Mapping[str, str]) -> list[Pair]:
    """Delegates nearer than LOOKALIKE, nearest first. `twins`: delegate → whom an operator called another person."""
    found = []
    for first, name in enumerate(enrolled.delegates):
        distances = enrolled.distances(enrolled.means[first : first + 1])[0]
        for second in np.flatnonzero(distances < LOOKALIKE):
            if second > first:
                other, distance = enrolled.delegates[second], float(distances[second])
                stated = twins.get(name) == other or twins.get(other) == name
                found.append(Pair(name, other, distance, *cost(distance), distance <= TWINS, stated))
    return sorted(found, key=lambda pair: pair.distance)


def _steps(calibration: Calibration) -> list[det.Point]:
    """What was counted at every threshold that changes a count; nothing where one of the two cannot be counted."""
    if not (calibration.mated.size and calibration.non_mated.size):
        return []
    every = np.unique(np.concatenate([calibration.non_mated, calibration.mated]))
    even = every[np.linspace(0, every.size - 1, min(every.size, BETWEEN)).round().astype(int)]
    kept = np.unique(np.concatenate([calibration.non_mated[:ENDS], calibration.mated[-ENDS:], even]))
    own = calibration.mated
    return [
        (round(calibration.counted_fpir(t), 6), round(1 - float(np.searchsorted(own, t, side="right")) / own.size, 6))
        for t in kept.tolist()
    ]


def _curve(calibration: Calibration) -> list[det.Point]:
    """Strangers by the calibration's model, own pictures by a normal distribution; nothing where they are too few."""
    own = calibration.mated
    if own.size < FITTED_FROM or not calibration.strangers:
        return []
    mated = NormalDist(float(own.mean()), max(float(own.std(ddof=1)), 1e-6))
    shares = np.geomspace(LOW, HIGH, 60).tolist()
    return [(round(share, 6), round(1 - mated.cdf(calibration.threshold_for(share)), 6)) for share in shares]


def _columns(scores: Scores) -> tuple[int, ...]:
    counts = [0] * det.BINS
    for score in scores.tolist():
        counts[det.column(score)] += 1
    return tuple(counts)


# Strangers at the door -----------------------------------------------------------------------------------------------


class Strangers:
    """Visits of strangers, read from the journal from its beginning on: since the gallery last changed, and ever.

    A visit without a name counts as a stranger's, a check-in by face that the secretary took back as a stranger who was
    named. Neither is certain: a delegate who was not recognised is among the first, a check-in taken back for another
    reason among the second. They are visits: one who comes ten times counts ten times. Delegates enrolled or forgotten,
    another cohort, and other settings of the door begin a new count.
    """

    def __init__(self) -> None:
        self.unknown = self.named = self._cohort = 0
        self.unknown_ever = self.named_ever = 0
        self._by_face: dict[tuple[str, str], bool] = {}  # → whether it was since the gallery last changed

    def take(self, event: Event) -> None:
        """One more fact."""
        moved = isinstance(event, DelegateEnrolled | DelegateForgotten)
        if isinstance(event, ConfigurationChanged):
            moved = any(key.startswith("door.") for key in event.keys)
        elif isinstance(event, GalleryRenewed):
            moved, self._cohort = event.cohort != self._cohort, event.cohort
        if moved:
            self.unknown = self.named = 0
            self._by_face = dict.fromkeys(self._by_face, False)
        elif isinstance(event, FaceNotIdentified) and event.decision == "unknown":
            self.unknown += 1
            self.unknown_ever += 1
        elif isinstance(event, CheckedIn) and event.method is Method.FACE:
            self._by_face[event.meeting, event.delegate] = True
        elif isinstance(event, CheckInRevoked):
            since = self._by_face.pop((event.meeting, event.delegate), None)
            self.named += since is True
            self.named_ever += since is not None

    def json(self, fpir: float) -> dict[str, Any]:
        """The counts, and whether they confirm the share of strangers that may be named."""
        seen = self.unknown + self.named
        return {
            "seen": seen,
            "named": self.named,
            "seen_ever": self.unknown_ever + self.named_ever,
            "named_ever": self.named_ever,
            "confirmed": confirmed(seen, self.named, fpir),
        }
