"""Before the meeting on the secretary's pages: files handed in and taken home, a form that loses nothing."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from appliance import meeting_draft, meeting_file, sheets
from appliance.commands import Convene
from appliance.faults import Said, Where, Wrong
from appliance.values import Refusal
from appliance.web import convene, convene_words, room
from appliance.written import VIETNAM
from tests.browser.house import House
from tests.meetings import table
from tests.web.conftest import token
from tests.web.test_pages import signed_in
from tests.web.test_words import catalogue

NEW, DESK = "/secretary/convene/new", "/secretary/convene"
Posted = Callable[..., Any]


@pytest.fixture
def desk(app: Flask, house: House) -> FlaskClient:
    return signed_in(app, house, "secretary")


@pytest.fixture
def post(desk: FlaskClient) -> Posted:
    headers = {"X-CSRFToken": token(desk, "/secretary")["X-CSRFToken"]}
    return lambda address, **data: desk.post(address, data=data, headers=headers)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the ballot service was asked to convene; it refuses everything."""
    seen: list[dict[str, Any]] = []

    def ask(do: str, **fields: Any) -> Refusal:
        seen.append({"do": do, **fields})
        return Refusal(code="meeting-in-progress", message="one is in progress")

    monkeypatch.setattr(room, "ask", ask)
    return seen


def fields(page: str) -> dict[str, str]:
    """What stands in the form of a page."""
    form = page.split('id="make"', 1)[1]
    inputs = re.findall(r'<input name="([\w-]+)" [^>]*?value="([^"]*)"', form)
    areas = re.findall(r'<textarea [^>]*name="([\w-]+)"[^>]*>([^<]*)</textarea>', form)
    lists = re.findall(r'<select name="([\w-]+)"[^>]*>(.*?)</select>', form, re.S)
    chosen = {name: re.findall(r'value="([^"]*)"( selected)?', body) for name, body in lists}
    values = {name: next((value for value, mark in of if mark), of[0][0]) for name, of in chosen.items()}
    return {name: html.unescape(value) for name, value in (dict(inputs) | dict(areas) | values).items()}


def example(ending: str = "toml", **changes: Any) -> tuple[io.BytesIO, str]:
    made = table(**changes)
    made["starts_at"] = "2026-11-22T08:00:00+07:00"
    return io.BytesIO(sheets.encode(made, ending)), f"hop.{ending}"


# Files ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", sheets.FORMATS)
def test_a_meeting_is_handed_in_in_each_format(post: Posted, asked: list[dict[str, Any]], ending: str) -> None:
    answer = post(DESK, meeting=example(ending))
    assert answer.location == "/secretary?refused=meeting-in-progress"
    (command,) = asked
    assert Convene.model_validate({k: v for k, v in command.items() if k != "do"}) == meeting_file.parse(table())


def test_every_fault_of_a_workbook_is_shown_in_the_readers_language(post: Posted, asked: list[dict[str, Any]]) -> None:
    wrong = table(chair="dv-09")
    wrong["delegate"][1]["name"] = ""
    for lang, told in (
        ("vi", ("trang tính “Đại biểu”, dòng 3, cột B (Họ và tên): còn thiếu", "“dv-09” không phải thành viên")),
        ("en", ("sheet “Đại biểu”, row 3, column B (Họ và tên): is missing", "“dv-09” is no member")),
    ):
        answer = post(f"{DESK}?lang={lang}", meeting=example("xlsx", **wrong))
        assert answer.status_code == 422
        assert all(words in answer.text for words in ("hop.xlsx", *told))
    assert asked == []


def test_a_file_can_be_looked_through_in_the_form_right_or_wrong(post: Posted) -> None:
    shown = post(DESK, meeting=example("json", chair="dv-09", colour="red"), do="look").text
    assert fields(shown)["chair"] == "dv-09"
    assert fields(shown)["delegate-5-substitute_for"] == "dv-03"
    assert fields(shown)["agenda-2-voting"] == "secret"
    assert "colour: không rõ là gì" in shown
    assert 'href="#chair"' in shown
    assert 'id="chair-fault"' in shown


def test_a_roster_apart_is_looked_through_with_it(post: Posted) -> None:
    people = (io.BytesIO("Mã;Họ và tên;Vai trò\nkh-02;Khách mời Mẫu 02;khách mời\n".encode()), "ds.csv")
    shown = fields(post(DESK, meeting=example(), roster=people, do="look").text)
    assert (shown["delegate-6-name"], shown["delegate-6-role"]) == ("Khách mời Mẫu 02", "guest")


