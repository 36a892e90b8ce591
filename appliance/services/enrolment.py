"""From pictures to templates: which pictures are good enough, and what is kept of them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from appliance import identification
from appliance.camera import Camera, Image
from appliance.camera.framing import framed, from_bgr
from appliance.events import DelegateEnrolled, DelegateForgotten
from appliance.face import Box
from appliance.face.detector import Detector
from appliance.face.embedder import Descriptor, Embedder
from appliance.face.gallery import Gallery
from appliance.face.quality import BLURRED, TURNED
from appliance.identification import Enrolled, join
from appliance.journal import Fact, Writer
from appliance.services.clock import Clock

SMALLEST_FACE = 64
"""Pixels across that a face needs to be enrolled; smaller ones are blown up to the network's 150."""

LARGEST_PICTURE = 1280
"""Pictures are brought to this many pixels at the longer side: nothing is gained above, and finding gets slow."""

BESIDE = 0.6
"""A second face this large beside the first makes it unclear whose picture it is; smaller ones stand behind."""

PICTURES = {".bmp", ".jpeg", ".jpg", ".png", ".webp"}


@dataclass(frozen=True)
class Refused:
    """A picture that was not used, and why."""

    picture: str
    reason: str


@dataclass
class Result:
    """What came of one delegate's pictures: how many were used, and which were not."""

    delegate: str
    used: int = 0
    refused: list[Refused] = field(default_factory=list)


class Describing:
    """A picture of one person → descriptor, or why not."""

    def __init__(self, detector: Detector, embedder: Embedder) -> None:
        self._detector, self._embedder = detector, embedder

    def describe(self, image: Image) -> Descriptor | str:
        """The descriptor of the one face in an RGB picture, of both its sides; else the reason in a few words."""
        scale = min(1.0, LARGEST_PICTURE / max(image.shape[:2]))
        if scale < 1:
            image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        boxes = sorted((f.box for f in self._detector.find(framed(image, 0, 0.0))), key=lambda box: -box.w)
        problem = _problem(boxes)
        if problem:
            return problem
        chip = self._embedder.align(image, boxes[0])
        if chip.turned > TURNED:
            return "the face is turned away"
        if chip.sharpness < BLURRED:
            return "the face is blurred"
        return join(np.array([self._embedder.describe(chip), self._embedder.describe(chip, mirrored=True)]))


class Enroller:
    """Keeps templates in the gallery, then states the fact in the journal."""

    def __init__(
        self, gallery: Gallery, writer: Writer, detector: Detector, embedder: Embedder, clock: Clock, consent: str
    ) -> None:
        """`consent`: the version of the text that every delegate enrolled here has agreed to."""
        self._gallery, self._writer, self._clock, self._consent = gallery, writer, clock, consent
        self._describing, self._model = Describing(detector, embedder), embedder.digest

    def from_pictures(self, delegate: str, pictures: Sequence[Path]) -> Result:
        """Enrol a delegate from picture files; those that cannot be used are named in the result."""
        result = Result(delegate)
        good: list[Descriptor] = []
        for path in pictures:
            picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
            found = (
                "not a picture that can be read" if picture is None else self._describing.describe(from_bgr(picture))
            )
            if isinstance(found, str):
                result.refused.append(Refused(f"{delegate}/{path.name}", found))
            else:
                good.append(found)
        return self._keep(result, good)

    def from_camera(self, delegate: str, camera: Camera, *, looks: int, frames: int) -> Result:
        """Enrol a delegate who stands before the camera: `looks` good looks, searched in at most `frames` frames.

        Looks are a third of a second apart, so that they differ.
        """
        result = Result(delegate)
        good: list[Descriptor] = []
        last = float("-inf")
        for _ in range(frames):
            frame = camera.read()
            if frame is None or len(good) == looks:
                break
            if frame.monotonic - last < 1 / 3:
                continue
            found = self._describing.describe(frame.image)
            if isinstance(found, str):
                result.refused.append(Refused(f"{delegate}, frame {frame.index}", found))
            else:
                good.append(found)
                last = frame.monotonic
        return self._keep(result, good)

    def twins(self) -> list[tuple[str, str]]:
        """Pairs of enrolled delegates who are so alike that one person may stand there under two ids."""
        return identification.twins(Enrolled(self._gallery.templates()))

    def _keep(self, result: Result, good: Sequence[Descriptor]) -> Result:
        result.used = len(good)
        if good:
            now = self._clock.now()
            self._gallery.enrol(result.delegate, good, consent=self._consent, at=now.at)
            fact = DelegateEnrolled(
                delegate=result.delegate, model=self._model, images=len(good), consent=self._consent
            )
            self._writer.append([Fact(f"enrolled.{secrets.token_hex(16)}", fact)], now)
        return result


def forget(gallery: Gallery, writer: Writer, clock: Clock, delegate: str, reason: str) -> bool:
    """Destroy a delegate's templates and state it; False if nobody of that id is enrolled."""
    if not gallery.forget(delegate):
        return False
    fact = DelegateForgotten(delegate=delegate, reason=reason)
    writer.append([Fact(f"forgotten.{secrets.token_hex(16)}", fact)], clock.now())
    return True


def pictures_of(folder: Path) -> dict[str, list[Path]]:
    """`<delegate>/<image>` → delegate → pictures, both in name order."""
    return {
        sub.name: sorted(p for p in sub.iterdir() if p.suffix.lower() in PICTURES)
        for sub in sorted(folder.iterdir())
        if sub.is_dir()
    }


def _problem(boxes: Sequence[Box]) -> str:
    """What is wrong with the faces found, the largest first; empty if one person can be enrolled from them."""
    if not boxes:
        return "no face found"
    if boxes[0].w < SMALLEST_FACE * 0.95:
        return f"the face is too small: {boxes[0].w:.0f} pixels across, {SMALLEST_FACE} are needed"
    if len(boxes) > 1 and boxes[1].w > BESIDE * boxes[0].w:
        return f"{sum(box.w > BESIDE * boxes[0].w for box in boxes)} faces: whose picture is it?"
    return ""
