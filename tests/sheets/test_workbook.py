"""Cells of a workbook that somebody hands in: of every kind, and hostile."""

from __future__ import annotations

import contextlib
import io
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Font

from appliance import meeting_draft, meeting_file, roster, sheets
from appliance.errors import ConfigurationError
from appliance.sheets import workbook
from appliance.written import Broken, Formula
from tests.meetings import table


def made(fill: Callable[[Any], None]) -> bytes:
    """A workbook whose first sheet was filled."""
    book = openpyxl.Workbook()
    fill(book.worksheets[0])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rows(fill: Callable[[Any], None]) -> list[list[object]]:
    return workbook.sheets("x.xlsx", made(fill))["Sheet"]


def test_cells_of_every_kind() -> None:
    def fill(sheet: Any) -> None:
        at = datetime.fromisoformat("2026-11-25T08:00")
        sheet.append(["Mẫu", 7, 7.5, True, None, at, "=A1&B1", "#N/A"])
        sheet["H1"].data_type = "e"

    assert rows(fill) == [
        ["Mẫu", 7, 7.5, True, None, datetime.fromisoformat("2026-11-25T08:00"), Formula("=A1&B1"), Broken("#N/A")]
    ]


def test_rows_keep_their_numbers_and_empty_ends_are_cut_off() -> None:
    def fill(sheet: Any) -> None:
        sheet["B3"], sheet["A5"] = "x", "y"
        sheet["A900"].font = Font(bold=True)

    assert rows(fill) == [[], [], [None, "x"], [], ["y"]]


def test_a_cell_merged_downwards_speaks_for_each_of_its_rows() -> None:
    def fill(sheet: Any) -> None:
        for line in (["Mã", "Họ và tên", "Đơn vị"], ["a", "A", "Sở Mẫu"], ["b", "B"], ["c", "C"], ["d", "D"]):
            sheet.append(line)
        sheet.merge_cells("C2:C4")

    assert [d.unit for d in roster.parse(rows(fill))] == ["Sở Mẫu", "Sở Mẫu", "Sở Mẫu", ""]


def test_headings_merged_over_two_rows_and_titles_merged_over_columns() -> None:
    def fill(sheet: Any) -> None:
        for line in (["DANH SÁCH", None, None], ["Mã", "Họ và tên", "Đơn vị"], [], ["a", "A", "Sở Mẫu"]):
            sheet.append(line)
        sheet.merge_cells("A1:C1")
        for column in "ABC":
            sheet.merge_cells(f"{column}2:{column}3")

    assert [d.id for d in roster.parse(rows(fill))] == ["a"]


def test_hidden_sheets_are_passed_over() -> None:
    book = openpyxl.Workbook()
    book.create_sheet("Ẩn").sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    assert list(workbook.sheets("x.xlsx", out.getvalue())) == ["Sheet"]


def test_a_list_of_people_is_found_in_a_workbook_of_a_meeting() -> None:
    data = sheets.encode(meeting_file.table(meeting_file.parse(table())), "xlsx")
    assert [d.id for d in roster.parse(sheets.read_rows("hop.xlsx", data))][:2] == ["dv-01", "dv-02"]


# Hostile -------------------------------------------------------------------------------------------------------------


def repacked(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same archive with one part changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, change(old.read(part)) if part == name else old.read(part))
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def refused(data: bytes) -> str:
    with pytest.raises(ConfigurationError) as caught:
        workbook.sheets("x.xlsx", data)
    (problem,) = caught.value.problems
    return problem


def test_a_bomb_is_not_unpacked() -> None:
    bomb = repacked(made(lambda s: None), SHEET, lambda _old: b" " * (200 << 20))
    assert len(bomb) < 1 << 20
    tracemalloc.start()
    assert "unpacks to" in refused(bomb)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 << 20


def test_an_archive_of_very_many_parts_is_not_read() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for n in range(workbook.PARTS_LIMIT + 1):
            archive.writestr(f"{n}.xml", "")
    assert "parts" in refused(out.getvalue())


