"""From pictures to templates: which pictures are good enough, whether they show one person whom nobody has enrolled
under another id, and what is kept of them.

Nothing here takes a look from a visit at the door: a template comes from pictures or from a guided enrolment, after
somebody stated the delegate's consent, and never from the appliance's own matches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from appliance import enrolment
from appliance.camera import Camera, Frame, Image
from appliance.camera.framing import framed, from_bgr
from appliance.enrolment import Look, Lookalike
from appliance.face import Box, Face
from appliance.face.alignment import VIEWS, Chip
from appliance.face.embedder import Descriptor
from appliance.face.gallery import Gallery
from appliance.face.quality import Hint, judge, prominence
from appliance.identification import Template, join
from appliance.journal import Writer
from appliance.services import gallery as keeping
from appliance.services.clock import Clock

SMALLEST_FACE = 64
"""Pixels across that a face needs to be enrolled; smaller ones are blown up to the network's 150."""

LARGEST_PICTURE = 1280
"""Pictures are brought to this many pixels at the longer side: nothing is gained above, and finding gets slow."""

BESIDE = 0.6
"""A second face this prominent beside the first makes it unclear whose picture it is; others stand behind or aside."""

PICTURES = {".bmp", ".jpeg", ".jpg", ".png", ".webp"}

REASONS = {
    Hint.CUT_OFF: "the face is cut off at the edge of the picture",
    Hint.TURNED: "the face is turned away",
    Hint.BACKLIT: "the face is dark before a bright background",
    Hint.TOO_DARK: "the face is too dark",
    Hint.TOO_BRIGHT: "the face is too bright",
    Hint.BLURRED: "the face is blurred",
}


@dataclass(frozen=True)
class Seen:
    """A face that is good enough: its descriptor, of both sides, and what else is known of the look."""

    descriptor: Descriptor
    look: Look


@dataclass(frozen=True)
class Refused:
    """A picture that was not used, and why."""

    picture: str
    reason: str


@dataclass(frozen=True)
class Terms:
    """Under what somebody is enrolled.

    `consent`: the version of the text that was agreed to, with its digest where the text is at hand. `expires`: the UTC
    date on which the template is forgotten. `twins`: pairs of ids that are two people, whatever their faces say.
    """

    consent: str
    expires: str = ""
    twins: frozenset[frozenset[str]] = frozenset()
    glasses: bool | None = None


@dataclass
class Result:
    """What came of one delegate's pictures: how many were used, which were not, and who is alike.

    `duplicates`: enrolled delegates who are so alike that nothing was kept.
    """

    delegate: str
    used: int = 0
    refused: list[Refused] = field(default_factory=list)
    lookalikes: list[Lookalike] = field(default_factory=list)
    duplicates: list[Lookalike] = field(default_factory=list)


class Finder(Protocol):
    """What is needed of `face.detector.Detector`."""

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


class Describing:
    """A picture of one person → descriptor, or why not."""

    def __init__(self, detector: Finder, embedder: Describer) -> None:
        self._detector, self._embedder = detector, embedder

    def describe(self, image: Image) -> Descriptor | str:
        """The descriptor of the one face in an RGB picture, of both its sides; else the reason in a few words."""
        seen = self.look(image)
        return seen if isinstance(seen, str) else seen.descriptor

    def look(self, image: Image) -> Seen | str:
        """As `describe`, with what else is known of the look."""
        scale = min(1.0, LARGEST_PICTURE / max(image.shape[:2]))
        if scale < 1:
            image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        found = (face.box for face in self._detector.find(framed(image, 0, 0.0)))
        boxes = sorted(found, key=lambda box: -prominence(box, image))
        problem = _problem(boxes, image)
        if problem:
            return problem
        chip = self._embedder.align(image, boxes[0])
        quality = judge(image, boxes[0], chip)
        if (hint := quality.hint()) is not None:
            return REASONS[hint]
        return Seen(described(self._embedder, chip), Look(round(chip.turn, 3), round(quality.score, 3)))


def described(embedder: Describer, chip: Chip) -> Descriptor:
    """One look, all its views joined: templates are made of as many as the door takes of a visitor."""
    return join(np.array([embedder.describe(chip, view=number) for number in range(len(VIEWS))]))


