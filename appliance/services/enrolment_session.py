"""One delegate before the camera, guided: to the front, left, right, with and without glasses.

Every frame gets an answer: what is wrong with this look, or that it was taken. Only looks to the side that is asked for
count, of one person, and good enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from appliance import enrolment
from appliance.camera import Frame
from appliance.enrolment import AGAIN_SECONDS, AGREEING, Glasses, Look, Step
from appliance.face import Box, Face
from appliance.face.quality import judge, prominence
from appliance.identification import join
from appliance.services.door_view import FaceView
from appliance.services.enrolment import BESIDE, SMALLEST_FACE, Describer, Finder, Seen, Terms, described

PROBLEMS = (
    "no-face",
    "two-faces",
    "too-small",
    "cut-off",
    "turned",
    "backlit",
    "too-dark",
    "too-bright",
    "blurred",
    "look-straight",
    "turn-left",
    "turn-right",
    "another-person",
)
"""Everything that a look may be told, beside nothing."""


class Session:
    """Takes frames until every step has its looks, or was skipped."""

    def __init__(self, delegate: str, terms: Terms, glasses: Glasses, detector: Finder, embedder: Describer) -> None:
        self.delegate, self.terms, self.glasses = delegate, terms, glasses
        self._detector, self._embedder = detector, embedder
        self.steps: tuple[Step, ...] = enrolment.plan(glasses)
        self._face: Face | None = None
        self.begin()

    def begin(self) -> None:
        """From the first step on, with nothing taken."""
        self._taken: list[list[Seen]] = [[] for _ in self.steps]
        self._at, self._last = 0, float("-inf")
        self.problem = "no-face"

    @property
    def complete(self) -> bool:
        """Whether nothing more is asked for."""
        return self._at >= len(self.steps)

    @property
    def seen(self) -> dict[str, Seen]:
        """The looks that were taken, each under a name that can be read."""
        return {
            f"{self.delegate}, step {number} ({step.side.value}), look {look}": one
            for number, (step, taken) in enumerate(zip(self.steps, self._taken, strict=True), 1)
            for look, one in enumerate(taken, 1)
        }

    def skip(self) -> None:
        """Leave the current step with what it has: not everybody can turn their head."""
        self._at = min(self._at + 1, len(self.steps))

    def take(self, frame: Frame) -> None:
        """One frame further; `problem` says what is wrong with it, empty: the look was taken or is being waited for."""
        found = self._detector.find(frame)
        faces = sorted(found, key=lambda face: -prominence(face.box, frame.image))
        self._face = faces[0] if faces else None
        if not self.complete:
            self.problem = _crowd(faces, frame) or self._look(frame, faces[0].box)

    def faces(self) -> list[FaceView]:
        """The one face, framed."""
        if self._face is None:
            return []
        box = self._face.box
        return [FaceView((box.x, box.y, box.w, box.h), "seen" if self.problem else "looking", None)]

    def json(self) -> dict[str, Any]:
        """As the page shows it."""
        return {
            "delegate": self.delegate,
            "glasses": self.glasses.value,
            "expires": self.terms.expires,
            "steps": [
                {"side": step.side.value, "glasses": step.glasses, "looks": step.looks, "taken": len(taken)}
                for step, taken in zip(self.steps, self._taken, strict=True)
            ],
            "at": self._at,
            "complete": self.complete,
            "problem": "" if self.complete else self.problem,
        }

    def _look(self, frame: Frame, box: Box) -> str:
        if frame.monotonic - self._last < AGAIN_SECONDS:
            return ""
        step = self.steps[self._at]
        chip = self._embedder.align(frame.image, box)
        quality = judge(frame.image, box, chip)
        problem = quality.hint(SMALLEST_FACE * 0.95) or enrolment.advice(step.side, chip.turn)
        if problem:
            return str(problem)
        descriptor = described(self._embedder, chip)
        before = [one.descriptor for one in self.seen.values()]
        if before and float(np.linalg.norm(join(np.array(before)) - descriptor)) > AGREEING:
            return "another-person"
        look = Look(round(chip.turn, 3), round(quality.score, 3), step.glasses)
        self._taken[self._at].append(Seen(descriptor, look))
        self._last = frame.monotonic
        if len(self._taken[self._at]) >= step.looks:
            self._at += 1
        return ""


def _crowd(faces: Sequence[Face], frame: Frame) -> str:
    if not faces:
        return "no-face"
    first, *others = (prominence(face.box, frame.image) for face in faces)
    return "two-faces" if any(other > BESIDE * first for other in others) else ""
