"""Quorum, threshold, tie: against a table written out by hand from the law's words, not from the code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance import rules
from appliance.errors import ConfigurationError
from appliance.rules import UBND, Outcome, Tally
from appliance.values import Choice

# N: (at least two thirds of all members, more than half of all members)
BY_HAND = {
    3: (2, 2), 4: (3, 3), 5: (4, 3), 6: (4, 4), 7: (5, 4), 8: (6, 5), 9: (6, 5), 10: (7, 6), 11: (8, 6), 12: (8, 7),
    13: (9, 7), 14: (10, 8), 15: (10, 8), 16: (11, 9), 17: (12, 9), 18: (12, 10), 19: (13, 10), 20: (14, 11),
    21: (14, 11), 22: (15, 12), 23: (16, 12), 24: (16, 13), 25: (17, 13), 26: (18, 14), 27: (18, 14), 28: (19, 15),
    29: (20, 15), 30: (20, 16), 31: (21, 16), 32: (22, 17), 33: (22, 17), 34: (23, 18), 35: (24, 18), 36: (24, 19),
    37: (25, 19), 38: (26, 20), 39: (26, 20), 40: (27, 21), 41: (28, 21), 42: (28, 22), 43: (29, 22), 44: (30, 23),
    45: (30, 23), 46: (31, 24), 47: (32, 24), 48: (32, 25), 49: (33, 25), 50: (34, 26), 51: (34, 26), 52: (35, 27),
    53: (36, 27), 54: (36, 28), 55: (37, 28), 56: (38, 29), 57: (38, 29), 58: (39, 30), 59: (40, 30), 60: (40, 31),
}  # fmt: skip


def test_the_table_has_every_council_from_3_to_60():
    assert list(BY_HAND) == list(range(3, 61))


@pytest.mark.parametrize(("members", "quorum", "needed"), [(n, *row) for n, row in BY_HAND.items()])
def test_quorum_and_threshold_of_ubnd(members: int, quorum: int, needed: int):
    assert (UBND.quorum(members), UBND.needed(members)) == (quorum, needed)


@given(st.integers(1, 10_000))
def test_quorum_is_two_thirds_and_the_threshold_more_than_half_and_neither_one_too_many(members: int):
    quorum, needed = UBND.quorum(members), UBND.needed(members)
    assert 3 * quorum >= 2 * members > 3 * (quorum - 1)
    assert 2 * needed > members >= 2 * (needed - 1)


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
    assert rules.verdict(UBND, tally, chair).outcome is outcome


def test_both_readings_of_an_undecided_tie_are_given_and_of_nothing_else():
    tied = rules.verdict(UBND, counted(8, 8, 4), Choice.FOR)
    assert tied.readings == (Outcome.CARRIED, Outcome.LOST)
    for tally, chair in ((counted(10, 10), Choice.FOR), (counted(8, 8, 4), Choice.AGAINST), (counted(7, 6), None)):
        assert rules.verdict(UBND, tally, chair).readings == ()


def test_the_sentence_says_the_numbers_and_the_article_in_both_languages():
    verdict = rules.verdict(UBND, counted(7, 6, 1, absent=7), Choice.FOR)
    assert verdict.sentence["vi"] == (
        "Không được thông qua: 7/21 tán thành, cần 11 "
        "(quá nửa tổng số thành viên, Luật 77/2015/QH13, Điều 117 khoản 3)."
    )
    assert verdict.sentence["en"].startswith(
        "Lost: 7 of 21 for, 11 needed (more than half of all members, Luật 77/2015"
    )


def test_the_sentence_of_a_tie_says_whose_side_or_that_the_chair_states_it():
    decided = rules.verdict(UBND, counted(10, 10), Choice.FOR).sentence
    assert "Chủ tịch" in decided["vi"]
    assert "the Chairman's side" in decided["en"]
    open_ = rules.verdict(UBND, counted(8, 8, 4), Choice.FOR).sentence
    assert "chủ tọa phải xác định" in open_["vi"]
    assert open_["en"].startswith("Not decided: 8 of 20 for, 11 needed")


VOTES = st.integers(0, 40)


@given(VOTES, VOTES, VOTES, VOTES, VOTES, st.sampled_from([None, *Choice]))
def test_the_chair_decides_nothing_but_a_tie(  # one vote of one member otherwise, in every council
    for_: int, against: int, abstain: int, not_cast: int, absent: int, chair: Choice | None
):
    tally = counted(for_, against, abstain, not_cast, absent)
    verdict = rules.verdict(UBND, tally, chair)
    if for_ != against or for_ == 0:
        assert verdict == rules.verdict(UBND, tally, None)
        assert (verdict.outcome is Outcome.CARRIED) == (2 * for_ > tally.electorate)
    assert bool(verdict.readings) == (verdict.outcome is Outcome.TIED)
    assert set(verdict.sentence) == {"vi", "en"}
    for sentence in verdict.sentence.values():
        assert str(UBND.needed(tally.electorate)) in sentence


@given(VOTES, VOTES, VOTES, VOTES, VOTES, st.sampled_from([None, *Choice]))
def test_one_more_vote_for_never_makes_it_worse(
    for_: int, against: int, abstain: int, not_cast: int, absent: int, chair: Choice | None
):
    before = rules.verdict(UBND, counted(for_, against, abstain, not_cast + 1, absent), chair)
    after = rules.verdict(UBND, counted(for_ + 1, against, abstain, not_cast, absent), chair)
    order = [Outcome.LOST, Outcome.TIED, Outcome.CARRIED]
    if before.outcome is not Outcome.TIED:  # one more vote for ends a tie; without the threshold it is lost
        assert order.index(after.outcome) >= order.index(before.outcome)


def test_citations_say_whether_their_text_was_read():
    assert str(UBND.quorum_citation) == "Luật 77/2015/QH13, Điều 114"
    assert str(UBND.needed_citation).endswith("(to be confirmed)")
    assert str(UBND.tie_citation).endswith("(to be confirmed)")


def test_every_choice_has_a_word_in_both_languages():
    for rule in rules.PRESETS.values():
        assert set(rule.wording) == {"vi", "en"}
        for words in rule.wording.values():
            assert set(words) == set(Choice)
            assert len(set(words.values())) == 3


def test_an_unknown_preset_is_refused_with_those_that_exist():
    assert rules.preset("ubnd") is UBND
    with pytest.raises(ConfigurationError, match=r"'simpel' does not exist; known: .*ubnd"):
        rules.preset("simpel")
