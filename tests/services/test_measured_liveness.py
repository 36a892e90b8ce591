"""`appliance bench liveness` in a short form: drawn portraits as texture, a drawn head, few frames."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from appliance.cli import main
from appliance.demo.person import Person
from appliance.demo.portrait import COUNCIL, draw
from appliance.demo.walk import Arrival, Walk
from appliance.face import Box
from appliance.face.hog import Hog
from appliance.services.measure_liveness import measure
from appliance.services.species import HEAD, SPECIES, presentation
from appliance.values import Liveness

FRAMES = 12


@pytest.fixture(scope="module")
def portraits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture without a face, and one portrait."""
    folder = tmp_path_factory.mktemp("portraits")
    drawn = draw(Person.from_seed(COUNCIL[0]), size=300)
    share = drawn.alpha[..., None] / 255
    picture = (drawn.rgb * share + 150 * (1 - share)).astype(np.uint8)
    for name, image in (("b", picture), ("a", np.full((300, 300, 3), 90, np.uint8))):
        (folder / name).mkdir()
        cv2.imwrite(str(folder / name / "1.png"), cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    return folder


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A drawn person who walks up to the door: one presentation."""
    folder = tmp_path_factory.mktemp("clip")
    walk = Walk([Arrival(Person.from_seed(COUNCIL[1]), at=0, approach=0.8, stand=1.8, reach=150)], size=(480, 300))
    for n in range(26):
        cv2.imwrite(str(folder / f"{n:02}.png"), cv2.cvtColor(walk.frame(n), cv2.COLOR_RGB2BGR))
    return str(folder)


def test_every_species_is_counted_and_nothing_is_claimed_that_was_not_measured(
    portraits: Path, clip: str, capsys: pytest.CaptureFixture[str]
):
    words = ["bench", "liveness", "--portraits", str(portraits), "--bona-fide", clip, "--presentations", "1"]
    assert main([*words, "--frames", str(FRAMES), "--detector", "hog", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["mode"], told["portraits"], told["portraits_without_a_face"]) == ("passive", 1, 1)
    assert list(told["species"]) == list(SPECIES)
    for account in told["species"].values():
        assert account["presentations"] + account["non_response"] == 1
        low, high = account["interval"]
        assert low <= (account["apcer"] or 0) <= high
        assert high > 0.7  # one presentation proves little, and the interval says so
    assert told["bona_fide"] == told["clips"][clip]["presentations"] == 1
    assert told["synthetic_heads"]["presentations"] + told["synthetic_heads"]["non_response"] == 1
    assert told["cpu_ms_per_frame"] > 0


def test_without_a_clip_there_is_no_video_to_show_and_no_bpcer(portraits: Path):
    told = measure(portraits, [], detector=Hog(70), presentations=1, frames=1)
    assert told["species"]["phone_video"]["apcer"] is None
    assert told["bpcer"] is None
    assert told["bpcer_interval"] == [0.0, 1.0]


def test_a_picture_does_not_answer_a_challenge(portraits: Path):
    told = measure(portraits, [], detector=Hog(70), mode=Liveness.CHALLENGE, presentations=1, frames=FRAMES)
    stills = [account for kind, account in told["species"].items() if kind != "phone_video"]
    assert [account["apcer"] for account in stills] == [0.0] * 4
    assert told["synthetic_heads"] is None


def test_the_same_seed_is_the_same_presentation():
    portrait = np.random.default_rng(1).integers(0, 255, (200, 200, 3)).astype(np.uint8)
    for kind in (*SPECIES, HEAD):
        one, other = (
            [shot.image for shot in presentation(kind, [portrait], Box(60, 60, 80, 80), [4], frames=2)]
            for _ in range(2)
        )
        assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
        assert not np.array_equal(one[0], one[1])
