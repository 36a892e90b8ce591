"""One table of a spreadsheet → lines of fields, and where each of them stands. Pure: the rows were read elsewhere.

Above the headings there may be a title; beside the data there may be a running number (STT) and notes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from appliance import headings
from appliance.faults import Fault, Place, Said, Where, Wrong, fault
from appliance.written import Broken, Formula, Written, text, unknown

Row = Sequence[Written]

REQUIRED: Mapping[str, tuple[str, ...]] = {
    "room": ("id", "name"),
    "delegate": ("id", "name"),
    "agenda": ("id", "title"),
    "document": ("item", "title", "link"),
}
"""Table → columns that it cannot do without."""

ABOVE = 20
"""Rows in which the headings are looked for."""

MOST_LINES = 2000
"""Lines of one table: more is a mistake, and too much for one command."""


@dataclass(frozen=True)
class Line:
    """A filled row: its number as the spreadsheet shows it, and field → what is written there."""

    row: int
    cells: Mapping[str, Written]


@dataclass(frozen=True)
class Sheet:
    """What was read. `name` is empty for a table that stands alone; `columns`: field → column from 0, heading.

    `problems` are those of the headings and of the table as a whole; without headings there are no lines.
    """

    table: str
    name: str
    columns: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    lines: tuple[Line, ...] = ()
    problems: tuple[Said, ...] = ()

    def where(self, place: Place) -> Said:
        """A place in this table, its line first: `(2, "seat")` → row and column."""
        match place:
            case (int(n), str(key), *_) if key in self.columns:
                column, heading = self.columns[key]
                return cell(self.name, self.lines[n].row, column, heading)
            case (int(n), *_):
                return row(self.name, self.lines[n].row)
        return whole(self.name, self.table)


def whole(name: str, table: str) -> Said:
    """The sheet itself."""
    return Said(Where.SHEET.value, {"sheet": name or headings.SHEETS[table].vi})


def row(name: str, number: int) -> Said:
    """A row as the spreadsheet counts it."""
    return (
        Said(Where.ROW.value, {"sheet": name, "row": number}) if name else Said(Where.LONE_ROW.value, {"row": number})
    )


def cell(name: str, number: int, column: int, heading: str) -> Said:
    """A cell, its column by letter and heading."""
    values = {"row": number, "column": letter(column), "heading": heading}
    return Said(Where.CELL.value, {"sheet": name, **values}) if name else Said(Where.LONE_CELL.value, values)


def labelled(name: str, label: str) -> Said:
    """A field of a sheet that has one on each row, where the row is missing."""
    return Said(Where.LABEL.value, {"sheet": name, "label": label})


def letter(column: int) -> str:
    """A column from 0 as spreadsheets call it: 0 → A, 26 → AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def located(where: Said, wrong: Fault) -> Said:
    """A fault at a place that has its name already."""
    return Said(Where.FAULT.value, {"place": where, "what": wrong.what})


def is_filled(row: Iterable[Written]) -> bool:
    """Whether anything stands in a row."""
    return any(cell is not None and (not isinstance(cell, str) or cell.strip()) for cell in row)


def read(rows: Iterable[Row], table: str, name: str = "") -> Sheet:
    """The lines under the headings; empty rows, and headings that are repeated, are skipped."""
    filled = [(number, row) for number, row in enumerate(rows, 1) if is_filled(row)]
    if not filled:
        known = ", ".join(heading.vi for heading in headings.TABLES[table])
        return Sheet(table, name, problems=(located(whole(name, table), fault((), Wrong.EMPTY_SHEET, known=known)),))
    at = _headings_at([row for _, row in filled[:ABOVE]], table)
    number, top = filled[at]
    columns, problems = _columns(number, top, table, name)
    missing = [key for key in REQUIRED[table] if key not in columns]
    for key in missing:
        problems.append(located(row(name, number), fault((), Wrong.NO_COLUMN, known=headings.of(table, key).vi)))
    if missing:
        return Sheet(table, name, columns, (), tuple(problems))
    lines = [Line(n, _cells(cells, columns)) for n, cells in filled[at + 1 :] if not _repeats(cells, columns)]
    lines = [line for line in lines if is_filled(line.cells.values())]
    if len(lines) > MOST_LINES:
        problems.append(located(whole(name, table), fault((), Wrong.TOO_MANY, limit=MOST_LINES)))
    return Sheet(table, name, columns, tuple(lines[:MOST_LINES]), tuple(problems))


def _said(cell: Written) -> str:
    found = text(cell, ()) if not isinstance(cell, Formula | Broken) else cell.text
    return found if isinstance(found, str) else ""


def _headings_at(rows: Sequence[Row], table: str) -> int:
    """The row that has all needed columns, else the one with most known headings, else the first."""
    named = [{headings.field(table, _said(cell)) for cell in row} - {None} for row in rows]
    complete = [n for n, fields in enumerate(named) if fields >= set(REQUIRED[table])]
    return complete[0] if complete else max(range(len(rows)), key=lambda n: (len(named[n]), -n))


def _columns(number: int, top: Row, table: str, name: str) -> tuple[dict[str, tuple[int, str]], list[Said]]:
    columns: dict[str, tuple[int, str]] = {}
    problems: list[Said] = []
    for column, written in enumerate(top):
        heading = _said(written)
        key = headings.field(table, heading)
        where = cell(name, number, column, heading)
        if not heading or (key is None and headings.fold(heading) in headings.BESIDE):
            continue
        if key is None:
            known = headings.TABLES[table]
            problems.append(located(where, unknown((), heading, [h.vi for h in known], [h.en for h in known])))
        elif key in columns:
            problems.append(located(where, fault((), Wrong.TWICE_WRITTEN)))
        else:
            columns[key] = (column, heading)
    return columns, problems


def _cells(row: Row, columns: Mapping[str, tuple[int, str]]) -> dict[str, Written]:
    return {key: row[column] if column < len(row) else None for key, (column, _heading) in columns.items()}


def _repeats(row: Row, columns: Mapping[str, tuple[int, str]]) -> bool:
    """Whether these are the headings once more, as at the top of each printed page."""
    return all(column < len(row) and _said(row[column]) == heading for column, heading in columns.values())
