"""What the pages show, from the fold alone: who has voted, never how, until the close."""

from __future__ import annotations

import itertools
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from appliance import minutes, record, slips
from appliance.events import (
    AbsenceReported,
    BallotAnnulled,
    BallotClosed,
    BallotHeld,
    BallotResumed,
    CheckedOut,
    DeviceInstalled,
    Event,
    HandsCounted,
    ItemTakenUp,
    MeetingEnded,
    QuorumOverridden,
    SeatLockedOut,
    SecretBallotCounted,
    SlipAnnounced,
    SlipAnswered,
    SlipClosed,
    SlipSent,
    TieDecided,
    VoteEntered,
    VoteRefused,
)
from appliance.minutes import Minutes
from appliance.record import Entry
from appliance.slips import Slips
from appliance.values import Channel, Choice, CountedVote, Delegate, Method, Role, Voting
from appliance.web import chair_view, delegate_view, hall_view, roll_view, secretary_view, turnout, view
from appliance.web import minutes as minutes_page
from appliance.web.live import Now
from appliance.web.presses import Cast, Presses
from appliance.web.secretary_view import Do, Seated
from appliance.web.turnout import Turnout, Wait
from appliance.web.view import Phase
from tests import assembly

MEMBERS = 9
IDS = [f"dv-{n:02}" for n in range(1, MEMBERS + 1)]
PRESENT = IDS[:7]
BALLOT = assembly.BALLOT
NO_BOX, NO_PRESSES = Turnout(), Presses()
OPEN_BOX = Turnout(passphrase=Wait.OPEN)


def sitting(
    votes: dict[str, Choice], *more: Event, close: bool = False, method: Voting = Voting.OPEN, **changes: Any
) -> Minutes:
    """A meeting of nine members and a guest, seven present, with these votes; `changes` of the ballot's opening."""
    opening = assembly.opened(IDS, PRESENT).model_copy(update={"method": method, **changes})
    return folded(
        *(assembly.arrived(d) for d in [*PRESENT, "dv-10"]),
        opening,
        *(assembly.vote(d, c) for d, c in votes.items()),
        *more,
        *([BallotClosed(ballot=BALLOT, by="secretary")] if close else []),
    )


def folded(*facts: Event, roster: tuple[Delegate, ...] = ()) -> Minutes:
    """A meeting with nothing but these facts."""
    convened = assembly.convened(roster or assembly.members(MEMBERS, guests=1))
    found = minutes.fold(assembly.chain([DeviceInstalled(site="s", device="d", public_key=""), convened, *facts]))
    assert found is not None
    return found


def desk(meeting: Minutes, box: Turnout = OPEN_BOX) -> secretary_view.SecretaryView:
    return secretary_view.secretary(meeting, {}, box)


def page_of(
    meeting: Minutes | None,
    name: str,
    box: Turnout = NO_BOX,
    *,
    told: Presses = NO_PRESSES,
    secret_session: bool = False,
) -> delegate_view.DelegateView:
    return delegate_view.delegate(meeting, {}, told, name, box, secret_session=secret_session)


def everybodys(meeting: Minutes, outsider: str) -> list[Any]:
    """The value of every page that shows something of a meeting, for people who are not `outsider`'s neighbours."""
    return [
        hall_view.hall(meeting, {}),
        hall_view.door(meeting),
        desk(meeting),
        roll_view.roll(meeting),
        chair_view.chair(meeting, {}, meeting.chair),
        minutes_page.shown(meeting, {}),
        page_of(meeting, outsider),
        delegate_view.history(meeting, Presses(), outsider, {}),
    ]


@given(
    st.dictionaries(st.sampled_from(PRESENT), st.sampled_from(Choice)),
    st.lists(st.sampled_from(Choice), min_size=7, max_size=7),
)
def test_how_people_voted_changes_nothing_that_others_see(votes: dict[str, Choice], others: list[Choice]) -> None:
    one, two = sitting(votes), sitting(dict(zip(votes, others, strict=False)))
    outsider = next(d for d in [*IDS, "dv-10"] if d not in votes)
    assert everybodys(one, outsider) == everybodys(two, outsider)


