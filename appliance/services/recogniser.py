"""Frames → visits → decisions: detect, follow, take looks, join them, identify. What becomes of it is the door's.

The one pipeline of the door service and of `appliance bench door`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from appliance import identification
from appliance.camera import Frame, Image
from appliance.face import Box, Face
from appliance.face.embedder import Chip, Descriptor
from appliance.face.tracker import Tracker
from appliance.identification import Ambiguous, Decision, Enrolled, Identified, Template

ATTEMPTS = 3
"""Searches in one visit, each over all its looks so far: after `looks` of them, then after twice and thrice as many.
Each has its share of the allowed false positives, for whoever is searched thrice has three chances."""

LOOK_SECONDS = (0.15, 0.35)
"""Between two looks of one visit, before and after its first search: neighbouring frames say the same thing twice, and
whoever was not known at once is more likely known from another moment."""

RECHECK_SECONDS = 2.0
"""How often somebody who was decided on is looked at again: another person may have stepped into the same place."""

STRANGE = 0.40
"""A look farther than this from the visit's others is somebody else, and a new visit. Where a name is at stake, or the
face was out of sight, the threshold for one look counts instead: whoever steps in may look like whoever left."""

GAP_SECONDS = 0.35
"""Out of sight for longer, a face has to be looked at again before it is taken for the same person."""

TURNED = 0.35
"""Faces turned farther than this are not described; 99 of 100 portraits (LFW) are below."""

BLURRED = 5.0
"""Chips with less variance in their Laplacian are not described; 99 of 100 portraits (LFW) are above 11."""


class Finder(Protocol):
    """What is needed of `face.detector.Detector`."""

    smallest_face: int

    def find(self, frame: Frame) -> list[Face]:
        """The faces in a frame."""
        ...


class Describer(Protocol):
    """What is needed of `face.embedder.Embedder`."""

    def align(self, image: Image, box: Box) -> Chip:
        """Cut out a face."""
        ...

    def describe(self, chip: Chip, *, mirrored: bool = False) -> Descriptor:
        """Its descriptor, or its mirror image's."""
        ...


@dataclass
class Visit:
    """One person before the camera, from first to last sight."""

    track: int
    face: Face
    first_frame: int
    near: bool = False
    looks: list[Descriptor] = field(default_factory=list)
    searches: int = 0
    decision: Decision | None = None
    decided_frame: int | None = None
    last_seen: float = 0.0
    last_look: float = -1e9
    doubtful: bool = False  # it was out of sight: no name is shown until a look has confirmed it

    @property
    def is_final(self) -> bool:
        """Whether nothing more is searched for in this visit."""
        return isinstance(self.decision, Identified) or self.searches >= ATTEMPTS


@dataclass(frozen=True)
class Sighting:
    """What one frame brought: who is visible, whose search ended for good in this frame, and whose visit is over."""

    visible: Sequence[Visit]
    decided: Visit | None
    ended: Sequence[Visit]


