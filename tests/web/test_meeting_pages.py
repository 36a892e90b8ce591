"""The pages' commands in a meeting: what each form does, what it refuses, and in which language it is recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, get_template_attribute
from flask.testing import FlaskClient

from appliance.events import (
    AbsenceDecided,
    ChairNamed,
    CheckedIn,
    CheckedOut,
    CheckInRevoked,
    ProxyGiven,
    SeatLockedOut,
    SeatReleased,
    SecretRecordReleased,
    SecretSessionBegan,
    TaskAssigned,
    TaskWithdrawn,
    TieDecided,
)
from appliance.journal import Reader
from appliance.web import create_app, fields, security
from appliance.web.live import Now
from tests.browser import council
from tests.browser.house import House
from tests.web.conftest import token

PASSWORD = "mat-khau-thu-nghiem"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A ballot service and a meeting of nine members, seven of them there; each test leaves it in progress."""
    one = House(tmp_path_factory.mktemp("house"))
    try:
        one.start("ballot")
        council.sit(one)
        for role in ("secretary", "technician"):
            one.password(role, PASSWORD)
        yield one
    finally:
        one.close()


Post = Callable[..., Any]


def enter(app: Flask, role: str) -> FlaskClient:
    """Signed in with a password."""
    client = app.test_client()
    headers = token(client, "/sign-in/secretary")
    assert client.post(f"/sign-in/{role}", data={"password": PASSWORD}, headers=headers).status_code == 303
    return client


@pytest.fixture
def post(app: Flask) -> Post:
    """`post(address, **fields)` as the secretary's page does it: what the page was answered."""
    client = enter(app, "secretary")
    headers = token(client, "/secretary")

    def send(address: str, **given: str) -> Any:
        return client.post(f"/secretary/{address}", data=given, headers=headers).get_json()

    return send


@pytest.fixture
def delegate(app: Flask, house: House) -> Post:
    """`delegate(id, address, **fields)` as that delegate's page does it."""

    def send(who: str, address: str, **given: str) -> Any:
        client = app.test_client()
        assert client.get("/d/" + house.links[who].rsplit("/", 1)[1]).status_code == 303
        return client.post(address, data=given, headers=token(client, "/delegate")).get_json()

    return send


def last(house: House, kind: type[Any]) -> Any:
    """The newest fact of a kind."""
    reader = Reader(house.state.journal)
    found = [entry.event for entry in reader.after(0) if isinstance(entry.event, kind)]
    reader.close()
    return found[-1]


def test_nobody_who_is_not_signed_in_commands_anything(app: Flask) -> None:
    client = app.test_client()
    headers = token(client, "/")
    for address in ("override", "tie", "passphrase", "secret-session", "confirm", "tasks", "tasks/check", "seat/lock"):
        assert client.post(f"/secretary/{address}", data={}, headers=headers).status_code == 401, address
    for address in ("hold", "tie", "override", "absence", "confirm"):
        assert client.post(f"/chair/{address}", data={}, headers=headers).status_code == 401, address


# Reasons -------------------------------------------------------------------------------------------------------------


def test_a_chosen_reason_is_recorded_in_the_boxs_language_whatever_the_readers_is(app: Flask, house: House) -> None:
    client = enter(app, "secretary")
    headers = token(client, "/secretary?lang=en")
    given = {"delegate": "dv-08", "reason": "pin", "more": "badge left at home", "presence": "online"}
    answer = client.post("/secretary/check-in", data=given, headers=headers).get_json()
    assert (answer["ok"], answer["notice"]) == (True, "Checked in.")
    assert last(house, CheckedIn).reason == "quên mã PIN: badge left at home"
    assert last(house, CheckedIn).presence == "online"


