"""The same chips through face_recognition's network and through ours, in one process, on one thread each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from appliance.camera import Image
from appliance.camera.framing import framed, from_bgr
from appliance.errors import ConfigurationError
from appliance.face import graph
from appliance.face.embedder import Descriptor, Embedder, OnnxEmbedder
from appliance.face.hog import Hog

SMALLEST_FACE = 64
PICTURES = (".jpg", ".jpeg", ".png", ".bmp", ".webp")


def measure(folder: Path) -> dict[str, Any]:
    """The fields of the bench contract, and the digest of the network.

    Every face in every picture below the folder is a chip. Descriptors are compared as the networks give them, before
    they are brought to length 1.

    Raises `ConfigurationError` if no picture below the folder shows a face.
    """
    import face_recognition.api

    embedder = OnnxEmbedder(graph.built())
    ours, theirs = _Timed(embedder.raw), _Timed(face_recognition.api.face_encoder.compute_face_descriptor)
    faces, difference = 0, 0.0
    for chip in _chips(folder, embedder):
        if not faces:  # the first run of each is not like the others
            ours.warm(chip)
            theirs.warm(chip)
        difference = max(difference, float(np.abs(ours.of(chip) - theirs.of(chip)).max()))
        faces += 1
    if not faces:
        raise ConfigurationError(str(folder), ["no picture with a face below this folder"])
    return {
        "faces": faces,
        "reference_cpu_ms": round(1000 * theirs.cpu / faces, 2),
        "cpu_ms": round(1000 * ours.cpu / faces, 2),
        "speedup": round(theirs.cpu / ours.cpu, 2),
        "max_abs_difference": float(f"{difference:.3g}"),
        "model": embedder.digest,
    }


class _Timed:
    """A network, and the CPU time of all threads of this process that it took."""

    def __init__(self, network: Callable[[Image], Any]) -> None:
        self._network, self.cpu = network, 0.0

    def warm(self, chip: Image) -> None:
        self._network(chip)

    def of(self, chip: Image) -> Descriptor:
        began = time.process_time()
        found = self._network(chip)
        self.cpu += time.process_time() - began
        return np.asarray(found, dtype=np.float32)


def _chips(folder: Path, embedder: Embedder) -> Iterator[Image]:
    detector = Hog(SMALLEST_FACE)
    for path in sorted(path for path in folder.rglob("*") if path.suffix.lower() in PICTURES):
        picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if picture is None:
            raise ConfigurationError(str(path), ["not a picture that OpenCV can read"])
        image = from_bgr(picture)
        for face in detector.find(framed(image, 0, 0.0)):
            yield embedder.align(image, face.box).image
