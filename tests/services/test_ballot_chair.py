"""What the chair decides, and what needs a second person: quorum, absences, ties, votes by hand, shows of hands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance.events import (
    AbsenceDecided,
    BallotAnnulled,
    BallotOpened,
    HandsCounted,
    QuorumOverridden,
    ResultSigned,
    TieDecided,
    VoteEntered,
)
from appliance.journal import Fact
from appliance.record import parse_envelope
from appliance.values import Choice, Voting
from tests.worlds.room import Room, room


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Room]:
    with room(tmp_path) as hall:
        hall.convene(5)
        yield hall


def pins(hall: Room) -> dict[str, str]:
    return {slip["delegate"]: slip["pin"] for slip in hall.done("issue_pins")}


def statements(hall: Room) -> list[dict[str, Any]]:
    return [parse_envelope(fact.envelope.encode()).statement() for fact in hall.facts(ResultSigned)]


# Quorum --------------------------------------------------------------------------------------------------------------


def test_a_lost_quorum_stops_new_ballots_until_the_chair_overrides_it(hall: Room) -> None:
    hall.seat_delegates(4)
    hall.done("check_out", delegate="dv-04", reason="có việc gấp")
    assert hall.refused("open", item="i1") == "no-quorum"
    chair = hall.tokens()["dv-01"]
    hall.done("override_quorum", chair, reason="bão, đường bị cắt")
    (fact,) = hall.facts(QuorumOverridden)
    assert (fact.by, fact.present, fact.quorum, fact.reason) == ("dv-01", 3, 4, "bão, đường bị cắt")
    name = hall.open()
    (opened,) = hall.facts(BallotOpened)
    assert opened.override == "bão, đường bị cắt"
    hall.done("close", ballot=name)
    assert statements(hall)[0]["override"] == "bão, đường bị cắt"


def test_an_override_is_good_for_one_ballot(hall: Room) -> None:
    hall.seat_delegates(3)
    hall.done("override_quorum", hall.tokens()["dv-01"], reason="bão")
    hall.done("close", ballot=hall.open("i1"))
    assert hall.refused("open", item="i2") == "no-quorum"


def test_the_secretary_overrides_only_with_the_chairs_own_pin(hall: Room) -> None:
    hall.seat_delegates(3)
    own = pins(hall)
    assert hall.refused("override_quorum", reason="bão") == "wrong-secret"
    assert hall.refused("override_quorum", reason="bão", pin=own["dv-02"]) == "wrong-secret"
    assert hall.facts(QuorumOverridden) == []
    hall.done("override_quorum", reason="bão", pin=own["dv-01"])
    assert hall.facts(QuorumOverridden)[0].by == "dv-01"


def test_no_other_delegate_has_the_chairs_commands(hall: Room) -> None:
    hall.seat_delegates(3)
    assert hall.refused("override_quorum", hall.tokens()["dv-02"], reason="bão") == "not-allowed"


def test_where_there_is_a_quorum_nothing_is_overridden(hall: Room) -> None:
    hall.seat_delegates(4)
    assert hall.refused("override_quorum", hall.tokens()["dv-01"], reason="bão") == "quorum-there"


def test_a_new_chair_has_the_rights_and_the_old_one_not(hall: Room) -> None:
    hall.seat_delegates(3)
    tokens = hall.tokens()
    hall.done("name_chair", delegate="dv-02", reason="Chủ tịch vắng mặt")
    assert hall.refused("override_quorum", tokens["dv-01"], reason="bão") == "not-allowed"
    hall.done("override_quorum", tokens["dv-02"], reason="bão")


# Absence -------------------------------------------------------------------------------------------------------------


def test_an_absence_is_reported_by_oneself_and_accepted_by_the_chair(hall: Room) -> None:
    tokens = hall.tokens()
    hall.done("report_absence", tokens["dv-05"], delegate="dv-05", reason="đi công tác")
    assert hall.refused("report_absence", tokens["dv-05"], delegate="dv-04", reason="x") == "not-allowed"
    assert hall.refused("decide_absence", tokens["dv-05"], delegate="dv-05", accepted=True) == "not-allowed"
    hall.done("decide_absence", tokens["dv-01"], delegate="dv-05", accepted=True)
    assert hall.facts(AbsenceDecided)[0].by == "dv-01"
    assert hall.minutes.roll.absences["dv-05"].accepted is True


# By hand -------------------------------------------------------------------------------------------------------------


def test_a_vote_by_hand_is_marked_and_names_its_witness(hall: Room) -> None:
    hall.seat_delegates(5)
    own, name = pins(hall), hall.open()
    args = {"ballot": name, "delegate": "dv-02", "choice": "for", "reason": "máy tính bảng hỏng"}
    assert hall.refused("enter_vote", witness="dv-02", pin=own["dv-02"], **args) == "own-witness"
    assert hall.refused("enter_vote", witness="dv-03", pin=own["dv-04"], **args) == "wrong-secret"
    assert hall.facts(VoteEntered) == []
    hall.done("enter_vote", witness="dv-03", pin=own["dv-03"], **args)
    hall.done("close", ballot=name)
    entered = statements(hall)[0]["entered"]
    assert entered == [{"delegate": "dv-02", "by": "console", "witness": "dv-03", "reason": "máy tính bảng hỏng"}]


def test_a_show_of_hands_yields_the_same_kind_of_record(hall: Room) -> None:
    hall.seat_delegates(5)
    own, name = pins(hall), hall.open()
    hall.done("annul", ballot=name, reason="bàn phím không hoạt động")
    second = hall.done("open", item="i1", voting="hands", reason="bàn phím không hoạt động")["ballot"]
    hall.press("01", "for")
    assert hall.minutes.ballots[second].votes == {}
    assert hall.refused("close", ballot=second) == "by-hands"
    counts: dict[str, Any] = {"votes_for": 4, "votes_against": 1, "abstentions": 0}
    assert hall.refused("count_hands", ballot=second, witness="dv-02", pin="000000", **counts) == "wrong-secret"
    closed = hall.done("count_hands", ballot=second, witness="dv-02", pin=own["dv-02"], **counts)
    assert closed["outcome"] == "carried"
    assert len(hall.facts(HandsCounted)) == 1
    (statement,) = statements(hall)
    assert (statement["method"], statement["replaces"], statement["hands"]["witness"]) == ("hands", name, "dv-02")
    assert statement["tally"] == {"for": 4, "against": 1, "abstain": 0, "not_cast": 0, "absent": 0}


def test_hands_that_the_agenda_plans_open_with_one_press(hall: Room) -> None:
    """As the page's next step asks: the item, and no reason."""
    agenda = [{"id": "i1", "title": "Nội dung 1", "voting": "hands"}]
    hall.done("end_meeting")
    hall.convene(3, meeting="m2", agenda=agenda)
    hall.seat_delegates(3)
    hall.done("open", item="i1", reason="")
    (opened,) = hall.facts(BallotOpened)
    assert (opened.method, opened.reason) == (Voting.HANDS, "theo chương trình phiên họp")


