"""What a name waits for, mode by mode."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.face import Box
from appliance.face.liveness_challenge import Side
from appliance.services.proof import HOLD_SECONDS, Proof, Result
from appliance.values import Liveness

GREY = np.full((240, 320, 3), 90, np.uint8)
"""Nothing in it can be followed: nothing speaks for or against a picture."""


def seen(proof: Proof, until: float, *, named_from: float, turn: float = 0.0) -> Result:
    for n in range(round(until * 10) + 1):
        proof.see(GREY, Box(100, 60, 90, 90), turn, n / 10, named=n / 10 >= named_from - 1e-6)
    return proof.result


def test_off_nothing_is_waited_for():
    proof = Proof(Liveness.OFF, Side.LEFT)
    assert proof.result is Result.PERSON
    assert seen(proof, 0.5, named_from=0.5) is Result.PERSON


@pytest.mark.parametrize(("until", "result"), [(HOLD_SECONDS, Result.WAITING), (0.3 + HOLD_SECONDS, Result.PERSON)])
def test_passive_a_name_waits_a_moment_and_who_stands_still_gets_it(until: float, result: Result):
    assert seen(Proof(Liveness.PASSIVE, Side.LEFT), until, named_from=0.3) is result


def test_passive_nobody_is_sure_before_a_name_is_there():
    assert seen(Proof(Liveness.PASSIVE, Side.LEFT), 3.0, named_from=9.0) is Result.WAITING


def test_challenge_who_looks_straight_on_is_asked_and_late_in_the_end():
    proof = Proof(Liveness.CHALLENGE, Side.RIGHT)
    assert seen(proof, 1.0, named_from=0.3) is Result.WAITING
    assert proof.asks is Side.RIGHT
    assert seen(proof, 8.0, named_from=0.3) is Result.PICTURE