def choices_in(value: Any) -> list[Choice]:
    """Every choice that stands somewhere in a page's value, the body's wording of them apart."""
    if isinstance(value, Choice):
        return [value]
    if is_dataclass(value):
        return [c for f in fields(value) if f.name != "wording" for c in choices_in(getattr(value, f.name))]
    if isinstance(value, BaseModel):
        return [c for name in type(value).model_fields for c in choices_in(getattr(value, name))]
    if isinstance(value, dict):
        return [c for pair in value.items() for part in pair for c in choices_in(part)]
    return [c for part in value for c in choices_in(part)] if isinstance(value, tuple | list | frozenset) else []


@pytest.mark.parametrize("rests", [(), (BallotHeld(ballot=BALLOT, by="secretary"),)])
def test_no_page_holds_a_choice_before_the_close_but_the_voters_own(rests: tuple[Event, ...]) -> None:
    """The scan sees what it looks for: after the close the very same pages hold choices."""
    votes = dict(zip(PRESENT, itertools.cycle(Choice), strict=False))
    entered = VoteEntered(
        ballot=BALLOT, delegate="dv-02", choice=Choice.FOR, by="secretary", witness="dv-03", reason="bàn phím hỏng"
    )
    meeting = sitting(votes, entered, *rests)
    assert [choices_in(value) for value in everybodys(meeting, "dv-10")] == [[]] * 8
    assert choices_in(page_of(meeting, "dv-03")) == [votes["dv-03"]]
    closed = sitting(votes, entered, close=True)
    assert choices_in(minutes_page.shown(closed, {})) != []


def test_a_represented_member_does_not_see_the_holders_vote_before_the_close() -> None:
    """The giver is away with a tablet in the hand: what the holder pressed is somebody else's choice."""
    weights, proxies = dict.fromkeys(IDS, 1), {"dv-09": "dv-01"}
    opening: dict[str, Any] = {"weights": weights, "proxies": proxies, "present": (*PRESENT, "dv-09")}
    before = sitting({"dv-01": Choice.AGAINST}, **opening)
    assert choices_in(page_of(before, "dv-09")) == []
    assert page_of(before, "dv-09").represented_by == "Đại biểu Mẫu 01"
    assert page_of(before, "dv-01").votes_for == ("Đại biểu Mẫu 09",)
    after = sitting({"dv-01": Choice.AGAINST}, close=True, **opening)
    assert page_of(after, "dv-09").mine.choice is Choice.AGAINST


def test_who_could_vote_and_did_not_is_told_so_and_not_that_there_was_no_vote() -> None:
    after = sitting({"dv-01": Choice.AGAINST}, close=True)
    assert page_of(after, "dv-02").mine.entitled
    assert not page_of(after, "dv-08").mine.entitled, "was not there"


# The desk ------------------------------------------------------------------------------------------------------------


def test_the_seat_map_tells_its_states_apart() -> None:
    shown = {place.delegate: place.state for place in desk(sitting({"dv-01": Choice.AGAINST})).places}
    assert shown["dv-01"] is Seated.VOTED
    assert shown["dv-02"] is Seated.WAITED_FOR
    assert shown["dv-08"] is Seated.ABSENT
    assert shown["dv-10"] is Seated.GUEST
    assert len(desk(sitting({})).waited_for) == 7
    closed = {p.delegate: p.state for p in desk(sitting({"dv-01": Choice.FOR}, close=True)).places}
    assert closed["dv-01"] is Seated.PRESENT
    lock = SeatLockedOut(
        meeting=assembly.MEETING, seat="S02", delegate="dv-02", by="secretary", reason="bàn phím không phản hồi"
    )
    assert [p.seat for p in desk(sitting({}, lock)).places if p.locked] == ["S02"]


def test_who_has_left_is_not_waited_for() -> None:
    left = CheckedOut(meeting=assembly.MEETING, delegate="dv-07", method=Method.HAND, by="secretary")
    assert [d.id for d in desk(sitting({"dv-01": Choice.FOR}, left)).waited_for] == PRESENT[1:6]


def test_the_next_step_follows_the_meeting() -> None:
    item = ItemTakenUp(meeting=assembly.MEETING, item=assembly.ITEM, by="secretary")
    arrivals: list[Event] = [assembly.arrived(d) for d in PRESENT]
    opening, closing = assembly.opened(IDS, PRESENT), BallotClosed(ballot=BALLOT, by="secretary")
    hold, go_on = BallotHeld(ballot=BALLOT, by="secretary"), BallotResumed(ballot=BALLOT, by="secretary")
    course: list[tuple[list[Event], Do]] = [
        (arrivals, Do.TAKE_UP),
        ([item], Do.OPEN),
        ([opening], Do.CLOSE),
        ([hold], Do.RESUME),
        ([go_on], Do.CLOSE),
        ([closing], Do.END),
        ([MeetingEnded(meeting=assembly.MEETING, by="secretary")], Do.MINUTES),
    ]
    facts: list[Event] = []
    for new, expected in course:
        facts += new
        assert desk(folded(*facts)).step.do is expected
    assert secretary_view.secretary(None, {}, Turnout()).step.do is Do.CONVENE