def test_hands_instead_of_a_ballot_is_both_facts_or_neither(hall: Room) -> None:
    hall.seat_delegates(4)
    name = hall.open()
    hall.done("check_out", delegate="dv-04", reason="có việc gấp")
    wish = {"item": "i1", "voting": "hands", "reason": "bàn phím không hoạt động", "instead_of": name}
    assert hall.refused("open", **wish) == "no-quorum"
    assert hall.minutes.ballots[name].is_open, "what ran still runs"
    hall.done("check_in", delegate="dv-04", reason="đã trở lại")
    second = hall.done("open", **wish)["ballot"]
    (ended,), opened = hall.facts(BallotAnnulled), hall.facts(BallotOpened)[-1]
    assert (ended.ballot, ended.reason) == (name, "bàn phím không hoạt động")
    assert (opened.ballot, opened.replaces, opened.method) == (second, name, Voting.HANDS)
    assert hall.refused("open", **{**wish, "instead_of": "m1.i9.1"}) == "no-ballot"


@pytest.mark.parametrize("reason", ["", "  "])
def test_hands_instead_of_a_ballot_need_a_reason(hall: Room, reason: str) -> None:
    hall.seat_delegates(4)
    name = hall.open()
    assert hall.refused("open", item="i1", voting="hands", instead_of=name, reason=reason) == "reason-missing"
    assert hall.minutes.ballots[name].is_open


def test_no_ballot_takes_the_place_of_one_on_another_item(hall: Room) -> None:
    hall.seat_delegates(4)
    name = hall.open()
    assert hall.refused("open", item="i2", instead_of=name, reason="nhầm nội dung") == "no-ballot"
    assert hall.minutes.ballots[name].is_open


