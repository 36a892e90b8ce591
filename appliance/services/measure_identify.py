"""Open-set identification measured on folders of pictures, in the terms of ISO/IEC 19795: FPIR and TPIR."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from appliance import identification
from appliance.calibration import calibrate, interval
from appliance.camera.framing import framed, from_bgr
from appliance.face import graph
from appliance.face.alignment import VIEWS
from appliance.face.detector import Detector
from appliance.face.embedder import Descriptor, OnnxEmbedder
from appliance.face.hog import Hog
from appliance.face.quality import judge, prominence
from appliance.identification import Ambiguous, Decision, Enrolled, Identified, Template, Vectors
from appliance.services.enrolment import SMALLEST_FACE, Describing, pictures_of
from appliance.services.visits import EMBEDDINGS


@dataclass(frozen=True)
class Look:
    """One picture, described: what it weighs when looks are joined is its quality, 0..1."""

    descriptor: Descriptor
    weight: float


Looks = Mapping[str, Sequence[Look]]


@dataclass
class Search:
    """One search: whose picture it was (None: a stranger's), and what was decided."""

    who: str | None
    decision: Decision


class Bench:
    """Describes pictures and counts what it cost and whom it could not see."""

    def __init__(self, detector: Detector | None = None) -> None:
        """`detector` None: HOG, for faces as large as enrolment asks."""
        self._detector, self._embedder = detector or Hog(SMALLEST_FACE), OnnxEmbedder(graph.built())
        self.detector = self._detector.name
        self._describing = Describing(self._detector, self._embedder)
        self.model = self._embedder.digest
        self.unseen = self.faces = 0
        self.cpu = 0.0

    def gallery(self, folder: Path) -> Enrolled:
        """Enrol a folder as `appliance enroll` would."""
        found = {
            who: [d for p in paths if not isinstance(d := self._describing.describe(_read(p)), str)]
            for who, paths in pictures_of(folder).items()
        }
        return Enrolled([Template(who, np.array(images)) for who, images in found.items() if images])

    def cohort(self, folder: Path) -> Vectors:
        """One picture each of people who are neither enrolled nor among those who are searched for."""
        first = [paths[0] for paths in pictures_of(folder).values() if paths]
        looks = [self._look(_read(path), range(len(VIEWS))) for path in first]
        return np.array([look.descriptor for look in looks if look is not None], np.float32).reshape(-1, 128)

    def probes(self, folder: Path, frames: int) -> Looks:
        """Look at a folder as the door would, where `frames` pictures are one visit, of the face before the camera.

        The descriptors that a visit may have are shared out among its pictures, each another view.
        """
        each = max(1, min(len(VIEWS), EMBEDDINGS // frames))
        found: dict[str, list[Look]] = {}
        for who, paths in pictures_of(folder).items():
            looks = found.setdefault(who, [])
            for path in paths:
                first = len(looks) % frames
                look = self._look(_read(path), [(first + n) % len(VIEWS) for n in range(each)])
                if look is not None:
                    looks.append(look)
        return found

    def _look(self, image: np.ndarray, views: Sequence[int]) -> Look | None:
        began = time.process_time()
        faces = self._detector.find(framed(image, 0, 0.0))
        found = None
        if faces:
            box = max((face.box for face in faces), key=lambda box: prominence(box, image))
            chip = self._embedder.align(image, box)
            described = np.array([self._embedder.describe(chip, view=view) for view in views])
            found = Look(identification.join(described), judge(image, box, chip).score)
            self.faces += 1
        else:
            self.unseen += 1
        self.cpu += time.process_time() - began
        return found


def measure(
    gallery: Path,
    probes: Path,
    strangers: Path,
    *,
    frames: int,
    fpir: float,
    detector: Detector | None = None,
    cohort: Path | None = None,
) -> dict[str, Any]:
    """The fields of the bench contract. `frames` pictures of one identity are joined, in name order, as one track."""
    bench = Bench(detector)
    enrolled = bench.gallery(gallery)
    known, others = bench.probes(probes, frames), bench.probes(strangers, frames)
    unseen = bench.unseen
    outsiders = bench.cohort(cohort) if cohort else np.empty((0, 128), np.float32)
    calibration = calibrate(enrolled, looks=frames, fpir=fpir, cohort=outsiders)
    threshold = calibration.threshold
    mated, short = _searches(known, enrolled, threshold, frames, mated=True)
    unmated, more = _searches(others, enrolled, threshold, frames, mated=False)
    named = sum(isinstance(s.decision, Identified) for s in unmated)
    found = sum(isinstance(s.decision, Identified) and s.decision.delegate == s.who for s in mated)
    wrong = sum(isinstance(s.decision, Identified) and s.decision.delegate != s.who for s in mated)
    return {
        "gallery_identities": len(enrolled.delegates),
        "probes": len(mated),
        "strangers": len(unmated),
        "failure_to_acquire": unseen,
        "too_few_frames": short + more,
        "threshold": round(threshold, 4),
        "cohort": len(outsiders),
        "gallery_estimate_interval": [round(x, 5) for x in calibration.interval],
        "fpir_target": fpir,
        "fpir_interval": [round(x, 5) for x in interval(named, len(unmated))],
        "fpir": round(named / len(unmated), 5) if unmated else None,
        "tpir": round(found / len(mated), 5) if mated else None,
        "misidentified": wrong,
        "ambiguous": sum(isinstance(s.decision, Ambiguous) for s in (*mated, *unmated)),
        "cpu_ms_per_face": round(1000 * bench.cpu / max(bench.faces, 1), 2),
        "search_cpu_ms": {count: round(search_cost(count), 3) for count in (10, 10_000)},
        "model": bench.model,
        "detector": bench.detector,
    }


def search_cost(count: int, searches: int = 50) -> float:
    """CPU milliseconds of one decision among so many made-up templates: random directions, three pictures each."""
    rng = np.random.default_rng(0)
    pictures = rng.normal(size=(count, 3, 128)).astype(np.float32) + 4.0
    enrolled = Enrolled([Template(f"{n:05}", images) for n, images in enumerate(pictures)])
    looks = [identification.join(rng.normal(size=(1, 128)).astype(np.float32) + 4.0) for _ in range(searches)]
    began = time.process_time()
    for look in looks:
        identification.identify(look, enrolled, 0.3)
    return 1000 * (time.process_time() - began) / searches


def _searches(
    looks: Looks, enrolled: Enrolled, threshold: float, frames: int, *, mated: bool
) -> tuple[list[Search], int]:
    """The searches, and how many identities had fewer than `frames` pictures and were left out."""
    searches, short = [], 0
    for who, vectors in looks.items():
        groups = [vectors[n : n + frames] for n in range(0, len(vectors) - frames + 1, frames)]
        short += not groups
        for group in groups:
            joined = identification.join(np.array([look.descriptor * look.weight for look in group], dtype=np.float32))
            searches.append(Search(who if mated else None, identification.identify(joined, enrolled, threshold)))
    return searches, short


def _read(path: Path) -> np.ndarray:
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError(f"{path}: not a picture that OpenCV can read")
    return from_bgr(picture)
