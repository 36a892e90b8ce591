"""Ballots and slips as minutes state them: every way of voting, three states apart, no vote without a result."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance import ballot as ballots
from appliance import minutes_ballots, results
from appliance.events import BallotAnnulled, BallotClosed, BallotHeld, VoteCast
from appliance.minutes_form import BallotRecord, SlipRecord
from appliance.values import Channel, Choice, Voting
from tests import assembly, sitting
from tests.sitting import MEETING, member, utc


def record(name: str) -> BallotRecord:
    made = sitting.morning().document()
    return next(b for i in made.items for b in i.ballots if b.ballot == f"{MEETING}.{name}")


def slip() -> SlipRecord:
    (one,) = sitting.morning().document().slips
    return one


def test_an_open_ballot_with_numbers_rule_and_names():
    one = record("nd-1.1")
    assert one.tally is not None
    assert one.verdict is not None
    assert one.tally.model_dump() == {"for": 8, "against": 0, "abstain": 1, "not_cast": 0, "absent": 3}
    assert (one.number, one.method, one.rule.quorum, one.rule.needed) == (1, Voting.OPEN, 8, 7)
    assert one.rule.quorum_article == "Luật 77/2015/QH13, Điều 114"
    assert one.rule.needed_article == "Luật 77/2015/QH13, Điều 117 khoản 3 (to be confirmed)"
    assert (one.verdict.outcome, one.verdict.readings) == ("carried", ())
    assert one.votes[member(6)] is Choice.FOR  # the last press counts
    assert one.votes[member(9)] is Choice.ABSTAIN
    assert (one.opened_at, one.closed_at, one.closed_by) == (utc("08:25"), utc("08:29:10"), "time-limit")
    assert [(rest.begin, rest.end) for rest in one.rests] == [(utc("08:25:40"), utc("08:27:40"))]
    assert one.limit_seconds == 120


def test_a_rest_that_the_close_cut_short_ends_with_it():
    held = BallotHeld(ballot=assembly.BALLOT, by="chair")
    opened = assembly.opened(["dv-01"], ["dv-01"])
    made = ballots.apply(ballots.begin(opened, assembly.at(1)), held, assembly.at(2))
    assert [(rest.begin, rest.end) for rest in minutes_ballots.ballot_record(made, 1).rests] == [(assembly.at(2), "")]
    over = ballots.apply(made, BallotClosed(ballot=assembly.BALLOT, by="secretary"), assembly.at(3))
    assert [(rest.begin, rest.end) for rest in minutes_ballots.ballot_record(over, 1).rests] == [
        (assembly.at(2), assembly.at(3))
    ]


def test_a_vote_entered_by_hand_is_marked_with_witness_and_reason():
    (entered,) = record("nd-1.1").entered
    assert (entered.delegate, entered.by, entered.witness) == (member(7), "secretary", member(3))
    assert entered.reason == "Bàn phím hỏng, đại biểu giơ tay"


def test_a_secret_ballot_has_who_and_how_and_nothing_between_them():
    one = record("nd-2.1")
    assert one.votes == {}
    assert one.took_part == tuple(member(n) for n in range(1, 10))
    assert [vote.tracker for vote in one.counted] == sorted(vote.tracker for vote in one.counted)
    assert one.verdict is not None
    assert [reading.id for reading in one.verdict.readings] == [
        "tie-clause-for",
        "tie-clause-against",
        "majority-clause",
    ]
    assert one.ruling is not None
    assert (one.ruling.reading, one.ruling.by, one.ruling.at) == ("majority-clause", member(1), utc("08:58"))
    assert one.verdict.outcome == "lost"


def test_an_annulled_ballot_has_a_reason_and_nobodys_vote():
    one = record("nd-3.1")
    assert one.annulled is not None
    assert (one.annulled.by, one.annulled.reason) == ("secretary", "Đọc nhầm câu hỏi")
    assert (one.votes, one.entered, one.tally, one.verdict) == ({}, (), None, None)


def test_the_next_one_names_it_and_the_chair_chose_a_reading():
    one = record("nd-3.2")
    assert (one.number, one.replaces, one.reason) == (2, f"{MEETING}.nd-3.1", "Biểu quyết lại đúng câu hỏi")
    assert one.tally is not None
    assert one.tally.model_dump() == {"for": 4, "against": 4, "abstain": 0, "not_cast": 1, "absent": 3}
    assert one.verdict is not None
    assert [reading.id for reading in one.verdict.readings] == ["tie-clause-for", "majority-clause"]
    assert one.ruling is not None
    assert one.ruling.reason == "Theo bên có ý kiến Chủ tịch"


def test_a_show_of_hands_without_a_quorum_has_witness_and_override():
    one = record("nd-4.1")
    assert one.hands is not None
    assert (one.hands.by, one.hands.witness) == ("secretary", member(3))
    assert one.override == "Nội dung chỉ về lịch làm việc"
    assert (len(one.present), one.rule.quorum) == (7, 8)
    assert one.chair == member(2)


def test_while_a_ballot_is_open_its_record_has_nobodys_vote():
    opened = sitting.ballot("nd-1.1").opened
    begun = ballots.begin(opened, utc("08:25"))
    vote = VoteCast(ballot=opened.ballot, delegate=member(1), choice=Choice.FOR, channel=Channel.KEYPAD)
    running = ballots.apply(begun, vote, utc("08:26"))
    assert running.votes
    made = minutes_ballots.ballot_record(running, 1)
    assert (made.votes, made.tally, made.verdict, made.closed_at) == ({}, None, None, "")
    closed = ballots.apply(running, BallotClosed(ballot=opened.ballot, by="secretary"), utc("08:27"))
    assert minutes_ballots.ballot_record(closed, 1).votes == {member(1): Choice.FOR}
    annulled = BallotAnnulled(ballot=opened.ballot, by="secretary", reason="Nhầm")
    assert minutes_ballots.ballot_record(ballots.apply(running, annulled, utc("08:27")), 1).votes == {}


@pytest.mark.parametrize("name", ["nd-1.1", "nd-2.1", "nd-3.2", "nd-4.1"])
def test_a_record_says_what_the_signed_result_says(name: str):
    journal = sitting.morning()
    found = journal.meeting.ballots[f"{MEETING}.{name}"]
    result = results.state(journal.meeting, found, journal.box())
    made = minutes_ballots.ballot_record(found, 1).model_dump(mode="json")
    shared = result.keys() & made.keys() - {"electorate"}
    assert shared >= {"question", "method", "rule", "present", "votes", "entered", "tally", "verdict", "ruling"}
    assert {key: made[key] for key in shared} == {key: result[key] for key in shared}
    assert made["counted"] == result["list"]


def test_a_slip_keeps_silence_apart_from_agreement():
    one = slip()
    assert one.tally.model_dump() == {"for": 6, "against": 2, "abstain": 1, "not_cast": 3, "absent": 0}
    assert one.unanswered == (member(10), member(11), member(12))
    assert one.silence_agrees
    assert one.verdict.outcome == "carried"
    assert "3 thành viên không trả lời" in one.verdict.sentence["vi"]


def test_a_slip_with_its_deadlines_opinions_and_announcement():
    one = slip()
    assert one.deadline == utc("17:00", "2026-11-18")
    assert [(e.deadline, e.reason) for e in one.extensions] == [
        (utc("17:00", "2026-11-20"), "Còn người đi công tác"),
    ]
    assert (one.closed_by, one.announced_at) == ("deadline", utc("08:05"))
    assert one.opinions == {member(4): "Đề nghị giảm cho học sinh, sinh viên."}


def test_without_the_switch_silence_is_no_agreement():
    journal = sitting.morning()
    found = journal.slips[sitting.SLIP]
    strict = replace(found, sent=found.sent.model_copy(update={"silence_agrees": False}))
    made = minutes_ballots.slip_record(strict, MEETING, utc("11:05"))
    assert (made.silence_agrees, made.verdict.outcome) == (False, "lost")  # 6 of 12, 7 needed
    assert made.tally.not_cast == 3
