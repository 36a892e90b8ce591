"""Frames → visits → decisions: detect, follow, take the best looks, join them, identify. The rest is the door's.

The one pipeline of the door service and of `appliance bench door`.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from appliance import identification
from appliance.calibration import calibrate, shares
from appliance.camera import Frame, Image
from appliance.face import Box, Face
from appliance.face.alignment import VIEWS
from appliance.face.embedder import Chip, Descriptor
from appliance.face.liveness_challenge import Side
from appliance.face.quality import judge
from appliance.face.tracker import Tracked, Tracker
from appliance.identification import Enrolled, Template, Vectors
from appliance.services.proof import Proof
from appliance.services.rivals import contend
from appliance.services.visits import EMBEDDINGS, Visit
from appliance.values import Liveness

FRAME_SECONDS = 0.075
"""Frames that come sooner after the last are left out: of 30 a second every third is taken, of 25 every other one. Ten
are enough for whoever walks up to a door."""

STRANGE = 0.40
"""A look farther than this from the visit's others is somebody else. Where a name is at stake, or there is doubt, the
threshold for one look counts instead: whoever steps in may look like whoever left."""

NEAR = 0.95
"""Faces from this share of the smallest on are near enough: detectors' boxes come in coarse steps."""


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

    def describe(self, chip: Chip, *, view: int = 0) -> Descriptor:
        """The descriptor of one of its views."""
        ...


class Templates(Protocol):
    """What is needed of `face.gallery.Gallery`."""

    def templates(self) -> list[Template]:
        """Everybody's descriptors."""
        ...

    def cohort(self) -> Vectors:
        """Descriptors of people who are known to be nobody of them (n×128); perhaps none."""
        ...

    def close(self) -> None:
        """Close it."""
        ...


def _either_side() -> Side:
    return secrets.choice(tuple(Side))


@dataclass(frozen=True)
class Sighting:
    """What one frame brought: who is visible, whose search ended for good in this frame, and whose visit is over.

    `decided` also has whoever lost a name to somebody else in the picture.
    """

    visible: Sequence[Visit]
    decided: Sequence[Visit]
    ended: Sequence[Visit]


