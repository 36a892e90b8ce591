"""The second tally: its own answers written out by hand, and the same verdicts as `rules` for any counts."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance import rules
from appliance.values import Choice
from tests import second_tally

BALLOT = "ky-hop.noi-dung-1.1"
MEMBERS = ["dv-01", "dv-02", "dv-03", "dv-04", "dv-05"]


def fact(kind: str, **body: Any) -> dict[str, str]:
    """An entry of an export, as far as it is counted."""
    return {"kind": kind, "body": json.dumps(body)}


def opened(method: str = "open", preset: str = "ubnd", majority: str = "ordinary", **other: Any) -> dict[str, str]:
    """Five members, of whom four are there; the first presides."""
    body: dict[str, Any] = {"electorate": MEMBERS, "present": MEMBERS[:4], "weights": {}, "proxies": {}}
    body |= {"meeting": "ky-hop", "item": "noi-dung-1", "chair": "dv-01", "quorum": 4, "needed": 3}
    return fact("BallotOpened", ballot=BALLOT, method=method, preset=preset, majority=majority, **(body | other))


def vote(delegate: str, choice: str, kind: str = "VoteCast") -> dict[str, str]:
    return fact(kind, ballot=BALLOT, delegate=delegate, choice=choice)


def about(kind: str, **body: Any) -> dict[str, str]:
    return fact(kind, ballot=BALLOT, **body)


CLOSED = about("BallotClosed")


def told(*facts: dict[str, str]) -> dict[str, Any]:
    """The results of an export of these facts."""
    return dict(second_tally.results(json.dumps({"checkpoint": "", "events": list(facts)}).encode()))


def counts(for_: int, against: int, abstain: int, not_cast: int, absent: int) -> dict[str, int]:
    return {"for": for_, "against": against, "abstain": abstain, "not_cast": not_cast, "absent": absent}


def test_it_imports_nothing_of_the_appliance():
    tree = ast.parse(Path(second_tally.__file__).read_text("utf-8"))
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    modules |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert modules == {"__future__", "fractions", "itertools", "json", "math", "typing"}


def test_the_last_vote_of_those_present_before_the_close_counts():
    facts = [
        vote("dv-04", "against"),  # too early
        opened(),
        vote("dv-01", "against"),
        vote("dv-01", "for"),
        vote("dv-02", "for"),
        vote("dv-03", "for", kind="VoteEntered"),
        vote("dv-05", "against"),  # not there
        CLOSED,
        vote("dv-02", "against"),  # too late
    ]
    assert told(*facts) == {BALLOT: (counts(3, 0, 0, 1, 1), "carried")}


def test_no_vote_counts_while_the_ballot_rests():
    facts = [
        opened(),
        about("BallotHeld"),
        vote("dv-02", "for"),
        about("BallotResumed"),
        vote("dv-03", "abstain"),
        CLOSED,
    ]
    assert told(*facts) == {BALLOT: (counts(0, 0, 1, 3, 1), "lost")}


def test_what_is_open_uncounted_or_annulled_has_no_result():
    annulled = about("BallotAnnulled", reason="nhầm nội dung")
    assert told(opened(), vote("dv-01", "for")) == {}
    assert told(opened(), annulled) == {}
    assert told(opened("secret"), CLOSED) == {}
    assert told(opened("secret"), CLOSED, annulled) == {}
    assert told(opened("hands")) == {}
    assert told(opened(), CLOSED, annulled) == {BALLOT: (counts(0, 0, 0, 4, 1), "lost")}, "what has a result keeps it"


def test_a_secret_ballot_is_counted_from_its_list():
    listed = [{"tracker": "AAAAAAA2", "choice": "for"}, {"tracker": "BBBBBBB3", "choice": "against"}]
    box = about("SecretBallotCounted", took_part=["dv-01", "dv-02"], votes=listed)
    assert told(opened("secret"), CLOSED, box) == {BALLOT: (counts(1, 1, 0, 2, 1), "tied")}


def test_a_show_of_hands_is_its_counts():
    hands = about("HandsCounted", votes_for=3, votes_against=0, abstentions=1)
    assert told(opened("hands"), hands) == {BALLOT: (counts(3, 0, 1, 0, 1), "carried")}


# The chair is for, another against, two did not press, one is absent: both readings are open.
TIE = [opened(), vote("dv-01", "for"), vote("dv-02", "against"), CLOSED]


@pytest.mark.parametrize(
    ("reading", "outcome"), [("tie-clause-for", "carried"), ("majority-clause", "lost"), ("tie-clause-against", "lost")]
)
def test_a_tie_is_what_the_chair_stated(reading: str, outcome: str):
    assert told(*TIE) == {BALLOT: (counts(1, 1, 0, 2, 1), "tied")}
    assert told(*TIE, about("TieDecided", reading=reading)) == {BALLOT: (counts(1, 1, 0, 2, 1), outcome)}


def test_nobody_states_anything_about_what_was_no_tie():
    facts = [opened(), vote("dv-01", "for"), CLOSED, about("TieDecided", reading="tie-clause-for")]
    assert told(*facts)[BALLOT][1] == "lost"


def test_a_chair_who_was_not_there_has_no_side():
    away = opened(present=MEMBERS[1:], chair="dv-01")
    facts = [away, vote("dv-01", "against"), vote("dv-02", "for"), vote("dv-03", "against"), CLOSED]
    assert told(*facts) == {BALLOT: (counts(1, 1, 0, 2, 1), "tied")}


def test_weights_count_and_a_represented_member_has_the_holders_vote():
    weights = dict(zip(MEMBERS, [40, 25, 20, 5, 10], strict=True))
    board: dict[str, Any] = {"preset": "board", "weights": weights, "proxies": {"dv-02": "dv-03"}}
    facts = [vote("dv-03", "for"), vote("dv-02", "against"), vote("dv-04", "abstain"), CLOSED]
    # dv-03 votes for 20 of its own and 25 of dv-02; what dv-02 pressed itself is no vote; dv-01 pressed nothing.
    assert told(opened(**board), *facts) == {BALLOT: (counts(45, 0, 5, 40, 10), "lost")}
    # 65 of the 90 present: 58.5 are needed
    assert told(opened(**board), vote("dv-01", "for"), *facts) == {BALLOT: (counts(85, 0, 5, 0, 10), "carried")}


def test_a_slip_counts_silence_only_where_the_body_says_so():
    sent: dict[str, Any] = {"slip": "y-kien", "preset": "ubnd", "majority": "ordinary", "chair": "dv-01"}
    sent["members"] = [{"id": name} for name in MEMBERS]
    answered = [fact("SlipAnswered", slip="y-kien", delegate=who, choice="for") for who in ("dv-01", "dv-01", "dv-02")]
    closed = fact("SlipClosed", slip="y-kien")
    late = fact("SlipAnswered", slip="y-kien", delegate="dv-03", choice="for")
    for agrees, outcome in ((False, "lost"), (True, "carried")):
        facts = [fact("SlipSent", **sent, silence_agrees=agrees), *answered]
        assert told(*facts) == {}
        assert told(*facts, closed, late) == {"y-kien": (counts(2, 0, 0, 3, 0), outcome)}


VOTES = st.integers(0, 30)


@given(
    st.sampled_from(sorted(second_tally.MAJORITIES)),
    st.one_of(st.tuples(VOTES, VOTES), VOTES.map(lambda n: (n, n))),
    st.tuples(VOTES, VOTES, VOTES) | st.just((0, 0, 0)),
    st.sampled_from([None, *Choice]),
    st.booleans(),
)
def test_two_codes_make_the_same_of_any_counts(
    rule: tuple[str, str], sides: tuple[int, int], others: tuple[int, int, int], chair: Choice | None, named: bool
):
    ours = rules.verdict(rules.preset(rule[0]), rule[1], rules.Tally(*sides, *others), chair if named else None).outcome
    assert second_tally.by_the_rule(*rule, counts(*sides, *others), chair if named else None) == ours


def test_both_codes_know_the_same_majorities():
    assert set(second_tally.MAJORITIES) == {
        (name, one) for name, rule in rules.PRESETS.items() for one in rule.majorities
    }
