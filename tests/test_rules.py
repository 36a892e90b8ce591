"""Quorum, threshold, tie: against a table written out by hand from the law's words, not from the code."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance import rules
from appliance.errors import ConfigurationError
from appliance.presets import BOARD, HDND, SIMPLE, UBND
from appliance.rules import Outcome, Tally, Verdict
from appliance.values import Choice


def decided(tally: Tally, chair: Choice | None, rule: rules.Rule = UBND, majority: str = "ordinary") -> Verdict:
    """The verdict where the chair's side is known."""
    return rules.verdict(rule, majority, tally, chair)


def counted(for_: int, against: int, abstain: int = 0, not_cast: int = 0, absent: int = 0) -> Tally:
    return Tally(for_=for_, against=against, abstain=abstain, not_cast=not_cast, absent=absent)


@pytest.mark.parametrize(
    ("tally", "chair", "outcome"),
    [
        # N = 21: 11 are needed of all, whoever is there. "At least half of the votes cast" would carry the first four.
        (counted(7, 6, 1, absent=7), Choice.FOR, Outcome.LOST),
        (counted(7, 0, 7, absent=7), Choice.FOR, Outcome.LOST),
        (counted(10, 0, 0, not_cast=4, absent=7), Choice.FOR, Outcome.LOST),
        (counted(10, 4, absent=7), Choice.FOR, Outcome.LOST),
        (counted(10, 11), Choice.FOR, Outcome.LOST),
        (counted(11, 10), Choice.AGAINST, Outcome.CARRIED),
        (counted(11, 3, absent=7), Choice.AGAINST, Outcome.CARRIED),
        (counted(21, 0), Choice.FOR, Outcome.CARRIED),
        (counted(0, 21), Choice.AGAINST, Outcome.LOST),
        (counted(0, 0, 14, absent=7), Choice.ABSTAIN, Outcome.LOST),
        (counted(0, 0, not_cast=14, absent=7), None, Outcome.LOST),
        # ten of twenty are not more than half, and no tie
        (counted(10, 9, 1), Choice.FOR, Outcome.LOST),
        (counted(10, 0, absent=10), Choice.FOR, Outcome.LOST),
    ],
)
def test_verdicts(tally: Tally, chair: Choice | None, outcome: Outcome):
    assert decided(tally, chair).outcome is outcome


EVERYBODY, ABSTAINED = counted(10, 10), counted(8, 8, 4)
SILENT, ABSENT = counted(8, 8, not_cast=4), counted(8, 8, absent=4)
BY_TIE_CLAUSE = ["tie-clause-for", "tie-clause-against"]
IF_CHAIR_FOR = ["tie-clause-for", "majority-clause"]
ALL_THREE = [*BY_TIE_CLAUSE, "majority-clause"]