def test_the_next_step_says_what_stands_in_its_way() -> None:
    item = ItemTakenUp(meeting=assembly.MEETING, item=assembly.ITEM, by="secretary")
    assert desk(folded(item)).step.hindrance == "no-quorum"
    override = QuorumOverridden(meeting=assembly.MEETING, present=0, quorum=6, by="dv-01", reason="việc cấp bách")
    assert desk(folded(item, override)).step.hindrance == ""
    secret = sitting({}, method=Voting.SECRET, close=True)
    assert desk(secret).step.do is Do.PASSPHRASE
    assert desk(sitting({}, method=Voting.HANDS)).step.do is Do.COUNT_HANDS


def test_a_secret_ballot_is_counted_by_the_box_not_by_the_journal() -> None:
    running = sitting({}, method=Voting.SECRET, key="a2V5")
    known = Turnout(BALLOT, cast=2, waited_for=tuple(PRESENT[2:]), known=True, passphrase=Wait.OPEN)
    shown = desk(running, known)
    assert shown.running is not None
    assert (shown.running.cast, len(shown.waited_for)) == (2, 5)
    assert [p.state for p in shown.places[:3]] == [Seated.VOTED, Seated.VOTED, Seated.WAITED_FOR]
    sealed = desk(running, Turnout(BALLOT, None, tuple(PRESENT), known=False, passphrase=Wait.SEALED))
    assert sealed.running is not None
    assert (sealed.running.cast, sealed.waited_for, sealed.passphrase_wanted) == (None, (), True)
    assert {p.state for p in sealed.places[:7]} == {Seated.PRESENT}, "after a power cut nobody is said to have voted"
    assert not desk(running, Turnout()).passphrase_wanted, "a service that does not answer asks for no passphrase"


def test_the_time_of_a_ballot_stands_still_while_it_rests() -> None:
    """Opened at entry 11 with 60 s, held 1 s later, resumed 1 s after that."""
    hold, go_on = BallotHeld(ballot=BALLOT, by="secretary"), BallotResumed(ballot=BALLOT, by="secretary")
    running = [sitting({}, *facts, limit_seconds=60) for facts in ((), (hold,), (hold, go_on))]
    shown = [view.ballot(m, m.ballots[BALLOT]) for m in running]
    assert [(b.ends_at, b.left) for b in shown] == [
        ("2026-11-22T01:01:11.000Z", None),
        (None, 59.0),
        ("2026-11-22T01:01:12.000Z", None),
    ]
    assert [b.phase for b in shown] == [Phase.OPEN, Phase.HELD, Phase.OPEN]
    assert view.ballot(running[0], sitting({}).ballots[BALLOT]).ends_at is None


# The delegate --------------------------------------------------------------------------------------------------------


def test_a_delegate_sees_the_own_vote_and_its_way_in() -> None:
    cast = {(BALLOT, "dv-03"): Cast(Channel.KEYPAD, "2026-11-22T01:00:00.000Z")}
    shown = page_of(sitting({"dv-03": Choice.ABSTAIN}), "dv-03", told=Presses(cast))
    assert (shown.mine.choice, shown.mine.recorded) == (Choice.ABSTAIN, True)
    assert shown.mine.cast is not None
    assert shown.mine.cast.channel is Channel.KEYPAD
    assert shown.ballot is not None
    assert (shown.ballot.needed, shown.ballot.electorate, shown.ballot.result) == (5, 9, None)
    assert shown.hindrance == ""


@pytest.mark.parametrize(
    ("delegate", "why"), [("dv-10", "not-a-member"), ("dv-08", "not-present-at-opening"), ("dv-01", "")]
)
def test_who_may_not_vote_is_told_why(delegate: str, why: str) -> None:
    assert page_of(sitting({}), delegate).hindrance == why


