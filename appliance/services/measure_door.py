"""A clip through the door, and through the loop that `face_recognition`'s users write, on the same frames."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from appliance.camera import Frame
from appliance.camera.replay import ReplayCamera
from appliance.face import graph
from appliance.face.attention import Attentive
from appliance.face.detector import Detector
from appliance.face.embedder import OnnxEmbedder
from appliance.identification import Ambiguous, Identified
from appliance.services import measure_reference
from appliance.services.crowd import crowd
from appliance.services.measure_identify import Bench
from appliance.services.recogniser import Recogniser
from appliance.services.visits import Presented, Visit


@dataclass
class Run:
    """What one pass of a clip gave: all visits, and when each frame was and how long its turn took, in seconds."""

    visits: dict[int, Visit] = field(default_factory=dict)
    times: dict[int, float] = field(default_factory=dict)
    turns: dict[int, float] = field(default_factory=dict)
    cpu: float = 0.0

    @property
    def dropped(self) -> int:
        """Frames that went by while the door was busy with the one before."""
        return max(self.times) - min(self.times) + 1 - len(self.times) if self.times else 0

    def waits(self) -> list[float]:
        """Milliseconds from each person's first usable look to their last search: the recording's, and the last turn's.

        A visit that goes on with an earlier one counts from that one's first look, and once.
        """
        return [
            1000 * (self.times[v.decided_frame] - self.times[v.usable_frame] + self.turns[v.decided_frame])
            for v in self.visits.values()
            if v.decided_frame is not None and v.usable_frame is not None and v.decided_frame >= v.first_frame
        ]


def measure(
    video: str,
    gallery: Path,
    *,
    detector: Detector,
    looks: int,
    fpir: float,
    reference: bool = True,
    enrolled: int = 0,
    realtime: bool = False,
) -> dict[str, Any]:
    """The fields of the bench contract, and `ms_to_decision_p95`, `dropped`, `reference_found`.

    CPU is that of finding, following, describing and searching, not of decoding the clip or enrolling. `enrolled`: the
    gallery is filled up to so many with made-up templates. `realtime`: frames come at their time, and none waits.
    """
    recogniser = Recogniser(Attentive(detector), OnnxEmbedder(graph.built()), looks=looks, fpir=fpir)
    real = Bench().gallery(gallery).templates
    made_up = crowd(max(0, enrolled - len(real)), real)
    recogniser.enrol([*real, *made_up])
    done = run(_frames(video, paced=realtime), recogniser)
    waits = done.waits()
    return {
        "detector": detector.name,
        "enrolled": len(real) + len(made_up),
        "made_up": len(made_up),
        "frames": len(done.times),
        "dropped": done.dropped,
        "cpu_ms_per_frame": round(1000 * done.cpu / max(len(done.times), 1), 2),
        "tracks": [_account(visit) for visit in done.visits.values()],
        "ms_to_decision": round(float(np.median(waits)), 1) if waits else None,
        "ms_to_decision_p95": round(float(np.percentile(waits, 95)), 1) if waits else None,
        "reference_cpu_ms_per_frame": None,
        "reference_found": None,
        **(measure_reference.measure(_frames(video), gallery) if reference else {}),
    }


def run(frames: Iterator[Frame], recogniser: Recogniser) -> Run:
    """Frames through a recogniser, from the first to the last."""
    done = Run()
    for frame in frames:
        cpu, wall = time.process_time(), time.perf_counter()
        sighting = recogniser.take(frame)
        done.cpu += time.process_time() - cpu
        done.turns[frame.index], done.times[frame.index] = time.perf_counter() - wall, frame.monotonic
        done.visits |= {visit.track: visit for visit in (*sighting.visible, *sighting.ended)}
    return done


def _account(visit: Visit) -> dict[str, Any]:
    decision = visit.decision
    named = {Identified: "identified", Ambiguous: "ambiguous", Presented: "presentation", type(None): "none"}
    return {
        "first_frame": visit.first_frame,
        "usable_frame": visit.usable_frame,
        "decided_frame": visit.decided_frame,
        "decision": named.get(type(decision), "unknown"),
        "delegate": decision.delegate if isinstance(decision, Identified) else None,
        "looks": len(visit.looks),
        "described": visit.described,
        "distance": round(decision.distance, 4) if decision else None,
        "threshold": round(decision.threshold, 4) if decision else None,
    }


def _frames(video: str, *, paced: bool = False) -> Iterator[Frame]:
    camera = ReplayCamera(video, paced=paced)
    while (frame := camera.read()) is not None:
        yield frame
    camera.close()
