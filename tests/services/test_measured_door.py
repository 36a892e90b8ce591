"""`appliance bench identify`, `bench door` and `models`: the fields that comparisons rest on, on drawn people."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from appliance.calibration import interval
from appliance.camera import Image
from appliance.cli import bench_door, bench_identify, main
from appliance.demo import portrait
from appliance.identification import Enrolled
from appliance.services import measure_door
from appliance.services.crowd import crowd
from appliance.services.recogniser import Recogniser
from tests.worlds.doorway import Corridor, three_pictures
from tests.worlds.room import HandClock


def drawn(seed: int, yaw: float = 0) -> Image:
    picture = portrait.draw(portrait.Person.from_seed(seed), size=320, yaw=yaw)
    alpha = picture.alpha[..., None] / 255
    return cv2.cvtColor((picture.rgb * alpha + 150 * (1 - alpha)).astype(np.uint8), cv2.COLOR_RGB2BGR)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two enrolled, both probed with one more picture, one stranger; a picture without a face; and a clip."""
    root = tmp_path_factory.mktemp("pictures")
    one, other, stranger = portrait.COUNCIL[0], portrait.COUNCIL[1], portrait.STRANGERS[0]
    for folder, name, seed, yaw in (
        ("gallery", "an", one, 0),
        ("gallery", "binh", other, 0),
        ("probes", "an", one, 6),
        ("probes", "binh", other, -6),
        ("strangers", "la", stranger, 0),
    ):
        (root / folder / name).mkdir(parents=True)
        cv2.imwrite(str(root / folder / name / "1.png"), drawn(seed, yaw))
    cv2.imwrite(str(root / "strangers" / "la" / "2.png"), np.full((200, 200, 3), 150, np.uint8))
    (root / "clip").mkdir()
    for number in range(8):
        cv2.imwrite(str(root / "clip" / f"{number}.png"), drawn(one, number))
    return root


def measured(module: Any, words: list[str], capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    parser = argparse.ArgumentParser()
    module.configure(parser)
    assert module.run(parser.parse_args([*words, "--detector", "hog", "--json"])) == 0
    return dict(json.loads(capsys.readouterr().out))


def test_identify(pictures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [word for name in ("gallery", "probes", "strangers") for word in (f"--{name}", str(pictures / name))]
    result = measured(bench_identify, words, capsys)
    assert (result["gallery_identities"], result["probes"], result["strangers"]) == (2, 2, 1)
    assert (result["fpir"], result["tpir"], result["misidentified"], result["ambiguous"]) == (0, 1, 0, 0)
    assert result["failure_to_acquire"] == 1
    assert result["fpir_target"] == 0.01
    assert result["fpir_interval"] == [0.0, pytest.approx(0.793, abs=0.001)]
    assert {"threshold", "cpu_ms_per_face", "model"} <= result.keys()


def test_identify_leaves_out_and_counts_who_has_too_few_pictures(
    pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [word for name in ("gallery", "probes", "strangers") for word in (f"--{name}", str(pictures / name))]
    result = measured(bench_identify, [*words, "--frames", "2"], capsys)
    assert (result["probes"], result["strangers"], result["too_few_frames"]) == (0, 0, 3)
    assert (result["fpir"], result["tpir"]) == (None, None)


def test_door(pictures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = measured(bench_door, [str(pictures / "clip"), "--gallery", str(pictures / "gallery")], capsys)
    assert (result["frames"], result["dropped"], result["enrolled"], result["made_up"]) == (8, 0, 2, 0)
    (track,) = result["tracks"]
    assert (track["first_frame"], track["decision"], track["delegate"]) == (0, "identified", "an")
    assert (track["usable_frame"], track["decided_frame"], track["described"]) == (0, 4, 3)
    assert 400 < result["ms_to_decision"] == result["ms_to_decision_p95"] < 1000
    assert 0 < result["cpu_ms_per_frame"] < result["reference_cpu_ms_per_frame"]
    assert result["reference_found"] == {"an": list(range(8))}


def test_the_gallery_is_filled_up_with_made_up_templates(pictures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [str(pictures / "clip"), "--gallery", str(pictures / "gallery"), "--enrolled", "60", "--no-reference"]
    result = measured(bench_door, words, capsys)
    assert (result["enrolled"], result["made_up"]) == (60, 58)
    assert [track["delegate"] for track in result["tracks"]] == ["an"]
    assert result["reference_cpu_ms_per_frame"] is None


def test_made_up_templates_are_as_far_apart_as_people() -> None:
    made = Enrolled(crowd(200, []))
    apart = made.distances(made.means)[np.triu_indices(200, 1)]
    assert (apart.mean(), apart.std()) == pytest.approx((0.52, 0.06), abs=0.02)
    within = [np.linalg.norm(t.images[0] - t.images[1]) for t in made.templates]
    assert np.mean(within) == pytest.approx(0.29, abs=0.02)
    assert np.linalg.norm(made.means, axis=1) == pytest.approx(1, abs=1e-5)


def test_what_is_left_out_at_its_own_pace_is_counted() -> None:
    """A network of a quarter of a second before a camera that does not wait."""
    corridor = Corridor(HandClock())
    corridor.live, corridor.describing = True, 0.25
    corridor.stand("an")
    recogniser = Recogniser(corridor, corridor, looks=3, fpir=0.01)
    recogniser.enrol([three_pictures("an")])
    frames = (frame for _ in range(10) if (frame := corridor.read()) is not None)
    done = measure_door.run(frames, recogniser)
    seen = list(done.times)
    assert done.dropped == seen[-1] - seen[0] + 1 - 10 > 0


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [(0, 0, 0, 1), (0, 100, 0, 0.0370), (1, 100, 0.0018, 0.0545), (50, 100, 0.4038, 0.5962)],
)
def test_wilsons_interval(hits: int, trials: int, low: float, high: float) -> None:
    assert interval(hits, trials) == pytest.approx((low, high), abs=1e-4)


def test_models_are_listed_and_checked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "check"]) == 0
    assert "embedder\tok" in capsys.readouterr().out
    assert main(["models", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert listed["embedder"]["licence"].startswith("CC0")
    assert "68" not in "".join(model["file"] for model in listed.values()), "excludes commercial use"