@pytest.mark.parametrize(
    ("part", "tag"), [(SHEET, b"<c/>"), ("xl/sharedStrings.xml", b"<si/>"), ("xl/styles.xml", b"<xf/>")]
)
def test_very_many_tiny_tags_are_not_made_into_objects(part: str, tag: bytes) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made(lambda s: None))) as old, zipfile.ZipFile(out, "w", 8) as new:
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
        new.writestr(part, tag * 1_000_000)
    assert "tags" in refused(out.getvalue())


def test_entities_are_refused() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'
    assert "entities" in refused(repacked(made(lambda s: None), SHEET, lambda old: bomb + old.split(b"?>", 1)[-1]))


def test_one_merged_cell_over_the_whole_sheet_costs_nothing() -> None:
    area = b'</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    data = repacked(made(lambda s: s.append(["x", "y"])), SHEET, lambda old: old.replace(b"</sheetData>", area))
    began = time.process_time()
    assert workbook.sheets("x.xlsx", data) == {"Sheet": [["x", "y"]]}
    assert time.process_time() - began < 5


@pytest.mark.parametrize("place", [b"XFD1048576", b"A99999999999", b"A1048576"])
def test_a_cell_far_away_costs_little(place: bytes) -> None:
    data = repacked(
        made(lambda s: s.append(["x"])),
        SHEET,
        lambda old: old.replace(
            b"</sheetData>", b'<row r="%s"><c r="%s"><v>1</v></c></row></sheetData>' % (place.lstrip(b"XFDA"), place)
        ),
    )
    began = time.process_time()
    with contextlib.suppress(ConfigurationError):
        workbook.sheets("x.xlsx", data)
    assert time.process_time() - began < 5


def test_endless_rows_are_refused() -> None:
    def fill(sheet: Any) -> None:
        for n in range(workbook.FILLED_ROWS + 1):
            sheet.append([n])

    assert "more than 3000 rows" in refused(made(fill))


def test_a_sheet_that_breaks_off_is_told() -> None:
    assert "not an XLSX workbook" in refused(repacked(made(lambda s: s.append(["x"])), SHEET, lambda old: old[:-30]))
    assert "not an XLSX workbook" in refused(made(lambda s: s.append(["x"]))[:-100])
    assert "without a password" in refused(b"\xd0\xcf\x11\xe0" + bytes(600))  # what Excel makes of a password


def test_no_byte_that_is_changed_brings_anything_but_the_one_error() -> None:
    good = made(lambda s: s.append(["dv-01", "Đại biểu Mẫu", 7, "=A1"]))
    for at in range(0, len(good), 37):
        data = good[:at] + bytes([good[at] ^ 0xFF]) + good[at + 1 :]
        with contextlib.suppress(ConfigurationError):
            workbook.sheets("x.xlsx", data)


def test_macros_are_nothing_to_us() -> None:
    data = io.BytesIO(made(lambda s: s.append(["x"])))
    with zipfile.ZipFile(data, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 anything")
    assert workbook.sheets("x.xlsm", data.getvalue()) == {"Sheet": [["x"]]}


def test_two_thousand_delegates_are_read_in_a_moment() -> None:
    people = [{"id": f"dv-{n:04}", "name": f"Đại biểu Mẫu {n}", "unit": "Sở Mẫu", "seat": f"{n}"} for n in range(2000)]
    big = meeting_file.table(meeting_file.parse({"meeting": "m", "title": "x", "delegate": people}))
    for ending, seconds in (("toml", 3), ("json", 3), ("xlsx", 6)):
        data = sheets.encode(big, ending)
        assert len(data) < 1 << 20, "an upload has at most 2 MiB"
        began = time.process_time()
        assert len(meeting_draft.convene(sheets.decode(f"x.{ending}", data), "x").roster) == 2000
        assert time.process_time() - began < seconds