def test_what_the_form_has_no_room_for_is_not_cut_off(post: Posted) -> None:
    many = [*table()["delegate"], *({"id": f"k-{n}", "name": "Mẫu", "role": "guest"} for n in range(496))]
    answer = post(DESK, meeting=example(delegate=many), do="look")
    assert answer.status_code == 422
    assert "Đại biểu: biểu mẫu chỉ có chỗ cho 500 dòng" in answer.text
    papers = [{"title": "x", "link": "https://example.org"}] * 100
    item = {"id": "nd-1", "title": "Nội dung", "document": papers}
    assert "chỗ cho 99 dòng" in post(DESK, meeting=example(agenda=[item]), do="look").text


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("x.json", b"{", "không đúng JSON"),
        ("x.xlsx", b"PK", "không phải bảng tính XLSX"),
        ("x.pdf", b"", "có đuôi .toml"),
    ],
)
def test_what_cannot_be_read_is_told(post: Posted, name: str, data: bytes, said: str) -> None:
    for do in ("convene", "look"):
        answer = post(DESK, meeting=(io.BytesIO(data), name), do=do)
        assert answer.status_code == 422
        assert said in answer.text


def test_the_template_and_the_sample_are_taken_home(desk: FlaskClient) -> None:
    got = desk.get(f"{DESK}/template.xlsx")
    assert got.headers["Content-Disposition"] == 'attachment; filename="cuoc-hop.xlsx"'
    assert got.data == sheets.encode({}, "xlsx")
    for ending in sheets.FORMATS:
        data = desk.get(f"{DESK}/sample.{ending}").data
        assert len(meeting_draft.convene(sheets.decode(f"x.{ending}", data), "x").agenda) == 15
    assert desk.get(f"{DESK}/sample.exe").status_code == 404


@pytest.mark.parametrize("address", [DESK, NEW, f"{DESK}/template.xlsx", f"{DESK}/sample.toml"])
def test_only_the_secretary_comes_here(app: Flask, address: str) -> None:
    assert app.test_client().get(address).status_code == 302
    assert app.test_client().post(address, data={}).status_code in (400, 401, 405)


# The form ------------------------------------------------------------------------------------------------------------


def test_the_three_beginnings(desk: FlaskClient) -> None:
    empty = fields(desk.get(NEW).text)
    assert (empty["title"], empty["preset"], empty["delegate-5-name"], empty["agenda-3-title"]) == ("", "ubnd", "", "")
    sample = fields(desk.get(f"{NEW}?from=sample").text)
    assert (sample["delegate-21-name"], sample["agenda-15-id"]) == ("Đại biểu Mẫu 21", "noi-dung-15")
    last = fields(desk.get(f"{NEW}?from=last").text)
    assert (last["delegate-2-name"], last["body"]) == ("Đại biểu Mẫu 02", "Ủy ban nhân dân tỉnh Mẫu")
    assert (last["title"], last["starts_at"], last["agenda-1-title"]) == ("", "", "")
    assert last["meeting"] != "m-2026-11"