# Who took no side: the counts of 20, the chair's side, whether it may be known → outcome, readings
TIES: dict[str, tuple[Tally, Choice | None, bool, Outcome, list[str]]] = {
    "nobody, chair for": (EVERYBODY, Choice.FOR, True, Outcome.CARRIED, []),
    "nobody, chair against": (EVERYBODY, Choice.AGAINST, True, Outcome.LOST, []),
    "nobody, no chair": (EVERYBODY, None, True, Outcome.TIED, BY_TIE_CLAUSE),
    "nobody, chair hidden": (EVERYBODY, None, False, Outcome.TIED, BY_TIE_CLAUSE),
    "nobody, chair for but hidden": (EVERYBODY, Choice.FOR, False, Outcome.TIED, BY_TIE_CLAUSE),
    "nobody, chair against but hidden": (EVERYBODY, Choice.AGAINST, False, Outcome.TIED, BY_TIE_CLAUSE),
    "some abstained, chair for": (ABSTAINED, Choice.FOR, True, Outcome.TIED, IF_CHAIR_FOR),
    "some abstained, chair against": (ABSTAINED, Choice.AGAINST, True, Outcome.LOST, []),
    "some abstained, chair too": (ABSTAINED, Choice.ABSTAIN, True, Outcome.TIED, ALL_THREE),
    "some abstained, no chair": (ABSTAINED, None, True, Outcome.TIED, ALL_THREE),
    "some abstained, chair hidden": (ABSTAINED, None, False, Outcome.TIED, ALL_THREE),
    "some abstained, chair for but hidden": (ABSTAINED, Choice.FOR, False, Outcome.TIED, ALL_THREE),
    "some abstained, chair against but hidden": (ABSTAINED, Choice.AGAINST, False, Outcome.TIED, ALL_THREE),
    "some pressed nothing, chair for": (SILENT, Choice.FOR, True, Outcome.TIED, IF_CHAIR_FOR),
    "some pressed nothing, chair against": (SILENT, Choice.AGAINST, True, Outcome.LOST, []),
    "some pressed nothing, chair too": (SILENT, None, True, Outcome.TIED, ALL_THREE),
    "some pressed nothing, chair hidden": (SILENT, None, False, Outcome.TIED, ALL_THREE),
    "some absent, chair for": (ABSENT, Choice.FOR, True, Outcome.TIED, IF_CHAIR_FOR),
    "some absent, chair against": (ABSENT, Choice.AGAINST, True, Outcome.LOST, []),
    "some absent, chair too": (ABSENT, None, True, Outcome.TIED, ALL_THREE),
    "some absent, chair hidden": (ABSENT, None, False, Outcome.TIED, ALL_THREE),
    "all but two abstained, chair for": (counted(1, 1, 18), Choice.FOR, True, Outcome.TIED, IF_CHAIR_FOR),
    "all abstained: no tie": (counted(0, 0, 20), Choice.ABSTAIN, True, Outcome.LOST, []),
}


@pytest.mark.parametrize("tie", TIES.values(), ids=TIES)
def test_ties_of_a_peoples_committee(tie: tuple[Tally, Choice | None, bool, Outcome, list[str]]):
    tally, chair, known, outcome, readings = tie
    found = rules.verdict(UBND, "ordinary", tally, chair if known else None)
    assert (found.outcome, [r.id for r in found.readings]) == (outcome, readings)
    carried = {r.id for r in found.readings if r.outcome is Outcome.CARRIED}
    assert carried == {"tie-clause-for"} & set(readings), "every other reading is lost"
    assert Outcome.TIED not in {r.outcome for r in found.readings}


def test_the_sentence_says_the_numbers_and_the_article_in_both_languages():
    verdict = decided(counted(7, 6, 1, absent=7), Choice.FOR)
    assert verdict.sentence["vi"] == (
        "Không được thông qua: 7/21 tán thành, cần 11 "
        "(quá nửa tổng số thành viên, Luật 77/2015/QH13, Điều 117 khoản 3)."
    )
    assert verdict.sentence["en"].startswith(
        "Lost: 7 of 21 for, 11 needed (more than half of all members, Luật 77/2015"
    )


def test_the_sentence_of_a_tie_says_whose_side_or_that_the_chair_states_it():
    by_chair = decided(counted(10, 10), Choice.FOR).sentence
    assert "Chủ tịch" in by_chair["vi"]
    assert "the Chairman's side" in by_chair["en"]
    open_ = decided(counted(8, 8, 4), Choice.FOR).sentence
    assert "chủ tọa phải xác định" in open_["vi"]
    assert open_["en"].startswith("Not decided: 8 of 20 for, 11 needed")


VOTES = st.integers(0, 40)
TALLIES = st.builds(counted, VOTES, VOTES, VOTES, VOTES, VOTES) | st.builds(
    lambda side, others: counted(side, side, *others), VOTES, st.just((0, 0, 0)) | st.tuples(VOTES, VOTES, VOTES)
)
"""Any counts, half of them ties, half of these with nobody who took no side."""


@given(TALLIES, st.sampled_from([None, *Choice]))
def test_the_chair_decides_nothing_but_a_tie(tally: Tally, chair: Choice | None):
    verdict = decided(tally, chair)
    if tally.for_ != tally.against or tally.for_ == 0:
        assert verdict == decided(tally, None)
        assert (verdict.outcome is Outcome.CARRIED) == (2 * tally.for_ > tally.electorate)
    for sentence in verdict.sentence.values():
        assert str(UBND.needed("ordinary", tally.electorate, tally.present)) in sentence