def test_a_reason_that_was_neither_chosen_nor_written_is_refused(post: Post, house: House) -> None:
    unsaid = post("revoke", delegate="dv-07", reason="other", more=" ")
    assert (unsaid["ok"], unsaid["notice"]) == (False, "Hãy ghi rõ lý do khác, hoặc chọn một lý do có sẵn.")
    assert post("revoke", delegate="dv-07", reason="other", more="nhầm tên")["ok"]
    assert last(house, CheckInRevoked).reason == "nhầm tên"
    assert post("check-in", delegate="dv-07", reason="face")["ok"]


def test_every_kind_of_reason_can_be_chosen_without_typing(app: Flask) -> None:
    """A default is there for each: the secretary types nothing during the session."""
    for kind, known in fields.REASONS.items():
        with app.test_request_context("/?lang=en", method="POST", data={"reason": next(iter(known))}):
            assert fields.reason(kind), kind


# The roll ------------------------------------------------------------------------------------------------------------


def test_leaving_and_seats_by_hand(post: Post, house: House) -> None:
    assert post("check-out", delegate="dv-06", reason="leave")["ok"]
    assert last(house, CheckedOut).reason == "xin phép về sớm"
    assert post("seat/lock", seat="S04", reason="dead")["ok"]
    assert (last(house, SeatLockedOut).delegate, last(house, SeatLockedOut).by) == ("dv-04", "secretary")
    assert not post("seat/lock", seat="S04", reason="dead")["ok"]
    assert post("seat/readmit", seat="S04", reason="mended")["ok"]
    assert post("seat/release", seat="S06", reason="gone")["ok"]
    assert last(house, SeatReleased).seat == "S06"
    assert post("seat/bind", seat="S06", delegate="dt-01")["ok"]
    refused = post("seat/bind", seat="S06", delegate="dv-06")
    assert (refused["ok"], refused["notice"]) == (False, "Ghế đã có người. Hãy để trống ghế trước.")


def test_the_chair_accepts_an_absence_at_the_desk_with_the_own_pin(post: Post, delegate: Post, house: House) -> None:
    assert delegate("dv-09", "/delegate/absence", reason="ill")["ok"]
    assert not post("absence/decide", delegate="dv-09", accepted="1", pin="000000")["ok"]
    assert post("absence/decide", delegate="dv-09", accepted="1", pin=house.pins["dv-01"])["ok"]
    assert (last(house, AbsenceDecided).accepted, last(house, AbsenceDecided).by) == (True, "dv-01")


def test_nobody_but_the_chair_does_what_the_chair_does(delegate: Post) -> None:
    assert not delegate("dv-02", "/chair/absence", delegate="dv-09", accepted="1")["ok"]
    assert delegate("dv-01", "/chair/absence", delegate="dv-09", accepted="0")["ok"]


def test_another_member_presides(post: Post, delegate: Post, house: House) -> None:
    assert post("chair", delegate="dv-02", reason="entrusted")["ok"]
    assert last(house, ChairNamed).delegate == "dv-02"
    assert "không chủ tọa" in delegate("dv-01", "/chair/override", reason="urgent")["html"]
    assert post("chair", delegate="dv-01", reason="other", more="chủ tọa trở lại")["ok"]


# Ballots -------------------------------------------------------------------------------------------------------------


def test_a_tie_is_decided_at_the_desk_with_the_chairs_pin_and_never_without(post: Post, house: House) -> None:
    assert post("take-up", item="quy-che", open="1")["ok"]
    ballot = "m-2026-12.quy-che.1"
    council.press(house, ballot, {"dv-02": "for", "dv-03": "against"})
    assert post("close", ballot=ballot)["ok"]
    assert not post("tie", ballot=ballot, reading="majority-clause", pin="000000")["ok"]
    chosen = post("tie", ballot=ballot, reading="majority-clause", more="không đủ quá nửa", pin=house.pins["dv-01"])
    assert chosen["ok"]
    assert "Chủ tọa đã chọn" in chosen["html"]
    decided = last(house, TieDecided)
    assert (decided.by, decided.reason) == ("dv-01", "không đủ quá nửa")


