"""A meeting as a TOML or JSON file has it, decoded elsewhere, ↔ the command that convenes it.

Tables `[[room]]`, `[[delegate]]`, `[[agenda]]`, in it `[[agenda.document]]`; keys and words in English or Vietnamese.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from appliance import faults as found
from appliance import headings, meeting_check, meeting_draft
from appliance.commands import Convene
from appliance.faults import Place, Said, Wrong, by_key, fault, said
from appliance.meeting_draft import LISTS, Draft
from appliance.values import Value
from appliance.written import unknown


def parse(table: object, source: str = "meeting file") -> Convene:
    """A meeting from a decoded file. Raises `ConfigurationError` with every problem."""
    return meeting_draft.convene(draft(table), source)


def faults(command: Convene) -> list[str]:
    """What contradicts itself in a meeting whose fields are right each by itself."""
    return found.lines(meeting_check.contradictions(meeting_check.of_command(command)), by_key)


# File → draft --------------------------------------------------------------------------------------------------------


def draft(table: object) -> Draft:
    """The draft in a decoded file, its keys as `headings` calls them."""
    problems: list[Said] = []
    if not isinstance(table, Mapping):
        problems.append(said(fault((), Wrong.TABLES, name="delegate"), by_key))
        return Draft({}, by_key, tuple(problems))
    fields: dict[str, Any] = {}
    for key, value in table.items():
        list_of = headings.sheet(str(key))
        if list_of is not None and list_of in LISTS:
            put(fields, list_of, lines(value, list_of, (list_of,), problems), (str(key),), problems)
        elif (field := headings.field("meeting", str(key))) is not None:
            put(fields, field, value, (str(key),), problems)
        else:
            known = [heading.key for heading in headings.MEETING]
            problems.append(said(unknown((str(key),), str(key), [*known, *LISTS]), by_key))
    return Draft(fields, by_key, tuple(problems))


def put(fields: dict[str, Any], key: str, value: Any, place: Place, problems: list[Said]) -> None:
    """A field; that it stands there already, under whichever of its names, is a problem."""
    if key in fields:
        problems.append(said(fault(place, Wrong.TWICE_WRITTEN), by_key))
    fields[key] = value


def lines(value: Any, table: str, place: Place, problems: list[Said]) -> list[dict[str, Any] | None]:
    """The tables of a list, their keys as `headings` calls those of `table`; none where it is no such list."""
    if not isinstance(value, list) or not all(isinstance(line, Mapping) for line in value):
        name = ".".join(str(part) for part in place if isinstance(part, str))
        problems.append(said(fault(place, Wrong.TABLES, name=name), by_key))
        return []
    return [_line(line, table, (*place, n), problems) for n, line in enumerate(value)]


def _line(line: Mapping[Any, Any], table: str, place: Place, problems: list[Said]) -> dict[str, Any]:
    cells: dict[str, Any] = {}
    known = [heading.key for heading in headings.TABLES[table] if heading.key != "item"]
    known += ["document"] if table == "agenda" else []
    for key, value in line.items():
        name, here = str(key), (*place, str(key))
        field = headings.field(table, name)
        if table == "agenda" and headings.sheet(name) == "document":
            inner = (*place, "document")
            put(cells, "document", lines(value, "document", inner, problems), here, problems)
        elif field in known:
            put(cells, str(field), value, here, problems)
        else:
            problems.append(said(unknown(here, name, known), by_key))
    return cells


# Command → file ------------------------------------------------------------------------------------------------------


def table(command: Convene) -> dict[str, Any]:
    """The decoded file that gives this command again: keys in the order of `headings`, defaults left out."""
    fields = _written(command, "meeting")
    if "starts_at" in fields and (at := _moment(fields["starts_at"])) is not None:
        fields["starts_at"] = at
    fields["preset"] = command.preset
    ordered = {heading.key: fields[heading.key] for heading in headings.MEETING if heading.key in fields}
    for name, (key, _model) in LISTS.items():
        lines = [_written(line, name) for line in getattr(command, key)]
        if name == "agenda":
            for line, item in zip(lines, command.agenda, strict=True):
                if item.documents:
                    line["document"] = [one.model_dump() for one in item.documents]
        if lines:
            ordered[name] = lines
    return ordered


def _written(value: Value, table: str) -> dict[str, Any]:
    given = value.model_dump(mode="json", exclude_defaults=True)
    return {h.key: given[h.key] for h in headings.TABLES[table] if h.key in given}


def _moment(text: str) -> datetime | None:
    """A start as TOML has times of its own; None where it would be written otherwise."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    away = at.utcoffset()
    return at if away is not None and not away % timedelta(minutes=1) and at.isoformat() == text else None
