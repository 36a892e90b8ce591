"""Who may vote, until when, and what counts: every refusal by name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance import attendance, ballot, tally
from appliance.attendance import Roll
from appliance.ballot import Ballot, Wish
from appliance.events import (
    BallotAnnulled,
    BallotClosed,
    BallotHeld,
    BallotOpened,
    BallotResumed,
    CheckInRevoked,
    Event,
    HandsCounted,
    ProxyGiven,
    ResultSigned,
    SecretBallotCounted,
    TieDecided,
    VoteCast,
    VoteEntered,
)
from appliance.presets import BOARD, UBND, Rule
from appliance.rules import Outcome
from appliance.values import Channel, Choice, CountedVote, Item, Refusal, Voting
from tests import assembly

ITEM = Item(id=assembly.ITEM, title="Kế hoạch năm 2027", question=assembly.QUESTION)
IDS = tuple(f"dv-{n:02}" for n in range(1, 22))


def roll(present: int, *, of: int = 21, guests: int = 1) -> Roll:
    made = attendance.convene(assembly.convened(assembly.members(of, guests=guests)))
    for number in range(1, present + 1):
        made = attendance.apply(made, assembly.arrived(f"dv-{number:02}"), assembly.at(number))
    return made


def begun(present: int = 15) -> Ballot:
    return ballot.begin(assembly.opened(IDS, IDS[:present]), assembly.at(100))


def after(made: Ballot, *facts: Event) -> Ballot:
    for number, fact in enumerate(facts):
        made = ballot.apply(made, fact, assembly.at(101 + number))
    return made


def code(outcome: object) -> str:
    assert isinstance(outcome, Refusal)
    return outcome.code


CLOSED = BallotClosed(ballot=assembly.BALLOT, by="secretary")


# Opening -------------------------------------------------------------------------------------------------------------


WISH = Wish(by="secretary", voting=Voting.OPEN)


def opening(
    made: Roll,
    wish: Wish = WISH,
    *,
    rule: Rule = UBND,
    item: Item = ITEM,
    chair: str = "dv-01",
    running: Ballot | None = None,
    earlier: tuple[Ballot, ...] = (),
) -> BallotOpened | Refusal:
    return ballot.open_ballot(rule, made, item, wish, chair=chair, earlier=earlier, running=running)


def test_opening_freezes_electorate_present_quorum_and_threshold():
    fact = opening(roll(15))
    assert isinstance(fact, BallotOpened)
    assert (fact.electorate, fact.present) == (IDS, IDS[:15])
    assert (fact.quorum, fact.needed, fact.chair) == (14, 11, "dv-01")
    assert (fact.ballot, fact.question) == (assembly.BALLOT, assembly.QUESTION)


def test_another_ballot_on_an_item_names_the_one_before_and_says_why():
    closed = after(begun(), CLOSED)
    assert code(opening(roll(15), earlier=(closed,))) == "reason-missing"
    second = opening(roll(15), replace(WISH, reason="câu hỏi chưa rõ"), earlier=(closed,))
    assert isinstance(second, BallotOpened)
    assert second.ballot == f"{assembly.MEETING}.{assembly.ITEM}.2"
    assert (second.replaces, second.reason) == (closed.id, "câu hỏi chưa rõ")


def test_without_a_quorum_of_all_members_nothing_opens():
    assert code(opening(roll(13))) == "no-quorum"
    assert isinstance(opening(roll(14)), BallotOpened)


def test_guests_make_no_quorum():
    made = attendance.apply(roll(13), assembly.arrived("dv-22"), assembly.at(50))
    assert len(made.present) == 14
    assert code(opening(made)) == "no-quorum"


def test_a_roster_of_guests_alone_votes_on_nothing():
    assert code(opening(roll(0, of=0, guests=5))) == "no-members"


def test_one_ballot_at_a_time():
    assert code(opening(roll(15), running=begun())) == "ballot-running"


def test_a_chair_who_is_no_member_has_no_side():
    assert isinstance(fact := opening(roll(15), chair="dv-22"), BallotOpened)
    assert fact.chair == ""


def test_an_item_without_a_question_is_asked_by_its_title():
    item = Item(id="x", title="Kế hoạch")
    fact = opening(roll(15), item=item)
    assert isinstance(fact, BallotOpened)
    assert fact.question == "Kế hoạch"


# Casting -------------------------------------------------------------------------------------------------------------


def press(made: Ballot | None, at: Roll | None, delegate: str, choice: Choice = Choice.FOR) -> VoteCast | Refusal:
    return ballot.cast(made, at, delegate, choice, Channel.KEYPAD, "S01")


def test_a_press_of_a_present_member_is_a_vote():
    fact = press(begun(), roll(15), "dv-15")
    assert isinstance(fact, VoteCast)
    assert (fact.delegate, fact.choice, fact.seat) == ("dv-15", Choice.FOR, "S01")


@pytest.mark.parametrize(
    ("made", "at", "delegate", "reason"),
    [
        (None, roll(15), "dv-01", "no-ballot"),
        (begun(), None, "dv-01", "no-ballot"),
        (after(begun(), CLOSED), roll(15), "dv-01", "ballot-closed"),
        (begun(), roll(15), "dv-22", "not-a-member"),
        (begun(), roll(15), "dv-99", "not-a-member"),
        (begun(), roll(15), "dv-16", "not-present-at-opening"),
        (begun(), roll(16), "dv-16", "not-present-at-opening"),  # came while the ballot was open
    ],
)
def test_a_press_that_does_not_count_says_why(made: Ballot | None, at: Roll | None, delegate: str, reason: str):
    assert code(press(made, at, delegate)) == reason


def test_taken_off_the_roll_casts_no_more_but_what_was_cast_stands():
    off = attendance.apply(
        roll(15),
        CheckInRevoked(meeting=assembly.MEETING, delegate="dv-02", by="secretary", reason="ra về"),
        assembly.at(120),
    )
    made = after(begun(), assembly.vote("dv-02", Choice.FOR))
    assert code(press(made, off, "dv-02", Choice.AGAINST)) == "not-present"
    assert tally.tally(after(made, CLOSED)).for_ == 1


def test_the_last_press_before_the_close_counts_whatever_it_came_through():
    made = after(
        begun(),
        assembly.vote("dv-02", Choice.FOR, Channel.KEYPAD),
        assembly.vote("dv-02", Choice.AGAINST, Channel.TABLET),
        assembly.vote("dv-02", Choice.ABSTAIN, Channel.KEYPAD),
        CLOSED,
    )
    assert made.votes == {"dv-02": Choice.ABSTAIN}
    counts = tally.tally(made)
    assert (counts.for_, counts.against, counts.abstain, counts.not_cast, counts.absent) == (0, 0, 1, 14, 6)


def test_a_press_after_the_close_changes_nothing():
    made = after(begun(), assembly.vote("dv-02", Choice.FOR), CLOSED)
    assert after(made, assembly.vote("dv-02", Choice.AGAINST), assembly.vote("dv-03", Choice.FOR)) == made


def test_a_vote_of_another_ballot_changes_nothing():
    other = VoteCast(ballot="m-1.x.1", delegate="dv-02", choice=Choice.FOR, channel=Channel.TABLET)
    assert after(begun(), other) == begun()


def test_a_vote_that_should_never_have_been_written_is_not_counted():
    """Folded because it is a fact, left out because its delegate was not there: the tally still adds up."""
    made = after(begun(), assembly.vote("dv-20", Choice.FOR), CLOSED)
    counts = tally.tally(made)
    assert (counts.for_, counts.absent, counts.electorate) == (0, 6, 21)


# Closing -------------------------------------------------------------------------------------------------------------


def test_a_ballot_closes_once():
    assert isinstance(ballot.close(begun(), by="secretary"), BallotClosed)
    closed = after(begun(), CLOSED)
    assert code(ballot.close(closed, by="secretary")) == "no-ballot"
    assert code(ballot.close(None, by="secretary")) == "no-ballot"
    assert ballot.apply(closed, CLOSED, assembly.at(999)) is closed, "the first close stands"


def test_the_first_result_stands_unless_the_chair_decided_a_tie():
    first = ResultSigned(ballot=assembly.BALLOT, envelope="one")
    made = after(begun(), CLOSED, first, ResultSigned(ballot=assembly.BALLOT, envelope="two"))
    assert made.envelope == "one"
    tied = after(made, TieDecided(ballot=assembly.BALLOT, reading="majority-clause", by="dv-01"))
    assert after(tied, ResultSigned(ballot=assembly.BALLOT, envelope="two")).envelope == "two"


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


# Methods -------------------------------------------------------------------------------------------------------------


def held_by(voting: Voting, present: int = 15, **more: Any) -> Ballot:
    opened = assembly.opened(IDS, IDS[:present]).model_copy(update={"method": voting, **more})
    return ballot.begin(opened, assembly.at(100))


def test_a_show_of_hands_needs_a_reason_and_takes_no_presses():
    assert code(opening(roll(15), replace(WISH, voting=Voting.HANDS))) == "reason-missing"
    assert code(press(held_by(Voting.HANDS), roll(15), "dv-01")) == "by-hands"
    assert code(ballot.close(held_by(Voting.HANDS), by="secretary")) == "by-hands"


def test_hands_are_counted_with_a_witness_and_close_the_ballot():
    made = held_by(Voting.HANDS)
    fact = ballot.count_hands(made, roll(15), (9, 3, 1), by="secretary", witness="dv-03")
    assert isinstance(fact, HandsCounted)
    counts = tally.tally(after(made, fact))
    assert (counts.for_, counts.against, counts.abstain, counts.not_cast, counts.absent) == (9, 3, 1, 2, 6)
    assert code(ballot.count_hands(after(made, fact), roll(15), (9, 3, 1), by="x", witness="dv-03")) == "ballot-closed"


def test_no_more_hands_than_people_and_no_witness_from_outside():
    made = held_by(Voting.HANDS)
    assert code(ballot.count_hands(made, roll(15), (9, 6, 1), by="secretary", witness="dv-03")) == "too-many-hands"
    assert code(ballot.count_hands(made, roll(15), (9, 3, 1), by="secretary", witness="dv-20")) == "witness-absent"
    assert code(ballot.count_hands(begun(), roll(15), (9, 3, 1), by="secretary", witness="dv-03")) == "not-by-hands"


def test_a_secret_vote_never_becomes_a_fact():
    made = held_by(Voting.SECRET)
    assert code(press(made, roll(15), "dv-01")) == "secret"
    assert ballot.hindrance(made, roll(15), "dv-01") is None, "it counts all the same"
    assert after(made, assembly.vote("dv-01", Choice.FOR)).votes == {}, "and none is folded if one were written"


def counted(*choices: Choice) -> SecretBallotCounted:
    votes = tuple(CountedVote(tracker=f"AAAAAAA{chr(65 + n)}", choice=c) for n, c in enumerate(choices))
    return SecretBallotCounted(ballot=assembly.BALLOT, took_part=IDS[: len(choices)], votes=votes)


def test_a_secret_ballot_has_a_result_only_once_its_box_is_counted():
    closed = after(held_by(Voting.SECRET), CLOSED)
    assert (closed.awaits_count, closed.has_result) == (True, False)
    made = after(closed, counted(Choice.FOR, Choice.AGAINST, Choice.FOR))
    assert (made.awaits_count, made.has_result) == (False, True)
    assert (tally.tally(made).for_, tally.tally(made).against, tally.tally(made).not_cast) == (2, 1, 12)


def test_an_open_box_is_counted_once():
    made = after(held_by(Voting.SECRET), CLOSED, counted(Choice.FOR), counted(Choice.AGAINST))
    assert tally.tally(made).for_ == 1


def test_nothing_is_counted_before_the_close():
    made = after(held_by(Voting.SECRET), counted(Choice.FOR))
    assert made.counted is None


def test_the_next_ballot_waits_for_a_box_that_is_not_counted():
    waiting = after(held_by(Voting.SECRET), CLOSED)
    assert code(opening(roll(15), replace(WISH, reason="x"), earlier=(waiting,))) == "ballot-uncounted"
    annulled = after(waiting, BallotAnnulled(ballot=assembly.BALLOT, by="secretary", reason="quên mật khẩu"))
    assert (annulled.awaits_count, annulled.has_result) == (False, False)
    assert isinstance(opening(roll(15), replace(WISH, reason="quên mật khẩu"), earlier=(annulled,)), BallotOpened)


def test_a_ballot_that_has_a_result_is_not_annulled():
    assert code(ballot.annul(after(begun(), CLOSED), by="secretary", reason="x")) == "ballot-closed"
    assert isinstance(ballot.annul(begun(), by="secretary", reason="phím hỏng"), BallotAnnulled)


# Rest, time, by hand -------------------------------------------------------------------------------------------------


def test_while_it_rests_no_vote_counts_and_its_time_stands_still():
    made = ballot.begin(assembly.opened(IDS, IDS[:15]).model_copy(update={"limit_seconds": 60}), assembly.at(0))
    assert ballot.remaining(made, assembly.at(20)) == 40
    held = ballot.apply(made, BallotHeld(ballot=assembly.BALLOT, by="secretary"), assembly.at(20))
    assert code(press(held, roll(15), "dv-01")) == "ballot-held"
    assert ballot.apply(held, assembly.vote("dv-01", Choice.FOR), assembly.at(25)).votes == {}
    assert ballot.remaining(held, assembly.at(50)) == 40
    resumed = ballot.apply(held, BallotResumed(ballot=assembly.BALLOT, by="secretary"), assembly.at(50))
    assert ballot.remaining(resumed, assembly.at(70)) == 20
    assert ballot.remaining(resumed, assembly.at(100)) == 0
    assert isinstance(press(resumed, roll(15), "dv-01"), VoteCast)


def test_a_ballot_without_a_limit_has_no_end_of_its_own():
    assert ballot.remaining(begun(), assembly.at(999)) is None


def test_hold_and_resume_only_what_can_be():
    held = after(begun(), BallotHeld(ballot=assembly.BALLOT, by="secretary"))
    assert code(ballot.hold(held, by="secretary", reason="")) == "ballot-held"
    assert code(ballot.hold(after(begun(), CLOSED), by="secretary", reason="")) == "ballot-closed"
    assert code(ballot.resume(begun(), by="secretary")) == "ballot-not-held"
    assert isinstance(ballot.close(held, by="secretary"), BallotClosed), "a ballot that rests can be closed"


def enter(made: Ballot, delegate: str = "dv-02", witness: str = "dv-03") -> VoteEntered | Refusal:
    return ballot.enter(made, roll(15), delegate, Choice.FOR, by="secretary", witness=witness, reason="máy hỏng")


def test_a_vote_by_hand_needs_somebody_else_who_vouches():
    assert code(enter(begun(), witness="dv-02")) == "own-witness"
    assert code(enter(begun(), witness="dv-20")) == "witness-absent"
    fact = enter(begun())
    assert isinstance(fact, VoteEntered)
    made = after(begun(), fact)
    assert (made.votes["dv-02"], made.entered["dv-02"].reason) == (Choice.FOR, "máy hỏng")


def test_a_press_after_a_vote_by_hand_takes_its_mark_away():
    fact = enter(begun())
    assert isinstance(fact, VoteEntered)
    made = after(begun(), fact, assembly.vote("dv-02", Choice.AGAINST))
    assert (made.votes["dv-02"], made.entered) == (Choice.AGAINST, {})


def test_nobody_enters_a_secret_vote():
    assert code(enter(held_by(Voting.SECRET))) == "secret"


# Weights and overrides -----------------------------------------------------------------------------------------------


def shares() -> Roll:
    """Three members with 60, 30 and 10 of a hundred; the second represents the first."""
    people = tuple(d.model_copy(update={"weight": w}) for d, w in zip(assembly.members(3), (60, 30, 10), strict=True))
    made = attendance.convene(assembly.convened(people))
    proxy = ProxyGiven(meeting=made.meeting, giver="dv-01", holder="dv-02", document="giấy ủy quyền", by="secretary")
    return attendance.apply(attendance.apply(made, assembly.arrived("dv-02"), assembly.at(0)), proxy, assembly.at(1))


def test_weights_and_proxies_count_for_quorum_threshold_and_votes():
    fact = opening(shares(), rule=BOARD, chair="dv-02")
    assert isinstance(fact, BallotOpened)
    assert (fact.present, fact.proxies) == (("dv-01", "dv-02"), {"dv-01": "dv-02"})
    assert (fact.quorum, fact.needed) == (65, 59), "65 of 100; 65 % of the 90 present are 58.5"
    made = ballot.apply(ballot.begin(fact, assembly.at(0)), assembly.vote("dv-02", Choice.FOR), assembly.at(1))
    counts = tally.tally(after(made, CLOSED))
    assert (counts.for_, counts.not_cast, counts.absent) == (90, 0, 10)
    assert code(press(made, shares(), "dv-01")) == "represented"


def test_where_there_are_weights_nothing_is_secret_or_by_hands():
    for voting in (Voting.SECRET, Voting.HANDS):
        wish = replace(WISH, voting=voting, reason="x")
        assert code(opening(shares(), wish, rule=BOARD)) == "weights-need-names"


def test_the_chair_may_let_a_ballot_open_without_a_quorum_and_it_says_so():
    fact = opening(roll(13), replace(WISH, override="bão, đường bị cắt"))
    assert isinstance(fact, BallotOpened)
    assert (fact.override, fact.quorum, len(fact.present)) == ("bão, đường bị cắt", 14, 13)
    unneeded = opening(roll(14), replace(WISH, override="bão, đường bị cắt"))
    assert isinstance(unneeded, BallotOpened)
    assert unneeded.override == "", "with a quorum nothing was overridden"


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