def test_a_second_ballot_names_its_reason_and_a_late_click_closes_nothing(post: Post) -> None:
    assert not post("open", item="quy-che")["ok"]
    assert post("open", item="quy-che", reason="changed", voting="open", limit="300")["ok"]
    late = post("close", ballot="m-2026-12.quy-che.1")
    assert (late["ok"], late["notice"]) == (False, "Cuộc biểu quyết đã kết thúc. Lần bấm này không được tính.")
    held = post("hold", ballot="m-2026-12.quy-che.2")
    assert held["ok"]
    assert "data-ends" not in held["html"], "while it rests no time runs"
    assert "data-ends" in post("resume", ballot="m-2026-12.quy-che.2")["html"]
    assert post("annul", ballot="m-2026-12.quy-che.2", reason="question")["ok"]


def test_a_number_that_is_none_is_refused_not_guessed(post: Post) -> None:
    refused = post("open", item="quy-che", reason="changed", limit="nửa giờ")
    assert (refused["ok"], refused["notice"]) == (False, "Không hiểu yêu cầu. Xin kiểm tra nội dung đã nhập.")


# Tasks ---------------------------------------------------------------------------------------------------------------

TASK = {
    "text": "Hoàn thiện Quy chế",
    "item": "quy-che",
    "lead_unit": "Sở Mẫu 1",
    "lead_head": "Đại biểu Mẫu 01",
    "cooperating": "Sở Mẫu 2\n\n Sở Mẫu 3 ",
    "deadline": "2027-01-20",
    "report_deadline": "2027-01-25",
}


def test_a_task_is_checked_field_by_field_while_the_rest_is_missing(post: Post) -> None:
    said = post("tasks/check", lead_unit="Sở Mẫu 1 và Sở Mẫu 2", deadline="2020-01-01", report_deadline="mai")
    assert said["faults"]["lead_unit"] == ["Một đơn vị chủ trì; các đơn vị khác phối hợp."]
    assert said["faults"]["deadline"] == ["Ngày này trước ngày họp."]
    assert said["faults"]["report_deadline"] == ["Không đọc được."]
    assert said["faults"]["text"] == ["Còn thiếu."]
    assert "item" not in said["faults"], "a task may belong to the meeting as a whole"
    assert post("tasks/check", **TASK) == {"faults": {}, "warnings": {}}
    odd = post("tasks/check", **TASK | {"lead_unit": "Sở Chưa Có"})
    assert set(odd["warnings"]) == {"lead_unit"}
    assert post("tasks/check", **TASK | {"text": "x" * 2001})["faults"]["text"] == ["Quá dài."]


def test_a_task_is_recorded_and_withdrawn_and_its_name_is_never_used_again(post: Post, house: House) -> None:
    assert post("tasks", **TASK)["ok"]
    first = last(house, TaskAssigned).task
    assert first.cooperating == ("Sở Mẫu 2", "Sở Mẫu 3")
    assert post("tasks/withdraw", task=first.id, reason="replaced")["ok"]
    assert last(house, TaskWithdrawn).reason == "đã thay bằng nhiệm vụ khác"
    assert post("tasks", **TASK)["ok"]
    assert last(house, TaskAssigned).task.id != first.id
    refused = post("tasks", **TASK | {"lead_head": "Sở Mẫu 1"})
    assert (refused["ok"], last(house, TaskAssigned).task.lead_head) == (False, "Đại biểu Mẫu 01")


def test_without_a_script_a_faulty_task_comes_back_with_what_was_typed(app: Flask) -> None:
    client = enter(app, "secretary")
    headers = {"X-CSRFToken": token(client, "/secretary/conclusions")["X-CSRFToken"]}
    answer = client.post("/secretary/tasks", data=TASK | {"lead_head": ""}, headers=headers)
    assert answer.status_code == 422
    assert 'value="Sở Mẫu 1"' in answer.text
    assert "Còn thiếu." in answer.text.split('id="task-lead_head-fault"')[1][:120]


# Secret sessions and boxes -------------------------------------------------------------------------------------------


