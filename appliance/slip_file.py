"""An opinion slip as somebody writes it down: a TOML table, and people of a roster, → the command that sends it.

Keys and words, what is read and what is wrong are those of a meeting's file: see `headings`, `written`, `faults`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from appliance import headings, meeting_check, meeting_file, written
from appliance.commands import SendSlip
from appliance.errors import ConfigurationError
from appliance.faults import Fault, Naming, Place, Said, Wrong, by_key, fault, said
from appliance.sheet import MOST_LINES
from appliance.values import Delegate, Document, Role
from appliance.written import Written

_LISTS: Mapping[str, tuple[str, str]] = {"member": ("members", "delegate"), "document": ("documents", "document")}
"""Table of the file, one for each line → the field of `SendSlip`, and which table of a meeting has such lines."""

Fields = Mapping[str, Any]
"""The slip's fields as they were written; `member` and `document` hold lines."""


def parse(table: Mapping[str, Any], roster: Sequence[Delegate] = (), source: str = "slip file") -> SendSlip:
    """What `check` says of a file. Raises `ConfigurationError` with every problem."""
    found = check(table, roster)
    if isinstance(found, SendSlip):
        return found
    raise ConfigurationError(source, [str(one) for one in found])


def check(
    table: Mapping[str, Any], roster: Sequence[Delegate] = (), naming: Naming = by_key
) -> SendSlip | tuple[Said, ...]:
    """A slip from a decoded TOML file: the fields of `SendSlip`, with `[[member]]` and `[[document]]` tables.

    The members of `roster` are asked in addition; its guests and substitutes are not, for they have no vote. A deadline
    without an offset is a time of Viet Nam. Where something is wrong every problem comes back, those of the single
    fields and those between them, each once and with its place.
    """
    problems: list[Said] = []
    fields = _read(table, problems)
    preset, _told_below = written.read(SendSlip, "preset", fields.get("preset"), ("preset",))
    slip, wrong = written.record(SendSlip, "slip", fields, (), preset or SendSlip.model_fields["preset"].default)
    wrong += _empty_rule(fields)
    slip["members"] = [_member(line, ("member", n), wrong) for n, line in _each(fields, "member", wrong)]
    slip["documents"] = [_document(line, ("document", n), wrong) for n, line in _each(fields, "document", wrong)]
    asked = [one if one.role is Role.MEMBER else None for one in roster]
    if "member" not in fields and not any(asked):
        wrong.append(fault(("member",), Wrong.MISSING))
    people = [*slip["members"], *(one and {"id": one.id} for one in asked)]
    problems += [said(one, naming) for one in wrong]
    problems += [said(one, _of_slip(len(slip["members"]), naming)) for one in _contradictions(slip, people)]
    if problems:
        return tuple({str(one): one for one in problems}.values())
    slip["members"] += [dict(one) for one in asked if one is not None]
    return SendSlip.model_validate(slip)


# File → fields -------------------------------------------------------------------------------------------------------


def _read(table: Mapping[str, Any], problems: list[Said]) -> dict[str, Any]:
    """The fields by their own keys. An empty list of lines is none at all."""
    fields: dict[str, Any] = {}
    for key, value in table.items():
        if (list_of := _list(key)) is not None:
            if value != []:
                lines = meeting_file.lines(value, _LISTS[list_of][1], (list_of,), problems)
                meeting_file.put(fields, list_of, lines, (key,), problems)
        elif (field := headings.field("slip", key)) is not None:
            # TOML tells a day from its midnight, which a spreadsheet does not.
            moment = written.in_viet_nam(value) if isinstance(value, datetime) and field in written.MOMENTS else value
            meeting_file.put(fields, field, moment, (key,), problems)
        elif (plural := _plural(key)) is not None:
            problems.append(said(fault((key,), Wrong.TABLES, name=plural), by_key))
            fields.setdefault(plural, [])
        else:
            known = [*(heading.key for heading in headings.SLIP), *_LISTS]
            problems.append(said(written.unknown((key,), key, known), by_key))
    return fields


def _list(key: str) -> str | None:
    """Which lines a key holds: `member`, `document`, or a Vietnamese name of theirs in a meeting's file."""
    if _plural(key) is not None:
        return None
    of_meeting = headings.sheet(key)
    return next(
        (name for name, (_, lines) in _LISTS.items() if headings.fold(key) == name or lines == of_meeting), None
    )


def _plural(key: str) -> str | None:
    """Which lines a key means that is called as the command's field, where the file has a table for each."""
    return next((name for name, (field, _) in _LISTS.items() if headings.fold(key) == field), None)


def _each(fields: Fields, table: str, wrong: list[Fault]) -> Iterator[tuple[int, Fields]]:
    lines = fields.get(table, ())
    if len(lines) > MOST_LINES:
        wrong.append(fault((table,), Wrong.TOO_MANY, limit=MOST_LINES))
    yield from enumerate(lines[:MOST_LINES])


# Fields → values -----------------------------------------------------------------------------------------------------


def _empty_rule(fields: Fields) -> list[Fault]:
    """A rule that is there and empty: a form that lost its choice is not decided by the usual one."""
    keys = [key for key in ("preset", "majority") if key in fields and written.text(fields[key], ()) is None]
    return [fault((key,), Wrong.MISSING) for key in keys]


def _member(line: Mapping[str, Written], place: Place, wrong: list[Fault]) -> dict[str, Any]:
    values, found = written.record(Delegate, "delegate", line, place)
    wrong += found
    if values.get("role", Role.MEMBER) is not Role.MEMBER:
        wrong.append(fault((*place, "role"), Wrong.MEMBERS_ALONE))
    return values


def _document(line: Mapping[str, Written], place: Place, wrong: list[Fault]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key in Document.model_fields:
        values[key], found = written.read(Document, key, line.get(key), (*place, key))
        wrong += found
    return values


# One thing against another -------------------------------------------------------------------------------------------


def _contradictions(slip: Fields, people: Sequence[Mapping[str, Any] | None]) -> list[Fault]:
    """Those that a meeting would have of this rule, these people and one item. Roles are looked at by themselves."""
    called = [one and {key: value for key, value in one.items() if key == "id"} for one in people]
    known = [one for one in called if one is not None]
    own = ("preset", "chair") if known and all(known) else ("preset",)  # an id that is wrong may be the chair's
    item = {key: value for key, value in slip.items() if key == "majority"}
    meeting = {key: value for key, value in slip.items() if key in own}
    return meeting_check.contradictions({**meeting, "room": [], "delegate": called, "agenda": [item]})


def _of_slip(members: int, naming: Naming) -> Naming:
    """Places of such a meeting as the file has them; behind its `members` follow those of the roster."""

    def named(place: Place) -> Said:
        match place:
            case ("delegate", int(n), *rest):
                return naming(("member", n, *rest) if n < members else ("roster", n - members, *rest))
            case ("agenda", _, key):
                return naming((key,))
        return naming(place)

    return named
