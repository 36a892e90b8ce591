"""What may become a template: looks that agree with one another, of somebody whom the gallery does not know under
another id. And what an enrolment costs: lookalikes, poor coverage. Pure.

Descriptors are unit vectors of 128 numbers, distances Euclidean (`identification`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist

import numpy as np

from appliance.identification import MARGIN, TWINS, Template, Vectors

AGREEING = 0.40
"""Two pictures of one person are rarely farther apart. 60 identities of LFW, 422 pictures described by both sides,
1,500 draws each: of pairs of the same person 2.5 % are, of pairs of two people 0.2 % are not. By the rule of
`agreeing` that drops 5 of 1,000 right pictures among three, and lets 4 of 1,000 wrong ones pass. Where faces lie
closer together (East Asian faces of LFW) more wrong ones pass: `nearer_to_another` catches those whose owner is
enrolled."""

LOOKALIKE = 0.30
"""Mean templates of two different people are rarely nearer (LFW: from 0.33 on). Who is nearer to somebody is named:
from here on it costs one visit in a thousand (`cost`), and more."""

OWN = (0.177, 0.027)
"""Distance of three joined looks from the own template, mean and deviation (60 identities of LFW)."""

TOWARDS_OTHERS = (0.156, 0.140)
"""Of that distance's direction, the share that leads towards some other delegate: mean and deviation (the same
data)."""

FEW = 3
"""Pictures of which a template should be made: from fewer the threshold for joined looks is guessed."""

NARROW = 0.15
"""Turns that differ by less show one side of the face alone; drawn heads reach that within 20 degrees."""

SOFT = 0.5
"""Quality below which not even the best picture is a good one."""


@dataclass(frozen=True)
class Look:
    """What is known of a picture beside its descriptor; None: not measured, or not stated.

    `turn` as in `face.embedder.Chip`: above 0 to the person's own left. `quality`: 0..1. `glasses`: as the operator
    says.
    """

    turn: float | None = None
    quality: float | None = None
    glasses: bool | None = None


# Looks that agree ----------------------------------------------------------------------------------------------------


def agreeing(looks: Vectors) -> list[int] | None:
    """Which of several looks (n×128) show one person; None if there is no majority that does.

    The look with the smallest sum of distances to all others is the middle; those within AGREEING of it belong
    together. They must be more than half: of two looks that disagree nobody can say which is the right one.
    """
    between = distances(looks, looks)
    middle = int(np.argmin(between.sum(axis=1)))
    together = [n for n in range(len(looks)) if between[middle, n] <= AGREEING]
    return together if 2 * len(together) > len(looks) else None


def nearer_to_another(look: Vectors, own: Vectors, others: Sequence[Template]) -> str:
    """Whose template a look (128) is nearer to than to the joined own looks (128), and within AGREEING; or nobody's."""
    limit = min(AGREEING, float(np.linalg.norm(look - own)))
    near = [(float(np.linalg.norm(look - other.mean)), other.delegate) for other in others]
    distance, delegate = min(near, default=(math.inf, ""))
    return delegate if distance < limit else ""


def distances(some: Vectors, others: Vectors) -> Vectors:
    """Unit vectors (m×128) and (n×128) → their distances (m×n)."""
    return np.sqrt(np.maximum(2.0 - 2.0 * some @ others.T, 0.0, dtype=np.float32), dtype=np.float32)


# Others who are alike ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lookalike:
    """Another delegate whose template is near. `ambiguous` and `misnamed`: shares of visits, see `cost`."""

    delegate: str
    distance: float
    ambiguous: float
    misnamed: float

    @property
    def is_duplicate(self) -> bool:
        """So near that it is one person under two ids, or a twin."""
        return self.distance <= TWINS


def lookalikes(template: Vectors, others: Sequence[Template]) -> list[Lookalike]:
    """Who is like a mean template (128), the nearest first."""
    near = [(float(np.linalg.norm(template - other.mean)), other.delegate) for other in others]
    return [Lookalike(name, distance, *cost(distance)) for distance, name in sorted(near) if distance < LOOKALIKE]