def test_held_hands_and_secret_sessions_take_the_keys_away() -> None:
    held = sitting({}, BallotHeld(ballot=BALLOT, by="secretary"))
    assert page_of(held, "dv-01").hindrance == "ballot-held"
    assert page_of(sitting({}, method=Voting.HANDS), "dv-01").hindrance == "by-hands"
    assert page_of(sitting({}), "dv-01", secret_session=True).hindrance == "keypads-only"


@pytest.mark.parametrize(
    ("box", "recorded", "sealed"),
    [
        (Turnout(BALLOT, mine=True, known=True, passphrase=Wait.OPEN), True, False),
        (Turnout(BALLOT, known=True, passphrase=Wait.OPEN), False, False),
        (Turnout(BALLOT, passphrase=Wait.SEALED), None, True),
        (Turnout(BALLOT, mine=True, passphrase=Wait.SEALED), True, True),
        (Turnout(), None, False),
    ],
)
def test_of_a_secret_vote_only_that_it_is_there(box: Turnout, recorded: bool | None, *, sealed: bool) -> None:
    shown = page_of(sitting({}, method=Voting.SECRET), "dv-03", box)
    assert (shown.mine.choice, shown.mine.recorded, shown.sealed) == (None, recorded, sealed)


def test_somebody_who_is_not_on_the_roster_sees_the_meeting_and_nothing_else() -> None:
    shown = page_of(sitting({}), "dv-99")
    assert shown.head is not None
    assert (shown.me, shown.ballot) == (None, None)


def test_the_own_history_has_the_own_part_in_each_ballot_and_the_own_tracker() -> None:
    votes = (CountedVote(tracker="AAAAAAAA", choice=Choice.FOR), CountedVote(tracker="BBBBBBBB", choice=Choice.AGAINST))
    counted = SecretBallotCounted(ballot=BALLOT, took_part=("dv-01", "dv-02"), votes=votes)
    meeting = sitting({}, BallotClosed(ballot=BALLOT, by="secretary"), counted, method=Voting.SECRET)
    assert delegate_view.secret_ballots(meeting, "dv-01") == (BALLOT,)
    assert delegate_view.secret_ballots(meeting, "dv-03") == ()
    (line,) = delegate_view.history(meeting, Presses(), "dv-01", {BALLOT: "BBBBBBBB"}).lines
    assert (line.mine.recorded, line.mine.choice, line.tracker) == (True, None, "BBBBBBBB")
    assert line.ballot.result is not None
    assert line.ballot.result.trackers == votes
    (other,) = delegate_view.history(meeting, Presses(), "dv-03", {}).lines
    assert (other.mine.recorded, other.tracker) == (False, "")
    assert delegate_view.history(sitting({"dv-01": Choice.FOR}), Presses(), "dv-01", {}).lines == ()


def test_a_vote_entered_by_hand_is_told_to_its_delegate_with_its_witness() -> None:
    entered = VoteEntered(
        ballot=BALLOT, delegate="dv-03", choice=Choice.FOR, by="secretary", witness="dv-04", reason="bàn phím hỏng"
    )
    told = Presses().after(entry(assembly.vote("dv-03", Choice.AGAINST), 1)).after(entry(entered, 2))
    mine = page_of(sitting({"dv-03": Choice.AGAINST}, entered), "dv-03", told=told).mine
    assert (mine.choice, mine.witness, mine.cast) == (Choice.FOR, "Đại biểu Mẫu 04", None)


# The chair -----------------------------------------------------------------------------------------------------------


def tied(method: Voting = Voting.OPEN, *more: Event) -> Minutes:
    """Three for, three against, one abstains: the chair's side is for."""
    sides = [Choice.FOR] * 3 + [Choice.AGAINST] * 3 + [Choice.ABSTAIN]
    closing = BallotClosed(ballot=BALLOT, by="secretary")
    return sitting(dict(zip(PRESENT, sides, strict=True)), closing, *more, method=method)


def test_both_readings_of_a_tie_go_to_the_chair_and_the_choice_stays_with_the_result() -> None:
    (tie,) = chair_view.chair(tied(), {}, "dv-01").ties
    assert len(tie.readings) == 2
    assert all(reading.sentence["vi"].endswith(".") and not reading.chosen for reading in tie.readings)
    chosen = tie.readings[0].id
    decided = tied(Voting.OPEN, TieDecided(ballot=BALLOT, reading=chosen, by="dv-01", reason="theo ý kiến của chủ tọa"))
    assert chair_view.chair(decided, {}, "dv-01").ties == ()
    result = view.ballot(decided, decided.ballots[BALLOT]).result
    assert result is not None
    assert [r.chosen for r in result.readings] == [True, False]
    assert (result.undecided, result.ruling) == (False, "theo ý kiến của chủ tọa")


