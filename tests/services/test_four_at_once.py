"""Four people who come to the door together, as pixels: drawn, found by dlib, described by the real network."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from appliance.camera.framing import framed
from appliance.demo import portrait, walk
from appliance.face import graph
from appliance.face.embedder import OnnxEmbedder
from appliance.face.hog import Hog
from appliance.identification import Identified, Template
from appliance.services.enrolment import Describing
from appliance.services.measure_door import run
from appliance.services.recogniser import Recogniser

FRAMES_PER_SECOND = 10


def test_four_who_come_together_are_each_named_within_a_second_of_the_first_usable_look() -> None:
    people = [portrait.Person.from_seed(seed) for seed in portrait.COUNCIL[2:6]]
    detector, embedder = Hog(80), OnnxEmbedder(graph.built())
    recogniser = Recogniser(detector, embedder, looks=3, fpir=0.01)
    describing = Describing(detector, embedder)
    templates = [
        Template(f"dv-{n:02}", np.array([describing.describe(on_grey(person, yaw)) for yaw in (-6, 6)]))
        for n, person in enumerate(people, 1)
    ]
    recogniser.enrol(templates)
    arrivals = [
        walk.Arrival(person, at=0.0, approach=0.5, stand=0.9, leave=0.1, lane=lane, reach=115)
        for person, lane in zip(people, (-0.9, -0.3, 0.3, 0.9), strict=True)
    ]
    clip = walk.Walk(arrivals, fps=FRAMES_PER_SECOND, tail=0.0)
    frames = (framed(image, n, n / FRAMES_PER_SECOND) for n, image in enumerate(clip))
    done = run(frames, recogniser)
    named = [v for v in done.visits.values() if isinstance(v.decision, Identified)]
    assert sorted(v.decision.delegate for v in named if isinstance(v.decision, Identified)) == [
        "dv-01",
        "dv-02",
        "dv-03",
        "dv-04",
    ]
    for visit in named:
        assert visit.usable_frame is not None
        assert visit.decided_frame is not None
        assert (visit.decided_frame - visit.usable_frame) / FRAMES_PER_SECOND <= 1.0


def on_grey(person: portrait.Person, yaw: float) -> Any:
    drawn = portrait.draw(person, size=360, yaw=yaw)
    alpha = drawn.alpha[..., None] / 255
    picture = (drawn.rgb * alpha + 150 * (1 - alpha)).astype(np.uint8)
    return cv2.copyMakeBorder(picture, 20, 20, 20, 20, cv2.BORDER_CONSTANT, value=(150, 150, 150))
