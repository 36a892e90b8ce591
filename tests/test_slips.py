"""Opinion slips: who is asked, until when, what counts, and what silence means."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from appliance import rules, slips
from appliance.events import (
    Event,
    ResultSigned,
    SlipAnnounced,
    SlipAnswered,
    SlipClosed,
    SlipExtended,
    SlipReminded,
    SlipSent,
    TieDecided,
)
from appliance.rules import Outcome
from appliance.slips import Slip, Slips
from appliance.values import Choice, Delegate, Refusal, Role

SENT_AT, DEADLINE = "2026-11-23T01:00:00.000Z", "2026-11-30T10:00:00Z"
BEFORE, AFTER = "2026-11-30T09:59:59.999Z", "2026-11-30T10:00:00.000Z"
LATER = "2026-12-02T10:00:00Z"
SLIP = "phieu-1"


def members(count: int) -> tuple[Delegate, ...]:
    return tuple(Delegate(id=f"dv-{n:02}", name=f"Đại biểu Mẫu {n:02}") for n in range(1, count + 1))


def wanted(count: int = 5, **more: object) -> SlipSent:
    fields = {
        "slip": SLIP,
        "title": "Chủ trương đầu tư",
        "question": "Đồng ý chủ trương đầu tư trạm y tế xã Mẫu?",
        "preset": "ubnd",
        "majority": "ordinary",
        "members": members(count),
        "chair": "dv-01",
        "needed": None,
        "deadline": DEADLINE,
        "by": "secretary",
    }
    return SlipSent.model_validate({**fields, **more})


def sent(count: int = 5, **more: object) -> Slip:
    fact = slips.send({}, wanted(count, **more), SENT_AT)
    assert isinstance(fact, SlipSent), fact
    return slips.apply({}, fact, SENT_AT)[SLIP]


def after(one: Slip, *facts: Event, at: str = BEFORE) -> Slip:
    known: Slips = {one.id: one}
    for fact in facts:
        known = slips.apply(known, fact, at)
    return known[one.id]


def said(delegate: int, choice: str, opinion: str = "") -> SlipAnswered:
    return SlipAnswered(slip=SLIP, delegate=f"dv-{delegate:02}", choice=Choice(choice), opinion=opinion)


def answered(one: Slip, *choices: str) -> Slip:
    """The first members answer in order; a dash is silence."""
    return after(one, *(said(n, choice) for n, choice in enumerate(choices, 1) if choice != "-"))


def closed(one: Slip) -> Slip:
    return after(one, SlipClosed(slip=SLIP, by=slips.BY_DEADLINE), at=AFTER)


def code(outcome: object) -> str:
    assert isinstance(outcome, Refusal), outcome
    return outcome.code


def counts(one: Slip) -> tuple[int, ...]:
    made = slips.tally(one)
    return (made.for_, made.against, made.abstain, made.not_cast, made.absent)


# Sending -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "needed"), [(3, 2), (4, 3), (20, 11), (21, 11)])
def test_needed_is_more_than_half_of_all_members_asked(count, needed):
    fact = slips.send({}, wanted(count), SENT_AT)
    assert isinstance(fact, SlipSent)
    assert fact.needed == needed


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"members": (*members(3), Delegate(id="km-01", name="Khách Mẫu", role=Role.GUEST))}, "km-01 is no member"),
        ({"members": (*members(3), members(1)[0])}, "dv-01 stands more than once"),
        ({"chair": "dv-09"}, "'dv-09' is not one of the members asked"),
        ({"preset": "khong-co"}, "khong-co"),
        ({"majority": "khong-co"}, "khong-co"),
    ],
)
def test_a_slip_that_contradicts_itself_is_not_sent(fields, complaint):
    outcome = slips.send({}, wanted(**fields), SENT_AT)
    assert code(outcome) == "contradiction"
    assert isinstance(outcome, Refusal)
    assert complaint in outcome.message


def test_all_contradictions_are_said_at_once():
    outcome = slips.send({}, wanted(chair="dv-09", members=(*members(2), members(1)[0])), SENT_AT)
    assert isinstance(outcome, Refusal)
    assert "dv-09" in outcome.message
    assert "dv-01 stands more than once" in outcome.message


def test_no_slip_with_a_deadline_that_has_passed():
    assert code(slips.send({}, wanted(deadline="2026-11-23T01:00:00Z"), SENT_AT)) == "deadline-past"


def test_offsets_are_counted_when_times_are_compared():
    """08:30 at +07:00 is 01:30 UTC: half an hour after the sending, although the text is written otherwise."""
    assert isinstance(slips.send({}, wanted(deadline="2026-11-23T08:30:00+07:00"), SENT_AT), SlipSent)
    assert code(slips.send({}, wanted(deadline="2026-11-23T07:30:00+07:00"), SENT_AT)) == "deadline-past"


def test_a_slip_is_sent_once():
    assert code(slips.send({SLIP: closed(sent())}, wanted(), SENT_AT)) == "slip-exists"


def test_no_slips_where_votes_have_weights():
    assert code(slips.send({}, wanted(preset="board"), SENT_AT)) == "weights-need-session"


def test_an_id_is_one_person_in_all_open_slips_and_in_the_meeting():
    other = (Delegate(id="dv-01", name="Đại biểu Mẫu 99"), *members(5)[1:])
    outcome = slips.send({SLIP: sent()}, wanted(slip="phieu-2", members=other), SENT_AT)
    assert code(outcome) == "contradiction"
    assert code(slips.send({}, wanted(members=other), SENT_AT, members(5))) == "contradiction"
    assert isinstance(slips.send({}, wanted(members=other), SENT_AT, members(5)[1:]), SlipSent)
    assert isinstance(slips.send({SLIP: closed(sent())}, wanted(slip="phieu-2", members=other), SENT_AT), SlipSent)


def test_a_roster_that_gives_an_id_of_an_open_slip_to_somebody_else_is_named():
    other = [Delegate(id="dv-02", name="Đại biểu Mẫu 77"), *members(1)]
    (sentence,) = slips.contradictions({SLIP: sent()}, other)
    assert "dv-02" in sentence
    assert "Đại biểu Mẫu 77" in sentence
    assert slips.contradictions({SLIP: closed(sent())}, other) == []


# Answering -----------------------------------------------------------------------------------------------------------


def test_an_answer_has_a_choice_and_an_opinion():
    fact = slips.answer(sent(), "dv-02", Choice.AGAINST, "  Cần thêm phương án tài chính.\n", BEFORE)
    assert isinstance(fact, SlipAnswered)
    assert (fact.slip, fact.delegate, fact.choice) == (SLIP, "dv-02", Choice.AGAINST)
    assert fact.opinion == "Cần thêm phương án tài chính."


def test_the_last_answer_before_the_close_counts():
    one = after(sent(), said(1, "for", "đồng ý"), said(1, "against", "xin rút lại"))
    assert (one.answers["dv-01"].choice, one.answers["dv-01"].opinion) == (Choice.AGAINST, "xin rút lại")
    assert counts(closed(one)) == (0, 1, 0, 4, 0)


def test_only_members_asked_answer():
    assert code(slips.answer(sent(), "dv-06", Choice.FOR, "", BEFORE)) == "not-asked"
    assert code(slips.answer(None, "dv-01", Choice.FOR, "", BEFORE)) == "no-slip"
    assert after(sent(), said(6, "for")).answers == {}


def test_no_answer_counts_from_the_deadline_on_even_before_the_box_has_closed_the_slip():
    assert isinstance(slips.answer(sent(), "dv-01", Choice.FOR, "", BEFORE), SlipAnswered)
    assert code(slips.answer(sent(), "dv-01", Choice.FOR, "", AFTER)) == "slip-closed"


def test_nothing_changes_a_closed_slip_but_its_signature_and_its_announcement():
    before = closed(answered(sent(), "for", "against"))
    facts = [
        said(1, "against"),
        said(3, "for"),
        SlipReminded(slip=SLIP, delegates=("dv-03",), by="secretary"),
        SlipExtended(slip=SLIP, deadline=LATER, by="secretary", reason="thêm thời gian"),
        SlipClosed(slip=SLIP, by="secretary"),
    ]
    assert after(before, *facts) == before
    signed = after(before, ResultSigned(ballot=SLIP, envelope="{}"))
    assert (signed.envelope, signed.answers) == ("{}", before.answers)


def test_a_slip_closed_stays_closed_when_the_clock_is_set_back():
    one = closed(sent())
    assert code(slips.answer(one, "dv-01", Choice.FOR, "", SENT_AT)) == "slip-closed"
    assert not slips.is_due(one, SENT_AT)


def test_facts_of_other_slips_and_ballots_leave_everything_as_it_is():
    known = {SLIP: sent()}
    for fact in (
        SlipAnswered(slip="phieu-2", delegate="dv-01", choice=Choice.FOR),
        SlipClosed(slip="phieu-2", by="secretary"),
        ResultSigned(ballot="m1.i1.1", envelope="{}"),
        TieDecided(ballot="m1.i1.1", reading="chair", by="dv-01"),
    ):
        assert slips.apply(known, fact, BEFORE) is known


def test_sending_the_same_slip_again_does_not_begin_it_anew():
    known: Slips = {SLIP: answered(sent(), "for")}
    assert slips.apply(known, wanted(9), BEFORE) is known


# Reminders, extension, close -----------------------------------------------------------------------------------------


def test_a_reminder_goes_to_those_who_have_not_answered():
    one = answered(sent(4), "for", "-", "abstain")
    fact = slips.remind(one, BEFORE, by="secretary")
    assert isinstance(fact, SlipReminded)
    assert fact.delegates == ("dv-02", "dv-04")
    assert after(one, fact).reminders == ((BEFORE, ("dv-02", "dv-04")),)
    assert code(slips.remind(answered(sent(2), "for", "for"), BEFORE, by="secretary")) == "all-answered"
    assert code(slips.remind(one, AFTER, by="secretary")) == "slip-closed"


def test_a_deadline_moves_only_to_later_and_before_it_has_come():
    one = sent()
    assert (
        code(slips.extend(one, "2026-11-30T17:00:00+07:00", BEFORE, by="secretary", reason="x")) == "deadline-earlier"
    )
    assert code(slips.extend(one, "2026-11-29T10:00:00Z", BEFORE, by="secretary", reason="x")) == "deadline-earlier"
    assert code(slips.extend(one, LATER, AFTER, by="secretary", reason="quá muộn")) == "slip-closed"
    fact = slips.extend(one, LATER, BEFORE, by="secretary", reason="  vắng nhiều ")
    assert isinstance(fact, SlipExtended)
    longer = after(one, fact)
    assert (longer.deadline, longer.sent.deadline, longer.extensions[0].reason) == (LATER, DEADLINE, "vắng nhiều")
    assert not slips.is_due(longer, AFTER)
    assert isinstance(slips.answer(longer, "dv-01", Choice.FOR, "", AFTER), SlipAnswered)


def test_nobody_closes_early_while_somebody_has_not_answered():
    one = answered(sent(3), "for", "for")
    outcome = slips.close(one, BEFORE, by="secretary")
    assert code(outcome) == "slip-awaited"
    assert isinstance(slips.close(one, AFTER, by="secretary"), SlipClosed)
    assert isinstance(slips.close(answered(one, "-", "-", "against"), BEFORE, by="secretary"), SlipClosed)
    assert code(slips.close(closed(one), AFTER, by="secretary")) == "slip-closed"


def test_the_deadline_comes_in_the_very_moment():
    assert not slips.is_due(sent(), BEFORE)
    assert slips.is_due(sent(), AFTER)
    assert not slips.is_due(closed(sent()), AFTER)


# Counting ------------------------------------------------------------------------------------------------------------


def test_no_answer_is_no_agreement_unless_the_body_says_so():
    one = closed(answered(sent(5), "for", "for", "against"))
    assert one.assumed == 0
    assert counts(one) == (2, 1, 0, 2, 0)
    found = slips.verdict(one)
    assert found.outcome is Outcome.LOST
    assert "2/5" in found.sentence["vi"]
    assert "không trả lời" not in found.sentence["vi"]


def test_where_silence_agrees_it_is_counted_and_told_apart():
    one = closed(answered(sent(5, silence_agrees=True), "for", "for", "against"))
    assert one.assumed == 2
    assert counts(one) == (2, 1, 0, 2, 0), "the tally shows answers, not what silence is taken for"
    found = slips.verdict(one)
    assert found.outcome is Outcome.CARRIED
    assert "4/5" in found.sentence["vi"]
    assert "2 thành viên không trả lời, được tính là tán thành" in found.sentence["vi"]
    assert "include 2 who did not answer" in found.sentence["en"]


def test_silence_agrees_to_nothing_before_the_close():
    one = answered(sent(3, silence_agrees=True), "against")
    assert one.assumed == 0
    assert one.unanswered == ("dv-02", "dv-03")


def test_a_tie_in_which_everybody_took_a_side_is_the_chairs():
    assert slips.verdict(closed(answered(sent(4), "for", "against", "for", "against"))).outcome is Outcome.CARRIED
    assert slips.verdict(closed(answered(sent(4), "against", "for", "for", "against"))).outcome is Outcome.LOST


def tied() -> Slip:
    """2 for, 2 against, 1 abstains; the chair is for: the article can be read in two ways."""
    return closed(answered(sent(5), "for", "for", "against", "against", "abstain"))


def test_a_tie_with_an_abstention_waits_for_the_chair():
    one = tied()
    found = slips.verdict(one)
    assert found.outcome is Outcome.TIED
    assert len(found.readings) == 2
    assert slips.undecided({SLIP: one}) == [one]
    for reading in found.readings:
        fact = slips.decide_tie(one, reading.id, by="dv-01", reason=" theo quy chế ")
        assert isinstance(fact, TieDecided)
        assert fact.reason == "theo quy chế"
        ruled = slips.verdict(after(one, fact, at=LATER))
        assert ruled.outcome is reading.outcome
        assert ruled.readings == found.readings
        assert slips.undecided({SLIP: after(one, fact)}) == []


def test_a_tie_is_decided_once_by_a_reading_that_there_is():
    one = tied()
    assert code(slips.decide_tie(one, "xuc-xac", by="dv-01", reason="")) == "no-reading"
    first, second = (TieDecided(ballot=SLIP, reading=r.id, by="dv-01") for r in slips.verdict(one).readings)
    ruled = after(one, first)
    assert code(slips.decide_tie(ruled, second.reading, by="dv-01", reason="")) == "tie-decided"
    assert after(ruled, second) == ruled
    assert code(slips.decide_tie(sent(), first.reading, by="dv-01", reason="")) == "no-result"
    plain = closed(answered(sent(3), "for", "for"))
    assert code(slips.decide_tie(plain, first.reading, by="dv-01", reason="")) == "no-reading"


def test_a_decided_tie_is_signed_anew():
    signed = after(tied(), ResultSigned(ballot=SLIP, envelope="{}"))
    assert slips.unsigned({SLIP: signed}) == []
    ruled = after(signed, TieDecided(ballot=SLIP, reading=slips.verdict(signed).readings[0].id, by="dv-01"))
    assert slips.unsigned({SLIP: ruled}) == [ruled]
    assert slips.unsigned({SLIP: sent()}) == []


# Announcing ----------------------------------------------------------------------------------------------------------


def test_a_result_is_announced_after_the_close_once_at_each_session():
    assert code(slips.announce(sent(), "m2", by="secretary")) == "slip-open"
    fact = slips.announce(closed(sent()), "m2", by="secretary")
    assert isinstance(fact, SlipAnnounced)
    told = after(closed(sent()), fact, at=LATER)
    assert told.announced == {"m2": LATER}
    assert code(slips.announce(told, "m2", by="secretary")) == "slip-announced"
    assert isinstance(slips.announce(told, "m3", by="secretary"), SlipAnnounced)


# Whatever comes ------------------------------------------------------------------------------------------------------

ACTS = st.one_of(
    st.tuples(st.integers(1, 8), st.sampled_from(["for", "against", "abstain"])),
    st.just("close"),
)


@given(st.integers(1, 7), st.booleans(), st.lists(ACTS, max_size=30))
@example(2, True, [(1, "for"), "close", (1, "against")])
def test_any_run_of_facts_is_counted_as_a_plain_list_would(count, silence, acts):
    """The model: a dict of last answers, frozen by the close. N = 1…7, members outside the slip answer, too."""
    one, kept, shut = sent(count, silence_agrees=silence), {}, False
    for act in acts:
        if act == "close":
            one, shut = after(one, SlipClosed(slip=SLIP, by="secretary")), True
        else:
            one = after(one, said(*act))
            if not shut and act[0] <= count:
                kept[act[0]] = act[1]
    one = closed(one)
    votes = list(kept.values())
    expected = [votes.count(choice) for choice in ("for", "against", "abstain")]
    assert counts(one) == (*expected, count - len(votes), 0)
    assert slips.tally(one).electorate == count
    agreeing = expected[0] + (count - len(votes) if silence else 0)
    assert one.assumed == agreeing - expected[0]
    assert (slips.verdict(one).outcome is Outcome.CARRIED and agreeing != expected[1]) == (agreeing >= count // 2 + 1)


@given(st.integers(1, 40), st.data())
def test_the_two_answers_that_decide_are_the_rules_own(count, data):
    """Between `needed` and one less lies the verdict, whatever the others say (nobody is against: no tie)."""
    needed = rules.preset("ubnd").needed("ordinary", count, count)
    assert needed is not None
    agreeing = data.draw(st.integers(max(0, needed - 1), needed))
    rest = data.draw(st.lists(st.sampled_from(["abstain", "-"]), min_size=count - agreeing, max_size=count - agreeing))
    outcome = slips.verdict(closed(answered(sent(count), *["for"] * agreeing, *rest))).outcome
    assert outcome is (Outcome.CARRIED if agreeing >= needed else Outcome.LOST)
