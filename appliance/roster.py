"""A table of people → delegates. Pure: the rows were read elsewhere; every error at once, with row and column."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from pydantic import ValidationError

from appliance.errors import ConfigurationError
from appliance.values import Delegate, Role

COLUMNS: dict[str, tuple[str, ...]] = {
    "id": ("id", "mã"),
    "name": ("name", "họ tên", "họ và tên"),
    "title": ("title", "chức vụ"),
    "unit": ("unit", "đơn vị"),
    "role": ("role", "vai trò"),
    "seat": ("seat", "ghế"),
}
"""Field of `Delegate` → the headings it may have, in English or Vietnamese, whatever their case."""

REQUIRED = ("id", "name")

ROLES: dict[str, Role] = {
    "": Role.MEMBER,
    "member": Role.MEMBER,
    "thành viên": Role.MEMBER,
    "guest": Role.GUEST,
    "khách mời": Role.GUEST,
    "substitute": Role.SUBSTITUTE,
    "người dự thay": Role.SUBSTITUTE,
}
"""What may stand in the role column; empty means a member."""

Cell = object
"""What a CSV or XLSX reader gives: text, a number, None."""


def parse(rows: Iterable[Sequence[Cell]], source: str = "roster") -> tuple[Delegate, ...]:
    """Delegates in the order of the rows. The first row that is not empty holds the headings; empty rows are skipped.

    Raises `ConfigurationError` with every problem: `row 3, name: …`. Rows count from 1, as a spreadsheet shows them.
    """
    filled = [(n, [_text(cell) for cell in row]) for n, row in enumerate(rows, 1)]
    filled = [(n, row) for n, row in filled if any(row)]
    if not filled:
        raise ConfigurationError(source, [f"it is empty; its first row holds the headings {', '.join(COLUMNS)}"])
    number, headings = filled[0]
    places, problems = _places(number, headings)
    delegates: list[Delegate] = []
    if not problems:
        for row_number, row in filled[1:]:
            _take(row_number, {f: row[p] if p < len(row) else "" for f, p in places.items()}, delegates, problems)
        if not filled[1:]:
            problems.append("there is nobody in it")
    problems += _twice(filled[1:], places, "id") + _twice(filled[1:], places, "seat")
    if problems:
        raise ConfigurationError(source, problems)
    return tuple(delegates)


def _text(cell: Cell) -> str:
    """A cell as text, letters with diacritics composed; a spreadsheet's 7.0 is 7."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return unicodedata.normalize("NFC", str(cell)).strip()


def _places(number: int, headings: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    """Field → column, and what is wrong with the headings."""
    fields = {heading: field for field, names in COLUMNS.items() for heading in names}
    places: dict[str, int] = {}
    problems: list[str] = []
    for place, heading in enumerate(headings):
        field = fields.get(" ".join(heading.casefold().split()))
        if not heading:
            continue
        if field is None:
            known = "; ".join("/".join(names) for names in COLUMNS.values())
            problems.append(f"row {number}, column {place + 1}: unknown heading {heading!r}; known: {known}")
        elif field in places:
            problems.append(f"row {number}, column {place + 1}: a second column for {field}")
        else:
            places[field] = place
    missing = [f"row {number}: no column {' or '.join(COLUMNS[f])}" for f in REQUIRED if f not in places]
    return places, problems + missing


def _take(number: int, cells: dict[str, str], delegates: list[Delegate], problems: list[str]) -> None:
    """One row: a delegate, or its problems."""
    role = ROLES.get(cells.get("role", "").casefold())
    if role is None:
        problems.append(f"row {number}, role: {cells['role']!r} is none of {', '.join(r for r in ROLES if r)}")
    fields = {**cells, "role": role or Role.MEMBER, "seat": cells.get("seat") or None}
    try:
        delegates.append(Delegate.model_validate(fields))
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            field = str(detail["loc"][0])
            problems.append(f"row {number}, {field}: {_complaint(field, cells.get(field, ''), detail['msg'])}")


def _complaint(field: str, value: str, message: str) -> str:
    if not value:
        return "is empty"
    if field in ("id", "seat"):
        return f"{value!r} may hold letters without diacritics, digits, '_' and '-', at most 64"
    return f"{message[0].lower()}{message[1:]}, not {value!r}"


def _twice(rows: Sequence[tuple[int, Sequence[str]]], places: dict[str, int], field: str) -> list[str]:
    """Values of a column that stand in more than one row."""
    if field not in places:
        return []
    seen: dict[str, int] = {}
    problems: list[str] = []
    for number, row in rows:
        value = row[places[field]] if places[field] < len(row) else ""
        if value and value in seen:
            problems.append(f"row {number}, {field}: {value!r} stands in row {seen[value]} already")
        seen.setdefault(value, number)
    return problems