class Recogniser:
    """Holds the visits. At most one descriptor is computed a frame, so that a turn stays short."""

    def __init__(self, detector: Finder, embedder: Describer, *, looks: int, fpir: float) -> None:
        """`looks` are joined for a search; `fpir` is the share of strangers' visits that may end with a name."""
        self._detector, self._embedder, self._wanted, self._fpir = detector, embedder, looks, fpir
        self.enrol([])
        self.forget_visits()

    def enrol(self, templates: Sequence[Template]) -> None:
        """Search among these from now on."""
        self.enrolled = Enrolled(templates)
        self.thresholds = [
            identification.threshold(self.enrolled, self._wanted * n, self._fpir / ATTEMPTS)
            for n in range(1, ATTEMPTS + 1)
        ]
        self._same = min(STRANGE, identification.threshold(self.enrolled, 1, self._fpir / ATTEMPTS))

    def forget_visits(self) -> None:
        """Begin anew: everybody who is seen from now on has just come."""
        self._tracker = Tracker()
        self.visits: dict[int, Visit] = {}

    def take(self, frame: Frame, *, look: bool = True) -> Sighting:
        """One frame further. With `look` False faces are only followed: nothing is described, nobody is searched."""
        tracked, gone = self._tracker.update(self._detector.find(frame), frame.monotonic)
        ended = [self.visits.pop(track) for track in gone if track in self.visits]
        visible = [self._visit(t.track, t.face, frame) for t in tracked]
        decided = None
        if look and (visit := self._next(visible, frame.monotonic)) is not None:
            visit.last_look = frame.monotonic
            if self._look(visit, frame):
                decided = self._search(visit, visible, frame.index)
            else:
                self._tracker.drop(visit.track)
                ended.append(self.visits.pop(visit.track))
                visible.remove(visit)
        return Sighting(visible, decided, ended)

    def _visit(self, track: int, face: Face, frame: Frame) -> Visit:
        visit = self.visits.setdefault(track, Visit(track, face, frame.index, last_seen=frame.monotonic))
        visit.doubtful |= bool(visit.looks) and frame.monotonic - visit.last_seen > GAP_SECONDS
        visit.last_seen = frame.monotonic
        visit.face, visit.near = face, face.box.w >= self._detector.smallest_face * 0.95  # boxes come in coarse steps
        return visit

    def _next(self, visible: Sequence[Visit], now: float) -> Visit | None:
        """Whose look is due: the one who has had the fewest, then the nearest."""
        due = [v for v in visible if v.near and now - v.last_look >= _pause(v)]
        return min(due, key=lambda v: (v.is_final and not v.doubtful, len(v.looks), -v.face.box.w), default=None)

    def _look(self, visit: Visit, frame: Frame) -> bool:
        """Take a look if it is worth taking; False if it shows somebody else than the visit's looks so far."""
        chip = self._embedder.align(frame.image, visit.face.box)
        if chip.turned > TURNED or chip.sharpness < BLURRED:
            return True
        # Templates are made of both sides; a look and a mirrored look tell more of a face than two looks.
        descriptor = self._embedder.describe(chip, mirrored=len(visit.looks) % 2 == 1)
        if visit.looks and not self._is_same(visit, descriptor):
            return False
        visit.doubtful = False
        if not visit.is_final:
            visit.looks.append(descriptor)
        return True

    def _is_same(self, visit: Visit, descriptor: Descriptor) -> bool:
        """Whether a look shows the person of the visit's looks so far."""
        named = isinstance(visit.decision, Identified)
        known = identification.join(np.array(visit.looks))
        limit = self._same if named or visit.doubtful else STRANGE
        return float(np.linalg.norm(known - descriptor)) <= limit

    def _search(self, visit: Visit, visible: Sequence[Visit], index: int) -> Visit | None:
        """Search when the looks are complete; the visit if that was its last search."""
        if visit.is_final or len(visit.looks) < self._wanted * (visit.searches + 1):
            return None
        joined = identification.join(np.array(visit.looks))
        decision = identification.identify(joined, self.enrolled, self.thresholds[visit.searches])
        visit.searches += 1
        visit.decision = self._alone(decision, visit, visible)
        visit.decided_frame = index
        return visit if visit.is_final else None

    def _alone(self, decision: Decision, visit: Visit, visible: Sequence[Visit]) -> Decision:
        """Two people in one picture are never the same delegate: the second to be called so gets no name."""
        if not isinstance(decision, Identified):
            return decision
        name = decision.delegate
        others = (v.decision for v in visible if v is not visit)
        if any(isinstance(d, Identified) and d.delegate == name for d in others):
            return Ambiguous((name, name), decision.distance, decision.threshold, 0.0)
        return decision


def _pause(visit: Visit) -> float:
    if visit.doubtful:
        return 0.0
    return RECHECK_SECONDS if visit.is_final else LOOK_SECONDS[visit.searches > 0]
