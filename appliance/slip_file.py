"""An opinion slip as somebody writes it down: a TOML table, and people of a roster, → the command that sends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from appliance import slips
from appliance.commands import SendSlip
from appliance.errors import ConfigurationError
from appliance.values import Delegate, Document, Role, Value
from appliance.written import in_viet_nam

_TABLES = {"members": "member", "documents": "document"}
"""Field of `SendSlip` → how its tables are called in the file, one for each line."""


def parse(table: Mapping[str, Any], roster: Sequence[Delegate] = (), source: str = "slip file") -> SendSlip:
    """A slip from a decoded TOML file: the fields of `SendSlip`, with `[[member]]` and `[[document]]` tables.

    The members of `roster` are asked in addition; its guests and substitutes are not, for they have no vote. A deadline
    without an offset is a time of Viet Nam. Raises `ConfigurationError` with every problem, those of the single fields
    and those between them.
    """
    problems = [f"{field}: write them as [[{name}]] tables" for field, name in _TABLES.items() if field in table]
    fields = {key: value for key, value in table.items() if key not in {*_TABLES, *_TABLES.values()}}
    for field, name in _TABLES.items():
        given = table.get(name, [])
        if not isinstance(given, list):
            given, problems = [], [*problems, f"{name}: must be [[{name}]] tables"]
        fields[field] = list(given)
    fields["members"] += [d.model_dump() for d in roster if d.role is Role.MEMBER]
    fields["deadline"] = _with_offset(fields.get("deadline"))
    try:
        command = SendSlip.model_validate(fields)
    except ValidationError as error:
        details = error.errors(include_url=False)
        problems += [_problem(detail) for detail in details if not _follows(detail)]
        raise ConfigurationError(source, problems) from error
    problems += slips.faults(command.preset, command.majority, command.members, command.chair)
    if problems:
        raise ConfigurationError(source, problems)
    return command


def _with_offset(deadline: Any) -> Any:
    try:
        at = datetime.fromisoformat(deadline) if isinstance(deadline, str) else deadline
    except ValueError:
        return deadline
    return in_viet_nam(at) if isinstance(at, datetime) else at


def _follows(detail: Any) -> bool:
    """Whether a list is only called too short because its lines are wrong, which is said of each of them."""
    return detail["type"] == "too_short" and bool(detail["input"])


def _problem(detail: Any) -> str:
    place = [str(part + 1) if isinstance(part, int) else _TABLES.get(part, part) for part in detail["loc"]]
    named = " ".join(place)
    if detail["type"] == "extra_forbidden":
        tables: dict[str, type[Value]] = {"member": Delegate, "document": Document}
        known = tables.get(place[0], SendSlip).model_fields
        return f"{named}: unknown key; known: {', '.join(_TABLES.get(name, name) for name in known)}"
    if detail["type"] in ("missing", "too_short") or detail["input"] is None:
        return f"{named}: is missing"
    message = detail["msg"].removeprefix("Value error, ")
    return f"{named}: {message[0].lower()}{message[1:]}, not {detail['input']!r}"
