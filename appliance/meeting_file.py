"""A meeting as somebody writes it down: a TOML table, and rows of a roster, → the command that convenes it."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from appliance import roster as roster_file
from appliance import rules
from appliance.commands import Convene
from appliance.errors import ConfigurationError
from appliance.values import Delegate, Role

_HEADINGS = {heading: field for field, headings in roster_file.COLUMNS.items() for heading in headings}


def parse(table: Mapping[str, Any], roster: Sequence[Mapping[str, Any]] = (), source: str = "meeting file") -> Convene:
    """A meeting from a decoded TOML file: the fields of `Convene`, with `[[agenda]]` and `[[delegate]]` tables.

    `roster` are rows, heading → cell, with the headings of `roster.COLUMNS`; they are added to the delegates in the
    file, and empty cells count as not given. Raises `ConfigurationError` with every problem, those of the single fields
    and those between them.
    """
    fields = {key: value for key, value in table.items() if key not in ("delegate", "starts_at", "roster")}
    if "starts_at" in table:  # TOML has times of its own
        starts_at = table["starts_at"]
        fields["starts_at"] = starts_at.isoformat() if hasattr(starts_at, "isoformat") else starts_at
    problems = ["roster: write the delegates as [[delegate]] tables"] if "roster" in table else []
    given = table.get("delegate", [])
    if not isinstance(given, list):
        given, problems = [], [*problems, "delegate: must be [[delegate]] tables"]
    fields["roster"] = [*given, *(_row(row) for row in roster)]
    try:
        command = Convene.model_validate(fields)
    except ValidationError as error:
        problems += [_problem(detail) for detail in error.errors(include_url=False)]
        raise ConfigurationError(source, problems) from error
    problems += faults(command)
    if problems:
        raise ConfigurationError(source, problems)
    return command


def faults(command: Convene) -> list[str]:
    """What contradicts itself in a meeting whose fields are right each by itself."""
    members = [d.id for d in command.roster if d.role is Role.MEMBER]
    problems = _twice("delegate", (d.id for d in command.roster))
    problems += _twice("seat", (d.seat for d in command.roster if d.seat is not None))
    problems += _twice("agenda item", (item.id for item in command.agenda))
    if not members:
        problems.append("roster: nobody is a member, so nobody could vote")
    if command.chair and command.chair not in members:
        problems.append(f"chair: {command.chair!r} is not a member on the roster")
    if command.preset not in rules.PRESETS:
        problems.append(f"preset: {command.preset!r} does not exist; known: {', '.join(sorted(rules.PRESETS))}")
    return problems


def _twice(what: str, names: Iterable[str]) -> list[str]:
    return [f"{what} {name!r} stands {count} times" for name, count in Counter(names).items() if count > 1]


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    cells = {_heading(key): str(value).strip() for key, value in row.items() if value is not None}
    if "role" in cells:
        cells["role"] = roster_file.ROLES.get(_plain(cells["role"]), cells["role"])
    return {key: value for key, value in cells.items() if value}


def _heading(text: str) -> str:
    plain = _plain(text)
    return _HEADINGS.get(plain, plain)


def _plain(text: str) -> str:
    """Composed letters, small, single spaces: two ways of typing `Họ và tên` are one heading."""
    return " ".join(unicodedata.normalize("NFC", text).lower().split())


def _problem(detail: Any) -> str:
    place = [str(part + 1) if isinstance(part, int) else part for part in detail["loc"]]
    named = " ".join("delegate" if part == "roster" else part for part in place)
    if detail["type"] == "extra_forbidden":
        known = Delegate.model_fields if place[0] == "roster" else Convene.model_fields
        return f"{named}: unknown key; known: {', '.join(known)}"
    shown = "" if detail["type"] == "missing" else f", not {detail['input']!r}"
    message = detail["msg"].removeprefix("Value error, ")
    return f"{named}: {message[0].lower()}{message[1:]}{shown}"