# Where nobody may know the chair's side ------------------------------------------------------------------------------


def hidden(tally: Tally) -> Verdict:
    """A secret ballot, or a show of hands."""
    return rules.verdict(UBND, "ordinary", tally, None)


def test_each_reading_can_be_read_out_with_its_numbers_and_article():
    for reading in hidden(counted(8, 8, 4)).readings:
        assert "8/20 tán thành, cần 11" in reading.sentence["vi"]
        assert "Điều 117" in reading.sentence["vi"]
        assert all(sentence.endswith(".") for sentence in reading.sentence.values())
    by_chair, too, by_majority = (reading.sentence["vi"] for reading in hidden(counted(8, 8, 4)).readings)
    for sentence in (by_chair, too):
        assert sentence.endswith("theo ý kiến của Chủ tịch (Luật 77/2015/QH13, Điều 117 khoản 3).")
    assert by_majority.endswith("chưa đạt quá nửa tổng số thành viên.")


def test_what_the_chair_stated_is_said_to_be_stated():
    tally = counted(8, 8, 4)
    before = decided(tally, Choice.FOR)
    assert rules.ruled(before, "majority") is None
    verdict = rules.ruled(before, before.readings[0].id)
    assert verdict is not None
    assert (verdict.outcome, verdict.readings) == (Outcome.CARRIED, before.readings)
    assert verdict.sentence["vi"].startswith("Được thông qua: 8/20 tán thành, cần 11")
    assert verdict.sentence["vi"].endswith("khoản 3); chủ tọa đã xác định cách áp dụng này.")
    assert verdict.sentence["en"].endswith("; the chair stated that this reading applies.")


# Other bodies --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", [HDND, SIMPLE, BOARD], ids=lambda rule: rule.preset)
def test_without_a_tie_clause_a_tie_is_lost_whatever_the_chair_says(rule: rules.Rule):
    for chair in (None, *Choice):
        verdict = decided(counted(10, 10), chair, rule)
        assert (verdict.outcome, verdict.readings) == (Outcome.LOST, ())


@pytest.mark.parametrize(
    ("majority", "tally", "outcome"),
    [
        ("ordinary", counted(16, 14), Outcome.CARRIED),
        ("ordinary", counted(15, 0, absent=15), Outcome.LOST),  # of all, not of those there
        ("two-thirds", counted(20, 10), Outcome.CARRIED),
        ("two-thirds", counted(19, 0, absent=11), Outcome.LOST),
    ],
)
def test_a_peoples_council_decides_over_all_deputies(majority: str, tally: Tally, outcome: Outcome):
    assert decided(tally, None, HDND, majority).outcome is outcome


@pytest.mark.parametrize(
    ("tally", "outcome"),
    [
        (counted(2, 1, 10, absent=9), Outcome.CARRIED),
        (counted(1, 0, 20), Outcome.CARRIED),
        (counted(1, 1), Outcome.LOST),
        (counted(0, 0, 20), Outcome.LOST),  # more than half of nothing is not nothing
    ],
)
def test_votes_cast_are_those_for_and_against(tally: Tally, outcome: Outcome):
    verdict = decided(tally, None, SIMPLE)
    assert verdict.outcome is outcome
    assert f" {tally.for_}/{tally.for_ + tally.against} tán thành" in verdict.sentence["vi"]


@pytest.mark.parametrize(
    ("majority", "tally", "outcome"),
    [
        ("ordinary", counted(59, 31, absent=10), Outcome.CARRIED),  # 65 % of the 90 present are 58.5
        ("ordinary", counted(58, 32, absent=10), Outcome.LOST),
        ("special", counted(68, 22, absent=10), Outcome.CARRIED),  # 67.5
        ("special", counted(67, 23, absent=10), Outcome.LOST),
    ],
)
def test_shares_of_the_capital_present(majority: str, tally: Tally, outcome: Outcome):
    verdict = decided(tally, None, BOARD, majority)
    assert verdict.outcome is outcome
    assert "/90 phần vốn tán thành" in verdict.sentence["vi"]
    assert " of 90 by weight for" in verdict.sentence["en"]


