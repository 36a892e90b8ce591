"""Presentation attack detection measured in the terms of ISO/IEC 30107-3: APCER for each species, BPCER.

The attacks are synthetic (`species`): they show what the geometry sees and what it does not. Live presentations are
whatever clips are given; a few of them prove little, and the interval says how little.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from appliance.camera import Frame, Image
from appliance.camera.framing import framed, from_bgr
from appliance.camera.replay import ReplayCamera
from appliance.face import Box
from appliance.face.alignment import Aligner
from appliance.face.detector import Detector
from appliance.face.liveness_challenge import Side
from appliance.face.tracker import Tracker
from appliance.services.enrolment import pictures_of
from appliance.services.measure_identify import interval
from appliance.services.proof import Proof, Result
from appliance.services.species import FRAMES, HEAD, RATE, SPECIES, presentation
from appliance.values import Liveness

WINDOW_SECONDS = FRAMES / RATE
"""Clips are cut into presentations of this length; those of one clip are not independent."""

NEAR = 76
"""Pixels of a face from which on the door takes looks (as `door.smallest_face` is delivered)."""

NAMED_SECONDS = 0.5
"""From then on until three looks are joined and a name is found, which then waits for the proof."""


@dataclass
class _Visit:
    """One face, as the door treats whoever gets a name. A living one must not lose it at any later moment either."""

    proof: Proof
    near_since: float | None = None
    named: bool = False
    first: Result = Result.WAITING
    exposed: bool = False

    def see(self, image: Image, box: Box, turn: float, now: float) -> None:
        """One frame."""
        if self.near_since is None and box.w >= NEAR:
            self.near_since = now
        self.named |= self.near_since is not None and now - self.near_since >= NAMED_SECONDS - 1e-6
        self.proof.see(image, box, turn, now, named=self.named)
        if self.named:
            result = self.proof.result
            self.first = result if self.first is Result.WAITING else self.first
            self.exposed |= result is Result.PICTURE

    def outcome(self, *, attack: bool) -> str:
        """`person`, `picture`, or `non-response`: nobody was near for long enough to be named.

        Whoever leaves before the proof is there is not named: an attack that did not come through, and a person who
        has to use the PIN.
        """
        if not self.named:
            return "non-response"
        let_in = self.first is Result.PERSON and (attack or not self.exposed)
        return "person" if let_in else "picture"


@dataclass
class _Tally:
    """Presentations of one kind. A non-response lets nobody in."""

    outcomes: Counter[str] = field(default_factory=Counter)

    def account(self, *, attack: bool) -> dict[str, Any]:
        """The fields of the bench contract. Whoever an attack named has come through."""
        total = self.outcomes.total() - self.outcomes["non-response"]
        called = self.outcomes["picture"]
        wrong = total - called if attack else called
        name = "apcer" if attack else "bpcer"
        return {
            "presentations": total,
            name: round(wrong / total, 4) if total else None,
            "interval": [round(x, 4) for x in interval(wrong, total)],
            "non_response": self.outcomes["non-response"],
        }


class _Bench:
    """Runs presentations through detector, tracker and watch as the door does, and counts what the watch cost."""

    def __init__(self, detector: Detector, mode: Liveness, seed: int) -> None:
        self._detector, self._mode = detector, mode
        self._aligner = Aligner() if mode is Liveness.CHALLENGE else None
        self._chance = np.random.default_rng([seed, 3])
        self.cpu = 0.0
        self.looks = 0

    def face(self, image: Image) -> Box | None:
        """The widest face of a picture."""
        faces = self._detector.find(framed(image, 0, 0.0))
        return max((face.box for face in faces), key=lambda box: box.w, default=None)

    def visits(self, frames: Iterable[Frame], *, attack: bool) -> list[str]:
        """What each visit in the frames came to: see `_Visit.outcome`."""
        tracker = Tracker()
        visits: dict[int, _Visit] = {}
        for frame in frames:
            tracked, _ = tracker.update(self._detector.find(frame), frame.monotonic)
            for each in tracked:
                visit = visits.setdefault(each.track, _Visit(Proof(self._mode, self._side())))
                turn = self._aligner.align(frame.image, each.face.box).turn if self._aligner is not None else 0.0
                began = time.process_time()
                visit.see(frame.image, each.face.box, turn, frame.monotonic)
                self.cpu += time.process_time() - began
                self.looks += 1
        return [visit.outcome(attack=attack) for visit in visits.values()]

    def _side(self) -> Side:
        return Side.LEFT if self._chance.random() < 0.5 else Side.RIGHT


def measure(
    portraits: Path,
    bona_fide: Sequence[str],
    *,
    detector: Detector,
    mode: Liveness = Liveness.PASSIVE,
    presentations: int = 40,
    frames: int = FRAMES,
    seed: int = 0,
) -> dict[str, Any]:
    """`species` → APCER each, `bpcer` on the clips, `cpu_ms_per_frame` of the watch for one face.

    `presentations` of each species, each with another identity of `portraits` (`<identity>/<image>`) as far as there
    are; a phone that shows a video needs a clip. In challenge mode nobody in a clip answers, so BPCER is left out.
    """
    bench = _Bench(detector, mode, seed)
    faces, unusable = _portraits(bench, portraits, presentations)
    clips = {clip: _windows(clip) for clip in bona_fide}
    species: dict[str, Any] = {}
    for kind in SPECIES:
        sources = _videos(bench, clips) if kind == "phone_video" else faces
        species[kind] = _attack(bench, kind, sources, presentations, frames, seed).account(attack=True)
    heads = _attack(bench, HEAD, faces, presentations, frames, seed).account(attack=False)
    cpu, looks = bench.cpu, bench.looks
    live = {clip: _live(bench, windows) for clip, windows in clips.items()}
    together = _Tally(sum((tally.outcomes for tally in live.values()), Counter())).account(attack=False)
    answered = mode is not Liveness.CHALLENGE
    return {
        "mode": str(mode),
        "detector": detector.name,
        "synthetic_attacks": True,
        "portraits": len(faces),
        "portraits_without_a_face": unusable,
        "species": species,
        "bona_fide": together["presentations"],
        "bpcer": together["bpcer"] if answered else None,
        "bpcer_interval": together["interval"] if answered else None,
        "non_response": together["non_response"],
        "clips": {clip: tally.account(attack=False) for clip, tally in live.items()} if answered else {},
        "synthetic_heads": heads if answered else None,
        "cpu_ms_per_frame": round(1000 * cpu / max(looks, 1), 2),
    }


def _portraits(bench: _Bench, folder: Path, most: int) -> tuple[list[tuple[list[Image], Box]], int]:
    """One picture of each identity with the place of its face, and how many had none that was found."""
    usable: list[tuple[list[Image], Box]] = []
    without = 0
    for paths in pictures_of(folder).values():
        if len(usable) >= most:
            break
        image = _read(paths[0])
        box = bench.face(image)
        if box is None:
            without += 1
        else:
            usable.append(([image], box))
    return usable, without


def _videos(bench: _Bench, clips: Mapping[str, Sequence[Sequence[Frame]]]) -> list[tuple[list[Image], Box]]:
    """What a phone shows: the windows of the clips, each from where there is a large face in it."""
    found = []
    for window in (window for windows in clips.values() for window in windows):
        for begin in range(0, len(window) // 2 + 1, 5):
            box = bench.face(window[begin].image)
            if box is not None and box.w >= window[begin].image.shape[1] / 5:
                found.append(([frame.image for frame in window[begin:]], box))
                break
    return found


def _attack(
    bench: _Bench, kind: str, sources: Sequence[tuple[list[Image], Box]], count: int, frames: int, seed: int
) -> _Tally:
    """Each presentation counts once, by the worst that any visit in it came to."""
    tally = _Tally()
    for n in range(count if sources else 0):
        pictures, box = sources[n % len(sources)]
        shots = presentation(kind, pictures, box, [seed, n], frames=frames)
        seen = (framed(shot.image, i, i / RATE) for i, shot in enumerate(shots))
        outcomes = bench.visits(seen, attack=kind != HEAD)
        counts = ("picture", "person") if kind == HEAD else ("person", "picture")
        tally.outcomes[next((each for each in counts if each in outcomes), "non-response")] += 1
    return tally


def _live(bench: _Bench, windows: Iterable[Sequence[Frame]]) -> _Tally:
    """Each face of each window is a presentation."""
    return _Tally(Counter(outcome for window in windows for outcome in bench.visits(window, attack=False)))


def _windows(clip: str) -> list[list[Frame]]:
    """A clip at 10 frames a second, cut into windows; a rest shorter than a window is left out."""
    windows: list[list[Frame]] = []
    for frame in _thinned(clip):
        n = int(frame.monotonic / WINDOW_SECONDS + 1e-6)
        while len(windows) <= n:
            windows.append([])
        windows[n].append(frame)
    return [window for window in windows if len(window) >= FRAMES * 0.8]


def _thinned(clip: str) -> Iterator[Frame]:
    camera = ReplayCamera(clip, frames_per_second=RATE)
    due = 0.0
    while (frame := camera.read()) is not None:
        if frame.monotonic >= due - 1e-6:
            due += 1 / RATE
            yield frame
    camera.close()


def _read(path: Path) -> Image:
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError(f"{path}: not a picture that OpenCV can read")
    return from_bgr(picture)
