"""Following faces from frame to frame: which face of this frame is which of the last. Pure: time is an argument."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from appliance.face import Box, Face

UNSEEN_SECONDS = 1.0
"""Who is not seen for so long has gone; whoever is seen then begins a new visit."""

REACH = 0.8
"""How far a face may move between two frames, in face widths."""

GROWTH = 1.6
"""By what factor a face may grow or shrink between two frames."""


@dataclass(frozen=True)
class Tracked:
    """A face of this frame and the visit it belongs to; `track` counts from 1 and is never used again."""

    track: int
    face: Face


@dataclass
class _Track:
    number: int
    box: Box
    seen: float


class Tracker:
    """Joins the faces of successive frames into tracks, one to one."""

    def __init__(self, *, unseen_seconds: float = UNSEEN_SECONDS) -> None:
        self._unseen = unseen_seconds
        self._tracks: list[_Track] = []
        self._last = 0

    def update(self, faces: Sequence[Face], monotonic: float) -> tuple[list[Tracked], list[int]]:
        """The faces of a frame with their tracks, in the order given, and the tracks that ended.

        `monotonic` in seconds, never decreasing. The best-fitting pairs are matched first; no track gets two faces.
        """
        ended = [t.number for t in self._tracks if monotonic - t.seen > self._unseen]
        self._tracks = [t for t in self._tracks if t.number not in ended]
        pairs = sorted(
            (_misfit(track.box, face.box), t, f)
            for t, track in enumerate(self._tracks)
            for f, face in enumerate(faces)
            if _may_be_same(track.box, face.box)
        )
        matched: dict[int, _Track] = {}
        taken: set[int] = set()
        for _, t, f in pairs:
            if f not in matched and t not in taken:
                matched[f] = self._tracks[t]
                taken.add(t)
        return [self._seen(matched.get(f), face, monotonic) for f, face in enumerate(faces)], ended

    def drop(self, track: int) -> None:
        """End a track now: what is seen in its place is somebody else."""
        self._tracks = [t for t in self._tracks if t.number != track]

    def _seen(self, track: _Track | None, face: Face, monotonic: float) -> Tracked:
        if track is None:
            self._last += 1
            track = _Track(self._last, face.box, monotonic)
            self._tracks.append(track)
        track.box, track.seen = face.box, monotonic
        return Tracked(track.number, face)


def _apart(one: Box, other: Box) -> float:
    """Distance of the middles in widths of the wider box."""
    (ax, ay), (bx, by) = one.centre, other.centre
    return float(((ax - bx) ** 2 + (ay - by) ** 2) ** 0.5 / max(one.w, other.w))


def _misfit(one: Box, other: Box) -> float:
    return 1 - one.overlap(other) + _apart(one, other)


def _may_be_same(one: Box, other: Box) -> bool:
    return _apart(one, other) <= REACH and 1 / GROWTH <= one.w / other.w <= GROWTH
