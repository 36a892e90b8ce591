"""What each page answers to whom."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from appliance.rights import Who
from appliance.values import Refusal
from appliance.web import room, screens
from tests.browser.house import House
from tests.web.conftest import Browser, token

SECRETARY = "mat-khau-thu-ky"


def signed_in(app: Flask, house: House, role: str) -> FlaskClient:
    """A client of that role."""
    house.password(role, SECRETARY)
    client = app.test_client()
    answer = client.post(f"/sign-in/{role}", data={"password": SECRETARY}, headers=token(client, "/sign-in/secretary"))
    assert answer.status_code == 303, answer.text
    return client


@pytest.mark.parametrize(
    ("address", "to"),
    [("/delegate", "/"), ("/secretary", "/sign-in/secretary"), ("/technician", "/sign-in/technician")],
)
def test_whoever_is_not_signed_in_is_led_to_the_entrance(app: Flask, address: str, to: str) -> None:
    answer = app.test_client().get(address)
    assert (answer.status_code, answer.location) == (302, to)


def test_whose_sign_in_has_ended_is_told_so(app: Flask, house: House) -> None:
    client = signed_in(app, house, "secretary")
    house.password("secretary", SECRETARY)  # set anew: what was signed in before is so no longer
    answer = client.get("/secretary")
    assert (answer.status_code, answer.location) == (302, "/sign-in/secretary?ended=1")
    assert "Đã đăng xuất: phiên đăng nhập đã kết thúc" in client.get(answer.location).text
    assert "Đã đăng xuất" not in client.get("/sign-in/secretary").text


def test_a_delegate_is_sent_to_the_technician_and_the_technician_to_the_remedy(
    app: Flask, house: House, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    delegate, technician = browser(house.links["dv-01"]), signed_in(app, house, "technician")
    monkeypatch.setenv("APPLIANCE_SOCKETS", "/nowhere")
    for client, address, told in ((delegate, "/delegate", False), (technician, "/technician", True)):
        answer = client.get(address)
        assert answer.status_code == 503
        assert ("systemctl" in answer.text) is told
        assert ("Xin báo kỹ thuật viên" in answer.text) is not told


@pytest.mark.parametrize("address", ["/hall", "/door", "/door/frame.jpg", "/live/secretary", "/live/delegate"])
def test_screens_and_streams_are_for_those_with_a_link(app: Flask, address: str) -> None:
    assert app.test_client().get(address).status_code == 401


def test_a_delegate_may_not_do_what_a_secretary_does(house: House, browser: Browser) -> None:
    client = browser(house.links["dv-01"])
    headers = token(client, "/delegate")
    for address in (
        "/secretary/open",
        "/secretary/check-in",
        "/secretary/end",
        "/secretary/pins",
        "/technician/keypads",
    ):
        assert client.post(address, data={"item": "noi-dung-1"}, headers=headers).status_code == 401, address


def test_a_link_that_ended_says_so(app: Flask) -> None:
    answer = app.test_client().get("/d/nothing-of-the-kind")
    assert answer.status_code == 403
    assert "Liên kết không dùng được" in answer.text


def test_pin_sign_in_right_and_wrong(app: Flask, house: House) -> None:
    client = app.test_client()
    headers = {"X-CSRFToken": token(client, "/")["X-CSRFToken"]}
    wrong = client.post("/", data={"delegate": "dv-04", "pin": "no"}, headers=headers)
    assert wrong.status_code == 403
    assert "Chưa đúng" in wrong.text
    assert 'value="dv-04" selected' in wrong.text
    right = client.post("/", data={"delegate": "dv-04", "pin": house.pins["dv-04"]}, headers=headers)
    assert (right.status_code, right.location) == (303, "/delegate")
    assert "Đại biểu Mẫu 04" in client.get("/delegate").text


def test_language_by_address_then_cookie_then_box(app: Flask) -> None:
    client = app.test_client()
    assert '<html lang="vi">' in client.get("/").text
    assert '<html lang="en">' in client.get("/?lang=en").text
    assert '<html lang="en">' in client.get("/").text
    assert '<html lang="en">' in client.get("/?lang=xx").text
    assert '<html lang="vi">' in client.get("/?lang=vi").text


def test_one_browser_holds_a_desk_and_a_screen_side_by_side(app: Flask, house: House) -> None:
    client = signed_in(app, house, "secretary")
    client.get(house.screen("hall").removeprefix(house.url))
    assert client.get("/hall").status_code == 200
    assert client.get("/secretary").status_code == 200
    headers = {"X-CSRFToken": token(client, "/secretary")["X-CSRFToken"]}
    client.post("/sign-out/secretary", headers=headers)
    assert client.get("/secretary").status_code == 302
    assert client.get("/hall").status_code == 200


def test_without_a_script_a_form_is_answered_by_the_page(app: Flask, house: House) -> None:
    client = signed_in(app, house, "secretary")
    headers = {"X-CSRFToken": token(client, "/secretary")["X-CSRFToken"]}
    refused = client.post("/secretary/check-in", data={"delegate": "dv-01", "reason": "x"}, headers=headers)
    assert refused.status_code == 303
    assert "đã điểm danh" in client.get(refused.location).text
    assert "<b>" not in client.get("/secretary?refused=%3Cb%3Ehello").text.split('id="notice"')[1][:200]


def test_every_problem_of_a_meeting_file_is_shown(app: Flask, house: House) -> None:
    client = signed_in(app, house, "secretary")
    headers = {"X-CSRFToken": token(client, "/secretary")["X-CSRFToken"]}
    bad = b'meeting = "m 2"\ntitle = ""\nchair = "dv-77"\n[[delegate]]\nid = "dv-01"\nname = "A"\ncolour = "red"\n'
    files = {"meeting": (io.BytesIO(bad), "hop.toml")}
    answer = client.post("/secretary/convene", data=files, headers=headers)
    assert answer.status_code == 422
    for word in ("hop.toml", "meeting", "title", "colour"):
        assert word in answer.text
    for data, said in ((b"a = 1\n\xff\xfe", "dòng 2 không phải UTF-8"), (b"a = ", "không đúng TOML")):
        answer = client.post("/secretary/convene", data={"meeting": (io.BytesIO(data), "x.toml")}, headers=headers)
        assert answer.status_code == 422
        assert said in answer.text


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("r.csv", b"\xff\xfe\x00", "UTF-8"),
        ("r.xlsx", b"PK not really", "XLSX"),
        ("r.csv", b"id,name\n,\n", "r.csv, trang tính “Đại biểu”: chưa có ai"),
        ("r.csv", "mã,họ tên\ndv-1,\n".encode(), "r.csv, dòng 2, cột B (họ tên): còn thiếu"),
    ],
)
def test_a_roster_that_cannot_be_read_is_named(app: Flask, house: House, name: str, data: bytes, said: str) -> None:
    client = signed_in(app, house, "secretary")
    headers = {"X-CSRFToken": token(client, "/secretary")["X-CSRFToken"]}
    files = {
        "meeting": (io.BytesIO('meeting = "m-3"\ntitle = "Họp"\n'.encode()), "hop.toml"),
        "roster": (io.BytesIO(data), name),
    }
    answer = client.post("/secretary/convene", data=files, headers=headers)
    assert answer.status_code == 422
    assert said in answer.text


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_roster_file_apart_from_the_meeting(app: Flask, house: House, kind: str) -> None:
    """Headings in Vietnamese; the ballot service refuses only because a meeting runs."""
    rows: list[list[Any]] = [["Mã", "Họ tên", "Vai trò", "Ghế"], ["dv-1", "Đại biểu Mẫu 01", "thành viên", 7]]
    book = io.BytesIO()
    if kind == "xlsx":
        from openpyxl import Workbook

        workbook = Workbook()
        for row in rows:
            workbook.worksheets[0].append(row)
        workbook.save(book)
    else:
        book.write("\n".join(",".join(str(cell) for cell in row) for row in rows).encode("utf-8-sig"))
    book.seek(0)
    client = signed_in(app, house, "secretary")
    headers = {"X-CSRFToken": token(client, "/secretary")["X-CSRFToken"]}
    meeting = io.BytesIO('meeting = "m-4"\ntitle = "Họp"\nchair = "dv-1"\n'.encode())
    files = {"meeting": (meeting, "hop.toml"), "roster": (book, f"ds.{kind}")}
    answer = client.post("/secretary/convene", data=files, headers=headers)
    assert (answer.status_code, answer.location) == (303, "/secretary?refused=meeting-in-progress")


def scene(**message: Any) -> dict[str, Any]:
    face = {
        "box": [0.1, 0.2, 0.3, 0.4],
        "state": message.pop("state", "seen"),
        "name": "Đại biểu Mẫu 01",
        "seat": "S01",
    }
    return screens.scene({"faces": [face], "message": message})


@pytest.mark.parametrize("state", ["seen", "looking", "unknown", "ambiguous"])
def test_the_door_names_nobody_it_is_not_sure_of(app: Flask, state: str) -> None:
    with app.test_request_context("/"):
        for code in ("look", "closer", "unknown", "ambiguous", "no-meeting", "camera-lost", "something-new"):
            said = scene(code=code, name="Đại biểu Mẫu 01", seat="S01", state=state)
            assert "Mẫu" not in json.dumps(said, ensure_ascii=False), (code, state)


def test_the_door_greets_by_name_and_seat(app: Flask) -> None:
    with app.test_request_context("/?lang=en"):
        said = scene(code="welcome", name="Đại biểu Mẫu 01", seat="S01", state="welcome")
        assert said["large"] == "Welcome, Đại biểu Mẫu 01"
        assert "Your seat: S01." in said["small"]
        assert said["faces"][0]["name"] == "Đại biểu Mẫu 01"
        again = scene(code="already", name="Đại biểu Mẫu 01", seat="S01")
        assert "Đại biểu Mẫu 01" in again["small"]


def test_pin_at_the_door(app: Flask, house: House, browser: Browser) -> None:
    client = browser(house.screen("door"))
    headers = token(client, "/door")
    wrong = client.post("/door/pin", data={"delegate": "dv-05", "pin": "000000"}, headers=headers)
    assert not wrong.get_json()["ok"]
    right = client.post("/door/pin", data={"delegate": "dv-05", "pin": house.pins["dv-05"]}, headers=headers)
    assert right.get_json()["ok"]
    assert right.get_json()["code"] == "already"
    assert "Đại biểu Mẫu 05" in right.get_json()["small"]


def test_every_role_that_signs_in_has_a_page_to_come_to() -> None:
    from appliance.web.signing import HOME

    assert set(HOME) == {Who.DELEGATE, Who.SECRETARY, Who.TECHNICIAN, Who.HALL, Who.DOOR}


def test_partial_results_are_in_no_page_before_the_close(app: Flask, house: House, browser: Browser) -> None:
    """The same people vote, the other way round: no byte that others read may differ."""
    ballot = house.do("open", item="noi-dung-1")["ballot"]
    secretary, hall = signed_in(app, house, "secretary"), browser(house.screen("hall"))
    outsider, voters = browser(house.links["dv-05"]), [browser(house.links[f"dv-0{n}"]) for n in range(1, 5)]

    def seen_after(choices: list[str]) -> list[str]:
        for voter, choice in zip(voters, choices, strict=True):
            answer = voter.post(
                "/delegate/vote", data={"ballot": ballot, "choice": choice}, headers=token(voter, "/delegate")
            )
            assert answer.get_json()["ok"], answer.json
        clients = ((secretary, "/secretary"), (hall, "/hall"), (hall, "/keypads"), (outsider, "/delegate"))
        return [client.get(address).text.split("<main", 1)[1] for client, address in clients]

    first = seen_after(["for", "for", "against", "abstain"])
    second = seen_after(["abstain", "against", "against", "against"])
    for one, two in zip(first, second, strict=True):
        assert without_tokens(one) == without_tokens(two)
    house.do("close", ballot=ballot)
    assert "1/6" not in hall.get("/hall").text
    assert "0/6 tán thành" in hall.get("/hall").text


def without_tokens(text: str) -> str:
    """CSRF tokens are signed with the time, and a clock shows it: cut out."""
    without = re.sub(r'name="csrf_token" value="[^"]+"', "", text)
    return re.sub(r"<time [^>]*data-running.*?</time>", "", without)


def test_convening_chooses_whether_the_door_looks_for_pictures_of_faces(
    app: Flask, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, Any]] = []

    def ask(do: str, **fields: Any) -> Refusal:
        asked.append({"do": do, **fields})
        return Refusal(code="meeting-in-progress", message="one is in progress")

    client = signed_in(app, house, "secretary")
    headers = {"X-CSRFToken": token(client, "/secretary")["X-CSRFToken"]}
    assert 'value="challenge"' in client.get("/secretary/convene").text
    monkeypatch.setattr(room, "ask", ask)
    for chosen in ("", "passive"):
        data = b'meeting = "m-5"\ntitle = "Hop"\nliveness = "off"\n[[delegate]]\nid = "dv-1"\nname = "A"\n'
        files = {"meeting": (io.BytesIO(data), "hop.toml"), "liveness": chosen}
        client.post("/secretary/convene", data=files, headers=headers)
    assert [fields["liveness"] for fields in asked if fields["do"] == "convene"] == ["off", "passive"]