class Recogniser:
    """Holds the visits. At most `looks_a_frame` descriptors are computed a frame, so that a turn stays short."""

    def __init__(
        self,
        detector: Finder,
        embedder: Describer,
        *,
        looks: int,
        fpir: float,
        looks_a_frame: int = 2,
        draw: Callable[[], Side] = _either_side,
    ) -> None:
        """`looks` are joined for the first search, all that a visit may have for the second.

        `fpir` is the share of strangers' visits that may end with a name. The searches divide it, for whoever is
        searched twice has two chances; that they are not independent only makes it less. `draw`: to which side a head
        is to be turned where that is asked for.
        """
        self._draw, self.liveness = draw, Liveness.OFF
        self.detector, self._embedder, self._looks_a_frame = detector, embedder, looks_a_frame
        self._plan = tuple(sorted({looks, EMBEDDINGS}))
        self._fpir = fpir
        self.enrol([])
        self.forget_visits()

    def enrol(self, templates: Sequence[Template], cohort: Vectors | None = None) -> None:
        """Search among these from now on. `cohort`: descriptors of people who are known to be nobody of them."""
        self.enrolled = Enrolled(templates)

        def threshold(looks: int, share: float) -> float:
            return calibrate(self.enrolled, looks=looks, fpir=self._fpir * share, cohort=cohort).threshold

        self.thresholds = [threshold(looks, share) for looks, share in shares(self._plan)]
        self._same = min(STRANGE, threshold(1, 0.5))

    def forget_visits(self) -> None:
        """Begin anew: everybody who is seen from now on has just come."""
        self._tracker = Tracker()
        self.visits: dict[int, Visit] = {}
        self._visible: list[Visit] = []
        self._taken = float("-inf")

    def take(self, frame: Frame, *, look: bool = True) -> Sighting:
        """One frame further. With `look` False faces are only followed: nothing is described, nobody is searched."""
        if 0 <= frame.monotonic - self._taken < FRAME_SECONDS:
            return Sighting(list(self._visible), [], [])
        self._taken = frame.monotonic
        tracked, gone = self._tracker.update(self.detector.find(frame), frame.monotonic)
        ended = [self.visits.pop(track) for track in gone if track in self.visits]
        for visit in ended:
            if visit.pending:
                visit.expose()  # whoever leaves has not shown that they are no picture
        self._visible = [self._visit(t, frame) for t in tracked]
        decided: list[Visit] = []
        if look:
            for visit in [v for v in self._visible if v.near]:
                self._see(visit, frame, ended)
            due = [v for v in self._visible if v.near and v.is_due(frame.monotonic)]
            due.sort(key=lambda v: (v.is_final, len(v.looks), -v.face.box.w))
            for visit in due[: self._looks_a_frame]:
                decided += self._look(visit, frame, ended)
            decided += [v for v in self._visible if v.conclude()]
        return Sighting(list(self._visible), decided, ended)

    def _visit(self, tracked: Tracked, frame: Frame) -> Visit:
        visit = self.visits.get(tracked.track)
        if visit is None:
            visit = Visit(tracked.track, tracked.face, frame.index, self._plan, self._proof())
            self.visits[tracked.track] = visit
        visit.face, visit.near = tracked.face, tracked.face.box.w >= self.detector.smallest_face * NEAR
        if not tracked.sure:
            visit.doubt()
        return visit

    def _see(self, visit: Visit, frame: Frame, ended: list[Visit]) -> None:
        """Align and judge the face of this frame, which takes a tenth of what describing it does."""
        box = visit.face.box
        chip = self._embedder.align(frame.image, box)
        quality = judge(frame.image, box, chip)
        visit.see(chip, quality, frame.monotonic, frame.index)
        if visit.is_named or not visit.is_final:
            visit.proof.see(frame.image, box, chip.turn, frame.monotonic, named=visit.is_named)
        if visit.doubtful and visit.is_spent:
            self._follow(visit, frame.index, ended).see(chip, quality, frame.monotonic, frame.index)

    def _look(self, visit: Visit, frame: Frame, ended: list[Visit]) -> list[Visit]:
        """Describe the best look of a visit; what was decided by it."""
        look = visit.pick(frame.monotonic)
        # Templates are made of all views; looks of different views tell more of a face than as many of one.
        descriptor = self._embedder.describe(look.chip, view=len(visit.looks) % len(VIEWS))
        visit.described += 1
        if visit.looks and not self._is_same(visit, descriptor):
            if visit.restarted and not visit.doubtful and not visit.is_named:
                return self._search(visit, frame.index)  # one bad look; who stands still is no new visit for each
            visit = self._follow(visit, frame.index, ended)
            visit.described = 1
            visit.usable_frame = frame.index
        if not visit.looks and (known := [v for v in visit.before if self._is_same(v, descriptor)]):
            visit.resume(known[-1])
            visit.add(descriptor, look.score)
            lost = self._settle(visit) if visit.is_named else self._search(visit, frame.index)
            return [visit, *lost] if known[-1].is_named and visit.is_refused else lost
        visit.add(descriptor, look.score)
        return self._search(visit, frame.index)

    def _follow(self, visit: Visit, index: int, ended: list[Visit]) -> Visit:
        """End a visit; whoever is in its place begins another, with looks of their own."""
        begun = visit.follow(self._tracker.renew(visit.track), index, self._proof())
        ended.append(self.visits.pop(visit.track))
        self.visits[begun.track] = begun
        self._visible[self._visible.index(visit)] = begun
        return begun

    def _proof(self) -> Proof:
        return Proof(self.liveness, self._draw())

    def _is_same(self, visit: Visit, descriptor: Descriptor) -> bool:
        """Whether a look shows the person of a visit's looks."""
        limit = self._same if visit.is_named or visit.doubtful else STRANGE
        return float(np.linalg.norm(visit.joined - descriptor)) <= limit

    def _search(self, visit: Visit, index: int) -> list[Visit]:
        """Search when the looks are complete, or no more can be had; whose search is over for good by it."""
        if visit.is_final or not (visit.is_spent or len(visit.looks) >= visit.plan[visit.searches]):
            return []
        last = visit.is_spent or len(visit.looks) >= visit.plan[-1]
        # The last threshold also holds where looks are fewer because some did not fit: strangers' lie farther off then.
        threshold = self.thresholds[-1 if last else visit.searches]
        visit.searches = len(visit.plan) if last else visit.searches + 1
        visit.decision = identification.identify(visit.joined, self.enrolled, threshold)
        visit.decided_frame = index
        visit.pending = visit.is_named
        lost = self._settle(visit)
        visit.pending &= visit.is_named
        return [*([visit] if visit.is_refused else []), *lost]

    def _settle(self, visit: Visit) -> list[Visit]:
        """Hear the others in the picture about the name that a visit has got; whoever loses theirs for good by it."""
        return contend(visit, self._visible, self.enrolled, max(self.thresholds))
