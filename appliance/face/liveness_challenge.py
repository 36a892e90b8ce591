"""A turn of the head, asked for: which side comes by chance, from outside. Pure: time is an argument.

The measure is `Chip.turn`: how far the nose stands off the middle between the eyes, in eye distances. Turning a picture
narrows eyes and nose together and leaves it where it was; on a head the nose goes ahead of the eyes.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from statistics import median


class Side(enum.StrEnum):
    """The person's own left or right; the left of who looks into the camera is the right of the picture."""

    LEFT = "left"
    RIGHT = "right"


class Answer(enum.StrEnum):
    """How far an answer has come."""

    WAITING = "waiting"  # no straight look yet: nothing is asked
    ASKED = "asked"
    PASSED = "passed"
    WRONG_SIDE = "wrong-side"
    JUMPED = "jumped"  # from straight to turned without the way between: one picture after another
    LATE = "late"


STRAIGHT = 0.12
"""Looks within this turn are straight."""

STRAIGHT_LOOKS = 3
"""How many of them the turn is measured from."""

TURN = 0.15
"""Turn against the straight look that counts. A head shows it at some 22 degrees; paper turned by 40
degrees showed 0.07 at most, bent by 45 besides 0.11."""

STEADY = 2
"""Looks in a row that must be turned so far."""

JUMP = 0.14
"""A head turns by less than this between two looks within `NEIGHBOURS` seconds."""

NEIGHBOURS = 0.25

LIMIT_SECONDS = 6.0
"""From asking to the answer."""


class Challenge:
    """One question put to one visit."""

    def __init__(self, side: Side) -> None:
        """`side` is drawn by the caller, anew for every visit."""
        self.side = side
        self.answer = Answer.WAITING
        self._straight: list[float] = []
        self._asked_at = 0.0
        self._last = (0.0, 0.0)
        self._turned = 0

    @property
    def asks(self) -> Side | None:
        """What the screen should ask for now."""
        return self.side if self.answer is Answer.ASKED else None

    @property
    def is_over(self) -> bool:
        """Whether nothing changes the answer any more."""
        return self.answer not in (Answer.WAITING, Answer.ASKED)

    def see(self, turn: float | None, monotonic: float) -> Answer:
        """One look: `Chip.turn`, or None where the face was not found; seconds. The answer so far."""
        if self.answer is Answer.ASKED and monotonic - self._asked_at > LIMIT_SECONDS:
            self.answer = Answer.LATE
        if turn is None or self.is_over:
            return self.answer
        if self.answer is Answer.WAITING:
            self._wait(turn, monotonic)
        else:
            self.answer = self._judge(turn, monotonic)
        self._last = (turn, monotonic)
        return self.answer

    def _wait(self, turn: float, monotonic: float) -> None:
        self._straight = [*self._straight, turn] if abs(turn) <= STRAIGHT else []
        if len(self._straight) >= STRAIGHT_LOOKS:
            self.answer, self._asked_at = Answer.ASKED, monotonic

    def _judge(self, turn: float, monotonic: float) -> Answer:
        before, at = self._last
        if abs(turn - before) > JUMP * max(1.0, (monotonic - at) / NEIGHBOURS):
            return Answer.JUMPED
        gone = toward(self.side, turn - middle(self._straight))
        self._turned = self._turned + 1 if abs(gone) >= TURN else 0
        if self._turned < STEADY:
            return Answer.ASKED
        return Answer.PASSED if gone > 0 else Answer.WRONG_SIDE


def toward(side: Side, turn: float) -> float:
    """A turn counted positive towards `side`."""
    return turn if side is Side.LEFT else -turn


def middle(turns: Sequence[float]) -> float:
    """The straight look: the middle of several, as one may be off."""
    return float(median(turns))