def test_the_secretary_of_the_meeting_vouches_for_nothing(tmp_path: Path) -> None:
    with room(tmp_path) as hall:
        hall.convene(5, secretary="dv-05")
        hall.seat_delegates(5)
        own, name = pins(hall), hall.open()
        by = {"witness": "dv-05", "pin": own["dv-05"]}
        vote = {"ballot": name, "delegate": "dv-02", "choice": "for", "reason": "máy tính bảng hỏng"}
        assert hall.refused("enter_vote", **vote, **by) == "secretary-witness"
        hall.done("annul", ballot=name, reason="bàn phím không hoạt động")
        second = hall.done("open", item="i1", voting="hands", reason="bàn phím không hoạt động")["ballot"]
        counts = {"ballot": second, "votes_for": 4, "votes_against": 1, "abstentions": 0}
        assert hall.refused("count_hands", **counts, **by) == "secretary-witness"
        hall.done("count_hands", **counts, witness="dv-04", pin=own["dv-04"])


# Ties ----------------------------------------------------------------------------------------------------------------


def tie(hall: Room) -> str:
    """2 for (the chair among them), 2 against, 1 abstention of 5."""
    hall.seat_delegates(5)
    name = hall.open()
    for seat, choice in zip(
        ("01", "02", "03", "04", "05"), ("for", "for", "against", "against", "abstain"), strict=True
    ):
        hall.press(seat, choice)
    assert hall.done("close", ballot=name)["outcome"] == "tied"
    return name


def test_a_meeting_does_not_end_over_a_tie_by_mistake(hall: Room) -> None:
    name = tie(hall)
    assert hall.refused("end_meeting") == "tie-undecided"
    second = hall.done("open", item="i1", reason="biểu quyết lại")["ballot"]
    hall.done("annul", ballot=second, reason="mở nhầm")
    assert hall.refused("end_meeting") == "tie-undecided", "what was annulled takes no place"
    hall.done("end_meeting", leave_undecided=True)
    assert hall.minutes.ended_at is not None
    assert hall.minutes.ballots[name].tie is None


def test_a_tie_that_was_voted_on_again_keeps_no_meeting(hall: Room) -> None:
    tie(hall)
    again = hall.done("open", item="i1", reason="biểu quyết lại")["ballot"]
    hall.done("close", ballot=again)
    hall.done("end_meeting")


def test_the_chair_decides_a_tie_and_a_second_result_takes_the_place_of_the_first(hall: Room) -> None:
    name = tie(hall)
    tokens = hall.tokens()
    assert hall.refused("decide_tie", tokens["dv-02"], ballot=name, reading="tie-clause-for") == "not-allowed"
    decided = hall.done("decide_tie", tokens["dv-01"], ballot=name, reading="tie-clause-for", reason="theo Điều 117")
    assert decided["outcome"] == "carried"
    first, second = statements(hall)
    assert (first["verdict"]["outcome"], first["ruling"]) == ("tied", None)
    assert second["verdict"]["outcome"] == "carried"
    assert (second["ruling"]["reading"], second["ruling"]["by"]) == ("tie-clause-for", "dv-01")
    assert [r["id"] for r in second["verdict"]["readings"]] == ["tie-clause-for", "majority-clause"]
    assert hall.refused("decide_tie", tokens["dv-01"], ballot=name, reading="majority-clause") == "tie-decided"


def test_a_crash_between_ruling_and_its_result_is_made_good(hall: Room) -> None:
    name = tie(hall)
    ruling = TieDecided(ballot=name, reading="majority-clause", by="dv-01")
    hall.service.writer.append([Fact("crashed/tie", ruling)], hall.clock.now())
    hall.restart()
    assert statements(hall)[-1]["verdict"]["outcome"] == "lost"


# Time and rest -------------------------------------------------------------------------------------------------------


def test_a_binding_time_limit_closes_and_a_press_behind_it_does_not_count(hall: Room) -> None:
    hall.seat_delegates(5)
    name = str(hall.done("open", item="i1", limit_seconds=30)["ballot"])
    hall.step(20)
    hall.press("01", "for")
    hall.done("hold", ballot=name)
    hall.step(100)
    assert hall.minutes.ballots[name].is_held
    hall.done("resume", ballot=name)
    hall.step(5)
    hall.press("02", "for")
    assert hall.minutes.ballots[name].is_open
    hall.clock.advance(6)
    hall.pins.drive(hall.line("03", Choice.FOR), True)
    hall.step(0.03)
    closed = hall.minutes.ballots[name]
    assert (closed.is_open, closed.closed_by, set(closed.votes)) == (False, "time-limit", {"dv-01", "dv-02"})
    assert len(statements(hall)) == 1


def test_a_time_limit_goes_on_over_a_restart_and_does_not_follow_a_clock_that_jumps(hall: Room) -> None:
    hall.seat_delegates(5)
    name = str(hall.done("open", item="i1", limit_seconds=30)["ballot"])
    hall.step(20)
    hall.restart()
    hall.step(9)
    assert hall.minutes.ballots[name].is_open
    hall.step(2)
    assert not hall.minutes.ballots[name].is_open
