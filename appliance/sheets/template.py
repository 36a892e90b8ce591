"""The workbook of a meeting, empty or filled: what `meeting_sheets` reads, made easy to fill in."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from appliance import headings, meeting_sheets
from appliance.sheet import MOST_LINES, letter
from appliance.sheets import guide
from appliance.written import Written, text

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

LISTS = "Danh mục"
"""A hidden sheet: what may be chosen. Readers pass hidden sheets over."""

CHOSEN = ("preset", "seating", "liveness", "role", "voting", "majority")
"""Fields that have a list of words there, in the order of its columns."""

NAMES = f"'{headings.SHEETS['delegate'].vi}'!$B$2:$B${MOST_LINES + 1}"

REFERENCES = {
    "chair": NAMES,
    "secretary": NAMES,
    "substitute_for": NAMES,
    "room": f"'{headings.SHEETS['room'].vi}'!$B$2:$B$51",
    "item": f"'{headings.SHEETS['agenda'].vi}'!$A$2:$A${MOST_LINES + 1}",
}
"""Fields that name a line of another sheet."""

WIDTHS = {"id": 14, "name": 30, "title": 34, "unit": 34, "question": 60, "link": 60, "item": 18, "substitute_for": 26}
INK, SOFT, LINE = "17324D", "5A6875", "D9DEE3"
FONT = "Times New Roman"
LAST = MOST_LINES + 1


def workbook(table: Mapping[str, Any]) -> bytes:
    """An XLSX file with these tables of a meeting file; the same tables give the same bytes."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in meeting_sheets.rows(table).items():
        sheet = book.create_sheet(headings.SHEETS[name].vi)
        (_fields if name == "meeting" else _table)(sheet, name, rows)
    _guide(book.create_sheet(headings.SHEETS["guide"].vi))
    _lists(book)
    out = io.BytesIO()
    book.save(out)
    return _timeless(out.getvalue())


def _put(sheet: Worksheet, row: int, column: int, value: Written) -> Any:
    """A cell that never computes, whatever stands in it."""
    from openpyxl.styles import Alignment, Font

    cell = sheet.cell(row, column)
    if isinstance(value, str):
        # Control characters are no XML; a text that begins with "=" stays text.
        plain = text(value, (), prose=True)
        if isinstance(plain, str):
            cell.value, cell.data_type = plain, "s"
    else:
        cell.value = value  # type: ignore[assignment]
    cell.font = Font(name=FONT, size=12)
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    if isinstance(value, datetime):
        cell.number_format = "hh:mm dd/mm/yyyy"
    return cell


def _head(cell: Any) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    cell.font = Font(name=FONT, size=12, bold=True, color="FFFFFF")
    cell.fill = PatternFill("solid", fgColor=INK)
    cell.alignment = Alignment(vertical="center", wrap_text=True)


def _fields(sheet: Worksheet, name: str, rows: list[list[Written]]) -> None:
    """A field on each row, with its hint beside."""
    from openpyxl.styles import Border, Font, Side

    for column, width in zip("ABC", (28, 60, 70), strict=True):
        sheet.column_dimensions[column].width = width
    for number, ((label, value), heading) in enumerate(zip(rows, headings.TABLES[name], strict=True), 1):
        _head(_put(sheet, number, 1, label))
        cell = _put(sheet, number, 2, value)
        cell.border = Border(bottom=Side("thin", color=LINE))
        if not isinstance(value, datetime):
            cell.number_format = "hh:mm dd/mm/yyyy" if heading.key == "starts_at" else "@"
        _put(sheet, number, 3, guide.HINTS[name, heading.key]).font = Font(name=FONT, size=11, italic=True, color=SOFT)
        _choice(sheet, heading.key, f"B{number}", guide.HINTS[name, heading.key])
    sheet.freeze_panes = "B1"


