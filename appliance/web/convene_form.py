"""The form in which a meeting is made: what stands in it, and what was typed → the command that convenes it.

A form is a flat mapping of field name → text, as the browser sends it: `title`, `delegate-3-name`, `item-1-question`.
How many rows there are stands in `rooms`, `delegates` and `items`. Nothing that was typed is lost on the way round.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from pydantic import ValidationError

from appliance import meeting_file
from appliance.commands import Convene
from appliance.minutes import Minutes

OFFSET = "+07:00"
"""Of a start typed without one: Viet Nam's."""

PLAIN = ("meeting", "title", "body", "preset", "place", "chair", "secretary", "seating", "liveness")

ROWS: Mapping[str, tuple[str, ...]] = {
    "room": ("id", "name"),
    "delegate": ("id", "name", "title", "unit", "role", "seat", "room", "substitute_for", "weight"),
    "item": ("id", "title", "question", "voting", "majority", "limit_seconds", "document", "link"),
}
"""Kind of row → its fields, in the order of the page."""

COUNTS = {"room": "rooms", "delegate": "delegates", "item": "items"}
MOST = 500
"""Rows of a kind; whoever has more brings a file."""

_FIELDS = {"roster": "delegate", "agenda": "item", "rooms": "room"}

Form = dict[str, str]


@dataclass(frozen=True)
class Problem:
    """What is wrong, and with which field; empty where it lies between fields."""

    field: str
    text: str


def empty(today: str) -> Form:
    """A new form: some rows to begin with. `today` is a date, YYYY-MM-DD."""
    form = {"meeting": f"ky-hop-{today}", "preset": "ubnd", "starts_at": f"{today}T08:00", "seating": "fixed"}
    return {**form, "rooms": "0", "delegates": "5", "items": "3"}


def of(command: Convene) -> Form:
    """A form with everything that a meeting says."""
    form = {name: str(getattr(command, name) or "") for name in PLAIN}
    form["starts_at"] = command.starts_at[:16]
    rows = {"room": command.rooms, "delegate": command.roster, "item": command.agenda}
    for kind, values in rows.items():
        form[COUNTS[kind]] = str(len(values))
        for number, value in enumerate(values, 1):
            shown = value.model_dump(mode="json")
            for paper in shown.pop("documents", [])[:1]:
                shown |= {"document": paper["title"], "link": paper["link"]}
            form |= {f"{kind}-{number}-{name}": str(shown.get(name) or "") for name in ROWS[kind]}
    return form


def again(minutes: Minutes, today: str) -> Form:
    """A new form with the last meeting's people and rooms: its agenda is another."""
    convened = minutes.convened
    fields = {name: getattr(convened, name) for name in ("body", "preset", "place", "chair", "secretary", "seating")}
    form = of(
        Convene(
            meeting="x", title="x", roster=convened.roster, rooms=convened.rooms, liveness=convened.liveness, **fields
        )
    )
    return {**form, **{name: empty(today)[name] for name in ("meeting", "starts_at", "items")}, "title": ""}


def count(form: Mapping[str, str], kind: str) -> int:
    """How many rows of a kind the form has."""
    given = form.get(COUNTS[kind], "")
    return min(int(given), MOST) if given.isascii() and given.isdigit() and len(given) < 6 else 0


def changed(form: Mapping[str, str], do: str) -> Form:
    """The form after a button: `add-delegate`, `drop-item-2`. Anything else leaves it as it is."""
    act, _dash, rest = do.partition("-")
    kind, _dash, number = rest.partition("-")
    after = dict(form)
    if kind not in ROWS:
        return after
    rows = [{name: form.get(f"{kind}-{n}-{name}", "") for name in ROWS[kind]} for n in range(1, count(form, kind) + 1)]
    if act == "add" and len(rows) < MOST:
        rows.append({})
    elif act == "drop" and number.isdigit() and 1 <= int(number) <= len(rows):
        del rows[int(number) - 1]
    after = {name: value for name, value in form.items() if not name.startswith(f"{kind}-")}
    after[COUNTS[kind]] = str(len(rows))
    for n, row in enumerate(rows, 1):
        after |= {f"{kind}-{n}-{name}": row.get(name, "") for name in ROWS[kind]}
    return after


# Reading -------------------------------------------------------------------------------------------------------------


