"""`bench identify` in its short form, on drawn people: the agreed fields, the shares, who is left out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from appliance.cli import main
from appliance.services import measure_identify
from tests.face.test_faces import scene

YAWS = (-8.0, 0.0, 8.0, 4.0)


def draw(folder: Path, people: dict[str, int], yaws: tuple[float, ...]) -> Path:
    """`<identity>/<image>`, as the bench reads it."""
    for name, place in people.items():
        (folder / name).mkdir(parents=True)
        for number, yaw in enumerate(yaws):
            picture = scene(360, person=place, yaw=yaw)
            cv2.imwrite(str(folder / name / f"{number}.png"), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    return folder


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Four enrolled, met again; two strangers, one of whom shows no face in one picture; a cohort of two."""
    root = tmp_path_factory.mktemp("people")
    enrolled = {f"dv-{n}": n for n in range(4)}
    found = {
        "gallery": draw(root / "gallery", enrolled, YAWS[:2]),
        "probes": draw(root / "probes", enrolled, YAWS[2:3]),
        "strangers": draw(root / "strangers", {"la-1": 4, "la-2": 5}, YAWS[:1]),
        "cohort": draw(root / "cohort", {"ngoai-1": 6, "ngoai-2": 7}, YAWS[:1]),
    }
    cv2.imwrite(str(found["strangers"] / "la-1" / "9.png"), np.full((40, 40, 3), 150, np.uint8))
    return found


def bench(folders: dict[str, Path], capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, Any]:
    """What the command prints."""
    words = [f"--{name}={folders[name]}" for name in ("gallery", "probes", "strangers")]
    assert main(["bench", "identify", *words, "--detector", "hog", "--json", *more]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.fixture(autouse=True)
def _small_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cost of ten thousand is measured by the bench; here two hundred show that it is."""
    cost = measure_identify.search_cost
    monkeypatch.setattr(measure_identify, "search_cost", lambda count: cost(min(count, 200), searches=3))


def test_the_fields_agreed_and_the_shares(folders: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    found = bench(folders, capsys)
    assert (found["gallery_identities"], found["probes"], found["strangers"]) == (4, 4, 2)
    assert (found["failure_to_acquire"], found["fpir_target"], found["cohort"]) == (1, 0.01, 0)
    assert (found["tpir"], found["fpir"], found["misidentified"], found["ambiguous"]) == (1.0, 0.0, 0, 0)
    low, high = found["fpir_interval"]
    assert low == 0 < high < 1
    assert 0.2 < found["threshold"] < 0.45
    assert found["cpu_ms_per_face"] > 0
    assert len(found["model"]) == 64
    assert set(found["search_cpu_ms"]) == {"10", "10000"}


def test_joined_pictures_are_one_search_and_who_has_too_few_is_counted(
    folders: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    found = bench({**folders, "probes": folders["gallery"]}, capsys, "--frames", "2")
    assert (found["probes"], found["strangers"], found["too_few_frames"]) == (4, 0, 2)
    assert (found["tpir"], found["fpir"]) == (1.0, None)


def test_a_cohort_helps_to_set_the_threshold_and_is_searched_for_by_nobody(
    folders: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    alone, informed = bench(folders, capsys), bench(folders, capsys, "--cohort", str(folders["cohort"]))
    assert informed["cohort"] == 2
    assert informed["threshold"] != alone["threshold"]
    assert informed["gallery_estimate_interval"][1] < alone["gallery_estimate_interval"][1]
    assert (informed["probes"], informed["strangers"]) == (4, 2)
