"""A meeting as a workbook has it, its cells read elsewhere, ↔ the tables of a meeting file.

Sheets *Cuộc họp* (a field on each row), *Điểm cầu*, *Đại biểu*, *Nội dung*, *Tài liệu*; English names do as well. A
sheet *Hướng dẫn* is for people alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time
from typing import Any

from appliance import headings, sheet, written
from appliance.faults import Naming, Place, Said, Wrong, fault
from appliance.meeting_draft import Draft
from appliance.sheet import Row, Sheet, located
from appliance.written import VIETNAM, Written, unknown

Rows = Sequence[Row]


def draft(sheets: Mapping[str, Rows]) -> Draft:
    """The draft in a workbook: sheet → its rows from the first on."""
    named, problems = _named(sheets)
    fields, rows = _fields(*named["meeting"], problems) if "meeting" in named else ({}, {})
    read = {table: sheet.read(named[table][1], table, named[table][0]) for table in sheet.REQUIRED if table in named}
    for table, one in read.items():
        if table == "delegate" or any(sheet.is_filled(row) for row in named[table][1]):
            problems += one.problems
    tables: dict[str, list[Any]] = {table: [line.cells for line in one.lines] for table, one in read.items()}
    papers = _papers(tables, read, problems)
    meeting = {**fields, **{name: lines for name, lines in tables.items() if name != "document"}}
    name = named["meeting"][0] if "meeting" in named else headings.SHEETS["meeting"].vi
    return Draft(meeting, _naming(name, rows, read, papers), tuple(problems))


def _named(sheets: Mapping[str, Rows]) -> tuple[dict[str, tuple[str, Rows]], list[Said]]:
    """Table → its sheet's name and rows; what is wrong with the sheets as such."""
    named: dict[str, tuple[str, Rows]] = {}
    problems: list[Said] = []
    known = [heading.vi for heading in headings.SHEETS.values()]
    for name, rows in sheets.items():
        table = headings.sheet(name)
        if table is None and any(sheet.is_filled(row) for row in rows):
            problems.append(located(sheet.whole(name, "meeting"), unknown((), name, known)))
        elif table in named:
            problems.append(located(sheet.whole(name, table), fault((), Wrong.TWICE_WRITTEN)))
        elif table is not None:
            named[table] = (name, rows)
    for table in ("meeting", "delegate"):
        if table not in named:
            problems.append(Said(Wrong.NO_SHEET.value, {"known": headings.SHEETS[table].vi}))
    return named, problems


def _fields(name: str, rows: Rows, problems: list[Said]) -> tuple[dict[str, Written], dict[str, tuple[int, str]]]:
    """What the sheet of the meeting says, and field → row and label. A row without a value says nothing."""
    fields: dict[str, Written] = {}
    places: dict[str, tuple[int, str]] = {}
    for number, row in enumerate(rows, 1):
        label = written.text(row[0], ()) if row else None
        value = row[1] if len(row) > 1 else None
        if not isinstance(label, str) or not sheet.is_filled([value]):
            continue
        key, where = headings.field("meeting", label), sheet.cell(name, number, 0, label)
        if key is None:
            shown = [heading.vi for heading in headings.MEETING]
            problems.append(located(where, unknown((), label, shown, [h.en for h in headings.MEETING])))
        elif key in fields:
            problems.append(located(where, fault((), Wrong.TWICE_WRITTEN)))
        else:
            fields[key], places[key] = value, (number, label)
    return fields, places


def _papers(tables: dict[str, list[Any]], read: Mapping[str, Sheet], problems: list[Said]) -> dict[Place, int]:
    """Put each document into its item, named by identifier or title; item and document → line of its sheet."""
    items = [dict(cells) for cells in tables.get("agenda", [])]
    if "agenda" in tables:
        tables["agenda"] = items
    by_id, by_title = _called(items, "id"), _called(items, "title")
    places: dict[Place, int] = {}
    for line, cells in enumerate(tables.get("document", [])):
        called = written.text(cells.get("item"), ())
        plain = called.casefold() if isinstance(called, str) else ""
        meant = by_id.get(plain) or by_title.get(plain) or []
        if len(meant) != 1:
            wrong = Wrong.TWO_CALLED if meant else Wrong.NO_ITEM if isinstance(called, str) else Wrong.MISSING
            said = fault((), wrong, value=called) if isinstance(called, str) else fault((), wrong)
            problems.append(located(read["document"].where((line, "item")), said))
            continue
        (n,) = meant
        papers = items[n].setdefault("document", [])
        places[(n, len(papers))] = line
        papers.append({key: value for key, value in cells.items() if key != "item"})
    return places


def _called(items: list[dict[str, Any]], key: str) -> dict[str, list[int]]:
    """What a cell says, in small letters → the items that have it."""
    found: dict[str, list[int]] = {}
    for n, cells in enumerate(items):
        if isinstance(said := written.text(cells.get(key), ()), str):
            found.setdefault(said.casefold(), []).append(n)
    return found


def _naming(
    name: str, rows: Mapping[str, tuple[int, str]], read: Mapping[str, Sheet], papers: Mapping[Place, int]
) -> Naming:
    def naming(place: Place) -> Said:
        match place:
            case ("agenda", int(n), "document", int(m), *rest):
                return read["document"].where((papers[(n, m)], *rest))
            case (str(table), *rest) if table in read:
                return read[table].where(tuple(rest))
            case (str(key), *_) if key in rows:
                number, label = rows[key]
                return sheet.cell(name, number, 1, label)
            case (str(key), *_) if headings.field("meeting", key) == key:
                return sheet.labelled(name, headings.of("meeting", key).vi)
        return sheet.whole(name, "meeting")

    return naming


# Tables → sheets -----------------------------------------------------------------------------------------------------


def rows(table: Mapping[str, Any]) -> dict[str, list[list[Written]]]:
    """Table → rows under its headings, of a meeting file's tables; `meeting` has a field on each row. Words are
    Vietnamese.
    """
    made: dict[str, list[list[Written]]] = {
        "meeting": [[h.vi, _cell(h.key, table.get(h.key))] for h in headings.MEETING],
    }
    for name in ("room", "delegate", "agenda"):
        made[name] = _table(name, table.get(name, ()))
    papers = [
        {"item": item.get("id"), **paper} for item in table.get("agenda", ()) for paper in item.get("document", ())
    ]
    made["document"] = _table("document", papers)
    return made


def _table(name: str, lines: Sequence[Mapping[str, Any]]) -> list[list[Written]]:
    fields = headings.TABLES[name]
    return [[h.vi for h in fields], *([_cell(h.key, line.get(h.key)) for h in fields] for line in lines)]


def _cell(key: str, value: Any) -> Written:
    """As a person would write it: words for codes, a local time where the zone is Viet Nam's."""
    if key == "starts_at" and value is not None:
        found = written.start(value, ())
        if not isinstance(found, str):
            return value  # a draft may hold what is no time yet
        at = datetime.fromisoformat(found)
        local = at.utcoffset() == VIETNAM.utcoffset(None) and not at.microsecond and at.time() != time()
        return at.replace(tzinfo=None) if local else found
    return headings.word(key, value) if isinstance(value, str) and headings.words(key) else value


def sheets(table: Mapping[str, Any]) -> Iterator[tuple[str, list[list[Written]]]]:
    """The same under the sheets' names, for a workbook."""
    for name, made in rows(table).items():
        yield headings.SHEETS[name].vi, made
