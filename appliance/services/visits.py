"""One person before the camera, from first to last sight: what was seen, what was decided, what may still be spent."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from appliance import identification
from appliance.face import Face
from appliance.face.embedder import Chip, Descriptor
from appliance.face.imprint import Imprint, alike, imprint
from appliance.face.quality import Hint, Quality
from appliance.face.tracker import GAP_SECONDS
from appliance.identification import Decision, Identified
from appliance.services.proof import Proof, Result

EMBEDDINGS = 5
"""Descriptors that are computed in one visit at most, whatever for."""

GOOD = 0.7
"""A first look of this quality is taken at once: most faces at a door are above when they stand."""

WAIT_SECONDS = 0.2
"""For so long a first look waits for a better one."""

LOOK_SECONDS = 0.15
"""Between two looks of one visit: neighbouring frames say the same thing twice. The best of them is taken."""

RECHECK_SECONDS = 2.0
"""When somebody who was named is looked at again without any reason; the last look is kept for a reason."""

PREDECESSORS = 3
"""How many visits of the same place are remembered, as long as somebody has stood there all the while."""


@dataclass(frozen=True)
class Look:
    """A chip that may be described, and what it weighs."""

    chip: Chip
    score: float


@dataclass(frozen=True)
class Presented:
    """A delegate was found, but it may be a picture of one: no name may be said."""

    distance: float
    threshold: float


@dataclass
class Visit:
    """One person before the camera. `plan`: after how many looks there is a search."""

    track: int
    face: Face
    first_frame: int
    plan: tuple[int, ...]
    proof: Proof
    near: bool = False
    hint: Hint | None = None
    usable_frame: int | None = None  # the first that could be described
    looks: list[Descriptor] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    described: int = 0
    searches: int = 0
    decision: Decision | Presented | None = None
    pending: bool = False  # named, and nobody may know it before the proof is there
    confirmed: bool = False  # looked at again after the proof
    decided_frame: int | None = None
    claim: tuple[str, float] | None = None  # delegate and distance of the last search, before others were heard
    doubtful: bool = False  # it may be somebody else by now: no name is shown until a look has confirmed it
    restarted: bool = False  # begun because a look did not fit the visit before, and for no other reason
    before: tuple[Visit, ...] = ()  # whoever was in this place, as long as it was never empty
    resumed: bool = False  # it ended, but the person was still there, and another visit goes on with it
    came: str = ""  # the door's: UTC at the first frame
    said: str = ""  # the door's: what the person was told
    _best: Look | None = None
    _since: float | None = None  # when a first look began to wait for a better one
    _looked: float = -1e9
    _imprint: tuple[Imprint, float] | None = None

    @property
    def is_named(self) -> bool:
        """Whether the last search gave a name."""
        return isinstance(self.decision, Identified)

    @property
    def is_final(self) -> bool:
        """Whether nothing more is searched for in this visit."""
        return self.is_named or self.searches >= len(self.plan)

    @property
    def is_refused(self) -> bool:
        """Whether all searches are over and gave no name."""
        return self.is_final and not self.is_named

    @property
    def is_spent(self) -> bool:
        """Whether no further descriptor may be computed in this visit."""
        return self.described >= EMBEDDINGS

    @property
    def joined(self) -> Descriptor:
        """All looks as one, each by its weight."""
        return identification.join(np.array(self.looks) * np.array(self.weights, dtype=np.float32)[:, None])

    def see(self, chip: Chip, quality: Quality, now: float, index: int) -> None:
        """A frame of it. Keeps the best look for when one is due, and begins to doubt where the face has changed."""
        self.hint = quality.hint()
        if self.hint is not None:
            return
        if self.usable_frame is None:
            self.usable_frame = index
        seen = imprint(chip)
        if self._imprint is not None and not (alike(self._imprint[0], seen) and now - self._imprint[1] <= GAP_SECONDS):
            self.doubt()
        self._imprint = seen, now
        if self._best is None or quality.score > self._best.score:
            self._best = Look(chip, quality.score)
        if self._since is None:
            self._since = now

    def doubt(self) -> None:
        """It may be somebody else from now on: what was kept of the one before is of no use."""
        self.doubtful |= bool(self.looks)
        self._best = None

    def is_due(self, now: float) -> bool:
        """Whether the best look so far is to be taken now."""
        if self._best is None or self._since is None or self.is_spent:
            return False
        if self.doubtful:
            return True
        if self.is_final:
            return self.is_named and self.described < EMBEDDINGS - 1 and now - self._looked >= RECHECK_SECONDS
        if not self.looks:
            return self._best.score >= GOOD or now - self._since >= WAIT_SECONDS
        return now - self._looked >= LOOK_SECONDS

    def pick(self, now: float) -> Look:
        """The best look, given away; the next is chosen from what comes after it."""
        assert self._best is not None
        look, self._best, self._looked = self._best, None, now
        return look

    def add(self, descriptor: Descriptor, weight: float) -> None:
        """One more look of the same person, where more are wanted."""
        self.doubtful = False
        if not self.is_final:
            self.looks.append(descriptor)
            self.weights.append(weight)

    def resume(self, other: Visit) -> None:
        """It is the person of an earlier visit: go on where that one ended, searches and all."""
        self.looks, self.weights = list(other.looks), list(other.weights)
        self.searches, self.decision, self.claim, self.said = other.searches, other.decision, other.claim, other.said
        self.usable_frame, self.decided_frame, other.resumed = other.usable_frame, other.decided_frame, True
        self.proof, self.pending, self.confirmed = other.proof, other.pending, other.confirmed

    def conclude(self) -> bool:
        """Hear the proof of whoever was named; whether the decision stands now, and has to be said.

        A picture loses the name, at whatever time it shows. Whoever answered is looked at once more: the one who turned
        the head must be the one who was named.
        """
        if not isinstance(self.decision, Identified):
            return False
        result = self.proof.result
        if result is Result.PICTURE:
            self.expose()
            return True
        if not self.pending or result is Result.WAITING:
            return False
        if self.proof.was_asked and not self.confirmed:
            self.confirmed = True
            self.doubt()
        if self.doubtful:
            return False
        self.pending = False
        return True

    def expose(self) -> None:
        """It may be a picture: the name is gone, and nobody's claim to it suffers."""
        if isinstance(self.decision, Identified):
            self.decision = Presented(self.decision.distance, self.decision.threshold)
            self.pending, self.claim, self.searches = False, None, len(self.plan)

    def follow(self, track: int, index: int, proof: Proof) -> Visit:
        """The visit that begins here because it may be, or is, somebody else."""
        begun = Visit(track, self.face, index, self.plan, proof, near=self.near, hint=self.hint)
        begun.restarted = not (self.doubtful or self.is_named)
        begun.before = (*self.before, *([self] if self.looks else []))[-PREDECESSORS:]
        begun._imprint, self.before = self._imprint, ()
        return begun
