"""Who may vote, until when, and what counts: every refusal by name."""

from __future__ import annotations

import pytest

from appliance import attendance, ballot, tally
from appliance.attendance import Roll
from appliance.ballot import Ballot
from appliance.events import (
    BallotAnnulled,
    BallotClosed,
    BallotHeld,
    BallotResumed,
    CheckInRevoked,
    HandsCounted,
    ResultSigned,
    TieDecided,
    VoteCast,
    VoteEntered,
)
from appliance.values import Channel, Choice, Refusal, Voting
from tests import assembly
from tests.council import CLOSED, IDS, after, begun, code, counted, held_by, press, roll

# Casting -------------------------------------------------------------------------------------------------------------


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


# Methods -------------------------------------------------------------------------------------------------------------


def test_a_show_of_hands_takes_no_presses_and_is_closed_by_its_counts():
    assert code(press(held_by(Voting.HANDS), roll(15), "dv-01")) == "by-hands"
    assert code(ballot.close(held_by(Voting.HANDS), by="secretary")) == "by-hands"


def test_hands_are_counted_with_a_witness_and_close_the_ballot():
    made = held_by(Voting.HANDS)
    fact = hands(made, (9, 3, 1), "dv-03")
    assert isinstance(fact, HandsCounted)
    counts = tally.tally(after(made, fact))
    assert (counts.for_, counts.against, counts.abstain, counts.not_cast, counts.absent) == (9, 3, 1, 2, 6)
    assert code(hands(after(made, fact), (9, 3, 1), "dv-03")) == "ballot-closed"


def test_no_more_hands_than_people_and_no_witness_from_outside():
    made = held_by(Voting.HANDS)
    assert code(hands(made, (9, 6, 1), "dv-03")) == "too-many-hands"
    assert code(hands(made, (9, 3, 1), "dv-20")) == "witness-absent"
    assert code(hands(begun(), (9, 3, 1), "dv-03")) == "not-by-hands"
    resting = after(made, BallotHeld(ballot=made.id, by="chair"))
    assert code(hands(resting, (9, 3, 1), "dv-03")) == "ballot-held"


def test_a_secret_vote_never_becomes_a_fact():
    made = held_by(Voting.SECRET)
    assert code(press(made, roll(15), "dv-01")) == "secret"
    assert ballot.hindrance(made, roll(15), "dv-01") is None, "it counts all the same"
    assert after(made, assembly.vote("dv-01", Choice.FOR)).votes == {}, "and none is folded if one were written"


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
    over = ballot.hold(after(begun(), CLOSED), by="secretary", reason="")
    assert code(over) == "ballot-closed"
    assert isinstance(over, Refusal)
    assert "rests" not in over.message
    assert code(ballot.resume(begun(), by="secretary")) == "ballot-not-held"
    assert isinstance(ballot.close(held, by="secretary"), BallotClosed), "a ballot that rests can be closed"


def hands(made: Ballot, counts: tuple[int, int, int], witness: str = "dv-03") -> HandsCounted | Refusal:
    return ballot.count_hands(made, roll(15), counts, by="secretary", witness=witness, secretary="dv-05")


def enter(made: Ballot, delegate: str = "dv-02", witness: str = "dv-03") -> VoteEntered | Refusal:
    said = {"by": "secretary", "witness": witness, "reason": "máy hỏng", "secretary": "dv-05"}
    return ballot.enter(made, roll(15), delegate, Choice.FOR, **said)


def test_a_vote_by_hand_needs_somebody_else_who_vouches():
    assert code(enter(begun(), witness="dv-02")) == "own-witness"
    assert code(enter(begun(), witness="dv-20")) == "witness-absent"
    assert code(enter(begun(), witness="dv-05")) == "secretary-witness"
    assert code(hands(held_by(Voting.HANDS), (9, 3, 1), "dv-05")) == "secretary-witness"
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