def _table(sheet: Worksheet, name: str, rows: list[list[Written]]) -> None:
    """A line on each row under headings that stay."""
    from openpyxl.worksheet.properties import PageSetupProperties

    for column, heading in enumerate(headings.TABLES[name]):
        dimension = sheet.column_dimensions[letter(column)]
        dimension.width = WIDTHS.get(heading.key, 18)
        dimension.number_format = "0" if heading.key in ("weight", "limit_seconds") else "@"
        _choice(sheet, heading.key, f"{letter(column)}2:{letter(column)}{LAST}", guide.HINTS[name, heading.key])
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            if value is not None:
                cell = _put(sheet, number, column, value)
                cell.number_format = "@" if isinstance(value, str) else cell.number_format
    for cell in sheet[1]:
        _head(cell)
    sheet.row_dimensions[1].height = 32
    sheet.freeze_panes = "C2" if name == "delegate" else "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _choice(sheet: Worksheet, key: str, cells: str, hint: str) -> None:
    """What may be chosen there, and what is said beside the cell. Other words only bring a warning: English ones do."""
    from openpyxl.worksheet.datavalidation import DataValidation

    source = REFERENCES.get(key)
    if key in CHOSEN:
        column = letter(CHOSEN.index(key))
        source = f"'{LISTS}'!${column}$1:${column}${len(_choices(key))}"
    if key == "limit_seconds":
        rule = DataValidation("whole", operator="between", formula1="5", formula2="86400", allow_blank=True)
    elif source is not None:
        rule = DataValidation("list", formula1=source, allow_blank=True, errorStyle="warning")
    else:
        rule = DataValidation(None, allow_blank=True)
    rule.showInputMessage, rule.prompt = True, hint
    rule.showErrorMessage = key in CHOSEN or key == "limit_seconds"
    rule.errorTitle, rule.error = "Kiểm tra lại", hint
    sheet.add_data_validation(rule)
    rule.add(cells)


def _choices(key: str) -> tuple[str, ...]:
    """An item is not voted on by opinion slip."""
    words = headings.words(key)
    return tuple(word for word in words if headings.code(key, word) != "slip")


def _lists(book: Workbook) -> None:
    sheet = book.create_sheet(LISTS)
    for column, key in enumerate(CHOSEN, 1):
        for row, word in enumerate(_choices(key), 1):
            _put(sheet, row, column, word)
    sheet.sheet_state = "hidden"


def _guide(sheet: Worksheet) -> None:
    from openpyxl.styles import Font

    for letters, width in zip("ABCDE", (16, 28, 18, 12, 90), strict=True):
        sheet.column_dimensions[letters].width = width
    _put(sheet, 1, 1, guide.TITLE).font = Font(name=FONT, size=16, bold=True, color=INK)
    for row, sentence in enumerate(guide.LEADING, 2):
        _put(sheet, row, 1, sentence)
    for row in range(1, len(guide.LEADING) + 2):
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=5)
    blocks = (
        (("Trang tính", "Cột, dòng", "Tiếng Anh", "Bắt buộc", "Viết gì"), list(guide.lines())),
        (("Quy tắc", "", "Họp được khi", "", "Thông qua khi"), [(a, "", b, "", c) for a, b, c in guide.of_rules()]),
    )
    for title, lines in blocks:
        top = sheet.max_row + 2
        for row, line in enumerate((title, *lines), top):
            for column, value in enumerate(line, 1):
                _put(sheet, row, column, value)
        for cell in sheet[top]:
            _head(cell)
    sheet.sheet_view.showGridLines = False


# The same bytes ------------------------------------------------------------------------------------------------------

_MOMENT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def _timeless(data: bytes) -> bytes:
    """Without the times at which the archive and its parts were made."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as made, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        for part in made.infolist():
            content = made.read(part)
            if part.filename == "docProps/core.xml":
                content = _MOMENT.sub(rb"\g<1>2026-01-01T00:00:00Z", content)
            same = zipfile.ZipInfo(part.filename)  # dated 1980-01-01
            same.compress_type = zipfile.ZIP_DEFLATED
            written.writestr(same, content)
    return out.getvalue()