def test_a_second_meeting_of_a_day_is_offered_another_name(monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock:
        @staticmethod
        def now(_zone: object) -> datetime:
            return datetime(2026, 11, 26, 23, 59, tzinfo=VIETNAM)

    monkeypatch.setattr(convene, "datetime", Clock)
    assert convene._name_of_today(()) == "hop-2026-11-26"
    assert convene._name_of_today(("m-2026-11", "hop-2026-11-25")) == "hop-2026-11-26"
    assert convene._name_of_today(("hop-2026-11-26", "hop-2026-11-26-2", "hop-chieu")) == "hop-2026-11-26-3"


def test_a_button_adds_a_line_and_everything_typed_stays(desk: FlaskClient, post: Posted) -> None:
    typed = fields(desk.get(f"{NEW}?from=sample").text) | {"title": 'Phiên họp <b>"đậm"</b>', "delegate-1-seat": "??"}
    shown = post(NEW, **typed, do="add-agenda").text
    assert typed.items() <= fields(shown).items()
    assert re.search(r'id="agenda-16-title"[^>]*autofocus', shown)
    assert "<b>" not in shown.split('id="make"', 1)[1].split("<b class", 1)[0]


def test_every_fault_stands_beside_its_field_and_in_the_list(desk: FlaskClient, post: Posted) -> None:
    typed = fields(desk.get(f"{NEW}?from=sample").text)
    typed |= {"delegate-2-seat": "01", "delegate-3-name": "", "secretary": "Ai đó", "agenda-1-document-1-link": "x"}
    answer = post(NEW, **typed, do="convene")
    assert answer.status_code == 422
    for name in ("delegate-2-seat", "delegate-3-name", "secretary", "agenda-1-document-1-link"):
        assert f'<a href="#{name}">' in answer.text
        field = re.search(rf'<input name="{name}" [^>]*>', answer.text)
        assert field
        assert "aria-invalid=true" in field[0]
        assert f"{name}-fault" in field[0]
        assert f'<p class="fault" id="{name}-fault">' in answer.text
    assert "Đại biểu 2, Ghế: “01” đã có ở: Đại biểu 1, Ghế" in answer.text
    assert typed.items() <= fields(answer.text).items()


def test_what_is_right_is_convened_and_a_refusal_loses_nothing(
    desk: FlaskClient, post: Posted, asked: list[dict[str, Any]]
) -> None:
    typed = fields(desk.get(f"{NEW}?from=sample").text) | {"delegate-27-id": "", "chair": "Đại biểu Mẫu 02"}
    shown = post(NEW, **typed, do="check").text
    assert "Không có lỗi" in shown
    assert asked == []
    assert fields(shown)["delegate-27-id"] == "khach-04", "whoever has no identifier is given one"
    answer = post(NEW, **typed, do="convene")
    (command,) = asked
    assert (command["do"], command["chair"], len(command["roster"])) == ("convene", "dv-02", 27)
    assert answer.status_code == 422
    assert "Phiên họp khác" in answer.text or "đang" in answer.text
    assert fields(answer.text)["chair"] == "Đại biểu Mẫu 02"


@pytest.mark.parametrize("ending", sheets.FORMATS)
def test_a_form_is_kept_as_a_file_and_comes_back(desk: FlaskClient, post: Posted, ending: str) -> None:
    typed = fields(desk.get(f"{NEW}?from=sample").text)
    kept = post(NEW, **typed, do=f"keep-{ending}")
    assert kept.headers["Content-Disposition"] == f'attachment; filename="phien-hop-mau-2026-11.{ending}"'
    sample = meeting_draft.convene(sheets.decode("x.toml", sheets.sample()), "x")
    assert meeting_draft.convene(sheets.decode(f"x.{ending}", kept.data), "x") == sample
    draft = post(NEW, **{**typed, "title": "", "chair": "ai đó"}, do=f"keep-{ending}")
    assert f"ban-nhap.{ending}" in draft.headers["Content-Disposition"]
    again = post(DESK, meeting=(io.BytesIO(draft.data), f"ban-nhap.{ending}"), do="look").text
    assert (fields(again)["title"], fields(again)["chair"]) == ("", "ai đó")


def test_more_people_than_a_usual_form_takes(desk: FlaskClient, post: Posted) -> None:
    people = {
        f"delegate-{n}-{key}": value * 4
        for n in range(1, 501)
        for key, value in (("name", "Đại biểu Mẫu "), ("unit", "Ủy ban nhân dân tỉnh Mẫu "))
    }
    shown = post(NEW, title="x", meeting="m", preset="simple", **people, do="check")
    assert shown.status_code == 200
    assert "dv-500" in shown.text


def test_columns_come_with_what_needs_them(desk: FlaskClient, post: Posted) -> None:
    typed = fields(desk.get(NEW).text)
    assert "delegate-1-weight" not in typed
    assert "delegate-1-room" not in typed
    more = fields(post(NEW, **{**typed, "preset": "board"}, do="add-room").text)
    assert {"delegate-1-weight", "delegate-1-room"} <= set(more)
    assert "special" in post(NEW, **{**typed, "preset": "board"}, do="add-room").text


# Words ---------------------------------------------------------------------------------------------------------------


def needs_words(sentence: str) -> bool:
    return bool(re.search(r"\w", re.sub(r"%\(\w+\)s", "", sentence)))


def test_every_sentence_of_a_fault_has_its_vietnamese() -> None:
    known = {message.id: message.string for message in catalogue("vi")}
    assert {*convene_words.SENTENCES} == {s.value for s in Wrong if needs_words(s)}
    assert {*convene_words.PLACES} == {s.value for s in Where if needs_words(s)}
    assert all(known[sentence] for sentence in (*convene_words.SENTENCES, *convene_words.PLACES))


def test_a_sentence_within_a_sentence_is_translated_too(app: Flask) -> None:
    inner = Said(Where.LONE_ROW.value, {"row": 3})
    with app.test_request_context("/?lang=vi"):
        said = convene_words.spoken(Said(Where.FAULT.value, {"place": inner, "what": Said(Wrong.MISSING.value)}))
    assert said == "dòng 3: còn thiếu"
