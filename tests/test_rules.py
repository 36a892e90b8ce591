"""Quorum, threshold, tie: against a table written out by hand from the law's words, not from the code."""

from __future__ import annotations

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
    return rules.verdict(rule, majority, tally, chair, chair_is_known=True)


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
        # N = 20, everybody took a side: the Chairman's side
        (counted(10, 10), Choice.FOR, Outcome.CARRIED),
        (counted(10, 10), Choice.AGAINST, Outcome.LOST),
        (counted(10, 10), None, Outcome.TIED),
        # ten of twenty are not more than half, and no tie
        (counted(10, 9, 1), Choice.FOR, Outcome.LOST),
        (counted(10, 0, absent=10), Choice.FOR, Outcome.LOST),
        # 8–8–4 of 20: tie clause, or "more than half of all" failed
        (counted(8, 8, 4), Choice.FOR, Outcome.TIED),
        (counted(8, 8, 4), Choice.AGAINST, Outcome.LOST),  # both readings say so
        (counted(8, 8, 4), Choice.ABSTAIN, Outcome.TIED),
        (counted(8, 8, absent=4), None, Outcome.TIED),  # the chair is absent
        (counted(8, 8, not_cast=4), None, Outcome.TIED),
        (counted(1, 1, 18), Choice.FOR, Outcome.TIED),
    ],
)
def test_verdicts(tally: Tally, chair: Choice | None, outcome: Outcome):
    assert decided(tally, chair).outcome is outcome


def test_both_readings_of_an_undecided_tie_are_given_and_of_nothing_else():
    tied = decided(counted(8, 8, 4), Choice.FOR)
    assert [(r.id, r.outcome) for r in tied.readings] == [
        ("tie-clause-for", Outcome.CARRIED),
        ("majority-clause", Outcome.LOST),
    ]
    for tally, chair in ((counted(10, 10), Choice.FOR), (counted(8, 8, 4), Choice.AGAINST), (counted(7, 6), None)):
        assert decided(tally, chair).readings == ()


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


@given(VOTES, VOTES, VOTES, VOTES, VOTES, st.sampled_from([None, *Choice]))
def test_the_chair_decides_nothing_but_a_tie(  # one vote of one member otherwise, in every council
    for_: int, against: int, abstain: int, not_cast: int, absent: int, chair: Choice | None
):
    tally = counted(for_, against, abstain, not_cast, absent)
    verdict = decided(tally, chair)
    if for_ != against or for_ == 0:
        assert verdict == decided(tally, None)
        assert (verdict.outcome is Outcome.CARRIED) == (2 * for_ > tally.electorate)
    assert bool(verdict.readings) == (verdict.outcome is Outcome.TIED)
    assert set(verdict.sentence) == {"vi", "en"}
    for sentence in verdict.sentence.values():
        assert str(UBND.needed("ordinary", tally.electorate, tally.present)) in sentence


@given(VOTES, VOTES, VOTES, VOTES, VOTES, st.sampled_from([None, *Choice]))
def test_one_more_vote_for_never_makes_it_worse(
    for_: int, against: int, abstain: int, not_cast: int, absent: int, chair: Choice | None
):
    before = decided(counted(for_, against, abstain, not_cast + 1, absent), chair)
    after = decided(counted(for_ + 1, against, abstain, not_cast, absent), chair)
    order = [Outcome.LOST, Outcome.TIED, Outcome.CARRIED]
    if before.outcome is not Outcome.TIED:  # one more vote for ends a tie; without the threshold it is lost
        assert order.index(after.outcome) >= order.index(before.outcome)


# Where nobody may know the chair's side ------------------------------------------------------------------------------


def hidden(tally: Tally) -> Verdict:
    """A secret ballot, or a show of hands."""
    return rules.verdict(UBND, "ordinary", tally, None, chair_is_known=False)


