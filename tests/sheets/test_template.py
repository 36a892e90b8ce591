"""The workbook to fill in: what it offers, what it says, and that it is read as it was filled."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import Any

import openpyxl
import pytest

from appliance import headings, meeting_draft, meeting_file, sheets
from appliance.errors import ConfigurationError
from appliance.sheets import guide, template, workbook
from appliance.values import Role, Voting
from tests.meetings import table


def empty() -> Any:
    return openpyxl.load_workbook(io.BytesIO(sheets.encode({}, "xlsx")))


def saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_the_template_filled_in_is_a_meeting() -> None:
    book = empty()
    fields = {row[0].value: row[1] for row in book["Cuộc họp"].iter_rows()}
    fields["Mã cuộc họp"].value = "hop-2026-11"
    fields["Tên cuộc họp"].value = "Phiên họp mẫu"
    fields["Quy tắc biểu quyết"].value = "Ủy ban nhân dân"
    fields["Bắt đầu lúc"].value = datetime.fromisoformat("2026-11-25T08:00")
    fields["Chủ tọa"].value = "Đại biểu Mẫu 01"
    book["Điểm cầu"].append(["p-1", "Phòng họp Mẫu"])
    for line in (
        ["dv-01", "Đại biểu Mẫu 01", "Chủ tịch", "UBND tỉnh Mẫu", None, "01", "Phòng họp Mẫu"],
        ["dv-02", "Đại biểu Mẫu 02", None, None, "thành viên", 2],
        ["dt-01", "Người dự thay Mẫu", None, None, "người dự thay", None, None, "Đại biểu Mẫu 02"],
    ):
        book["Đại biểu"].append(line)
    book["Nội dung"].append(["nd-1", "Kế hoạch", "Thông qua Kế hoạch?", "bỏ phiếu kín", "quá nửa", 60])
    book["Tài liệu"].append(["nd-1", "Tờ trình", "https://example.org/1.pdf"])
    command = meeting_draft.convene(sheets.decode("hop.xlsx", saved(book)), "hop.xlsx")
    assert (command.preset, command.starts_at, command.chair) == ("ubnd", "2026-11-25T08:00:00+07:00", "dv-01")
    assert [(d.role, d.seat, d.room, d.substitute_for) for d in command.roster] == [
        (Role.MEMBER, "01", "p-1", None),
        (Role.MEMBER, "2", None, None),
        (Role.SUBSTITUTE, None, None, "dv-02"),
    ]
    (item,) = command.agenda
    assert (item.voting, item.majority, item.limit_seconds) == (Voting.SECRET, "ordinary", 60)
    assert item.documents[0].title == "Tờ trình"


def test_the_template_as_it_comes_only_lacks_what_people_have_to_say() -> None:
    with pytest.raises(ConfigurationError) as caught:
        meeting_draft.convene(sheets.decode("hop.xlsx", sheets.encode({}, "xlsx")), "x")
    assert caught.value.problems == (
        "sheet “Cuộc họp”, “Mã cuộc họp”: is missing",
        "sheet “Cuộc họp”, “Tên cuộc họp”: is missing",
        "sheet “Đại biểu”: there is nobody in it",
    )


def test_sheets_headings_and_what_stays_while_one_scrolls() -> None:
    book = empty()
    shown = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
    assert shown == ["Cuộc họp", "Điểm cầu", "Đại biểu", "Nội dung", "Tài liệu", "Hướng dẫn"]
    for table_name in ("room", "delegate", "agenda", "document"):
        sheet = book[headings.SHEETS[table_name].vi]
        assert [cell.value for cell in sheet[1]] == [h.vi for h in headings.TABLES[table_name]]
        assert sheet.freeze_panes.endswith("2")
        assert sheet["A1"].font.bold
        assert all(sheet.column_dimensions[letter].width >= 12 for letter in "ABC")
    assert book["Đại biểu"].column_dimensions["F"].number_format == "@", "a seat called 01 stays 01"


def choices(book: Any, sheet: str, cell: str) -> list[str]:
    """What the list of a cell offers."""
    (rule,) = [r for r in book[sheet].data_validations.dataValidation if cell in r]
    name, cells = rule.formula1.replace("'", "").split("!")
    return [row[0].value for row in book[name][cells.replace("$", "")] if row[0].value]


@pytest.mark.parametrize(
    ("sheet", "cell", "field"),
    [
        ("Đại biểu", "E2", "role"),
        ("Đại biểu", "E2001", "role"),
        ("Nội dung", "D2", "voting"),
        ("Nội dung", "E9", "majority"),
    ],
)
def test_lists_offer_words_that_are_read(sheet: str, cell: str, field: str) -> None:
    offered = choices(empty(), sheet, cell)
    codes = [headings.code(field, word) for word in offered]
    assert None not in codes
    assert len(set(codes)) == len(codes) >= 3
    assert "slip" not in codes


def test_rule_seating_and_people_can_be_chosen() -> None:
    book = openpyxl.load_workbook(io.BytesIO(sheets.encode(meeting_file.table(meeting_file.parse(table())), "xlsx")))
    cells = {row[0].value: row[1].coordinate for row in book["Cuộc họp"].iter_rows()}
    assert choices(book, "Cuộc họp", cells["Quy tắc biểu quyết"])[:2] == ["Ủy ban nhân dân", "Hội đồng nhân dân"]
    assert choices(book, "Cuộc họp", cells["Chỗ ngồi"]) == ["cố định", "tự do"]
    assert "Đại biểu Mẫu 02" in choices(book, "Cuộc họp", cells["Chủ tọa"])
    assert "Điểm cầu Mẫu" in choices(book, "Đại biểu", "G2")
    assert choices(book, "Tài liệu", "A2") == ["nd-1", "nd-2"]


def test_the_guide_explains_every_field_and_every_rule() -> None:
    words = [str(cell) for row in empty()["Hướng dẫn"].iter_rows(values_only=True) for cell in row if cell]
    assert set(guide.HINTS) == {(name, h.key) for name, fields in headings.TABLES.items() for h in fields}
    assert set(guide.HINTS.values()) <= set(words)
    assert "có mặt ít nhất 2/3 số thành viên" in words
    assert all(len(hint) <= 255 for hint in guide.HINTS.values()), "a prompt has no room for more"


@pytest.mark.parametrize("text", ["=1+1", '=HYPERLINK("http://x.example")', "+84", "-1", "@sum", "00:12"])
def test_text_that_looks_like_a_formula_stays_text(text: str) -> None:
    made = meeting_file.table(meeting_file.parse(table(title=text, place=text)))
    data = sheets.encode(made, "xlsx")
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
    assert meeting_draft.convene(sheets.decode("x.xlsx", data), "x").title == text


def test_a_draft_with_control_characters_can_be_kept() -> None:
    data = sheets.encode({"title": "a\x00b\x1f", "delegate": [{"id": "x", "name": "\x07"}]}, "xlsx")
    assert sheets.decode("x.xlsx", data).table["title"] == "ab"


def test_lists_are_hidden_from_readers_of_the_meeting() -> None:
    assert empty()[template.LISTS].sheet_state == "hidden"
    assert template.LISTS not in workbook.sheets("x.xlsx", sheets.encode({}, "xlsx"))
