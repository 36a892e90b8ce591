"""Opinion slips on the pages: the secretary's, the member's, the letters; nobody reads an answer before the close."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from appliance.journal import Follower, Reader
from appliance.slips import Slip
from appliance.web import create_app, security
from appliance.written import VIETNAM
from tests.browser.house import House
from tests.web.conftest import token

PASSWORD = "mat-khau-thu-nghiem"
FIVE = ["Tán thành", "Không tán thành", "Không biểu quyết", "Không trả lời", "Không trả lời, tính là tán thành"]
"""The states of a result, in the order of the page."""
OPINION = "Cần làm rõ nguồn vốn đối ứng"


def soon(**more: float) -> str:
    return (datetime.now(UTC) + timedelta(**(more or {"days": 3}))).isoformat(timespec="seconds")


@pytest.fixture
def office(tmp_path: Any) -> Iterator[House]:
    """A ballot service on a box where no meeting was ever convened."""
    one = House(tmp_path)
    try:
        one.start("ballot")
        one.password("secretary", PASSWORD)
        yield one
    finally:
        one.close()


@pytest.fixture
def pages(office: House, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setenv("APPLIANCE_SOCKETS", str(office.socket("ballot").parent))
    made = create_app(office.state, office.state.configuration())
    security.limiter.reset()
    return made


@pytest.fixture
def desk(pages: Flask) -> FlaskClient:
    """The secretary's browser."""
    client = pages.test_client()
    answer = client.post("/sign-in/secretary", data={"password": PASSWORD}, headers=token(client, "/sign-in/secretary"))
    assert answer.status_code == 303
    return client


def people(count: int = 3) -> list[dict[str, str]]:
    return [{"id": f"dv-{n:02}", "name": f"Đại biểu Mẫu {n:02}"} for n in range(1, count + 1)]


def send(office: House, count: int = 3, **more: Any) -> dict[str, str]:
    """Send `phieu-1` by the console; delegate → personal link."""
    fields = {"slip": "phieu-1", "title": "Trạm y tế", "question": "Đồng ý xây trạm?", "members": people(count)}
    office.do("send_slip", **{**fields, "deadline": soon(), "chair": "dv-01", **more})
    return {one["delegate"]: one["link"] for one in office.do("issue_pins")}


def browser(pages: Flask, link: str) -> FlaskClient:
    client = pages.test_client()
    assert client.get(f"/d/{link}").status_code == 303
    return client


def said(response: Any) -> dict[str, Any]:
    """What a page's script is answered."""
    return dict(response.get_json())


def answer(client: FlaskClient, choice: str, opinion: str = "") -> Any:
    headers = token(client, "/delegate/slips")
    return client.post("/delegate/slips/phieu-1", data={"choice": choice, "opinion": opinion}, headers=headers)


def slip(office: House, name: str = "phieu-1") -> Slip:
    follower = Follower(Reader(office.state.journal))
    follower.news()
    return follower.slips[name]


def form(**more: str) -> dict[str, Any]:
    fields = {
        "slip": "phieu-1",
        "title": "Trạm y tế",
        "question": "Đồng ý xây trạm?",
        "rule": "ubnd/ordinary",
        "ask": "meeting",
        "deadline": "2099-11-30T17:00",
        "deadline_at": "2099-11-30T10:00:00.000Z",
    }
    return {**fields, **more}


def roster_file(text: str = "id,name,role\ndv-01,Đại biểu Mẫu 01,\nkh-01,Khách Mẫu,khách mời\n") -> tuple[Any, str]:
    return io.BytesIO(text.encode()), "danh-sach.csv"


# Sending -------------------------------------------------------------------------------------------------------------


def test_a_slip_is_sent_from_the_form_to_the_members_of_a_roster_file(office: House, desk: FlaskClient) -> None:
    days = [datetime.now(VIETNAM)]
    shown = desk.get("/secretary/slips/send").text
    days.append(datetime.now(VIETNAM))
    assert any(f'value="phieu-{day:%Y-%m-%d}-1"' in shown for day in days)
    assert 'name="silence_agrees" value="yes"  aria' in shown, "the switch is off at first"
    data = form(**{"title-1": "Tờ trình", "link-1": "https://vanban.example/1.pdf", "chair": "dv-01"})
    headers = token(desk, "/secretary/slips/send")
    sent = desk.post("/secretary/slips/send", data={**data, "roster": roster_file()}, headers=headers)
    assert (sent.status_code, sent.headers["Location"]) == (303, "/secretary/slips?done=slip-sent")
    one = slip(office)
    assert (one.members, one.deadline, one.sent.silence_agrees) == (("dv-01",), "2099-11-30T10:00:00Z", False)
    assert (one.sent.chair, one.sent.documents[0].title, one.sent.by) == ("dv-01", "Tờ trình", "secretary")


