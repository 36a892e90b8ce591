"""A table of a spreadsheet: where its headings are, which rows count, how cells are named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance import sheet
from appliance.sheet import MOST_LINES
from appliance.written import Broken, Formula

HEADINGS: list[object] = ["STT", "Mã", "Họ và tên", "Đơn vị"]


def test_lines_know_their_rows_and_cells_their_places() -> None:
    read = sheet.read(
        [HEADINGS, [1, "dv-01", "Mẫu 01", "Sở Mẫu"], [], [2, "dv-02", "Mẫu 02", None]], "delegate", "Đại biểu"
    )
    assert read.problems == ()
    assert [(line.row, line.cells["id"]) for line in read.lines] == [(2, "dv-01"), (4, "dv-02")]
    assert str(read.where((1, "name"))) == "sheet “Đại biểu”, row 4, column C (Họ và tên)"
    assert str(read.where((1,))) == "sheet “Đại biểu”, row 4"
    assert str(read.where((1, "seat"))) == "sheet “Đại biểu”, row 4"
    assert str(read.where(())) == "sheet “Đại biểu”"


def test_a_table_that_stands_alone_names_no_sheet() -> None:
    read = sheet.read([HEADINGS, [1, "dv-01", "Mẫu 01", None]], "delegate")
    assert str(read.where((0, "id"))) == "row 2, column B (Mã)"
    assert str(read.where((0,))) == "row 2"


def test_titles_above_the_headings_and_headings_on_each_page_are_passed_over() -> None:
    rows: list[list[object]] = [
        ["ỦY BAN NHÂN DÂN TỈNH MẪU"],
        [],
        ["DANH SÁCH ĐẠI BIỂU"],
        HEADINGS,
        [1, "a", "A", "x"],
        HEADINGS,
        [2, "b", "B"],
    ]
    read = sheet.read(rows, "delegate")
    assert [(line.row, line.cells["id"], line.cells["unit"]) for line in read.lines] == [(5, "a", "x"), (7, "b", None)]


def test_a_row_with_only_its_running_number_is_empty() -> None:
    rows: list[list[object]] = [HEADINGS, [1, "a", "A", None]]
    rows += [[n, None, " ", ""] for n in range(2, 300)]
    assert len(sheet.read(rows, "delegate").lines) == 1


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([], "sheet “Đại biểu”: is empty; its first row holds the headings: Mã, Họ và tên"),
        ([["Mã", "Ghế"], ["a", "1"]], "row 1: has no column “Họ và tên”"),
        (
            [["Mã", "Họ và tên", "Chuc vuu"], ["a", "A", "x"]],
            "row 1, column C (Chuc vuu): unknown; did you mean “Chức vụ”?",
        ),
        ([["Id", "Name", "Colour"], ["a", "A", "x"]], "row 1, column C (Colour): unknown; known: Mã, Họ và tên"),
        ([["Mã", "Họ tên", "Name"], ["a", "A", "x"]], "row 1, column C (Name): is written twice"),
    ],
)
def test_what_is_wrong_with_the_headings(rows: list[list[object]], told: str) -> None:
    assert any(str(one).startswith(told) for one in sheet.read(rows, "delegate").problems)


def test_more_lines_than_a_meeting_has_are_refused() -> None:
    rows = [["Mã", "Họ tên"], *(["a", "A"] for _ in range(MOST_LINES + 1))]
    read = sheet.read(rows, "delegate")
    assert len(read.lines) == MOST_LINES
    assert [str(one) for one in read.problems] == ["sheet “Đại biểu”: has more than 2000 lines"]


def test_a_formula_in_the_headings_is_no_heading() -> None:
    read = sheet.read([["Mã", "Họ tên", Formula("=A1"), Broken("#REF!")], ["a", "A", 1, 2]], "delegate")
    assert ["column C" in str(read.problems[0]), "column D" in str(read.problems[1])] == [True, True]


@pytest.mark.parametrize(
    ("column", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")]
)
def test_columns_are_called_as_spreadsheets_call_them(column: int, name: str) -> None:
    assert sheet.letter(column) == name


CELL = st.one_of(st.none(), st.text(max_size=12), st.integers(), st.floats(), st.sampled_from(["Mã", "Họ và tên"]))


@given(st.lists(st.lists(CELL, max_size=6), max_size=8), st.sampled_from(list(sheet.REQUIRED)))
def test_any_rows_give_lines_or_problems(rows: list[list[object]], table: str) -> None:
    read = sheet.read(rows, table)
    assert read.lines == () or all(set(sheet.REQUIRED[table]) <= set(line.cells) for line in read.lines)
    assert read.problems or read.columns
    assert all(str(read.where((n, key))) for n in range(len(read.lines)) for key in read.columns)
