"""A meeting as a workbook has it: sheets, rows and columns, and the way back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings

from appliance import meeting_draft, meeting_file, meeting_sheets
from appliance.commands import Convene
from appliance.errors import ConfigurationError
from appliance.values import Voting
from appliance.written import Formula
from tests.meetings import meetings, table

Sheets = dict[str, list[list[Any]]]


def sheets() -> Sheets:
    """The example as a workbook has it."""
    return dict(meeting_sheets.sheets(meeting_file.table(meeting_file.parse(table()))))


def told(book: Sheets) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        meeting_draft.convene(meeting_sheets.draft(book), "họp.xlsx")
    return list(caught.value.problems)


def test_the_sheets_of_a_meeting_in_vietnamese() -> None:
    book = sheets()
    assert list(book) == ["Cuộc họp", "Điểm cầu", "Đại biểu", "Nội dung", "Tài liệu"]
    assert ["Quy tắc biểu quyết", "Ủy ban nhân dân"] in book["Cuộc họp"]
    assert ["Bắt đầu lúc", datetime.fromisoformat("2026-11-22T08:00:00")] in book["Cuộc họp"]
    assert book["Đại biểu"][5][4:8] == ["người dự thay", None, None, "dv-03"]
    assert book["Nội dung"][2][3] == "bỏ phiếu kín"
    assert book["Tài liệu"][1] == ["nd-1", "Tờ trình", "https://example.org/1.pdf"]


def test_english_sheets_and_headings_do_as_well() -> None:
    book: Sheets = {
        "Meeting": [["Meeting id", "m-1"], ["Title", "Sample"], ["Rule", "People's Council"]],
        "Delegates": [["Id", "Name", "Role"], ["dv-01", "Sample 01", "member"]],
        "Agenda": [["Id", "Title", "Method"], ["i-1", "Item", "secret ballot"]],
        "Guide": [["whatever", "stands", "here"]],
    }
    command = meeting_draft.convene(meeting_sheets.draft(book), "x")
    assert (command.preset, command.agenda[0].voting) == ("hdnd", Voting.SECRET)


def test_faults_name_sheet_row_and_column() -> None:
    book = sheets()
    book["Cuộc họp"][5][1] = "25/11/2026"
    book["Điểm cầu"][2][0] = "điểm 2"
    book["Đại biểu"][1][5] = datetime.fromisoformat("2026-01-02")
    book["Đại biểu"][3][1] = None
    book["Đại biểu"][5][7] = "dv-09"
    book["Nội dung"][1][3] = Formula("=A1")
    book["Tài liệu"][1][2] = "to-trinh.pdf"
    assert told(book) == [
        "sheet “Cuộc họp”, row 6, column B (Bắt đầu lúc): “25/11/2026” has no time of day; "
        "write it behind the day, as in 08:00 22/11/2026",
        "sheet “Điểm cầu”, row 3, column A (Mã): “điểm 2” may hold letters without diacritics, digits, “-” and “_”, "
        "and at most 64 of them",
        "sheet “Đại biểu”, row 2, column F (Ghế): holds a date or a time (2026-01-02 00:00:00); "
        "format the cell as text and write it again",
        "sheet “Đại biểu”, row 4, column B (Họ và tên): is missing",
        "sheet “Nội dung”, row 2, column D (Hình thức biểu quyết): holds a formula (=A1); put its value there",
        "sheet “Tài liệu”, row 2, column C (Đường dẫn): “to-trinh.pdf” is no link; "
        "it begins with https:// or http:// and has no blank",
        "sheet “Đại biểu”, row 6, column H (Dự thay cho): “dv-09” is no member on the roster",
        "sheet “Đại biểu”, row 3, column G (Điểm cầu): there is no room “p-2”",
    ]


def test_a_field_of_the_meeting_that_has_no_row_is_named_by_its_label() -> None:
    book = sheets()
    book["Cuộc họp"] = [row for row in book["Cuộc họp"] if row[0] != "Tên cuộc họp"]
    assert told(book) == ["sheet “Cuộc họp”, “Tên cuộc họp”: is missing"]


def test_rows_and_sheets_nobody_knows_are_named() -> None:
    book = sheets()
    book["Cuộc họp"] += [["Chu toaa", "dv-01"], ["Ghi chú", None], ["Địa diểm", ""], ["Tiêu đề", "Hai lần"]]
    book["Đại biêu 2"] = [["x"]]
    book["Sheet1"] = [[], [None]]
    book["Delegates"] = [["Id", "Name"], ["a", "A"]]
    assert told(book) == [
        "sheet “Đại biêu 2”: unknown; did you mean “Đại biểu”?",
        "sheet “Delegates”: is written twice",
        "sheet “Cuộc họp”, row 11, column A (Chu toaa): unknown; did you mean “Chủ tọa”?",
        "sheet “Cuộc họp”, row 14, column A (Tiêu đề): is written twice",
    ]


def test_a_workbook_of_something_else() -> None:
    assert told({"Sheet1": [["x", "y"]]})[:3] == [
        "sheet “Sheet1”: unknown; known: Cuộc họp, Điểm cầu, Đại biểu, Nội dung, Tài liệu, Hướng dẫn",
        "there is no sheet “Cuộc họp”",
        "there is no sheet “Đại biểu”",
    ]


def test_a_document_belongs_to_an_item_by_identifier_or_title() -> None:
    book = sheets()
    book["Tài liệu"] += [
        ["NỘI DUNG 2", "Báo cáo", "https://example.org/2.pdf"],
        ["nd-2", "Dự thảo", "http://x.example"],
    ]
    command = meeting_draft.convene(meeting_sheets.draft(book), "x")
    assert [one.title for one in command.agenda[1].documents] == ["Báo cáo", "Dự thảo"]
    book["Tài liệu"] += [["nd-9", "Dự thảo", "http://x.example"], [None, "Dự thảo", "http://x.example"]]
    assert told(book) == [
        "sheet “Tài liệu”, row 5, column A (Nội dung): there is no item “nd-9” on the agenda",
        "sheet “Tài liệu”, row 6, column A (Nội dung): is missing",
    ]


def test_a_document_of_two_items_with_one_title_is_put_into_neither() -> None:
    book = sheets()
    titles = [row[1] for row in book["Nội dung"]]
    book["Nội dung"][2][1] = titles[1]
    book["Tài liệu"] += [[titles[1], "Báo cáo", "https://example.org/2.pdf"]]
    (said,) = [one for one in told(book) if "Tài liệu" in one]
    assert said.endswith(f"two are called “{titles[1]}”; write the identifier")


def test_a_draft_that_is_not_right_yet_can_be_written_down_too() -> None:
    rows = meeting_sheets.rows({"starts_at": "sáng mai", "delegate": [{"name": "Đại biểu Mẫu 01", "role": "vua"}]})
    assert ["Bắt đầu lúc", "sáng mai"] in rows["meeting"]
    assert rows["delegate"][1][:5] == [None, "Đại biểu Mẫu 01", None, None, "vua"]


@settings(max_examples=100)
@given(meetings())
def test_what_was_read_can_be_written_and_read_again(command: Convene) -> None:
    book = dict(meeting_sheets.sheets(meeting_file.table(command)))
    assert meeting_draft.convene(meeting_sheets.draft(book), "x") == command