def cost(apart: float) -> tuple[float, float]:
    """Of the visits of a delegate with somebody else's template `apart`: shares that end with the PIN, and with the
    other's name.

    Three joined looks p lie at a distance d from the own template a: p = a·cos θ + n·sin θ with a direction n across
    a. How far n leads towards the other's template b is normally distributed (TOWARDS_OTHERS), so p·b is, around cos θ
    times a·b. The PIN follows where the other is not farther by MARGIN, the other's name where the own one is farther
    by it. Averaged over d (OWN, seven points of its distribution). For twins it tells too little: their looks err in
    the same direction.
    """
    own, towards = NormalDist(*OWN), NormalDist(*TOWARDS_OTHERS)
    cosine = 1 - apart**2 / 2
    sine = math.sqrt(max(1 - cosine**2, 1e-12))
    shares = []
    for quantile in (1 / 14, 3 / 14, 5 / 14, 7 / 14, 9 / 14, 11 / 14, 13 / 14):
        d = own.inv_cdf(quantile)
        c = 1 - d**2 / 2
        s = math.sqrt(1 - c**2)
        shares.append(
            [1 - towards.cdf((1 - limit**2 / 2 - c * cosine) / (s * sine)) for limit in (d + MARGIN, d - MARGIN)]
        )
    near, misnamed = (float(share) for share in np.mean(shares, axis=0))
    return near - misnamed, misnamed


# Coverage ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Coverage:
    """From what a delegate is known. `leftmost` and `rightmost`: the farthest turns, None where none was measured.

    `glasses`: what was stated, in the order no, yes. `quality`: of the best picture. `poor`: `few`, `narrow`, `soft`,
    and `unmeasured` where the pictures are older than these measures.
    """

    delegate: str
    pictures: int
    leftmost: float | None
    rightmost: float | None
    glasses: tuple[bool, ...]
    quality: float | None
    poor: tuple[str, ...]


def coverage(delegate: str, looks: Sequence[Look]) -> Coverage:
    """What a delegate's pictures cover."""
    turns = [look.turn for look in looks if look.turn is not None]
    quality = max((look.quality for look in looks if look.quality is not None), default=None)
    glasses = tuple(sorted({look.glasses for look in looks if look.glasses is not None}))
    poor = []
    if len(looks) < FEW:
        poor.append("few")
    if turns and max(turns) - min(turns) < NARROW:
        poor.append("narrow")
    if quality is not None and quality < SOFT:
        poor.append("soft")
    if not turns:
        poor.append("unmeasured")
    left, right = (max(turns), min(turns)) if turns else (None, None)
    return Coverage(delegate, len(looks), left, right, glasses, quality, tuple(poor))


# Guiding somebody who stands before the camera -----------------------------------------------------------------------

STRAIGHT = 0.08
"""A face turned less looks at the camera: some 12 degrees of a drawn head."""

ASIDE = 0.10
"""A face turned more shows a side: some 15 degrees."""

AGAIN_SECONDS = 0.4
"""Between two looks, so that they differ."""


class Glasses(StrEnum):
    """Whether the delegate wears glasses, as the operator states."""

    NEVER = "never"
    ALWAYS = "always"
    SOMETIMES = "sometimes"


class Side(StrEnum):
    """Where to look; left and right are the delegate's own."""

    FRONT = "front"
    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True)
class Step:
    """One part of a guided enrolment: `looks` good looks to one side, with or without glasses."""

    side: Side
    glasses: bool
    looks: int


def plan(glasses: Glasses) -> tuple[Step, ...]:
    """The steps for a delegate: to the front, left, right; who wears glasses sometimes shows the front with them
    too."""
    worn = glasses is Glasses.ALWAYS
    steps = (Step(Side.FRONT, worn, 2), Step(Side.LEFT, worn, 2), Step(Side.RIGHT, worn, 2))
    return (*steps, Step(Side.FRONT, True, 2)) if glasses is Glasses.SOMETIMES else steps


def advice(side: Side, turn: float) -> str:
    """What is wrong with a turn for a step: `look-straight`, `turn-left`, `turn-right`, or nothing."""
    if side is Side.FRONT:
        return "look-straight" if abs(turn) > STRAIGHT else ""
    towards = turn if side is Side.LEFT else -turn
    return f"turn-{side.value}" if towards < ASIDE else ""