class Enroller:
    """Keeps templates in the gallery, then states the fact in the journal."""

    def __init__(
        self, gallery: Gallery, writer: Writer, detector: Finder, embedder: Describer, clock: Clock, terms: Terms
    ) -> None:
        """`terms` hold for everybody enrolled here."""
        self._gallery, self._writer, self._clock, self._terms = gallery, writer, clock, terms
        self._describing = Describing(detector, embedder)

    def from_pictures(self, delegate: str, pictures: Sequence[Path]) -> Result:
        """Enrol a delegate from picture files; those that cannot be used are named in the result."""
        result = Result(delegate)
        good: dict[str, Seen] = {}
        for path in pictures:
            picture, name = cv2.imread(str(path), cv2.IMREAD_COLOR), f"{delegate}/{path.name}"
            found = "not a picture that can be read" if picture is None else self._describing.look(from_bgr(picture))
            if isinstance(found, str):
                result.refused.append(Refused(name, found))
            else:
                good[name] = found
        return keep(result, good, self._terms, self._gallery, self._writer, self._clock)

    def from_camera(self, delegate: str, camera: Camera, *, looks: int, frames: int) -> Result:
        """Enrol a delegate who stands before the camera: `looks` good looks, searched in at most `frames` frames.

        Looks are a third of a second apart, so that they differ.
        """
        result = Result(delegate)
        good: dict[str, Seen] = {}
        last = float("-inf")
        for _ in range(frames):
            frame = camera.read()
            if frame is None or len(good) == looks:
                break
            if frame.monotonic - last < 1 / 3:
                continue
            found, name = self._describing.look(frame.image), f"{delegate}, frame {frame.index}"
            if isinstance(found, str):
                result.refused.append(Refused(name, found))
            else:
                good[name], last = found, frame.monotonic
        return keep(result, good, self._terms, self._gallery, self._writer, self._clock)

    def cohort(self, pictures: Sequence[Path], reason: str) -> list[Refused]:
        """Keep faces of people who are no delegates, for the threshold, in place of any; which were not used.

        Without a picture that can be used nothing is changed.
        """
        refused, found = [], []
        enrolled = self._gallery.templates()
        for path in pictures:
            picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
            seen = "not a picture that can be read" if picture is None else self._describing.look(from_bgr(picture))
            if isinstance(seen, str):
                refused.append(Refused(str(path), seen))
                continue
            alike = [one.delegate for one in enrolment.lookalikes(seen.descriptor, enrolled) if one.is_duplicate]
            if alike:  # a delegate among the strangers would push the threshold down to nothing
                refused.append(Refused(str(path), f"it looks like {alike[0]}, who is enrolled"))
            else:
                found.append(seen.descriptor)
        if found:
            self._gallery.set_cohort(np.array(found), reason)
            keeping.state(self._gallery, self._writer, self._clock)
        return refused


def keep(result: Result, seen: dict[str, Seen], terms: Terms, gallery: Gallery, writer: Writer, clock: Clock) -> Result:
    """Enrol `result.delegate` from looks (by the name of their picture): first the gallery, then the fact.

    Pictures that disagree with the others are left out, those of other delegates named; who is enrolled under another
    id is refused.
    """
    if not seen:
        return result
    others = [t for t in gallery.templates() if t.delegate != result.delegate]
    twins = {t.delegate for t in others if frozenset((t.delegate, result.delegate)) in terms.twins}
    strangers = [t for t in others if t.delegate not in twins]
    good = _agreeing(result, seen, strangers)
    if not good:
        return result
    vectors = np.array([one.descriptor for one in good])
    result.lookalikes = enrolment.lookalikes(join(vectors), others)
    result.duplicates = [one for one in result.lookalikes if one.is_duplicate and one.delegate not in twins]
    if result.duplicates:
        return result
    looks = [Look(one.look.turn, one.look.quality, _first(one.look.glasses, terms.glasses)) for one in good]
    gallery.enrol(
        result.delegate,
        list(vectors),
        consent=terms.consent,
        at=clock.now().at,
        expires=terms.expires,
        twin=" ".join(sorted(twins)),
        looks=looks,
    )
    result.used = len(good)
    keeping.state(gallery, writer, clock)
    return result


def _agreeing(result: Result, seen: dict[str, Seen], others: Sequence[Template]) -> list[Seen]:
    """The looks that show one person; why the others do not count goes into the result."""
    names, vectors = list(seen), np.array([one.descriptor for one in seen.values()])
    together = enrolment.agreeing(vectors)
    if together is None:
        why = "the pictures show different people; which are right? Take the wrong ones out"
        result.refused += [Refused(name, why + _whose(vectors[n], vectors, others)) for n, name in enumerate(names)]
        return []
    for n, name in enumerate(names):
        if n not in together:
            why = "somebody else than on the other pictures" + _whose(vectors[n], vectors[together], others)
            result.refused.append(Refused(name, why))
    return [seen[names[n]] for n in together]


def _whose(vector: Descriptor, own: np.ndarray, others: Sequence[Template]) -> str:
    whose = enrolment.nearer_to_another(vector, join(own), others)
    return f" (it looks like {whose})" if whose else ""


def _first(stated: bool | None, otherwise: bool | None) -> bool | None:
    return otherwise if stated is None else stated


def pictures_of(folder: Path) -> dict[str, list[Path]]:
    """`<delegate>/<image>` → delegate → pictures, both in name order."""
    return {
        sub.name: sorted(p for p in sub.iterdir() if p.suffix.lower() in PICTURES)
        for sub in sorted(folder.iterdir())
        if sub.is_dir()
    }


def _problem(boxes: Sequence[Box], image: Image) -> str:
    """What is wrong with the faces found, the most prominent first; empty if one person can be enrolled from them."""
    if not boxes:
        return "no face found"
    if boxes[0].w < SMALLEST_FACE * 0.95:
        return f"the face is too small: {boxes[0].w:.0f} pixels across, {SMALLEST_FACE} are needed"
    limit = BESIDE * prominence(boxes[0], image)
    if (count := sum(prominence(box, image) > limit for box in boxes)) > 1:
        return f"{count} faces: whose picture is it?"
    return ""