def read(form: Mapping[str, str]) -> tuple[Convene | None, tuple[Problem, ...]]:
    """The meeting that the form says, or every problem in it. A row in which nothing was typed is none."""
    places: dict[str, list[int]] = {}
    fields: dict[str, Any] = {name: form[name].strip() for name in PLAIN if form.get(name, "").strip()}
    if starts_at := form.get("starts_at", "").strip():
        fields["starts_at"] = starts_at if len(starts_at) > 16 else f"{starts_at}:00{OFFSET}"
    for target, kind in _FIELDS.items():
        filled = [(n, row) for n, row in _rows(form, kind) if _is_filled(kind, row)]
        places[target] = [n for n, _row in filled]
        fields[target] = [_value(kind, row) for _n, row in filled]
    try:
        command = Convene.model_validate(fields)
    except ValidationError as error:
        return None, tuple(_problem(detail, places) for detail in error.errors(include_url=False))
    problems = tuple(Problem("", text) for text in meeting_file.faults(command))
    return (None, problems) if problems else (command, ())


def _rows(form: Mapping[str, str], kind: str) -> Iterable[tuple[int, dict[str, str]]]:
    for n in range(1, count(form, kind) + 1):
        yield n, {name: form.get(f"{kind}-{n}-{name}", "").strip() for name in ROWS[kind]}


def _is_filled(kind: str, row: Mapping[str, str]) -> bool:
    """Lists that always have something chosen do not make a row."""
    chosen = {"delegate": {"role", "weight"}, "item": {"voting", "majority"}, "room": set()}[kind]
    return any(value for name, value in row.items() if name not in chosen)


def _value(kind: str, row: Mapping[str, str]) -> dict[str, Any]:
    given: dict[str, Any] = {name: value for name, value in row.items() if value}
    if kind == "item" and ("document" in given or "link" in given):
        given["documents"] = [{"title": given.pop("document", ""), "link": given.pop("link", "")}]
    return given


def _problem(detail: Any, places: Mapping[str, list[int]]) -> Problem:
    loc: tuple[Any, ...] = (*detail["loc"], "", "")
    target, place, name = loc[:3]
    text = _complaint(detail)
    if target in places and isinstance(place, int):
        kind, number = _FIELDS[target], places[target][place]
        name = {"documents": "link"}.get(str(name), str(name))
        return Problem(f"{kind}-{number}-{name}", f"{row_name(kind, number)}, {label(kind, name)}: {text}")
    if target == "roster":
        return Problem("", _("Nobody is on the roster."))
    return Problem(str(target), f"{label('', str(target))}: {text}")


def _complaint(detail: Any) -> str:
    """In the reader's words where it is one of the usual ones."""
    if detail["type"] in ("missing", "string_too_short"):
        return _("is missing")
    if detail["type"] == "string_pattern_mismatch":
        if detail["loc"][-1] == "link":
            return _("an address begins with http:// or https://")
        return _("only letters without marks, digits, - and _")
    if detail["type"] == "string_too_long":
        return _("too long: at most %(n)s characters", n=detail["ctx"]["max_length"])
    return str(detail["msg"]).removeprefix("Value error, ")


# Names ---------------------------------------------------------------------------------------------------------------


def row_name(kind: str, number: int) -> str:
    """What a row is called."""
    if kind == "delegate":
        return _("Delegate %(n)s", n=number)
    return _("Room %(n)s", n=number) if kind == "room" else _("Item %(n)s", n=number)


def label(kind: str, name: str) -> str:
    """What a field is called."""
    names = {
        "meeting": _("Identifier"),
        "id": _("Identifier"),
        "title": _("Position") if kind == "delegate" else _("Title"),
        "name": _("Name"),
        "body": _("Body"),
        "preset": _("Rule"),
        "place": _("Place"),
        "starts_at": _("Begins"),
        "chair": _("Chair (identifier)"),
        "secretary": _("Secretary (identifier)"),
        "seating": _("Seating"),
        "liveness": _("Check at the door that a face is no picture"),
        "unit": _("Unit"),
        "role": _("Role"),
        "seat": _("Seat"),
        "room": _("Room"),
        "substitute_for": _("Substitute for (identifier)"),
        "weight": _("Weight"),
        "question": _("Question"),
        "voting": _("Method"),
        "majority": _("Majority"),
        "limit_seconds": _("Time limit (seconds)"),
        "document": _("Title of a paper"),
        "link": _("Its link"),
    }
    return str(names.get(name, name))