def test_nobody_carries_a_question_where_nobody_is_present():
    verdict = decided(counted(0, 0, absent=100), None, BOARD)
    assert verdict.outcome is Outcome.LOST
    assert "0/0 phần vốn tán thành, cần 1" in verdict.sentence["vi"]


RULES = st.sampled_from([(rule, name) for rule in rules.PRESETS.values() for name in rule.majorities])


@given(RULES, TALLIES, st.sampled_from([None, *Choice]), st.booleans())
def test_whatever_the_rule_nothing_is_carried_below_its_share_and_readings_come_with_a_tie_alone(
    chosen: tuple[rules.Rule, str], tally: Tally, chair: Choice | None, known: bool
):
    (rule, majority), for_ = chosen, tally.for_
    verdict = rules.verdict(rule, majority, tally, chair if known else None)
    share = rule.majorities[majority].share
    whole = {"all": tally.electorate, "present": tally.present, "cast": tally.cast}[share.base]
    reached = (
        share.denominator * for_ > share.numerator * whole
        if share.strict
        else share.denominator * for_ >= share.numerator * whole
    )
    if verdict.outcome is Outcome.CARRIED and not reached:
        assert rule is UBND
        assert (for_, known, chair) == (tally.against, True, Choice.FOR), "the chair's side, and nothing else"
    assert reached is False or for_ == 0 or verdict.outcome is Outcome.CARRIED
    assert bool(verdict.readings) == (verdict.outcome is Outcome.TIED)


@given(
    RULES,
    TALLIES,
    st.sampled_from(["against", "abstain", "not_cast", "absent"]),
    st.sampled_from([None, *Choice]),
    st.booleans(),
)
def test_whatever_the_rule_one_who_turns_to_for_never_makes_it_worse(
    chosen: tuple[rules.Rule, str], tally: Tally, turned: str, chair: Choice | None, known: bool
):
    rule, majority = chosen
    before = replace(tally, **{turned: getattr(tally, turned) + 1})
    after = replace(tally, for_=tally.for_ + 1)
    was, becomes = (rules.verdict(rule, majority, votes, chair if known else None).outcome for votes in (before, after))
    if was is Outcome.CARRIED:  # one more may end a tie that the chair could have decided, and leave it short
        assert becomes is Outcome.CARRIED


@given(RULES, TALLIES, st.sampled_from([None, *Choice]), st.booleans())
def test_both_languages_state_the_same_outcome_and_the_same_figures(
    chosen: tuple[rules.Rule, str], tally: Tally, chair: Choice | None, known: bool
):
    rule, majority = chosen
    heads = {
        "Được thông qua": ("Carried", Outcome.CARRIED),
        "Không được thông qua": ("Lost", Outcome.LOST),
        "Chưa quyết định": ("Not decided", Outcome.TIED),
    }
    found = rules.verdict(rule, majority, tally, chair if known else None)
    sayings: list[Verdict | rules.Reading] = [found, *found.readings]
    sayings += [ruled for reading in found.readings if (ruled := rules.ruled(found, reading.id)) is not None]
    for said in sayings:
        vi, en = said.sentence["vi"], said.sentence["en"]
        assert heads[vi.split(":")[0]] == (en.split(":")[0], said.outcome)
        assert re.findall(r"[0-9]+", vi) == re.findall(r"[0-9]+", en)
        assert set(said.sentence) == {"vi", "en"}
        assert rule.majorities[majority].citation.article in vi
        assert rule.majorities[majority].citation.article in en
        assert vi.endswith(".")
        assert en.endswith(".")


def test_an_unknown_preset_is_refused_with_those_that_exist():
    assert rules.preset("ubnd") is UBND
    with pytest.raises(ConfigurationError, match=r"'simpel' does not exist; known: .*ubnd"):
        rules.preset("simpel")


def test_an_unknown_majority_is_refused_with_those_that_the_rule_has():
    assert rules.majority(HDND, "two-thirds").name == "two-thirds"
    with pytest.raises(ConfigurationError, match=r"'ubnd' has no majority 'two-thirds'; known: ordinary"):
        rules.majority(UBND, "two-thirds")
