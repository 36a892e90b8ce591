"""The form in which a meeting is made: a flat mapping, as a browser sends it, ↔ the tables of a meeting file.

A field is called as its place is, lines counted from 1: `title`, `delegate-3-seat`, `agenda-1-document-2-link`. Nothing
that was typed is lost on the way round, whether it is right or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from appliance import headings, meeting_draft, written
from appliance.commands import Convene
from appliance.faults import Fault, Place
from appliance.meeting_draft import Draft

MOST = 500
"""Lines of a table; whoever has more brings a file."""

MOST_DOCUMENTS = 99
"""Of an item."""

LISTS = ("room", "delegate", "agenda")
CHOSEN = frozenset({"role", "weight", "voting", "majority"})
"""Fields of a line that always hold something: they alone do not make a line."""

NAMES = {
    "room": "diem-cau-{}",
    "agenda": "noi-dung-{:02}",
    "member": "dv-{:02}",
    "guest": "khach-{:02}",
    "substitute": "du-thay-{:02}",
}
"""Table, or a delegate's role → the identifier of a line that was given none."""

Line = Mapping[str, Any]
"""Field → what was typed; of an item also `document` → `Lines`."""

Lines = tuple[Line, ...]


@dataclass(frozen=True)
class Form:
    """What stands in the form: the meeting's own fields, and the lines of each table."""

    fields: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, Lines] = field(default_factory=lambda: dict.fromkeys(LISTS, ()))


def name(place: Place) -> str:
    """How the field of a place is called: `("delegate", 2, "seat")` → `delegate-3-seat`."""
    return "-".join(str(part + 1) if isinstance(part, int) else part for part in place)


# From the browser, and back ------------------------------------------------------------------------------------------

_FIELD = re.compile(r"(room|delegate|agenda)-([1-9][0-9]{0,2})-([a-z_]+)(?:-([1-9][0-9]?)-([a-z_]+))?")


def read(sent: Mapping[str, str]) -> Form:
    """The form in what a browser sent. Fields that it does not have are passed over."""
    fields = {h.key: sent.get(h.key, "") for h in headings.MEETING}
    lines: dict[str, dict[int, dict[str, Any]]] = {table: {} for table in LISTS}
    for sent_name, value in sent.items():
        found = _FIELD.fullmatch(sent_name)
        if found is None or int(found[2]) > MOST:
            continue
        of, n = lines[found[1]], int(found[2])
        if found[4] is None and found[3] in _keys(found[1]):
            of.setdefault(n, {})[found[3]] = value
        elif found[1] == "agenda" and found[3] == "document" and found[5] in ("title", "link"):
            of.setdefault(n, {}).setdefault("document", {}).setdefault(int(found[4]), {})[found[5]] = value
    return Form(fields, {table: tuple(_line(one) for one in _in_order(of)) for table, of in lines.items()})


def _keys(table: str) -> list[str]:
    return [h.key for h in headings.TABLES[table]]


def _in_order(numbered: Mapping[int, Any]) -> Iterator[Any]:
    """All numbers up to the last, so that lines stay where they stand."""
    for n in range(1, max(numbered, default=0) + 1):
        yield numbered.get(n, {})


def _line(one: Mapping[str, Any]) -> Line:
    return {**one, "document": tuple(_in_order(one["document"]))} if "document" in one else one


def of_table(table: Mapping[str, Any]) -> Form:
    """The form of a file's tables, of a meeting or of a draft that is none yet."""
    fields = {h.key: _typed(table.get(h.key)) for h in headings.MEETING}
    fields["starts_at"] = _local(table.get("starts_at"))
    for key in ("preset", "seating", "liveness"):
        fields[key] = headings.code(key, fields[key]) or fields[key]
    preset = fields["preset"] or "ubnd"
    lines = {name: tuple(_shown(name, line, preset) for line in table.get(name) or () if line) for name in LISTS}
    return Form(fields, lines)


def too_large(table: Mapping[str, Any]) -> tuple[str, int] | None:
    """The list that has more lines than the form, and how many it may have."""
    for name in LISTS:
        if len(table.get(name) or ()) > MOST:
            return name, MOST
    if any(len(item.get("document") or ()) > MOST_DOCUMENTS for item in table.get("agenda") or () if item):
        return "document", MOST_DOCUMENTS
    return None


def _shown(table: str, line: Mapping[str, Any], preset: str) -> Line:
    shown: dict[str, Any] = {key: _typed(line.get(key)) for key in _keys(table)}
    for key in ("role", "voting", "majority"):
        if key in shown:
            shown[key] = headings.code(key, shown[key], preset) or shown[key]
    if table == "agenda":
        papers = line.get("document") or ()
        shown["document"] = tuple({key: _typed(one.get(key)) for key in ("title", "link")} for one in papers if one)
    return shown


