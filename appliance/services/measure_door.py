"""A clip through the door, and through the loop that `face_recognition`'s users write, on the same frames."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from appliance.camera import Frame
from appliance.camera.replay import ReplayCamera
from appliance.face import graph
from appliance.face.detector import Detector
from appliance.face.embedder import OnnxEmbedder
from appliance.identification import Ambiguous, Identified
from appliance.services.measure_identify import Bench
from appliance.services.recogniser import Recogniser, Visit


def measure(
    video: str, gallery: Path, *, detector: Detector, looks: int, fpir: float, reference: bool = True
) -> dict[str, Any]:
    """The fields of the bench contract. `ms_to_decision`: from a visit's first frame to its last search, median, in the
    recording's time. The descriptors of the gallery are not counted; its faces are found by HOG."""
    recogniser = Recogniser(detector, OnnxEmbedder(graph.built()), looks=looks, fpir=fpir)
    recogniser.enrol(Bench().gallery(gallery).templates)
    visits: dict[int, Visit] = {}
    times: dict[int, float] = {}
    began = time.process_time()
    for frame in _frames(video):
        times[frame.index] = frame.monotonic
        sighting = recogniser.take(frame)
        visits |= {visit.track: visit for visit in (*sighting.visible, *sighting.ended)}
    spent = time.process_time() - began
    waits = [
        1000 * (times[v.decided_frame] - times[v.first_frame]) for v in visits.values() if v.decided_frame is not None
    ]
    result = {
        "detector": detector.name,
        "frames": len(times),
        "cpu_ms_per_frame": round(1000 * spent / max(len(times), 1), 2),
        "tracks": [_account(visit) for visit in visits.values()],
        "ms_to_decision": round(float(np.median(waits)), 1) if waits else None,
        "reference_cpu_ms_per_frame": None,
    }
    if reference:
        result["reference_cpu_ms_per_frame"] = round(_reference(video), 2)
    return result


def _account(visit: Visit) -> dict[str, Any]:
    decision = visit.decision
    named = {Identified: "identified", Ambiguous: "ambiguous", type(None): "none"}
    return {
        "first_frame": visit.first_frame,
        "decided_frame": visit.decided_frame,
        "decision": named.get(type(decision), "unknown"),
        "delegate": decision.delegate if isinstance(decision, Identified) else None,
        "looks": len(visit.looks),
        "distance": round(decision.distance, 4) if decision else None,
        "threshold": round(decision.threshold, 4) if decision else None,
    }


def _reference(video: str) -> float:
    """CPU milliseconds a frame of `face_locations` and `face_encodings` with their defaults, on every frame."""
    import face_recognition

    count, spent = 0, 0.0
    for frame in _frames(video):
        began = time.process_time()
        face_recognition.face_encodings(frame.image, face_recognition.face_locations(frame.image))
        spent += time.process_time() - began
        count += 1
    return 1000 * spent / max(count, 1)


def _frames(video: str) -> Iterator[Frame]:
    camera = ReplayCamera(video)
    while (frame := camera.read()) is not None:
        yield frame
    camera.close()
