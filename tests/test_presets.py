"""Rules as data: every number against a table written out from the law's words, not from the code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance import rules
from appliance.presets import BOARD, HDND, PRESETS, SIMPLE, UBND, Base, Share
from appliance.rules import Outcome, Tally
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

# N: (at least 65 of a hundred, at least 75 of a hundred)
SHARES_BY_HAND = {
    3: (2, 3), 4: (3, 3), 5: (4, 4), 6: (4, 5), 7: (5, 6), 8: (6, 6), 9: (6, 7), 10: (7, 8),
    11: (8, 9), 12: (8, 9), 13: (9, 10), 14: (10, 11), 15: (10, 12), 16: (11, 12), 17: (12, 13), 18: (12, 14),
    19: (13, 15), 20: (13, 15), 21: (14, 16), 22: (15, 17), 23: (15, 18), 24: (16, 18), 25: (17, 19), 26: (17, 20),
    27: (18, 21), 28: (19, 21), 29: (19, 22), 30: (20, 23), 31: (21, 24), 32: (21, 24), 33: (22, 25), 34: (23, 26),
    35: (23, 27), 36: (24, 27), 37: (25, 28), 38: (25, 29), 39: (26, 30), 40: (26, 30), 41: (27, 31), 42: (28, 32),
    43: (28, 33), 44: (29, 33), 45: (30, 34), 46: (30, 35), 47: (31, 36), 48: (32, 36), 49: (32, 37), 50: (33, 38),
    51: (34, 39), 52: (34, 39), 53: (35, 40), 54: (36, 41), 55: (36, 42), 56: (37, 42), 57: (38, 43), 58: (38, 44),
    59: (39, 45), 60: (39, 45),
}  # fmt: skip

BOTH = [(n, *row) for n, row in BY_HAND.items()]


def test_the_tables_have_every_council_from_3_to_60():
    assert list(BY_HAND) == list(SHARES_BY_HAND) == list(range(3, 61))


@pytest.mark.parametrize(("members", "two_thirds", "more_than_half"), BOTH)
def test_a_peoples_committee(members: int, two_thirds: int, more_than_half: int):
    assert UBND.quorum_of(members) == two_thirds
    assert UBND.needed("ordinary", members, present=1) == more_than_half, "of all, whoever is there"


@pytest.mark.parametrize(("members", "two_thirds", "more_than_half"), BOTH)
def test_a_peoples_council(members: int, two_thirds: int, more_than_half: int):
    assert HDND.quorum_of(members) == two_thirds
    assert HDND.needed("ordinary", members, present=1) == more_than_half
    assert HDND.needed("two-thirds", members, present=1) == two_thirds


@pytest.mark.parametrize(("members", "two_thirds", "more_than_half"), BOTH)
def test_a_body_that_decides_by_votes_cast(members: int, two_thirds: int, more_than_half: int):
    assert SIMPLE.quorum_of(members) == more_than_half
    assert SIMPLE.needed("ordinary", members, members) is None, "it depends on the votes cast"
    assert SIMPLE.majorities["ordinary"].share.of(members) == more_than_half


@pytest.mark.parametrize(("capital", "two_of_three", "three_of_four"), [(n, *row) for n, row in SHARES_BY_HAND.items()])
def test_a_members_council(capital: int, two_of_three: int, three_of_four: int):
    assert BOARD.quorum_of(capital) == two_of_three
    assert BOARD.needed("ordinary", 1000, present=capital) == two_of_three, "of the capital present"
    assert BOARD.needed("special", 1000, present=capital) == three_of_four


def test_of_nothing_one_is_needed_on_the_screen_as_in_the_verdict():
    assert BOARD.needed("ordinary", 1000, present=0) == 1
    nobody_there = rules.verdict(BOARD, "ordinary", Tally(for_=0, against=0, abstain=0, not_cast=0, absent=1000), None)
    assert nobody_there.outcome is Outcome.LOST
    assert ", 1 needed" in nobody_there.sentence["en"]


def test_shares_of_large_capitals_are_exact():
    capital = 9_000_000_000_000_000_007  # 65 % of it are 5 850 000 000 000 000 004.55, which no float holds
    assert BOARD.needed("ordinary", capital, capital) == BOARD.quorum_of(capital) == 5_850_000_000_000_000_005
    assert BOARD.needed("special", capital, capital) == 6_750_000_000_000_000_006


@given(st.integers(1, 20), st.integers(1, 20), st.booleans(), st.integers(0, 10**12))
def test_a_share_is_the_smallest_whole_number_that_reaches_it(n: int, d: int, strict: bool, whole: int):
    reached = Share(n, d, strict, Base.ALL).of(whole)
    if strict:
        assert d * reached > n * whole >= d * (reached - 1)
    else:
        assert d * reached >= n * whole > d * (reached - 1)


def test_citations_say_whether_their_text_was_read():
    assert str(UBND.quorum_citation) == "Luật 77/2015/QH13, Điều 114"
    assert str(UBND.majorities["ordinary"].citation).endswith("(to be confirmed)")
    assert UBND.tie_citation is not None
    assert str(UBND.tie_citation).endswith("(to be confirmed)")
    assert UBND.majorities["ordinary"].citation.article == UBND.tie_citation.article
    assert UBND.tie_citation.article == "Luật 77/2015/QH13, Điều 117 khoản 3"
    assert {m.citation.article for m in HDND.majorities.values()} == {"Luật 77/2015/QH13, Điều 91 khoản 3"}
    assert not any(rule.quorum_citation.read for rule in (HDND, SIMPLE, BOARD))
    assert (HDND.majorities["ordinary"].citation.read, HDND.majorities["two-thirds"].citation.read) == (True, False)
    assert not any(m.citation.read for m in (*SIMPLE.majorities.values(), *BOARD.majorities.values()))


@pytest.mark.parametrize("rule", PRESETS.values(), ids=lambda rule: rule.preset)
def test_every_rule_is_complete_in_both_languages(rule):
    assert "ordinary" in rule.majorities
    assert set(rule.body) == set(rule.wording) == {"vi", "en"}
    for words in rule.wording.values():
        assert set(words) == set(Choice)
        assert len(set(words.values())) == 3
    for name, majority in rule.majorities.items():
        assert majority.name == name
        assert set(majority.words) == {"vi", "en"}
        assert majority.citation.article.strip()
    assert rule.quorum_citation.article.strip()
    assert rule.tie_citation is None or rule.tie_citation.article.strip()
    assert (rule.tie_citation is None) is (rule is not UBND)
    assert rule.quorum.base is Base.ALL
    assert rule.weighted is (rule is BOARD)