def test_the_members_of_the_present_meeting_are_asked(office: House, desk: FlaskClient) -> None:
    office.sit(4, present=0, guests=1)
    shown = desk.get("/secretary/slips/send").text
    assert "4 thành viên của: Phiên họp thường kỳ" in shown
    headers = token(desk, "/secretary/slips/send")
    assert desk.post("/secretary/slips/send", data=form(silence_agrees="yes"), headers=headers).status_code == 303
    assert len(slip(office).members) == 4
    assert slip(office).sent.silence_agrees is True
    assert "Không trả lời được tính là tán thành" in desk.get("/secretary/slips").text


def test_every_problem_is_shown_and_what_was_typed_stays(office: House, desk: FlaskClient) -> None:
    headers = token(desk, "/secretary/slips/send")
    data = form(
        **{"title": "", "deadline": "", "deadline_at": "", "link-1": "to-trinh.pdf", "question": "Câu hỏi & đáp"}
    )
    answered = desk.post("/secretary/slips/send", data=data, headers=headers)
    assert answered.status_code == 422
    for problem in (
        "<li>Tiêu đề: còn thiếu</li>",
        "<li>Thời hạn trả lời: còn thiếu</li>",
        "<li>Thành viên được lấy ý kiến: còn thiếu</li>",
        "<li>Đường dẫn của tài liệu 1: “to-trinh.pdf” không phải đường dẫn",
    ):
        assert problem in answered.text
    assert "Câu hỏi &amp; đáp</textarea>" in answered.text
    assert 'value="to-trinh.pdf"' in answered.text


def test_a_refusal_of_the_service_is_shown_in_the_form(office: House, desk: FlaskClient) -> None:
    send(office)
    headers = token(desk, "/secretary/slips/send")
    again = desk.post("/secretary/slips/send", data={**form(), "roster": roster_file()}, headers=headers)
    assert again.status_code == 422
    assert "Đã gửi một phiếu cùng tên" in again.text


