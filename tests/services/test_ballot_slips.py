"""Opinion slips over the socket: sent, answered from anywhere, reminded, extended, closed by the clock, announced."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance import record, slips, verification
from appliance.events import (
    CredentialIssued,
    ResultSigned,
    SlipAnnounced,
    SlipAnswered,
    SlipClosed,
    SlipExtended,
    SlipReminded,
    SlipSent,
)
from appliance.slips import Slip
from tests.worlds.room import Room, room, roster

SLIP = "phieu-1"
DAY = 24 * 3600.0
DEADLINE = "2026-11-25T17:00:00+07:00"  # three days and two hours after the clock's beginning


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Room]:
    """A box on which no meeting was ever convened."""
    with room(tmp_path) as office:
        yield office


def people(count: int = 3) -> list[dict[str, Any]]:
    return [{"id": one["id"], "name": one["name"]} for one in roster(count)]


def send(office: Room, count: int = 3, **more: Any) -> Any:
    fields: dict[str, Any] = {
        "slip": SLIP,
        "title": "Chủ trương đầu tư",
        "question": "Đồng ý chủ trương đầu tư?",
        "members": people(count),
        "chair": "dv-01",
        "deadline": DEADLINE,
    }
    return office.done("send_slip", **{**fields, **more})


def slip(office: Room, name: str = SLIP) -> Slip:
    return office.service.follower.slips[name]


def answer(office: Room, tokens: dict[str, str], delegate: str, choice: str, opinion: str = "") -> None:
    office.done("answer_slip", tokens[delegate], slip=SLIP, choice=choice, opinion=opinion)


def signed(office: Room, name: str = SLIP) -> dict[str, Any]:
    envelope = slip(office, name).envelope
    assert envelope is not None
    return record.parse_envelope(envelope.encode()).statement()


# From sending to announcement ----------------------------------------------------------------------------------------


def test_a_slip_from_its_sending_to_its_announcement(office: Room) -> None:
    assert send(office) == {"slip": SLIP, "needed": 2}
    tokens = office.tokens()
    answer(office, tokens, "dv-01", "for", "  Thống nhất với tờ trình.  ")
    answer(office, tokens, "dv-02", "against")
    answer(office, tokens, "dv-02", "for", "Đã đọc tài liệu bổ sung.")
    assert slip(office).unanswered == ("dv-03",)
    assert office.done("remind_slip", slip=SLIP) == {"reminded": ["dv-03"]}
    office.step(3 * DAY + 2 * 3600)
    one = slip(office)
    assert (one.is_open, one.closed_by) == (False, "deadline")
    statement = signed(office)
    assert (statement["ballot"], statement["method"]) == (SLIP, "slip")
    assert statement["tally"] == {"for": 2, "against": 0, "abstain": 0, "not_cast": 1, "absent": 0}
    assert statement["verdict"]["outcome"] == "carried"
    assert statement["opinions"] == {"dv-01": "Thống nhất với tờ trình.", "dv-02": "Đã đọc tài liệu bổ sung."}
    assert office.refused("announce_slip", slip=SLIP) == "no-meeting"
    office.convene(3)
    office.done("announce_slip", slip=SLIP)
    assert office.refused("announce_slip", slip=SLIP) == "slip-announced"
    (told,) = office.facts(SlipAnnounced)
    assert (told.slip, told.meeting, told.by) == (SLIP, "m1", "console")


def test_the_signed_result_stands_alone_and_the_whole_journal_verifies(office: Room) -> None:
    send(office, silence_agrees=True)
    tokens = office.tokens()
    answer(office, tokens, "dv-01", "for")
    office.step(4 * DAY)
    envelope = slip(office).envelope
    assert envelope is not None
    report = verification.check_result(envelope.encode())
    assert report.intact, report.steps[-1]
    entries = office.entries()
    checkpoint = office.done("sign_checkpoint", seq=entries[-1].seq)["envelope"]
    whole = verification.check_batch(record.batch(entries, checkpoint.encode()))
    assert whole.intact, whole.steps[-1]


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "1999-12-31T23:59:59+07:00"])
def test_a_deadline_at_the_ends_of_the_calendar_ends_nothing(office: Room, at: str) -> None:
    send(office)
    assert office.refused("extend_slip", slip="phieu-1", deadline=at, reason="gõ nhầm") == "malformed"
    fields: dict[str, Any] = {
        "slip": "phieu-9",
        "title": "Trạm y tế",
        "question": "Đồng ý?",
        "members": [{"id": "dv-09", "name": "Mẫu"}],
    }
    assert office.refused("send_slip", **fields, deadline=at) == "malformed"


def test_who_did_not_answer_is_counted_apart_and_agrees_only_where_the_switch_is_on(office: Room) -> None:
    send(office)
    send(office, slip="phieu-2", silence_agrees=True)
    office.step(4 * DAY)
    plain, switched = signed(office), signed(office, "phieu-2")
    assert plain["tally"] == switched["tally"] == {"for": 0, "against": 0, "abstain": 0, "not_cast": 3, "absent": 0}
    assert (plain["assumed"], plain["verdict"]["outcome"]) == (0, "lost")
    assert (switched["assumed"], switched["verdict"]["outcome"]) == (3, "carried")
    assert "3 thành viên không trả lời" in switched["verdict"]["sentence"]["vi"]


def test_everybody_has_answered_and_the_secretary_closes_early(office: Room) -> None:
    send(office, 2)
    tokens = office.tokens()
    answer(office, tokens, "dv-01", "against")
    assert office.refused("close_slip", slip=SLIP) == "slip-awaited"
    answer(office, tokens, "dv-02", "against")
    closed = office.done("close_slip", slip=SLIP)
    assert (closed["slip"], closed["outcome"]) == (SLIP, "lost")
    assert "0/2" in closed["sentence"]["vi"]
    assert office.refused("close_slip", slip=SLIP) == "slip-closed"
    assert office.refused("answer_slip", tokens["dv-01"], slip=SLIP, choice="for") == "slip-closed"
    assert [fact.by for fact in office.facts(SlipClosed)] == ["console"]


def test_a_deadline_is_extended_with_a_reason(office: Room) -> None:
    send(office)
    later = {"slip": SLIP, "deadline": "2026-11-27T17:00:00+07:00"}
    assert office.refused("extend_slip", **later) == "malformed", "without a reason"
    assert office.refused("extend_slip", **{**later, "deadline": DEADLINE}, reason="x") == "deadline-earlier"
    office.done("extend_slip", **later, reason="Nhiều thành viên đi công tác")
    (fact,) = office.facts(SlipExtended)
    assert fact.deadline == "2026-11-27T10:00:00Z"
    office.step(4 * DAY)
    assert slip(office).is_open
    office.step(1.1 * DAY)
    assert not slip(office).is_open


def test_times_are_kept_in_utc_and_a_time_without_an_offset_is_refused(office: Room) -> None:
    send(office)
    assert office.facts(SlipSent)[0].deadline == "2026-11-25T10:00:00Z"
    fields: dict[str, Any] = {"title": "t", "question": "q", "members": people(), "deadline": "2026-11-25T17:00:00"}
    assert office.refused("send_slip", slip="phieu-2", **fields) == "malformed"


# Who may -------------------------------------------------------------------------------------------------------------


def test_a_member_signs_in_and_answers_while_no_meeting_is_in_progress(office: Room) -> None:
    assert office.refused("issue_pins") == "no-meeting"
    assert office.refused("sign_in_by_pin", delegate="dv-02", pin="123456") == "no-meeting"
    send(office)
    issued = {one["delegate"]: one for one in office.done("issue_pins")}
    assert list(issued) == ["dv-01", "dv-02", "dv-03"]
    assert issued["dv-02"]["name"] == "Đại biểu Mẫu 02"
    by_pin = office.done("sign_in_by_pin", delegate="dv-02", pin=issued["dv-02"]["pin"])
    assert by_pin["subject"] == "dv-02"
    office.done("answer_slip", by_pin["token"], slip=SLIP, choice="for")
    by_link = office.done("sign_in_by_link", link=issued["dv-03"]["link"])
    office.done("answer_slip", by_link["token"], slip=SLIP, choice="abstain")
    assert office.refused("sign_in_by_pin", delegate="dv-09", pin="123456") == "wrong-secret"
    assert slip(office).unanswered == ("dv-01",)


def test_after_the_close_nobody_signs_in_for_it(office: Room) -> None:
    send(office)
    pins = {one["delegate"]: one["pin"] for one in office.done("issue_pins")}
    office.step(4 * DAY)
    assert office.refused("sign_in_by_pin", delegate="dv-01", pin=pins["dv-01"]) == "no-meeting"
    assert office.refused("issue_pins", delegates=["dv-01"]) == "no-meeting"


def test_in_a_meeting_pins_are_issued_to_its_roster_and_by_name_to_members_of_a_slip(office: Room) -> None:
    send(office, 5)
    office.convene(3)
    assert [one["delegate"] for one in office.done("issue_pins")] == ["dv-01", "dv-02", "dv-03"]
    assert [one["delegate"] for one in office.done("issue_pins", delegates=["dv-05"])] == ["dv-05"]
    assert office.refused("issue_pins", delegates=["dv-06"]) == "not-on-roster"


def test_only_members_asked_answer_and_only_staff_send(office: Room) -> None:
    send(office, 2)
    office.convene(3)
    tokens = office.tokens()
    assert office.refused("answer_slip", tokens["dv-03"], slip=SLIP, choice="for") == "not-asked"
    assert office.refused("answer_slip", tokens["dv-01"], slip="phieu-9", choice="for") == "no-slip"
    for command in ("remind_slip", "close_slip", "announce_slip"):
        assert office.refused(command, tokens["dv-01"], slip=SLIP) == "not-allowed"
    assert office.refused("answer_slip", slip=SLIP, choice="for") == "not-allowed", "the console answers for nobody"
    assert office.refused("remind_slip", slip="phieu-9") == "no-slip"


def test_an_answer_counts_in_the_middle_of_a_session_too(office: Room) -> None:
    send(office)
    office.convene(3)
    office.seat_delegates(3)
    tokens = office.tokens()
    name = office.open()
    answer(office, tokens, "dv-01", "abstain")
    office.done("vote", tokens["dv-01"], ballot=name, choice="for")
    assert slip(office).answers["dv-01"].choice == "abstain"


# An id is one person -------------------------------------------------------------------------------------------------


def test_a_pin_of_an_earlier_holder_does_not_answer_for_the_new_one(office: Room) -> None:
    office.convene(3)
    old = {one["delegate"]: one for one in office.done("issue_pins")}
    token = office.done("sign_in_by_link", link=old["dv-02"]["link"])["token"]
    kept = office.done("sign_in_by_link", link=old["dv-01"]["link"])["token"]
    office.done("end_meeting")
    members = [people()[0], {"id": "dv-02", "name": "Đại biểu Mẫu 22"}]
    send(office, members=members)
    assert office.refused("answer_slip", token, slip=SLIP, choice="for") == "not-signed-in"
    assert office.refused("sign_in_by_link", link=old["dv-02"]["link"]) == "wrong-secret"
    assert office.refused("sign_in_by_pin", delegate="dv-02", pin=old["dv-02"]["pin"]) == "wrong-secret"
    office.done("answer_slip", kept, slip=SLIP, choice="for")


def test_a_link_of_a_slip_does_not_vote_for_the_one_who_has_the_id_next(office: Room) -> None:
    send(office, members=[{"id": "dv-01", "name": "Đại biểu Mẫu 71"}, people()[1]], chair="")
    links = {one["delegate"]: one["link"] for one in office.done("issue_pins")}
    office.step(4 * DAY)
    office.convene(3)
    assert office.refused("sign_in_by_link", link=links["dv-01"]) == "wrong-secret"
    assert office.done("sign_in_by_link", link=links["dv-02"])["subject"] == "dv-02"


def test_two_people_cannot_have_one_id_at_the_same_time(office: Room) -> None:
    send(office)
    other = roster(3)
    other[1]["name"] = "Đại biểu Mẫu 99"
    agenda = [{"id": "i1", "title": "Nội dung 1"}]
    assert office.refused("convene", meeting="m1", title="Kỳ họp mẫu", roster=other, agenda=agenda) == "contradiction"
    office.convene(3)
    members = [{"id": "dv-01", "name": "Đại biểu Mẫu 98"}]
    fields: dict[str, Any] = {
        "slip": "phieu-2",
        "title": "t",
        "question": "q",
        "deadline": DEADLINE,
        "members": members,
    }
    assert office.refused("send_slip", **fields) == "contradiction"


# Repeated and late ---------------------------------------------------------------------------------------------------


def test_the_same_request_twice_is_one_fact(office: Room) -> None:
    fields: dict[str, Any] = {"slip": SLIP, "title": "t", "question": "q", "members": people(), "deadline": DEADLINE}
    assert office.done("send_slip", id="gui-phieu-1", **fields) == office.done("send_slip", id="gui-phieu-1", **fields)
    tokens = office.tokens()
    again = {"id": "tra-loi-1", "slip": SLIP, "choice": "for", "opinion": " đồng ý "}
    first = office.done("answer_slip", tokens["dv-01"], **again)
    assert office.done("answer_slip", tokens["dv-01"], **again) == first
    assert office.refused("answer_slip", tokens["dv-01"], **{**again, "choice": "against"}) == "id-taken"
    assert office.refused("answer_slip", tokens["dv-02"], **again) == "id-taken"
    reminded = office.done("remind_slip", id="nhac-phieu-1", slip=SLIP)
    answer(office, tokens, "dv-02", "for")
    assert office.done("remind_slip", id="nhac-phieu-1", slip=SLIP) == reminded
    assert len(office.facts(SlipSent)) == len(office.facts(SlipAnswered)) - 1 == len(office.facts(SlipReminded)) == 1


def test_an_answer_and_the_deadline_in_one_turn(office: Room) -> None:
    """The service closes before it takes what came in the same turn."""
    send(office, deadline="2026-11-22T16:00:00+07:00")
    tokens = office.tokens()
    late = office.send("answer_slip", tokens["dv-01"], slip=SLIP, choice="for")
    office.clock.advance(3600)
    refusal = office.answer(late)
    assert getattr(refusal, "code", None) == "slip-closed"
    assert [e.kind for e in office.entries()[-2:]] == ["SlipClosed", "ResultSigned"]


def test_a_slip_is_closed_and_signed_once_however_many_turns_pass(office: Room) -> None:
    send(office)
    for _ in range(5):
        office.step(2 * DAY)
    assert len(office.facts(SlipClosed)) == len(office.facts(ResultSigned)) == 1


def test_pins_of_a_slip_are_facts_and_secrets_stand_nowhere(office: Room) -> None:
    send(office)
    issued = office.done("issue_pins")
    text = "".join(e.body.decode() for e in office.entries())
    assert [c.subject for c in office.facts(CredentialIssued)] == ["dv-01", "dv-02", "dv-03"]
    assert not any(one[secret] in text for one in issued for secret in ("pin", "link"))


# A tie ---------------------------------------------------------------------------------------------------------------


def tie(office: Room) -> list[str]:
    """1 for (the chair), 1 against, 1 abstains; the readings' names."""
    send(office)
    tokens = office.tokens()
    for delegate, choice in zip(("dv-01", "dv-02", "dv-03"), ("for", "against", "abstain"), strict=True):
        answer(office, tokens, delegate, choice)
    office.done("close_slip", slip=SLIP)
    return [reading.id for reading in slips.verdict(slip(office)).readings]


