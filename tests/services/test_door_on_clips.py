"""Real people in real clips, where they are at hand: found, and nobody named wrongly."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.face.hog import Hog
from appliance.services import measure_door, measure_identify

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.nightly,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not here"),
]


def test_the_stage_clip() -> None:
    clip = DATA / "video" / "short_hamilton_clip.mp4"
    result = measure_door.measure(
        str(clip), DATA / "clip_gallery", detector=Hog(40), looks=3, fpir=0.01, reference=False
    )
    assert [t["delegate"] for t in result["tracks"] if t["delegate"]] == ["lin-manuel-miranda"]


def test_a_stranger_talks() -> None:
    clip = DATA / "video" / "talking_head.mp4"
    result = measure_door.measure(
        str(clip), DATA / "clip_gallery", detector=Hog(80), looks=3, fpir=0.01, reference=False
    )
    assert [t["decision"] for t in result["tracks"]] == ["unknown"]


def test_sixty_delegates_and_strangers() -> None:
    faces = DATA / "faces"
    result = measure_identify.measure(faces / "gallery", faces / "probes", faces / "strangers", frames=3, fpir=0.01)
    assert (result["fpir"], result["misidentified"]) == (0, 0)
    assert result["tpir"] > 0.97
