"""Counting a closed ballot, its verdict, and the chair's word on a tie."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance import ballot, tally
from appliance.ballot import Ballot
from appliance.events import (
    TieDecided,
)
from appliance.rules import Outcome
from appliance.values import Choice, Voting
from tests import assembly
from tests.council import CLOSED, IDS, after, begun, code, counted


def test_the_verdict_is_the_rule_over_the_tally_with_the_chairs_own_vote():
    votes = [assembly.vote(d, Choice.FOR if n < 10 else Choice.AGAINST) for n, d in enumerate(IDS[:20])]
    made = ballot.begin(assembly.opened(IDS[:20], IDS[:20]), assembly.at(0))
    assert tally.verdict(after(made, *votes, CLOSED)).outcome is Outcome.CARRIED  # dv-01 voted for
    without = ballot.begin(assembly.opened(IDS[:20], IDS[:20], chair=""), assembly.at(0))
    assert tally.verdict(after(without, *votes, CLOSED)).outcome is Outcome.TIED


PRESSES = st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(list(Choice))), max_size=60)


@given(PRESSES, st.integers(0, 60))
def test_the_tally_adds_up_and_counts_the_last_press_of_those_present(presses: list[tuple[str, Choice]], late: int):
    cut = min(late, len(presses))
    facts = [assembly.vote(d, c) for d, c in presses]
    made = after(begun(), *facts[:cut], CLOSED, *facts[cut:])
    counts = tally.tally(made)
    assert counts.electorate == 21
    assert counts.absent == 6
    last = {d: c for d, c in presses[:cut] if d in IDS[:15]}
    assert [counts.for_, counts.against, counts.abstain] == [list(last.values()).count(c) for c in Choice]
    assert counts.not_cast == 15 - len(last)


# Ties ----------------------------------------------------------------------------------------------------------------


def tied(chair: str = "dv-01") -> Ballot:
    """8 for, 8 against, 4 abstentions of 20; the chair is for."""
    made = ballot.begin(assembly.opened(IDS[:20], IDS[:20], chair=chair), assembly.at(0))
    sides = [Choice.FOR] * 8 + [Choice.AGAINST] * 8 + [Choice.ABSTAIN] * 4
    return after(made, *(assembly.vote(d, c) for d, c in zip(IDS[:20], sides, strict=True)), CLOSED)


def test_a_tie_with_abstentions_goes_to_the_chair_with_both_readings():
    verdict = tally.verdict(tied())
    assert verdict.outcome is Outcome.TIED
    assert {r.id: r.outcome for r in verdict.readings} == {
        "tie-clause-for": Outcome.CARRIED,
        "majority-clause": Outcome.LOST,
    }


@pytest.mark.parametrize(("reading", "outcome"), [("tie-clause-for", "carried"), ("majority-clause", "lost")])
def test_what_the_chair_chose_decides_and_both_readings_stay(reading: str, outcome: str):
    fact = tally.decide_tie(tied(), reading, by="dv-01", reason="")
    assert isinstance(fact, TieDecided)
    verdict = tally.verdict(after(tied(), fact))
    assert verdict.outcome == outcome
    assert len(verdict.readings) == 2
    assert code(tally.decide_tie(after(tied(), fact), reading, by="dv-01", reason="")) == "tie-decided"


def test_the_chair_cannot_choose_what_the_rule_does_not_leave_open():
    assert code(tally.decide_tie(tied(), "tie-clause-against", by="dv-01", reason="")) == "no-reading"
    assert code(tally.decide_tie(after(begun(), CLOSED), "majority-clause", by="dv-01", reason="")) == "no-reading"
    assert code(tally.decide_tie(begun(), "majority-clause", by="dv-01", reason="")) == "no-result"


def test_in_a_secret_tie_nobody_knows_the_chairs_side():
    votes = [Choice.FOR] * 3 + [Choice.AGAINST] * 3
    opened = assembly.opened(IDS[:6], IDS[:6]).model_copy(update={"method": Voting.SECRET})
    made = after(ballot.begin(opened, assembly.at(0)), CLOSED, counted(*votes))
    assert [r.id for r in tally.verdict(made).readings] == ["tie-clause-for", "tie-clause-against"]
