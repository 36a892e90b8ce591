"""Values of the slips' pages: what is in them, and that nobody's answer is in anybody else's before the close."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from appliance import minutes, slips
from appliance.cli.slip import summary
from appliance.events import Event, SlipAnnounced, SlipAnswered, SlipClosed, SlipExtended, SlipReminded
from appliance.slips import Slips
from appliance.values import Choice
from appliance.web import slips_view
from tests import assembly
from tests.test_slips import AFTER, BEFORE, DEADLINE, LATER, SENT_AT, SLIP, members, wanted

IDS = [f"dv-{n:02}" for n in range(1, 6)]


def known(*facts: Event, at: str = BEFORE, **more: object) -> Slips:
    made: Slips = slips.apply({}, wanted(5, needed=3, **more), SENT_AT)
    for fact in facts:
        made = slips.apply(made, fact, at)
    return made


def answers(choices: list[tuple[str, Choice, str]]) -> list[SlipAnswered]:
    return [SlipAnswered(slip=SLIP, delegate=d, choice=c, opinion=o) for d, c, o in choices]


GIVEN = st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(Choice), st.text(max_size=20)), max_size=8)
OTHERWISE = st.tuples(st.sampled_from(Choice), st.text(max_size=20))


@given(GIVEN, st.lists(OTHERWISE, min_size=8, max_size=8))
def test_before_the_close_what_others_answered_changes_no_value(given_answers, otherwise):
    """The same people answer something else: every page but their own, and the command line, stay as they are."""
    one = known(*answers(given_answers))
    two = known(*answers([(d, *o) for (d, _, _), o in zip(given_answers, otherwise, strict=False)]))
    assert slips_view.secretary(one, None, BEFORE) == slips_view.secretary(two, None, BEFORE)
    assert summary(one[SLIP]) == summary(two[SLIP])
    answered = {d for d, _, _ in given_answers}
    for name in [*IDS, "dv-09"]:
        mine, other = (slips_view.delegate(slips_now, None, name, BEFORE) for slips_now in (one, two))
        if name not in answered:
            assert mine == other


@given(GIVEN)
def test_between_the_close_and_the_announcement_members_see_their_own_answer_alone(given_answers):
    closed = known(*answers(given_answers), SlipClosed(slip=SLIP, by="secretary"))
    last = {d: (c, o) for d, c, o in given_answers}
    for name in IDS:
        (shown,) = slips_view.delegate(closed, None, name, AFTER).others
        assert shown.result is None
        assert (shown.mine and (shown.mine.choice, shown.mine.opinion)) == last.get(name)


def test_the_five_states_after_the_close():
    facts = answers([("dv-01", Choice.FOR, ""), ("dv-02", Choice.AGAINST, "chưa rõ"), ("dv-03", Choice.ABSTAIN, "")])
    for silence, states in ((False, (1, 1, 1, 2, 0)), (True, (1, 1, 1, 0, 2))):
        closed = known(*facts, SlipClosed(slip=SLIP, by="deadline"), silence_agrees=silence)
        (shown,) = slips_view.secretary(closed, None, AFTER).closed
        result = shown.result
        assert result is not None
        assert (result.for_, result.against, result.abstain, result.silent, result.assumed) == states
        assert [one.name for one in result.opinions] == ["Đại biểu Mẫu 01", "Đại biểu Mẫu 02", "Đại biểu Mẫu 03"]
        assert result.unanswered == ("Đại biểu Mẫu 04", "Đại biểu Mẫu 05")
        assert shown.by_deadline


def test_who_answered_stands_in_the_rosters_order_not_in_that_of_the_answers():
    facts = answers([("dv-04", Choice.FOR, ""), ("dv-02", Choice.FOR, "")])
    (shown,) = slips_view.secretary(known(*facts), None, BEFORE).open
    assert [d.id for d in shown.answered] == ["dv-02", "dv-04"]
    assert [d.id for d in shown.unanswered] == ["dv-01", "dv-03", "dv-05"]


def test_reminders_and_extensions_are_told():
    facts = [
        SlipReminded(slip=SLIP, delegates=("dv-02",), by="secretary"),
        SlipExtended(slip=SLIP, deadline=LATER, by="secretary", reason="công tác"),
    ]
    now = known(*facts)
    (shown,) = slips_view.secretary(now, None, BEFORE).open
    assert shown.reminders == ((BEFORE, ("Đại biểu Mẫu 02",)),)
    assert (shown.extensions[0].before, shown.extensions[0].after) == (DEADLINE, LATER)
    assert (shown.asked.deadline, shown.asked.extended) == (LATER, "công tác")
    reminded = {name: slips_view.delegate(now, None, name, BEFORE).waiting[0].reminded for name in ("dv-01", "dv-02")}
    assert reminded == {"dv-01": None, "dv-02": BEFORE}


def test_a_deadline_that_has_come_before_the_box_closed_is_told():
    assert not slips_view.question(known()[SLIP], BEFORE).overdue
    assert slips_view.question(known()[SLIP], AFTER).overdue


def test_announcing_is_offered_once_and_only_in_a_session():
    closed = known(SlipClosed(slip=SLIP, by="secretary"))
    session = minutes.fold(assembly.sat(5, present=5, votes={}))
    assert session is not None
    assert not slips_view.secretary(closed, None, AFTER).closed[0].to_announce
    assert not slips_view.secretary(closed, replace(session, ended_at=AFTER), AFTER).closed[0].to_announce
    assert slips_view.secretary(closed, session, AFTER).closed[0].to_announce
    told = slips.apply(closed, SlipAnnounced(slip=SLIP, meeting=session.id, by="secretary"), AFTER)
    (shown,) = slips_view.secretary(told, session, AFTER).announced
    assert (shown.announced, shown.to_announce) == (((session.convened.title, AFTER),), False)
    assert slips_view.delegate(told, session, "dv-01", AFTER).others[0].result is not None


def test_whoever_has_an_id_now_sees_nothing_of_who_had_it_before():
    """dv-01 was somebody else's in a closed slip, and is somebody else's in the meeting that came after it."""
    old = known(*answers([("dv-01", Choice.AGAINST, "của người trước")]), SlipClosed(slip=SLIP, by="secretary"))
    other = (members(1)[0].model_copy(update={"name": "Đại biểu Mẫu 77"}),)
    sent = wanted(1, slip="phieu-2", members=other, needed=1)
    shown = slips_view.delegate(slips.apply(old, sent, AFTER), None, "dv-01", AFTER)
    assert (shown.me, [one.asked.id for one in shown.waiting], shown.others) == ("Đại biểu Mẫu 77", ["phieu-2"], ())
    session = minutes.fold(assembly.sat(1, present=1, votes={}))
    assert session is not None
    convened = session.convened.model_copy(update={"roster": other})
    roll = replace(session.roll, roster={"dv-01": other[0]})
    later = replace(session, convened=convened, roll=roll, convened_at=LATER)
    assert slips_view.delegate(old, later, "dv-01", LATER).others == ()


def test_open_slips_stand_by_their_deadlines_and_closed_ones_the_latest_first():
    sent: Slips = {}
    for name, deadline in (("a", LATER), ("b", DEADLINE)):
        sent = slips.apply(sent, wanted(2, slip=name, deadline=deadline, needed=2), SENT_AT)
    assert [one.asked.id for one in slips_view.secretary(sent, None, SENT_AT).open] == ["b", "a"]
    for name, at in (("a", BEFORE), ("b", LATER)):
        sent = slips.apply(sent, SlipClosed(slip=name, by="secretary"), at)
    assert [one.asked.id for one in slips_view.secretary(sent, None, LATER).closed] == ["b", "a"]
