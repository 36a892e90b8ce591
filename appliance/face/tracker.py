"""Following faces from frame to frame: which face of this frame is which of the last. Pure: time is an argument."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from appliance.face import Box, Face

UNSEEN_SECONDS = 1.0
"""Who is not seen for so long has gone; whoever is seen then begins a new visit."""

GAP_SECONDS = 0.35
"""Who was out of sight for longer than this may be somebody else, even where the face is expected."""

REACH = 0.8
"""How far from where it is expected a face may be, in face widths."""

JUMP = 0.45
"""From which distance on it is a jump: it may be somebody else."""

GROWTH = 1.6
"""By what factor a face may grow or shrink between two frames."""

LEAP = 1.35
"""From which factor on it may be somebody else."""

RIVAL = 0.5
"""Where a second pairing is worse by less than this, it may as well be the right one."""

COASTING_SECONDS = 0.5
"""For how long a face out of sight is expected to go on as it went."""

STEADINESS = 0.5
"""What the velocity so far weighs beside that of the newest two frames: detectors' boxes come in coarse steps."""

_NEVER = 1e3


@dataclass(frozen=True)
class Tracked:
    """A face of this frame and the visit it belongs to; `track` counts from 1 and is never used again.

    `sure` is False where the track may have passed to somebody else: out of sight for a while, a jump, another size,
    or another face or track that fits about as well.
    """

    track: int
    face: Face
    sure: bool


@dataclass
class _Track:
    number: int
    box: Box
    seen: float
    velocity: tuple[float, float] = (0.0, 0.0)  # pixels a second

    def expected(self, monotonic: float) -> Box:
        """Where it should be now, if it goes on as it went."""
        ahead = min(monotonic - self.seen, COASTING_SECONDS)
        return replace(self.box, x=self.box.x + self.velocity[0] * ahead, y=self.box.y + self.velocity[1] * ahead)

    def move(self, box: Box, monotonic: float) -> None:
        """It is there now."""
        (ax, ay), (bx, by), passed = self.box.centre, box.centre, monotonic - self.seen
        if passed > 0:
            vx, vy = self.velocity
            new = (bx - ax) / passed, (by - ay) / passed
            self.velocity = (
                STEADINESS * vx + (1 - STEADINESS) * new[0],
                STEADINESS * vy + (1 - STEADINESS) * new[1],
            )
        self.box, self.seen = box, monotonic


class Tracker:
    """Joins the faces of successive frames into tracks, one to one."""

    def __init__(self, *, unseen_seconds: float = UNSEEN_SECONDS) -> None:
        self._unseen = unseen_seconds
        self._tracks: list[_Track] = []
        self._last = 0

    def update(self, faces: Sequence[Face], monotonic: float) -> tuple[list[Tracked], list[int]]:
        """The faces of a frame with their tracks, in the order given, and the tracks that ended.

        `monotonic` in seconds, never decreasing. Of all one-to-one pairings that join as many as can be joined, the
        one with the least misfit is taken (Kuhn and Munkres' assignment): a greedy choice of the best pair first may
        leave the others with each other's faces.
        """
        ended = [t.number for t in self._tracks if monotonic - t.seen > self._unseen]
        self._tracks = [t for t in self._tracks if t.number not in ended]
        misfits = self._misfits(faces, monotonic)
        rows, columns = linear_sum_assignment(misfits)
        pairs = {int(f): int(t) for t, f in zip(rows, columns, strict=True) if misfits[t, f] < _NEVER}
        known = list(self._tracks)
        tracked = []
        for f, face in enumerate(faces):
            if f in pairs:
                track = known[pairs[f]]
                sure = _is_sure(track, face.box, monotonic) and not _is_contested(misfits, pairs[f], f)
                track.move(face.box, monotonic)
                tracked.append(Tracked(track.number, face, sure))
            else:
                tracked.append(Tracked(self._begin(face.box, monotonic), face, True))
        return tracked, ended

    def renew(self, track: int) -> int:
        """What is seen in this place is somebody else from now on: the number of the track that goes on there."""
        (old,) = (t for t in self._tracks if t.number == track)
        self._tracks.remove(old)
        return self._begin(old.box, old.seen)

    def _begin(self, box: Box, monotonic: float) -> int:
        self._last += 1
        self._tracks.append(_Track(self._last, box, monotonic))
        return self._last

    def _misfits(self, faces: Sequence[Face], monotonic: float) -> NDArray[np.float64]:
        """Tracks × faces: how badly they fit, `_NEVER` where they cannot be the same."""
        misfits = np.full((len(self._tracks), len(faces)), _NEVER)
        for t, track in enumerate(self._tracks):
            expected = track.expected(monotonic)
            for f, face in enumerate(faces):
                if _may_be_same(expected, face.box):
                    misfits[t, f] = 1 - expected.overlap(face.box) + _apart(expected, face.box)
        return misfits


def _apart(one: Box, other: Box) -> float:
    """Distance of the middles in widths of the wider box."""
    (ax, ay), (bx, by) = one.centre, other.centre
    return math.hypot(ax - bx, ay - by) / max(one.w, other.w)  # two frames in one instant: far off, not too large


def _may_be_same(one: Box, other: Box) -> bool:
    return _apart(one, other) <= REACH and 1 / GROWTH <= one.w / other.w <= GROWTH


def _is_sure(track: _Track, box: Box, monotonic: float) -> bool:
    """Whether the face went on as it went, without a gap."""
    steady = 1 / LEAP <= track.box.w / box.w <= LEAP and _apart(track.expected(monotonic), box) <= JUMP
    return steady and monotonic - track.seen <= GAP_SECONDS


def _is_contested(misfits: NDArray[np.float64], t: int, f: int) -> bool:
    """Whether another track claims this face, or another face this track, about as well."""
    others = np.concatenate([np.delete(misfits[:, f], t), np.delete(misfits[t], f)])
    return bool((others < misfits[t, f] + RIVAL).any())