def test_a_secret_tie_of_everybody_goes_to_the_chair():
    assert [r.id for r in hidden(counted(10, 10)).readings] == ["tie-clause-for", "tie-clause-against"]


def test_a_secret_tie_with_abstentions_has_a_third_reading():
    readings = hidden(counted(8, 8, 4)).readings
    assert [(r.id, r.outcome) for r in readings] == [
        ("tie-clause-for", Outcome.CARRIED),
        ("tie-clause-against", Outcome.LOST),
        ("majority-clause", Outcome.LOST),
    ]


def test_a_side_that_may_not_be_known_decides_nothing():
    verdict = rules.verdict(UBND, "ordinary", counted(10, 10), Choice.FOR, chair_is_known=False)
    assert verdict == hidden(counted(10, 10))


def test_each_reading_can_be_read_out_with_its_numbers_and_article():
    for reading in hidden(counted(8, 8, 4)).readings:
        assert "8/20 tán thành, cần 11" in reading.sentence["vi"]
        assert "Điều 117" in reading.sentence["vi"]
        assert all(sentence.endswith(".") for sentence in reading.sentence.values())
    assert "chưa đạt quá nửa tổng số thành viên" in hidden(counted(8, 8, 4)).readings[2].sentence["vi"]


def test_what_the_chair_stated_is_said_to_be_stated():
    tally = counted(8, 8, 4)
    reading = decided(tally, Choice.FOR).readings[0]
    verdict = rules.ruled(UBND, "ordinary", tally, reading)
    assert (verdict.outcome, verdict.readings) == (Outcome.CARRIED, ())
    assert verdict.sentence["vi"].startswith("Được thông qua: 8/20 tán thành, cần 11")
    assert verdict.sentence["vi"].endswith("; chủ tọa đã xác định cách áp dụng này.")
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
    assert decided(tally, None, SIMPLE).outcome is outcome


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


RULES = st.sampled_from([(rule, name) for rule in rules.PRESETS.values() for name in rule.majorities])


@given(RULES, VOTES, VOTES, VOTES, VOTES, VOTES, st.sampled_from([None, *Choice]), st.booleans())
def test_whatever_the_rule_nothing_is_carried_below_its_share_and_readings_come_with_a_tie_alone(
    chosen: tuple[rules.Rule, str],
    for_: int,
    against: int,
    abstain: int,
    not_cast: int,
    absent: int,
    chair: Choice | None,
    known: bool,
):
    (rule, majority), tally = chosen, counted(for_, against, abstain, not_cast, absent)
    verdict = rules.verdict(rule, majority, tally, chair, chair_is_known=known)
    share = rule.majorities[majority].share
    whole = {"all": tally.electorate, "present": tally.present, "cast": tally.cast}[share.base]
    reached = (
        share.denominator * for_ > share.numerator * whole
        if share.strict
        else share.denominator * for_ >= share.numerator * whole
    )
    if verdict.outcome is Outcome.CARRIED and not reached:
        assert rule is UBND
        assert (for_, known, chair) == (against, True, Choice.FOR), "the chair's side, and nothing else"
    assert reached is False or for_ == 0 or verdict.outcome is Outcome.CARRIED
    assert bool(verdict.readings) == (verdict.outcome is Outcome.TIED)
    for sentence in verdict.sentence.values():
        assert rule.majorities[majority].citation.article in sentence
        assert sentence.endswith(".")


def test_an_unknown_preset_is_refused_with_those_that_exist():
    assert rules.preset("ubnd") is UBND
    with pytest.raises(ConfigurationError, match=r"'simpel' does not exist; known: .*ubnd"):
        rules.preset("simpel")


def test_an_unknown_majority_is_refused_with_those_that_the_rule_has():
    assert rules.majority(HDND, "two-thirds").name == "two-thirds"
    with pytest.raises(ConfigurationError, match=r"'ubnd' has no majority 'two-thirds'; known: ordinary"):
        rules.majority(UBND, "two-thirds")
