"""What may leave the box: nothing of an open ballot, nothing of a secret session before a technician releases it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance import release
from appliance.events import (
    BallotAnnulled,
    BallotClosed,
    BallotHeld,
    BallotOpened,
    BallotResumed,
    Event,
    HandsCounted,
    PartRestored,
    SecretRecordReleased,
    SecretSessionBegan,
    SecretSessionEnded,
    VoteCast,
    VoteEntered,
    VoteRefused,
)
from appliance.release import Head, Hold, Release
from appliance.values import Channel, Choice, Voting
from tests import assembly

OTHER = "m-2026-11.noi-dung-2.1"
NEWS = PartRestored(part="camera")
BEGAN = SecretSessionBegan(meeting="m-2026-11", by="secretary")
ENDED = SecretSessionEnded(meeting="m-2026-11", by="secretary")
RELEASED = SecretRecordReleased(by="technician", reason="đã mang biên bản đã ký ra ngoài")


def opened(ballot: str = assembly.BALLOT, method: Voting = Voting.OPEN) -> BallotOpened:
    return BallotOpened(
        ballot=ballot,
        meeting="m-2026-11",
        item="noi-dung-1",
        question="Thông qua?",
        method=method,
        preset="ubnd",
        majority="ordinary",
        electorate=("dv-01", "dv-02"),
        present=("dv-01", "dv-02"),
        chair="dv-01",
        quorum=2,
        needed=2,
        by="secretary",
    )


def vote(ballot: str = assembly.BALLOT, choice: Choice = Choice.FOR) -> VoteCast:
    return VoteCast(ballot=ballot, delegate="dv-01", choice=choice, channel=Channel.KEYPAD)


def entered(ballot: str = assembly.BALLOT) -> VoteEntered:
    return VoteEntered(
        ballot=ballot, delegate="dv-02", choice=Choice.AGAINST, by="secretary", witness="dv-01", reason="bàn phím hỏng"
    )


def refused(ballot: str = assembly.BALLOT) -> VoteRefused:
    return VoteRefused(ballot=ballot, delegate="dv-09", channel=Channel.KEYPAD, reason="not-present")


def closed(ballot: str = assembly.BALLOT) -> BallotClosed:
    return BallotClosed(ballot=ballot, by="secretary")


def annulled(ballot: str = assembly.BALLOT) -> BallotAnnulled:
    return BallotAnnulled(ballot=ballot, by="dv-01", reason="câu hỏi ghi sai")


def hands(ballot: str = assembly.BALLOT) -> HandsCounted:
    return HandsCounted(ballot=ballot, votes_for=1, votes_against=1, abstentions=0, by="secretary", witness="dv-01")


def after(*facts: Event) -> tuple[int, Hold]:
    state = release.fold(assembly.chain(facts))
    return state.sendable.seq, state.hold


def test_everything_leaves_where_nothing_holds() -> None:
    assert after() == (0, Hold.NOTHING)
    assert after(NEWS, NEWS) == (2, Hold.NOTHING)
    assert after(NEWS, vote()) == (2, Hold.NOTHING)  # of a ballot that is not open: it was told before its close


def test_the_head_that_may_be_told_is_an_entry_of_the_journal() -> None:
    entries = assembly.chain([NEWS, opened(), vote(), NEWS])
    assert release.fold(entries).sendable == Head(2, entries[1].hash)
    assert release.fold([]).sendable == Head(0, bytes(32))


# An open ballot ------------------------------------------------------------------------------------------------------


def test_an_open_ballot_may_be_told_until_somebody_has_voted() -> None:
    assert after(NEWS, opened(), refused(), NEWS) == (4, Hold.NOTHING)


@pytest.mark.parametrize("first", [vote(), entered()])
def test_nothing_leaves_from_the_first_vote_on_however_many_follow(first: Event) -> None:
    assert after(NEWS, opened(), NEWS, first, NEWS, vote(choice=Choice.AGAINST), entered(), NEWS) == (3, Hold.BALLOT)


def test_a_ballot_that_rests_is_still_open() -> None:
    held = BallotHeld(ballot=assembly.BALLOT, by="dv-01")
    resumed = BallotResumed(ballot=assembly.BALLOT, by="dv-01")
    assert after(opened(), vote(), held, NEWS) == (1, Hold.BALLOT)
    assert after(opened(), vote(), held, resumed, NEWS) == (1, Hold.BALLOT)


@pytest.mark.parametrize("end", [closed(), annulled(), hands()])
def test_the_end_of_the_ballot_lets_everything_go(end: Event) -> None:
    assert after(opened(), vote(), NEWS, end) == (4, Hold.NOTHING)
    assert after(opened(), vote(), NEWS, end, opened(OTHER), vote(OTHER), NEWS) == (5, Hold.BALLOT)


def test_the_end_of_another_ballot_lets_nothing_go() -> None:
    assert after(opened(), opened(OTHER), vote(), vote(OTHER), closed(OTHER)) == (2, Hold.BALLOT)
    assert after(opened(), opened(OTHER), vote(), vote(OTHER), closed()) == (3, Hold.BALLOT)


# A secret session ----------------------------------------------------------------------------------------------------


def test_nothing_leaves_from_the_beginning_of_a_secret_session_on() -> None:
    assert after(NEWS, BEGAN) == (1, Hold.SESSION)
    assert after(BEGAN) == (0, Hold.SESSION)
    assert after(NEWS, BEGAN, opened(), vote(), closed(), NEWS) == (1, Hold.SESSION)


def test_its_end_alone_releases_nothing_and_neither_does_what_follows() -> None:
    assert after(NEWS, BEGAN, NEWS, ENDED) == (1, Hold.RECORD)
    assert after(NEWS, BEGAN, NEWS, ENDED, opened(), vote(), closed(), NEWS) == (1, Hold.RECORD)


def test_a_release_after_the_end_lets_everything_go() -> None:
    assert after(NEWS, BEGAN, NEWS, ENDED, NEWS, RELEASED, NEWS) == (7, Hold.NOTHING)


def test_a_release_during_the_session_or_before_it_counts_for_nothing() -> None:
    assert after(RELEASED, NEWS, BEGAN, NEWS, ENDED) == (2, Hold.RECORD)
    assert after(NEWS, BEGAN, RELEASED, NEWS) == (1, Hold.SESSION)
    assert after(NEWS, BEGAN, RELEASED, NEWS, ENDED, NEWS) == (1, Hold.RECORD)


def test_a_second_session_before_the_release_keeps_both_back() -> None:
    assert after(NEWS, BEGAN, ENDED, NEWS, BEGAN) == (1, Hold.SESSION)
    assert after(NEWS, BEGAN, ENDED, NEWS, BEGAN, RELEASED, ENDED) == (1, Hold.RECORD)
    assert after(NEWS, BEGAN, ENDED, NEWS, BEGAN, ENDED, RELEASED) == (7, Hold.NOTHING)


def test_a_second_session_after_the_release_begins_a_new_hold() -> None:
    assert after(NEWS, BEGAN, ENDED, RELEASED, NEWS, BEGAN, NEWS) == (5, Hold.SESSION)


def test_the_earlier_of_two_reasons_counts_and_is_named() -> None:
    assert after(opened(), vote(), NEWS, BEGAN, ENDED) == (1, Hold.BALLOT)
    assert after(opened(), vote(), NEWS, BEGAN, ENDED, closed()) == (3, Hold.RECORD)
    assert after(NEWS, BEGAN, ENDED, opened(), vote(), RELEASED) == (4, Hold.BALLOT)


# Against a reading of the whole journal at once ----------------------------------------------------------------------


def reading(facts: list[Event]) -> int:
    """The rule word for word, looking forward and back over the whole journal."""

    def open_at_the_end(ballot: str) -> bool:
        ends = [
            n
            for n, f in enumerate(facts)
            if isinstance(f, BallotClosed | BallotAnnulled | HandsCounted) and f.ballot == ballot
        ]
        return not ends

    stops = [len(facts)]
    for n, fact in enumerate(facts):
        if isinstance(fact, VoteCast | VoteEntered) and open_at_the_end(fact.ballot):
            stops.append(n)
        if isinstance(fact, SecretSessionBegan):
            on, released = True, False
            for later in facts[n + 1 :]:
                on = isinstance(later, SecretSessionBegan) or (on and not isinstance(later, SecretSessionEnded))
                released |= isinstance(later, SecretRecordReleased) and not on
            if not released:
                stops.append(n)
    return min(stops)


def histories() -> st.SearchStrategy[list[Event]]:
    """Journals in which a ballot opens before it is voted in, and ends once."""
    ballots = [f"m-2026-11.noi-dung-{n}.1" for n in (1, 2, 3)]
    kinds = st.sampled_from(["news", "open", "vote", "enter", "close", "annul", "began", "ended", "released"])

    def told(moves: list[tuple[str, int]]) -> list[Event]:
        facts: list[Event] = []
        state: dict[str, str] = {}
        for what, number in moves:
            ballot = ballots[number]
            if what == "open" and ballot not in state:
                state[ballot] = "open"
                facts.append(opened(ballot))
            elif what in ("vote", "enter") and state.get(ballot) == "open":
                facts.append(vote(ballot) if what == "vote" else entered(ballot))
            elif what in ("close", "annul") and state.get(ballot) == "open":
                state[ballot] = "over"
                facts.append(closed(ballot) if what == "close" else annulled(ballot))
            elif what in ("news", "began", "ended", "released"):
                facts.append({"news": NEWS, "began": BEGAN, "ended": ENDED, "released": RELEASED}[what])
        return facts

    return st.lists(st.tuples(kinds, st.integers(0, 2)), max_size=40).map(told)


@given(histories())
def test_the_fold_says_what_a_reading_of_the_whole_journal_says(facts: list[Event]) -> None:
    entries = assembly.chain(facts)
    state = Release()
    for n, entry in enumerate(entries, 1):
        state = release.apply(state, entry)
        assert state.sendable.seq == reading(facts[:n])
    assert bool(state.hold) == (state.in_session or state.sendable != state.head)
