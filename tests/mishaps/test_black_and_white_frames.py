"""The picture is black, white or noise: a covered lens, a lamp in the lens, a broken sensor. Nobody is described."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from appliance.camera import Image
from appliance.camera.framing import framed
from appliance.events import CheckedIn, FaceNotIdentified
from appliance.face.hog import Hog
from tests.worlds.doorway import Doorway

SHAPE = (240, 320, 3)
PICTURES = {
    "black": np.zeros(SHAPE, np.uint8),
    "white": np.full(SHAPE, 255, np.uint8),
    "noise": np.random.default_rng(1).integers(0, 256, SHAPE, np.uint8),
    "stripes": np.tile(np.repeat([0, 255], 8).astype(np.uint8)[None, :, None], (240, 20, 3)),
}


@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES.keys())
def test_no_face_is_found_in_it(picture: Image) -> None:
    assert Hog(80).find(framed(picture, 0, 0.0)) == []


@pytest.mark.parametrize(("light", "code"), [(0, "dark"), (255, "bright")])
def test_a_face_of_which_nothing_can_be_seen_is_told_so_and_not_described(
    tmp_path: Path, light: int, code: str
) -> None:
    world = Doorway(tmp_path, ["an"])
    world.convene()
    world.corridor.light = light
    world.corridor.stand("an")
    world.steps(30)
    assert world.message() == code
    assert world.corridor.described == 0
    assert world.facts(CheckedIn) == []
    assert world.facts(FaceNotIdentified) == [], "nobody was looked at: nobody is counted"
    world.close()


def test_a_delegate_over_whom_the_light_goes_out_keeps_no_name_that_nobody_can_check(tmp_path: Path) -> None:
    world = Doorway(tmp_path, ["an"])
    world.convene()
    world.corridor.stand("an")
    world.steps(8)
    world.corridor.light = 0
    world.steps(10)
    world.corridor.leave("an")
    world.corridor.stand("xa-la")
    world.corridor.light = 90
    world.steps(1)
    assert world.ask("frame")["result"]["faces"][0]["name"] is None
    world.close()
