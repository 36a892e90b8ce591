"""Who may vote, until when, and what counts: every refusal by name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance import attendance, ballot
from appliance.attendance import Roll
from appliance.ballot import Ballot
from appliance.events import (
    BallotClosed,
    BallotOpened,
    Channel,
    CheckInRevoked,
    Choice,
    Event,
    Item,
    Refusal,
    ResultSigned,
    VoteCast,
)
from appliance.rules import UBND, Outcome
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


def opening(
    made: Roll, *, chair: str = "dv-01", running: Ballot | None = None, number: int = 1
) -> BallotOpened | Refusal:
    return ballot.open_ballot(UBND, made, ITEM, chair=chair, number=number, running=running, by="secretary")


def test_opening_freezes_electorate_present_quorum_and_threshold():
    fact = opening(roll(15))
    assert isinstance(fact, BallotOpened)
    assert (fact.electorate, fact.present) == (IDS, IDS[:15])
    assert (fact.quorum, fact.needed, fact.chair) == (14, 11, "dv-01")
    assert (fact.ballot, fact.question) == (assembly.BALLOT, assembly.QUESTION)
    assert isinstance(second := opening(roll(15), number=2), BallotOpened)
    assert second.ballot == f"{assembly.MEETING}.{assembly.ITEM}.2"


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
    fact = ballot.open_ballot(UBND, roll(15), item, chair="", number=1, running=None, by="secretary")
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
    assert ballot.tally(after(made, CLOSED)).for_ == 1


def test_the_last_press_before_the_close_counts_whatever_it_came_through():
    made = after(
        begun(),
        assembly.vote("dv-02", Choice.FOR, Channel.KEYPAD),
        assembly.vote("dv-02", Choice.AGAINST, Channel.TABLET),
        assembly.vote("dv-02", Choice.ABSTAIN, Channel.KEYPAD),
        CLOSED,
    )
    assert made.votes == {"dv-02": Choice.ABSTAIN}
    tally = ballot.tally(made)
    assert (tally.for_, tally.against, tally.abstain, tally.not_cast, tally.absent) == (0, 0, 1, 14, 6)


def test_a_press_after_the_close_changes_nothing():
    made = after(begun(), assembly.vote("dv-02", Choice.FOR), CLOSED)
    assert after(made, assembly.vote("dv-02", Choice.AGAINST), assembly.vote("dv-03", Choice.FOR)) == made


def test_a_vote_of_another_ballot_changes_nothing():
    other = VoteCast(ballot="m-1.x.1", delegate="dv-02", choice=Choice.FOR, channel=Channel.TABLET)
    assert after(begun(), other) == begun()


def test_a_vote_that_should_never_have_been_written_is_not_counted():
    """Folded because it is a fact, left out because its delegate was not there: the tally still adds up."""
    made = after(begun(), assembly.vote("dv-20", Choice.FOR), CLOSED)
    tally = ballot.tally(made)
    assert (tally.for_, tally.absent, tally.electorate) == (0, 6, 21)


# Closing -------------------------------------------------------------------------------------------------------------


def test_a_ballot_closes_once():
    assert isinstance(ballot.close(begun(), by="secretary"), BallotClosed)
    closed = after(begun(), CLOSED)
    assert code(ballot.close(closed, by="secretary")) == "no-ballot"
    assert code(ballot.close(None, by="secretary")) == "no-ballot"
    assert ballot.apply(closed, CLOSED, assembly.at(999)) is closed, "the first close stands"


def test_the_first_result_stands():
    first = ResultSigned(ballot=assembly.BALLOT, envelope="one")
    made = after(begun(), CLOSED, first, ResultSigned(ballot=assembly.BALLOT, envelope="two"))
    assert made.envelope == "one"


def test_the_verdict_is_the_rule_over_the_tally_with_the_chairs_own_vote():
    votes = [assembly.vote(d, Choice.FOR if n < 10 else Choice.AGAINST) for n, d in enumerate(IDS[:20])]
    made = ballot.begin(assembly.opened(IDS[:20], IDS[:20]), assembly.at(0))
    assert ballot.verdict(after(made, *votes, CLOSED)).outcome is Outcome.CARRIED  # dv-01 voted for
    without = ballot.begin(assembly.opened(IDS[:20], IDS[:20], chair=""), assembly.at(0))
    assert ballot.verdict(after(without, *votes, CLOSED)).outcome is Outcome.TIED


PRESSES = st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(list(Choice))), max_size=60)


@given(PRESSES, st.integers(0, 60))
def test_the_tally_adds_up_and_counts_the_last_press_of_those_present(presses: list[tuple[str, Choice]], late: int):
    cut = min(late, len(presses))
    facts = [assembly.vote(d, c) for d, c in presses]
    made = after(begun(), *facts[:cut], CLOSED, *facts[cut:])
    tally = ballot.tally(made)
    assert tally.electorate == 21
    assert tally.absent == 6
    last = {d: c for d, c in presses[:cut] if d in IDS[:15]}
    assert [tally.for_, tally.against, tally.abstain] == [list(last.values()).count(c) for c in Choice]
    assert tally.not_cast == 15 - len(last)
