"""Drawn people: the same from the same seed, found by a detector, apart for the descriptor."""

import subprocess
import sys
from hashlib import sha256

import numpy as np
import pytest

from appliance.demo.portrait import COUNCIL, STRANGERS, Expression, Light, Person, draw
from appliance.demo.surface import turn
from appliance.demo.vetting import PROBES, Faces

SAMPLE = COUNCIL[::9]


@pytest.fixture(scope="module")
def faces() -> Faces:
    pytest.importorskip("dlib")
    return Faces()


@pytest.fixture(scope="module")
def templates(faces: Faces) -> dict[int, np.ndarray]:
    return {seed: faces.template(Person.from_seed(seed)) for seed in (*SAMPLE, *STRANGERS[:1])}


def test_a_seed_is_one_person_for_ever() -> None:
    assert Person.from_seed(7) == Person.from_seed(7)
    assert Person.from_seed(7) != Person.from_seed(8)


def test_the_same_seed_gives_the_same_bytes_in_another_process() -> None:
    program = (
        "from hashlib import sha256; from appliance.demo.portrait import Person, draw;"
        "print(sha256(draw(Person.from_seed(41), size=200, yaw=9, pitch=-4, roll=3).rgb.tobytes()).hexdigest())"
    )
    there = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()
    here = draw(Person.from_seed(41), size=200, yaw=9, pitch=-4, roll=3)
    assert sha256(here.rgb.tobytes()).hexdigest() == there


@pytest.mark.parametrize("size", [64, 201, 480])
def test_shape_and_kind(size: int) -> None:
    seen = draw(Person.from_seed(3), size=size, yaw=20, pitch=10, roll=-5)
    assert (*seen.rgb.shape, str(seen.rgb.dtype)) == (size, size, 3, "uint8")
    assert (*seen.alpha.shape, str(seen.alpha.dtype)) == (size, size, "uint8")
    assert seen.alpha[0].max() == 0, "air above the head"
    assert seen.alpha[size // 2, size // 2] == 255
    assert seen.alpha[-1, size // 2] == 255, "the body reaches the lower edge"


def test_turn_light_and_lids_change_the_picture() -> None:
    person = Person.from_seed(3)
    calm = draw(person, size=240).rgb.astype(int)
    for other in (
        draw(person, size=240, yaw=15),
        draw(person, size=240, pitch=10),
        draw(person, size=240, light=Light(azimuth=60)),
        draw(person, size=240, expression=Expression(blink=1)),
        draw(person, size=240, expression=Expression(smile=1)),
    ):
        assert np.abs(other.rgb - calm).max() > 40


def test_yaw_turns_the_nose_to_the_right_and_pitch_raises_it() -> None:
    nose = np.array([0, 0, 1])
    assert (turn(20, 0) @ nose)[0] > 0.3
    assert (turn(0, 10) @ nose)[1] < -0.1


def test_council_and_strangers_are_different_people() -> None:
    assert len(COUNCIL) >= 30
    assert len(STRANGERS) >= 8
    assert len({*COUNCIL, *STRANGERS}) == len(COUNCIL) + len(STRANGERS)


def test_every_pose_is_found_and_near_its_template(faces: Faces, templates: dict[int, np.ndarray]) -> None:
    for seed in SAMPLE[:3]:
        seen = faces.look(Person.from_seed(seed), PROBES)
        assert seen is not None, f"seed {seed} is not found in some pose"
        distances = np.linalg.norm(seen - templates[seed], axis=1)
        assert np.median(distances) < 0.26
        assert distances.max() < 0.35
        assert distances[-2:].max() < 0.22, "the face looks at the door"


def test_people_are_apart(templates: dict[int, np.ndarray]) -> None:
    points = np.array(list(templates.values()))
    distances = np.linalg.norm(points[:, None] - points[None], axis=2)[np.triu_indices(len(points), 1)]
    assert distances.min() > 0.42
