"""The loop that `face_recognition`'s users write: every frame, its defaults, the nearest of all pictures under 0.6."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from appliance.camera import Frame
from appliance.services.enrolment import pictures_of

TOLERANCE = 0.6
"""`face_recognition`'s own."""


def measure(frames: Iterable[Frame], gallery: Path) -> dict[str, Any]:
    """`reference_cpu_ms_per_frame`, and `reference_found`: delegate → the frames in which the loop says that name.

    The CPU is that of finding and describing all faces of a frame; comparing costs nothing beside it.
    """
    import face_recognition  # loads 100 MB of models, and calls quit() with setuptools from 82 on

    known = [
        (who, described[0])
        for who, paths in pictures_of(gallery).items()
        for path in paths
        if (described := face_recognition.face_encodings(face_recognition.load_image_file(str(path))))
    ]
    names, encodings = [who for who, _ in known], np.array([encoding for _, encoding in known]).reshape(-1, 128)
    found: dict[str, list[int]] = {}
    count, spent = 0, 0.0
    for frame in frames:
        began = time.process_time()
        described = face_recognition.face_encodings(frame.image, face_recognition.face_locations(frame.image))
        spent += time.process_time() - began
        count += 1
        for who in {_nearest(encoding, names, encodings) for encoding in described} - {None}:
            found.setdefault(str(who), []).append(frame.index)
    return {"reference_cpu_ms_per_frame": round(1000 * spent / max(count, 1), 2), "reference_found": found}


def _nearest(encoding: np.ndarray, names: list[str], encodings: np.ndarray) -> str | None:
    if not names:
        return None
    distances = np.linalg.norm(encodings - encoding, axis=1)
    nearest = int(np.argmin(distances))
    return names[nearest] if distances[nearest] <= TOLERANCE else None