def test_the_chair_decides_a_tie_at_the_session_and_a_second_result_is_signed(office: Room) -> None:
    names = tie(office)
    assert signed(office)["verdict"]["outcome"] == "tied"
    office.convene(3)
    tokens = office.tokens()
    assert office.refused("decide_tie", tokens["dv-02"], ballot=SLIP, reading=names[0]) == "not-allowed"
    decided = office.done("decide_tie", tokens["dv-01"], ballot=SLIP, reading=names[0], reason="theo Điều 117")
    assert decided["ballot"] == SLIP
    statement = signed(office)
    assert statement["verdict"]["outcome"] == decided["outcome"] != "tied"
    assert statement["ruling"]["reading"] == names[0]
    assert len(office.facts(ResultSigned)) == 2
    assert office.refused("decide_tie", tokens["dv-01"], ballot=SLIP, reading=names[1]) == "tie-decided"


def test_the_statement_of_a_slip_is_json_that_names_every_member(office: Room) -> None:
    send(office)
    office.step(4 * DAY)
    statement = json.loads(json.dumps(signed(office)))
    assert [d["name"] for d in statement["electorate"]] == [one["name"] for one in people()]
    assert statement["deadline"] == "2026-11-25T10:00:00Z"
    assert statement["silence_agrees"] is False
