"""Whether whoever was named is a person and not a picture of one, as far as the meeting asks for it."""

from __future__ import annotations

import enum

from appliance.camera import Image
from appliance.face import Box
from appliance.face.liveness import Outcome, Watch
from appliance.face.liveness_challenge import Answer, Challenge, Side
from appliance.values import Liveness

HOLD_SECONDS = 0.5
"""For so long a name waits in passive mode. Presentations made by geometry: without it four of ten photographs are
named before they have shown what they are, with it one or two. Relief alone frees nobody: a face in a film has it, and
only the frame of the screen about it tells."""


class Result(enum.Enum):
    """What is known so far."""

    PERSON = "person"  # nothing speaks against it, and what was asked for was done
    PICTURE = "picture"
    WAITING = "waiting"  # for a turn of the head, or a moment more to look


class Proof:
    """One visit's. Off it proves nothing and costs nothing."""

    def __init__(self, asked: Liveness, side: Side) -> None:
        """`side`: where to the head is to turn if it is asked for; drawn anew for every visit."""
        self._watch = None if asked is Liveness.OFF else Watch()
        self._challenge = Challenge(side) if asked is Liveness.CHALLENGE else None
        self._named_at: float | None = None
        self._now = 0.0

    def see(self, image: Image, box: Box, turn: float, now: float, *, named: bool) -> None:
        """A frame of the face; `turn` as in `Chip`. Nobody is asked for anything before they were named."""
        self._now = now
        if named and self._named_at is None:
            self._named_at = now
        if self._watch is not None:
            self._watch.watch(image, box, now)
        if self._challenge is not None and named:
            self._challenge.see(turn, now)

    @property
    def result(self) -> Result:
        """So far. Who stands still is not taken for a picture."""
        if self._watch is None:
            return Result.PERSON
        if self._watch.verdict().outcome is Outcome.PRESENTATION:
            return Result.PICTURE
        if self._challenge is None:
            held = self._named_at is not None and self._now - self._named_at >= HOLD_SECONDS - 1e-6
            return Result.PERSON if held else Result.WAITING
        if self._challenge.answer is Answer.PASSED:
            return Result.PERSON
        return Result.PICTURE if self._challenge.is_over else Result.WAITING

    @property
    def was_asked(self) -> bool:
        """Whether somebody had to do something, which somebody else might have done."""
        return self._challenge is not None

    @property
    def asks(self) -> Side | None:
        """To which side the head is to be turned now."""
        return self._challenge.asks if self._challenge is not None else None