def test_a_deadline_typed_without_the_script_is_a_time_of_the_box(
    office: House, desk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    monkeypatch.setenv("TZ", "Asia/Ho_Chi_Minh")
    time.tzset()
    try:
        headers = token(desk, "/secretary/slips/send")
        data = {**form(deadline_at=""), "roster": roster_file()}
        assert desk.post("/secretary/slips/send", data=data, headers=headers).status_code == 303
    finally:
        monkeypatch.undo()
        time.tzset()
    assert slip(office).deadline == "2099-11-30T10:00:00Z"


# Answering -----------------------------------------------------------------------------------------------------------


def test_a_member_answers_without_any_meeting(office: House, pages: Flask) -> None:
    member = browser(pages, send(office)["dv-02"])
    shown = member.get("/delegate/slips").text
    assert "Đồng ý xây trạm?" in shown
    assert "Cần 2/3" in shown
    assert "Không trả lời thì không được tính là tán thành." in shown
    told = answer(member, "against", OPINION).json
    assert told["ok"] is True
    assert told["notice"] == "Đã ghi nhận ý kiến của đại biểu."
    assert OPINION in told["html"]
    assert answer(member, "for", "Đã rõ").json["ok"] is True
    assert (slip(office).answers["dv-02"].choice, slip(office).answers["dv-02"].opinion) == ("for", "Đã rõ")


def test_without_a_script_the_answer_leads_back_to_the_page(office: House, pages: Flask) -> None:
    member = browser(pages, send(office)["dv-01"])
    page = member.get("/delegate/slips").text
    csrf = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert csrf
    posted = member.post("/delegate/slips/phieu-1", data={"choice": "for", "opinion": "", "csrf_token": csrf[1]})
    assert (posted.status_code, posted.headers["Location"]) == (303, "/delegate/slips?done=slip-answered")
    assert "Ý kiến của đại biểu: Tán thành" in member.get("/delegate/slips").text


def test_the_start_page_lets_the_members_of_an_open_slip_sign_in(office: House, pages: Flask) -> None:
    guest = pages.test_client()
    assert "Đại biểu Mẫu 02" not in guest.get("/").text
    send(office)
    pin = office.do("issue_pins", delegates=["dv-02"])[0]["pin"]
    assert "Đại biểu Mẫu 02" in guest.get("/").text
    entered = guest.post("/", data={"delegate": "dv-02", "pin": pin}, headers=token(guest, "/"))
    assert entered.status_code == 303
    assert "Đồng ý xây trạm?" in guest.get("/delegate/slips").text


def test_only_those_asked_see_a_slip(office: House, pages: Flask) -> None:
    office.sit(4, present=0)
    send(office, 2, members=[{"id": d["id"], "name": d["name"]} for d in people(2)])
    other = browser(pages, office.do("issue_pins", delegates=["dv-04"])[0]["link"])
    shown = other.get("/delegate/slips").text
    assert "Đồng ý xây trạm?" not in shown
    assert "Không có phiếu nào lấy ý kiến của đại biểu." in shown
    assert answer(other, "for").json["ok"] is False


# Nobody reads before the close ---------------------------------------------------------------------------------------


def test_before_the_close_no_page_but_the_own_has_an_answer_in_it(
    office: House, pages: Flask, desk: FlaskClient
) -> None:
    links = send(office)
    assert answer(browser(pages, links["dv-01"]), "against", OPINION).json["ok"] is True
    colleague = browser(pages, links["dv-02"])
    for client, address in ((desk, "/secretary/slips"), (desk, "/secretary"), (colleague, "/delegate/slips")):
        shown = client.get(address)
        assert shown.status_code == 200, address
        assert OPINION not in shown.text
    text = desk.get("/secretary/slips").text
    assert "1/3" in text
    assert 'class="against"' not in text, "no count of a choice, no answer by name"


def test_after_the_close_the_secretary_reads_five_states_and_the_members_wait_for_the_session(
    office: House, pages: Flask, desk: FlaskClient
) -> None:
    links = send(office, 2)
    first = browser(pages, links["dv-01"])
    answer(first, "for")
    answer(browser(pages, links["dv-02"]), "against", OPINION)
    told = desk.post("/secretary/slips/phieu-1/close", headers=token(desk, "/secretary/slips"))
    assert said(told)["ok"] is True
    text = said(told)["html"]
    assert OPINION in text
    for state in (
        "Tán thành",
        "Không tán thành",
        "Không biểu quyết",
        "Không trả lời",
        "Không trả lời, tính là tán thành",
    ):
        assert f"<dt>{state}</dt>" in text
    assert "Kết quả được công bố tại phiên họp gần nhất." in text
    shown = first.get("/delegate/slips").text
    assert OPINION not in shown
    assert "<dt>" not in shown


def test_a_tie_is_decided_on_the_secretarys_page_with_the_chairs_pin(
    office: House, pages: Flask, desk: FlaskClient
) -> None:
    links = send(office)
    for delegate, choice in zip(("dv-01", "dv-02", "dv-03"), ("for", "against", "abstain"), strict=True):
        answer(browser(pages, links[delegate]), choice)
    headers = token(desk, "/secretary/slips")
    shown = said(desk.post("/secretary/slips/phieu-1/close", headers=headers))["html"]
    assert 'name="reading"' not in shown, "nobody presides"
    office.sit(4, present=0)
    question = "Một phiếu ghi ý kiến có số phiếu ngang nhau đang chờ chủ tọa"
    assert question in desk.get("/secretary").text, "whoever ends the meeting is told"
    (first, *_) = re.findall(r'name="reading" value="([^"]+)"', desk.get("/secretary/slips").text)
    given = {"reading": first, "more": "theo Điều 117"}
    wrong = said(desk.post("/secretary/slips/phieu-1/tie", data={**given, "pin": "000000"}, headers=headers))
    assert wrong["ok"] is False
    done = said(desk.post("/secretary/slips/phieu-1/tie", data={**given, "pin": office.pins["dv-01"]}, headers=headers))
    assert done["ok"] is True
    assert 'name="reading"' not in done["html"]
    assert question not in desk.get("/secretary").text
    tie = slip(office).tie
    assert tie is not None
    assert (tie.reading, tie.by) == (first, "dv-01")


def test_the_result_is_announced_at_the_session_in_progress(office: House, pages: Flask, desk: FlaskClient) -> None:
    links = send(office, 1)
    member = browser(pages, links["dv-01"])
    answer(member, "for")
    headers = token(desk, "/secretary/slips")
    desk.post("/secretary/slips/phieu-1/close", headers=headers)
    early = desk.post("/secretary/slips/phieu-1/announce", headers=headers)
    assert said(early)["ok"] is False
    office.sit(4, present=0)
    done = desk.post("/secretary/slips/phieu-1/announce", headers=headers)
    assert said(done)["ok"] is True
    assert "Phiên họp thường kỳ tháng 11 năm 2026" in said(done)["html"]
    assert list(slip(office).announced) == ["m-2026-11"]
    new = browser(pages, office.do("issue_pins", delegates=["dv-01"])[0]["link"])
    assert "<dt>Không trả lời, tính là tán thành</dt>" in new.get("/delegate/slips").text


# Letters, reminders, extension ---------------------------------------------------------------------------------------


def test_letters_have_a_new_link_for_each_member_who_has_not_answered(
    office: House, pages: Flask, desk: FlaskClient
) -> None:
    links = send(office)
    answer(browser(pages, links["dv-01"]), "for")
    letters = desk.post("/secretary/slips/phieu-1/letters", headers=token(desk, "/secretary/slips")).text
    fresh = re.findall(r"/d/([\w-]+)</p>", letters)
    assert len(fresh) == 2
    assert "Đại biểu Mẫu 01" not in letters
    assert pages.test_client().get(f"/d/{links['dv-02']}").status_code == 403, "the former link has ended"
    assert "Đồng ý xây trạm?" in browser(pages, fresh[0]).get("/delegate/slips").text


def test_a_reminder_is_recorded_printed_and_seen_by_the_member(office: House, pages: Flask, desk: FlaskClient) -> None:
    links = send(office)
    member = browser(pages, links["dv-03"])
    printed = desk.post("/secretary/slips/phieu-1/remind", data={}, headers=token(desk, "/secretary/slips")).text
    assert printed.count('class="letter"') == 3
    assert "/d/" not in printed, "without new links the former ones stand"
    assert slip(office).reminders[0][1] == ("dv-01", "dv-02", "dv-03")
    assert "chưa nhận được ý kiến của đại biểu." in member.get("/delegate/slips").text
    again = desk.post(
        "/secretary/slips/phieu-1/remind", data={"links": "yes"}, headers=token(desk, "/secretary/slips")
    ).text
    assert len(re.findall(r"/d/[\w-]+</p>", again)) == 3
    assert member.get("/delegate/slips").status_code == 302, "its sign-in ended with the link"


def test_a_reminder_where_everybody_answered_is_refused(office: House, pages: Flask, desk: FlaskClient) -> None:
    answer(browser(pages, send(office, 1)["dv-01"]), "for")
    headers = token(desk, "/secretary/slips")
    for what in ("remind", "letters"):
        told = desk.post(f"/secretary/slips/phieu-1/{what}", data={}, headers=headers).get_json()
        assert (told["ok"], told["notice"]) == (False, "Tất cả đã trả lời: không còn ai để nhắc.")
    assert slip(office).reminders == ()


def test_the_deadline_is_extended_and_both_pages_say_why(office: House, pages: Flask, desk: FlaskClient) -> None:
    member = browser(pages, send(office)["dv-01"])
    headers = token(desk, "/secretary/slips")
    at = soon(days=9)
    data = {"deadline": "2099-01-01T00:00", "deadline_at": at, "reason": "Nhiều thành viên đi công tác"}
    assert said(desk.post("/secretary/slips/phieu-1/extend", data=data, headers=headers))["ok"] is True
    assert slip(office).deadline == at.replace("+00:00", "Z")
    for client, address in ((desk, "/secretary/slips"), (member, "/delegate/slips")):
        assert "Nhiều thành viên đi công tác" in client.get(address).text
    for wrong in ({**data, "deadline_at": "", "deadline": ""}, {**data, "deadline_at": soon(days=1)}):
        assert said(desk.post("/secretary/slips/phieu-1/extend", data=wrong, headers=headers))["ok"] is False


def test_nobody_sees_these_pages_without_signing_in(pages: Flask) -> None:
    client = pages.test_client()
    for address in ("/secretary/slips", "/secretary/slips/send", "/delegate/slips"):
        assert client.get(address).status_code == 302, address


def test_a_delegate_does_nothing_of_the_secretarys(office: House, pages: Flask) -> None:
    member = browser(pages, send(office)["dv-01"])
    headers = token(member, "/delegate/slips")
    for what in ("letters", "remind", "extend", "close", "announce"):
        assert member.post(f"/secretary/slips/phieu-1/{what}", headers=headers).status_code == 401, what


def test_a_slip_that_was_never_sent_is_refused_everywhere(office: House, pages: Flask, desk: FlaskClient) -> None:
    headers = token(desk, "/secretary/slips")
    for what in ("letters", "remind", "close", "announce"):
        assert said(desk.post(f"/secretary/slips/khong-co/{what}", data={}, headers=headers))["ok"] is False
