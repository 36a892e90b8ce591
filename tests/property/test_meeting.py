"""Whatever people do, in whatever order, with the power cut in between: the service does what the model says.

The second half is a test of the test: planted bugs, each of which the machine must find.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from appliance import attendance, ballot, rules
from appliance.presets import Rule
from appliance.vault import passphrase
from appliance.vault.ballot_box import BallotBox
from tests.property.meeting_machine import MeetingMachine

EVERY_DAY = settings(max_examples=200, stateful_step_count=30, suppress_health_check=list(HealthCheck))
NIGHTLY = settings(EVERY_DAY, max_examples=10_000, stateful_step_count=50, derandomize=False)
HUNT = settings(EVERY_DAY, max_examples=400, phases=[Phase.generate])
"""Found is enough: nothing is made smaller."""


@pytest.fixture(autouse=True)
def _a_passphrase_that_is_quick_to_derive(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deriving it is made slow against whoever guesses; here it is typed a thousand times."""
    monkeypatch.setattr(passphrase, "MEMORY_KIB", 64)
    monkeypatch.setattr(passphrase, "TIME_COST", 1)


@pytest.mark.timeout(900)  # twenty seconds on a machine of its own, minutes on one that is shared
def test_the_service_does_what_the_model_says():
    run_state_machine_as_test(MeetingMachine, settings=EVERY_DAY)


@pytest.mark.nightly
@pytest.mark.timeout(7200)
def test_the_service_does_what_the_model_says_all_night():
    run_state_machine_as_test(MeetingMachine, settings=NIGHTLY)


# Planted bugs --------------------------------------------------------------------------------------------------------


def votes_while_it_rests(patch: pytest.MonkeyPatch) -> None:
    """Hold is only a word."""
    patch.setattr(ballot.Ballot, "is_held", False)


def whoever_comes_later_votes(patch: pytest.MonkeyPatch) -> None:
    """Nobody asks who was there when the ballot opened."""
    hindrance = ballot.hindrance

    def forgiving(one: Any, roll: Any, delegate: str) -> Any:
        refusal = hindrance(one, roll, delegate)
        return None if refusal is not None and refusal.code == "not-present-at-opening" else refusal

    patch.setattr(ballot, "hindrance", forgiving)


def the_first_press_wins(patch: pytest.MonkeyPatch) -> None:
    """A correction is lost."""
    vote = ballot._vote

    def stubborn(one: Any, event: Any) -> Any:
        after = vote(one, event)
        return replace(after, votes={**after.votes, **one.votes})

    patch.setattr(ballot, "_vote", stubborn)


def half_is_a_quorum(patch: pytest.MonkeyPatch) -> None:
    """Half of the members, not two thirds."""
    patch.setattr(Rule, "quorum_of", lambda _rule, total: (total + 1) // 2)


def a_power_cut_empties_the_box(patch: pytest.MonkeyPatch) -> None:
    """Only the last segment of a box is counted."""
    segments = BallotBox._segments
    patch.setattr(BallotBox, "_segments", lambda box: segments(box)[-1:])


def whoever_left_still_votes(patch: pytest.MonkeyPatch) -> None:
    """Leaving is noted and changes nothing."""
    patch.setattr(attendance, "_leave", lambda roll, _delegate, _at: roll)


def abstaining_is_not_pressing(patch: pytest.MonkeyPatch) -> None:
    """Two of the three states become one."""
    counts = rules.Tally
    patch.setattr(
        "appliance.tally.Tally",
        lambda **c: counts(**{**c, "abstain": 0, "not_cast": c["not_cast"] + c["abstain"]}),
    )


BUGS = (
    votes_while_it_rests,
    whoever_comes_later_votes,
    the_first_press_wins,
    half_is_a_quorum,
    a_power_cut_empties_the_box,
    whoever_left_still_votes,
    abstaining_is_not_pressing,
)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_a_planted_bug_is_found(bug: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch):
    bug(monkeypatch)
    with pytest.raises((AssertionError, ValueError)):  # it differs from the model, or it crashes
        run_state_machine_as_test(MeetingMachine, settings=HUNT)
