"""The cells of an XLSX workbook, for which nobody vouches: limits first, then openpyxl, one row at a time."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from appliance.errors import ConfigurationError
from appliance.written import Broken, Formula, Written

BYTES_LIMIT = 24 << 20
"""What all parts may have together, unpacked. 2,000 delegates with nine columns have about 2 MiB."""

PARTS_LIMIT = 500
TAGS_LIMIT = {"xl/worksheets/": 500_000, "xl/sharedStrings": 500_000, "": 100_000}
"""Beginning of a part's name → tags in it: an empty one of five bytes takes hundreds once it is read."""

COLUMNS = 64
"""Columns looked at; headings stand in the first of them."""

FILLED_ROWS = 3000
"""Rows with something in them: more than any table may have, see `sheet.MOST_LINES`."""

LAST_ROW = 1_048_576
"""A spreadsheet has no more."""

Rows = list[list[Written]]


def sheets(name: str, data: bytes) -> dict[str, Rows]:
    """Sheet → rows from the first on, of the visible sheets of a file called `name`.

    Formulas and errors are `written.Formula` and `written.Broken`. A cell merged downwards says its value in each of
    its rows. Raises `ConfigurationError` where it is no workbook, or one that is not to be unpacked.
    """
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    _bounded(name, data)
    # What openpyxl says of a workbook that breaks the standard depends on where it breaks it.
    wrong = (InvalidFileException, zipfile.BadZipFile, zlib.error, SyntaxError, LookupError, ValueError, TypeError)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True)
        try:
            shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            return {sheet.title: _rows(name, sheet, _merged(sheet)) for sheet in shown}
        finally:
            book.close()
    except ConfigurationError:
        raise
    except (*wrong, AttributeError, EOFError, NotImplementedError, OSError, RuntimeError, OverflowError) as error:
        raise ConfigurationError(name, [f"not an XLSX workbook ({error or type(error).__name__})"]) from error


def _bounded(name: str, data: bytes) -> None:
    """Refuse what would grow: sizes as the archive states them, which bind its reader, and entities of XML."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            size = sum(part.file_size for part in parts)
            if size > BYTES_LIMIT or len(parts) > PARTS_LIMIT:
                problem = f"it unpacks to {size} bytes in {len(parts)} parts; {BYTES_LIMIT} in {PARTS_LIMIT} are taken"
                raise ConfigurationError(name, [problem])
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    _harmless(name, part.filename, archive.read(part))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        hint = "save it as XLSX, without a password"
        raise ConfigurationError(name, [f"not an XLSX workbook ({error}); {hint}"]) from error


def _harmless(name: str, part: str, data: bytes) -> None:
    if b"<!DOCTYPE" in data:
        raise ConfigurationError(name, [f"not an XLSX workbook ({part} defines entities)"])
    limit = next(limit for beginning, limit in TAGS_LIMIT.items() if part.startswith(beginning))
    if data.count(b"<") > limit:
        raise ConfigurationError(name, [f"not an XLSX workbook ({part} has more than {limit} tags)"])


def _rows(name: str, sheet: Any, fill: Callable[[int, list[Written]], None]) -> Rows:
    rows: Rows = []
    filled, blank = 0, None
    for number, cells in enumerate(sheet.iter_rows(max_row=LAST_ROW, max_col=COLUMNS), 1):
        if cells is blank:  # rows that the file leaves out are one and the same: a million of them cost nothing
            continue
        row = [_written(cell) for cell in cells]
        while row and row[-1] is None:
            row.pop()
        fill(number, row)
        if not row:
            blank = cells
            continue
        filled += 1
        if filled > FILLED_ROWS:
            raise ConfigurationError(name, [f"sheet “{sheet.title}” has more than {FILLED_ROWS} rows"])
        rows += [[]] * (number - 1 - len(rows))
        rows.append(row)
    return rows


def _written(cell: Any) -> Written:
    value = cell.value
    if value is None:
        return None
    if cell.data_type == "f":  # an array's formula is an object that has it as text
        return Formula(str(getattr(value, "text", None) or value))
    return Broken(str(value)) if cell.data_type == "e" else value


# Merged cells --------------------------------------------------------------------------------------------------------

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})([0-9]{1,7}):[A-Z]{1,3}([0-9]{1,7})"')


def _merged(sheet: Any) -> Callable[[int, list[Written]], None]:
    """What fills rows 2 … n of each cell merged downwards with what stands in the first, read row after row."""
    from openpyxl.utils import column_index_from_string

    # openpyxl tells of merged cells only where it loads the whole sheet, and then makes every cell of each area: one
    # area over the whole sheet ends the process.
    with sheet.parent._archive.open(sheet._worksheet_path) as part:
        found = list(_areas(part.read()))
    starts: dict[int, list[tuple[int, int]]] = {}
    for column, first, last in found:
        index = column_index_from_string(column) - 1
        if index < COLUMNS and last > first:
            starts.setdefault(first, []).append((index, min(last, LAST_ROW)))
    running: dict[int, tuple[Written, int]] = {}

    def fill(number: int, row: list[Written]) -> None:
        for index, (value, last) in list(running.items()):
            if number > last:
                del running[index]
            elif row:
                row.extend([None] * (index + 1 - len(row)))
                row[index] = value if row[index] is None else row[index]
        for index, last in starts.get(number, ()):
            running[index] = (row[index] if index < len(row) else None, last)

    return fill


def _areas(part: bytes) -> Iterator[tuple[str, int, int]]:
    for column, first, last in _MERGED.findall(part):
        yield column.decode(), int(first), int(last)