def test_the_chairs_page_is_empty_for_everybody_else() -> None:
    absence = AbsenceReported(meeting=assembly.MEETING, delegate="dv-08", reason="đi công tác", by="dv-08")
    meeting = sitting({}, absence)
    shown = chair_view.chair(meeting, {}, "dv-02")
    assert (shown.presides, shown.missing, shown.running) == (False, (), None)
    mine = chair_view.chair(meeting, {}, "dv-01")
    assert [(one.delegate.id, one.absence is not None) for one in mine.missing] == [("dv-08", True), ("dv-09", False)]


# The hall ------------------------------------------------------------------------------------------------------------


def test_after_the_close_everybody_sees_the_counts() -> None:
    closed = sitting(dict.fromkeys(PRESENT[:5], Choice.FOR) | {"dv-06": Choice.AGAINST}, close=True)
    shown = hall_view.hall(closed, {}).ballot
    assert shown is not None
    assert shown.result is not None
    tally = shown.result.tally
    assert (tally.for_, tally.against, tally.abstain, tally.not_cast, tally.absent) == (5, 1, 0, 1, 2)
    assert "5/9" in shown.result.sentence["vi"]


def test_an_annulled_ballot_has_no_result_and_a_show_of_hands_its_witness() -> None:
    annulled = sitting({"dv-01": Choice.FOR}, BallotAnnulled(ballot=BALLOT, by="secretary", reason="mở nhầm"))
    shown = view.ballot(annulled, annulled.ballots[BALLOT])
    assert (shown.phase, shown.result, shown.annulled) == (Phase.ANNULLED, None, "mở nhầm")
    hands = HandsCounted(ballot=BALLOT, votes_for=5, votes_against=1, abstentions=1, by="secretary", witness="dv-04")
    counted = sitting({}, hands, method=Voting.HANDS)
    result = view.ballot(counted, counted.ballots[BALLOT]).result
    assert result is not None
    assert (result.tally.for_, result.witness) == (5, "Đại biểu Mẫu 04")


def test_the_hall_shows_what_came_last() -> None:
    other = ItemTakenUp(meeting=assembly.MEETING, item=assembly.ITEM, by="secretary")
    assert hall_view.hall(sitting({}, close=True), {}).ballot is not None
    taken_up = hall_view.hall(folded(other), {})
    assert taken_up.item is not None
    assert (taken_up.item.id, taken_up.ballot) == (assembly.ITEM, None)


def told(announced_at: str, *answers: Choice) -> Slips:
    """A slip to nine members, closed, and announced at the meeting at that time."""
    asked = assembly.members(MEMBERS)
    sent = SlipSent(
        slip="phieu-1",
        title="Lấy ý kiến",
        question="Đồng ý với Đề án mẫu?",
        preset="ubnd",
        majority="ordinary",
        members=asked,
        chair="dv-01",
        needed=5,
        deadline="2026-11-20T00:00:00Z",
        by="secretary",
    )
    facts = [
        *(SlipAnswered(slip="phieu-1", delegate=d.id, choice=c) for d, c in zip(asked, answers, strict=False)),
        SlipClosed(slip="phieu-1", by="deadline"),
    ]
    made: Slips = slips.apply({}, sent, "2026-11-10T00:00:00Z")
    for fact in facts:
        made = slips.apply(made, fact, "2026-11-20T00:00:00Z")
    return slips.apply(made, SlipAnnounced(slip="phieu-1", meeting=assembly.MEETING, by="secretary"), announced_at)


def test_an_announced_slip_stands_in_the_hall_until_something_else_comes() -> None:
    """The ballot of this meeting closes at entry 12; a slip takes its place if it was announced after that."""
    later = told(assembly.at(60), *[Choice.FOR] * 5, Choice.AGAINST)
    meeting = sitting({}, close=True)
    shown = hall_view.hall(meeting, later).slip
    assert shown is not None
    counts = shown.result
    assert (counts.for_, counts.against, counts.silent, counts.outcome) == (5, 1, 3, "carried")
    assert (counts.opinions, counts.unanswered) == ((), ()), "the hall names nobody"
    assert hall_view.hall(meeting, told(assembly.at(3), Choice.FOR)).slip is None
    assert hall_view.hall(sitting({}), later).slip is None, "a ballot that is open goes before"
    elsewhere = {name: replace(slip, announced={"m-khac": assembly.at(60)}) for name, slip in later.items()}
    assert hall_view.hall(meeting, elsewhere).slip is None