def test_the_banner_of_a_secret_session_says_of_no_radio_that_it_is_off_which_is_not(app: Flask) -> None:
    with app.test_request_context("/?lang=vi"):
        banner = get_template_attribute("parts.html", "secret_session")
        assert "đường truyền và sóng vô tuyến đã tắt" in banner(Now(secret_session=True))
        shown = banner(Now(secret_session=True, radios="phy0 stays on"))
        assert "Không tắt được một bộ phát sóng (phy0 stays on)" in shown
        assert "sóng vô tuyến đã tắt" not in shown
        assert banner(Now(radios="phy0 stays on")).strip() == ""


def test_a_secret_session_from_the_switch_to_the_release(app: Flask, post: Post, delegate: Post, house: House) -> None:
    begun = post("secret-session", on="1")
    assert "Đang họp kín" in begun["html"]
    assert last(house, SecretSessionBegan).by == "secretary"
    refused = delegate("dv-06", "/delegate/check-in", presence="in-person")
    assert (refused["ok"], "chỉ dùng bàn phím" in refused["notice"]) == (False, True)
    technician = enter(app, "technician")
    release: dict[str, Any] = {"data": {"reason": "carried"}, "headers": token(technician, "/technician")}
    assert not technician.post("/technician/release-record", **release).get_json()["ok"], "it is still on"
    assert post("secret-session", on="0")["ok"]
    assert 'id="release-do"' in technician.get("/technician").text
    assert technician.post("/technician/release-record", **release).get_json()["ok"]
    assert last(house, SecretRecordReleased).reason == "bản ghi đã ký được chuyển ra bằng tay"
    assert 'id="release-do"' not in technician.get("/technician").text


def test_a_passphrase_is_long_and_typed_twice_before_the_service_hears_of_it(post: Post) -> None:
    assert post("passphrase", passphrase="ngan", again="ngan")["notice"] == "Cụm mật khẩu có ít nhất 10 ký tự."
    assert not post("passphrase", passphrase=council.PASSPHRASE, again="mot-cum-khac-han")["ok"]
    assert "passphrase-card" in post("passphrase", passphrase="ngan", again="ngan")["html"]


# Weights -------------------------------------------------------------------------------------------------------------


def board() -> dict[str, Any]:
    """Three members with 20, 40 and 60 of 120 votes, under the rule of a board."""
    meeting = council.meeting(3) | {"preset": "board", "meeting": "hdtv-01"}
    meeting["roster"] = [d | {"weight": 20 * n} for n, d in enumerate(meeting["roster"][:3], 1)]
    meeting["agenda"] = [item | {"voting": "open"} for item in meeting["agenda"]]
    return meeting


def test_under_a_rule_with_weights_proxies_are_given_and_the_quorum_is_a_weight(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = House(tmp_path_factory.mktemp("board"))
    try:
        one.start("ballot")
        one.do("convene", **board())
        one.do("check_in", delegate="dv-01", reason="kiểm thử")
        one.password("secretary", PASSWORD)
        monkeypatch.setenv("APPLIANCE_SOCKETS", str(one.socket("ballot").parent))
        security.limiter.reset()
        client = enter(create_app(one.state, one.state.configuration()), "secretary")
        assert "20/120" in client.get("/secretary").text
        headers = token(client, "/secretary/roll")
        given = {"giver": "dv-03", "holder": "dv-01", "document": "Giấy ủy quyền số 1 (mẫu)"}
        answer = client.post("/secretary/proxy", data=given, headers=headers).get_json()
        assert answer["ok"], answer
        assert "80/120" in answer["html"]
        assert "ủy quyền cho Đại biểu Mẫu 01" in answer["html"]
        assert last(one, ProxyGiven).holder == "dv-01"
        over = {"giver": "dv-03", "reason": "arrived"}
        ended = client.post("/secretary/proxy/withdraw", data=over, headers=headers).get_json()
        assert (ended["ok"], "20/120" in ended["html"]) == (True, True)
    finally:
        one.close()
