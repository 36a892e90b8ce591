"""What the pages show, from the fold alone: who has voted, never how, until the close."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance import minutes, record
from appliance.events import BallotClosed, DeviceInstalled, Event, VoteRefused
from appliance.minutes import Minutes
from appliance.record import Entry
from appliance.values import Channel, Choice
from appliance.web import view
from appliance.web.presses import Cast, Presses
from appliance.web.view import Seated
from tests import assembly

MEMBERS = 9
IDS = [f"dv-{n:02}" for n in range(1, MEMBERS + 1)]
PRESENT = IDS[:7]


def sitting(votes: dict[str, Choice], *, close: bool = False) -> Minutes:
    """A meeting of nine members and a guest, seven present, with these votes."""
    facts = [
        DeviceInstalled(site="s", device="d", public_key=""),
        assembly.convened(assembly.members(MEMBERS, guests=1)),
        *(assembly.arrived(d) for d in [*PRESENT, "dv-10"]),
        assembly.opened(IDS, PRESENT),
        *(assembly.vote(d, c) for d, c in votes.items()),
        *([BallotClosed(ballot=assembly.BALLOT, by="secretary")] if close else []),
    ]
    folded = minutes.fold(assembly.chain(facts))
    assert folded is not None
    return folded


@given(
    st.dictionaries(st.sampled_from(PRESENT), st.sampled_from(Choice)),
    st.lists(st.sampled_from(Choice), min_size=7, max_size=7),
)
def test_how_people_voted_changes_nothing_that_others_see(votes: dict[str, Choice], others: list[Choice]) -> None:
    one, two = sitting(votes), sitting(dict(zip(votes, others, strict=False)))
    assert view.hall(one) == view.hall(two)
    assert view.secretary(one) == view.secretary(two)
    outsider = next(d for d in [*IDS, "dv-10"] if d not in votes)
    assert view.delegate(one, Presses(), outsider) == view.delegate(two, Presses(), outsider)
    assert view.door(one) == view.door(two)


def test_the_seat_map_tells_five_states_apart() -> None:
    shown = {place.delegate: place.state for place in view.secretary(sitting({"dv-01": Choice.AGAINST})).places}
    assert shown["dv-01"] is Seated.VOTED
    assert shown["dv-02"] is Seated.WAITED_FOR
    assert shown["dv-08"] is Seated.ABSENT
    assert shown["dv-10"] is Seated.GUEST
    late = replace(sitting({}), roll=sitting({}).roll)
    assert view.secretary(late).waited_for == 7
    closed = {p.delegate: p.state for p in view.secretary(sitting({"dv-01": Choice.FOR}, close=True)).places}
    assert closed["dv-01"] is Seated.PRESENT


def test_a_delegate_sees_the_own_vote_and_its_way_in() -> None:
    cast = {(assembly.BALLOT, "dv-03"): Cast(Channel.KEYPAD, "2026-11-22T01:00:00.000Z")}
    shown = view.delegate(sitting({"dv-03": Choice.ABSTAIN}), Presses(cast), "dv-03")
    assert shown.mine is Choice.ABSTAIN
    assert shown.cast is not None
    assert shown.cast.channel is Channel.KEYPAD
    assert shown.ballot is not None
    assert (shown.ballot.needed, shown.ballot.electorate, shown.ballot.result) == (5, 9, None)
    assert shown.hindrance is None


@pytest.mark.parametrize(
    ("delegate", "why"), [("dv-10", "not-a-member"), ("dv-08", "not-present-at-opening"), ("dv-01", None)]
)
def test_who_may_not_vote_is_told_why(delegate: str, why: str | None) -> None:
    assert view.delegate(sitting({}), Presses(), delegate).hindrance == why


def test_somebody_who_is_not_on_the_roster_sees_the_meeting_and_nothing_else() -> None:
    shown = view.delegate(sitting({}), Presses(), "dv-99")
    assert shown.head is not None
    assert (shown.me, shown.ballot) == (None, None)


def test_after_the_close_everybody_sees_the_counts() -> None:
    closed = sitting(dict.fromkeys(PRESENT[:5], Choice.FOR) | {"dv-06": Choice.AGAINST}, close=True)
    shown = view.hall(closed).ballot
    assert shown is not None
    assert shown.result is not None
    tally = shown.result.tally
    assert (tally.for_, tally.against, tally.abstain, tally.not_cast, tally.absent) == (5, 1, 0, 1, 2)
    assert "5/9" in shown.result.sentence["vi"]


def test_before_any_meeting_every_page_has_an_empty_view() -> None:
    assert view.hall(None) == view.HallView(None, None)
    assert view.secretary(None).head is None
    assert view.door(None).delegates == ()
    assert view.delegate(None, Presses(), "dv-01").head is None


def test_seats_are_in_the_order_of_their_numbers() -> None:
    names = ["A10", "A2", "", "B1", "S01"]
    order = sorted(names, key=view.seat_order)
    assert order.index("A2") < order.index("A10")
    assert order[-1] == ""
    assert all(view.seat_order(a) <= view.seat_order(b) for a, b in itertools.pairwise(order))


def test_a_refused_press_is_told_to_its_delegate_until_one_counts() -> None:
    refused = VoteRefused(ballot=assembly.BALLOT, delegate="dv-03", channel=Channel.KEYPAD, reason="ballot-closed")
    told = Presses().after(entry(refused, 1))
    shown = view.delegate(sitting({}, close=True), told, "dv-03").refused
    assert shown is not None
    assert shown.reason == "ballot-closed"
    assert view.delegate(sitting({}, close=True), told, "dv-04").refused is None
    counted = told.after(entry(assembly.vote("dv-03", Choice.FOR), 2))
    assert counted.of(assembly.BALLOT, "dv-03")[1] is None
    assert counted.after(entry(assembly.convened(assembly.members(3)), 3)) == Presses()


def entry(fact: Event, seq: int) -> Entry:
    """One entry of a journal, as a reader hands it over."""
    return Entry(
        seq=seq,
        at="2026-11-22T01:00:00.000Z",
        clock="synchronised",
        writer="ballot",
        kind=type(fact).__name__,
        id="",
        body=record.body_of(fact),
        prev=b"",
        hash=b"",
    )