def test_before_any_meeting_every_page_has_an_empty_view() -> None:
    assert hall_view.hall(None, {}) == hall_view.HallView(None)
    assert secretary_view.secretary(None, {}, Turnout()).head is None
    assert roll_view.roll(None).lines == ()
    assert hall_view.door(None).delegates == ()
    assert page_of(None, "dv-01").head is None
    assert chair_view.chair(None, {}, "dv-01").presides is False
    assert minutes_page.shown(None, {}).document is None


# The roll ------------------------------------------------------------------------------------------------------------


def test_the_roll_has_every_stay_and_who_sits_for_whom() -> None:
    left = CheckedOut(meeting=assembly.MEETING, delegate="dv-02", method=Method.HAND, by="secretary")
    seated = assembly.members(3)
    substitute = Delegate(id="dt-01", name="Người dự thay Mẫu 01", role=Role.SUBSTITUTE, substitute_for="dv-03")
    back = assembly.arrived("dv-02")
    meeting = folded(assembly.arrived("dv-02"), left, back, roster=(*seated, substitute))
    lines = {line.delegate.id: line for line in roll_view.roll(meeting, ("S09",)).lines}
    assert [stay.left_at is None for stay in lines["dv-02"].stays] == [False, True]
    assert lines["dv-03"].substitute == "Người dự thay Mẫu 01"
    assert lines["dt-01"].substitute_for == "Đại biểu Mẫu 03"
    assert (lines["dv-01"].presides, lines["dt-01"].seat) == (True, None)
    assert [seat.name for seat in roll_view.roll(meeting, ("S09",)).seats if not seat.delegate] == ["S09"]


@pytest.mark.parametrize(
    ("starts_at", "late"),
    [("2026-11-22T07:45:00+07:00", 15), ("2026-11-22T08:00:00+07:00", 0), ("", 0), ("sáng mai", 0)],
)
def test_late_is_measured_in_whole_minutes_against_the_published_start(starts_at: str, late: int) -> None:
    convened = assembly.convened(assembly.members(3)).model_copy(update={"starts_at": starts_at})
    meeting = minutes.fold(assembly.chain([convened, assembly.arrived("dv-01")]))
    assert meeting is not None
    assert roll_view.roll(meeting).lines[0].late == late


# Order and presses ---------------------------------------------------------------------------------------------------


def test_seats_are_in_the_order_of_their_numbers() -> None:
    names = ["A10", "A2", "", "B1", "S01"]
    order = sorted(names, key=view.seat_order)
    assert order.index("A2") < order.index("A10")
    assert order[-1] == ""
    assert all(view.seat_order(a) <= view.seat_order(b) for a, b in itertools.pairwise(order))


def test_a_refused_press_is_told_to_its_delegate_until_one_counts() -> None:
    refused = VoteRefused(ballot=BALLOT, delegate="dv-03", channel=Channel.KEYPAD, reason="ballot-closed")
    told, meeting = Presses().after(entry(refused, 1)), sitting({}, close=True)
    shown = page_of(meeting, "dv-03", told=told).mine.refused
    assert shown is not None
    assert shown.reason == "ballot-closed"
    assert page_of(meeting, "dv-04", told=told).mine.refused is None
    counted = told.after(entry(assembly.vote("dv-03", Choice.FOR), 2))
    assert counted.of(BALLOT, "dv-03")[1] is None
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


def test_an_answer_about_another_box_is_not_told_of_this_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the journal that a page has read and the service's answer a ballot may end and another begin."""
    now = Now(minutes=sitting({}, method=Voting.SECRET))
    answer = {"ballot": BALLOT, "cast": 3, "waited_for": [], "mine": True, "known": True, "passphrase": "open"}
    monkeypatch.setattr(turnout.room, "ask", lambda _do: answer)
    assert turnout.of_running(now).cast == 3
    for other in ("m1.i1.2", None):
        answer["ballot"] = other
        assert turnout.of_running(now) == Turnout()
    assert turnout.of_running(Now(minutes=sitting({}))) == Turnout()