def _typed(value: object) -> str:
    """A value as somebody would have typed it; a cell that computes keeps its formula, which is then told."""
    if isinstance(value, written.Formula | written.Broken):
        return value.text
    found = written.text(value, (), prose=True)
    return found if isinstance(found, str) else "" if found is None else str(value)


def _local(value: object) -> str:
    """A start as the field of a browser has it, in Viet Nam's time; as it was typed where it is none."""
    found = written.start(value, ())
    if not isinstance(found, str):
        return _typed(value)
    at = datetime.fromisoformat(found).astimezone(written.VIETNAM).replace(tzinfo=None)
    return at.isoformat(timespec="auto" if at.second or at.microsecond else "minutes")


def table(form: Form) -> dict[str, Any]:
    """The tables of a meeting file: what was typed, without what is empty."""
    made: dict[str, Any] = {key: value for key, value in form.fields.items() if value.strip()}
    for table, lines in form.lines.items():
        if filled := [_written(line) for line in lines if is_filled(line)]:
            made[table] = filled
    return made


def _written(line: Line) -> dict[str, Any]:
    cells = {key: value for key, value in line.items() if key != "document" and value.strip()}
    papers = [one for one in line.get("document", ()) if is_filled(one)]
    return {**cells, "document": [_written(one) for one in papers]} if papers else cells


def is_filled(line: Line) -> bool:
    """Whether anything was typed in a line."""
    return any(value.strip() for key, value in line.items() if key not in CHOSEN and key != "document") or any(
        is_filled(one) for one in line.get("document", ())
    )


# The buttons ---------------------------------------------------------------------------------------------------------

_BUTTON = re.compile(
    r"(add|drop|up|down)-(room|delegate|agenda)(?:-([1-9][0-9]{0,2})(?:-document(?:-([1-9][0-9]?))?)?)?"
)


def changed(form: Form, button: str) -> tuple[Form, str]:
    """The form after a button, and the field that the hand goes to: `add-delegate`, `drop-agenda-2`, `up-agenda-2`,
    `add-agenda-2-document`, `drop-agenda-2-document-1`. Any other button leaves it as it is.
    """
    found = _BUTTON.fullmatch(button)
    if found is None:
        return form, ""
    act, table, n, m = found[1], found[2], int(found[3] or 0) - 1, int(found[4] or 0) - 1
    lines = list(form.lines[table])
    hand: Place
    if "document" not in button:
        lines, at = _moved(lines, act, n)
        hand = (table, at, "title" if table == "agenda" else "name") if lines else (table,)
    elif table == "agenda" and 0 <= n < len(lines):
        papers, at = _moved(list(lines[n].get("document", ())), act, m, MOST_DOCUMENTS)
        lines[n] = {**lines[n], "document": tuple(papers)}
        hand = ("agenda", n, "document", at, "title") if papers else ("agenda", n, "title")
    else:
        return form, ""
    return replace(form, lines={**form.lines, table: tuple(lines)}), name(hand)


def _moved(lines: list[Line], act: str, n: int, most: int = MOST) -> tuple[list[Line], int]:
    """The lines after an act on the one at `n`, and which one is looked at then."""
    if act == "add":
        return ([*lines, {}], len(lines)) if len(lines) < most else (lines, len(lines) - 1)
    if not 0 <= n < len(lines):
        return lines, max(0, len(lines) - 1)
    line = lines.pop(n)
    if act == "drop":
        return lines, max(0, min(n, len(lines) - 1))
    at = max(0, n - 1) if act == "up" else min(len(lines), n + 1)
    lines.insert(at, line)
    return lines, at


# Checking ------------------------------------------------------------------------------------------------------------


def named(form: Form) -> Form:
    """The form in which every line that something was typed in has an identifier."""
    return replace(form, lines={table: tuple(_named(table, lines)) for table, lines in form.lines.items()})


def _named(table: str, lines: Lines) -> Iterator[Line]:
    taken = {line.get("id", "").strip() for line in lines}
    for line in lines:
        if not is_filled(line) or line.get("id", "").strip():
            yield line
            continue
        kind = line.get("role") or "member" if table == "delegate" else table
        pattern = NAMES.get(kind, NAMES["member"])
        own = next(one for one in map(pattern.format, range(1, 2 * MOST + 2)) if one not in taken)
        taken.add(own)
        yield {**line, "id": own}


def check(form: Form) -> Convene | tuple[Fault, ...]:
    """The meeting that stands in the form, or every fault of it at its place in the form."""
    return meeting_draft.check(Draft({**form.fields, **{table: _kept(lines) for table, lines in form.lines.items()}}))


def _kept(lines: Lines) -> list[Line | None]:
    """None for a line in which nothing was typed: those behind it keep their numbers."""
    return [{**line, "document": _kept(line.get("document", ()))} if is_filled(line) else None for line in lines]
