"""Real people in real clips, where they are at hand: found, and nobody named wrongly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from appliance.face.detector import Detector
from appliance.face.hog import Hog
from appliance.face.yunet import YuNet
from appliance.services import measure_door, measure_identify

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
YUNET = DATA / "models" / "face_detection_yunet_2026may.onnx"

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.nightly,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not here"),
]


def measured(clip: str, detector: Detector, **more: Any) -> dict[str, Any]:
    options = {"looks": 3, "fpir": 0.01, "reference": False, **more}
    return measure_door.measure(str(DATA / "video" / clip), DATA / "clip_gallery", detector=detector, **options)


def test_the_stage_clip_at_a_twentieth_of_the_other_loop_with_everybody_whom_that_finds() -> None:
    result = measured("short_hamilton_clip.mp4", YuNet(YUNET, 80), reference=True)
    named = {track["delegate"] for track in result["tracks"] if track["delegate"]}
    assert named == set(result["reference_found"]) == {"lin-manuel-miranda"}
    assert result["cpu_ms_per_frame"] <= result["reference_cpu_ms_per_frame"] / 20
    assert max(track["described"] for track in result["tracks"]) <= 5


@pytest.mark.parametrize("smallest_face", [40, 80])
def test_the_stage_clip_names_nobody_else(smallest_face: int) -> None:
    result = measured("short_hamilton_clip.mp4", YuNet(YUNET, smallest_face))
    assert {track["delegate"] for track in result["tracks"] if track["delegate"]} == {"lin-manuel-miranda"}


@pytest.mark.parametrize("enrolled", [0, 500])
def test_a_stranger_who_talks_is_decided_on_within_a_second(enrolled: int) -> None:
    result = measured("talking_head.mp4", Hog(80), enrolled=enrolled)
    assert [track["decision"] for track in result["tracks"]] == ["unknown"]
    assert result["ms_to_decision_p95"] <= 1000


def test_sixty_delegates_and_strangers() -> None:
    faces = DATA / "faces"
    result = measure_identify.measure(faces / "gallery", faces / "probes", faces / "strangers", frames=3, fpir=0.01)
    assert (result["fpir"], result["misidentified"]) == (0, 0)
    assert result["tpir"] > 0.97
