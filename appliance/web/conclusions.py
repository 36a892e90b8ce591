"""What a meeting leaves behind, on the secretary's page: notes, conclusions, tasks that are checked while typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, jsonify, render_template, request
from pydantic import ValidationError

from appliance import conclusions
from appliance.minutes import Minutes, Note
from appliance.rights import Who
from appliance.values import Item, Refusal, Task
from appliance.web import fields, pages, room, security, view, words
from appliance.web.forms import Given, form
from appliance.web.live import Now

blueprint = Blueprint("conclusions", __name__, url_prefix="/secretary")

FIELDS = ("text", "item", "lead_unit", "lead_head", "cooperating", "deadline", "report_deadline")
"""Of the task's form, in its order. `cooperating` has one unit on each line."""

Said = dict[str, list[str]]
"""Field → what is to be said beside it."""


@dataclass(frozen=True)
class ItemLine:
    """An item with what was noted and concluded on it; without an item: on the meeting as a whole."""

    number: int
    item: Item | None
    current: bool
    notes: tuple[Note, ...]
    conclusion: Note | None


@dataclass(frozen=True)
class ConclusionsView:
    """The page. `units` and `people` of the roster are offered while somebody types."""

    head: view.Head | None
    lines: tuple[ItemLine, ...] = ()
    tasks: tuple[Task, ...] = ()
    units: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    current: str = ""


@pages.page("conclusions", "conclusions.desk", Who.SECRETARY)
def page(now: Now) -> ConclusionsView:
    """Notes, conclusions and tasks, item by item."""
    minutes = now.minutes
    if minutes is None:
        return ConclusionsView(None)
    roster, current = minutes.convened.roster, minutes.current_item
    return ConclusionsView(
        head=view.head(minutes),
        lines=tuple(_lines(minutes)),
        tasks=tuple(minutes.tasks.values()),
        units=tuple(dict.fromkeys(d.unit for d in roster if d.unit)),
        people=tuple(d.name for d in roster),
        current=current.id if current else "",
    )


def _lines(minutes: Minutes) -> list[ItemLine]:
    current = minutes.current_item
    of_items = [_line(minutes, n, i, i == current) for n, i in enumerate(minutes.convened.agenda, 1)]
    return [*of_items, _line(minutes, 0, None, False)]


def _line(minutes: Minutes, number: int, item: Item | None, current: bool) -> ItemLine:
    name = item.id if item else ""
    notes = tuple(note for note in minutes.proceedings if note.item == name)
    return ItemLine(number, item, current, notes, minutes.conclusions.get(name))


@blueprint.get("/conclusions")
@pages.only(Who.SECRETARY)
def desk() -> str:
    """The page."""
    return pages.show(page)


# Notes and conclusions -----------------------------------------------------------------------------------------------


@form(blueprint, "/note", page, "note_proceeding", "noted")
def note() -> Given:
    """Something of the course of the meeting."""
    return fields.texts("item", "text")


@form(blueprint, "/conclude", page, "record_conclusion", "concluded")
def conclude() -> Given:
    """The chair's conclusion on an item; a later one takes its place."""
    return fields.texts("item", "text")


# Tasks ---------------------------------------------------------------------------------------------------------------


@blueprint.post("/tasks/check")
@pages.only(Who.SECRETARY)
@security.by_person
def check() -> Any:
    """What is wrong, and what looks wrong, with a task as it stands in the form: `{faults, warnings}` by field."""
    faults, warnings, _task = examine(room.room().feed.look())
    return jsonify(faults=faults, warnings=warnings)


@blueprint.post("/tasks")
@pages.only(Who.SECRETARY)
@security.by_person
def assign() -> Any:
    """Record a task. With a fault nothing is recorded, and the form says what is wrong."""
    now = room.room().feed.look()
    faults, warnings, task = examine(now)
    if task is None and not pages.by_script():
        value = page.build(now)
        said = {"given": request.form, "faults": faults, "warnings": warnings, "notice": None}
        return render_template("conclusions.html", page=page, view=value, now=now, **said), 422
    if task is None:
        return pages.refuse(page, Refusal(code="task-faults", message="the task has faults"))
    return pages.answer(page, room.ask("assign_task", task=task.model_dump(mode="json")), "assigned")


@form(blueprint, "/tasks/withdraw", page, "withdraw_task", "withdrawn")
def withdraw() -> Given:
    """A task does not stand any more."""
    return {"task": fields.text("task"), "reason": fields.reason("task")}


def examine(now: Now) -> tuple[Said, Said, Task | None]:
    """What is to be said beside each field of the form, and the task where nothing is wrong with it.

    Its id counts with the journal: no other task of the meeting has it or had it, not a withdrawn one either.
    """
    minutes = now.minutes
    given: dict[str, Any] = {name: fields.text(name) for name in FIELDS}
    given["cooperating"] = tuple(line.strip() for line in given["cooperating"].splitlines() if line.strip())
    if minutes is None:
        return {"text": [words.refusal(Refusal(code="no-meeting", message=""))]}, {}, None
    missing: Said = {}
    task = _built({**given, "id": f"nv-{now.seq}"}, missing)
    # What is missing was filled in so that the rest can be looked at: nothing is said of what nobody wrote.
    faults = [f for f in conclusions.faults(task, minutes) if f.field not in missing]
    warnings = [w for w in conclusions.warnings(task, minutes) if w.field not in missing] if not missing else []
    for fault in faults:
        missing.setdefault(fault.field, []).append(words.task(fault.code, fault.message))
    looks = {w.field: [words.task(w.code, w.message)] for w in warnings}
    return missing, looks, None if missing else task


def _built(given: Mapping[str, Any], problems: Said) -> Task:
    """The task; each field that cannot be read is named in `problems` and replaced by something that is right."""
    try:
        return Task.model_validate(given)
    except ValidationError as error:
        wrong = {str(detail["loc"][0]): detail["type"] for detail in error.errors(include_url=False)}
    harmless = {"deadline": date.max, "report_deadline": date.max, "cooperating": (), "item": "", "id": "x"}
    for name, kind in wrong.items():
        problems[name] = [words.task("missing" if not given[name] else "too-long" if "long" in kind else "unreadable")]
    return Task.model_validate({**given, **{name: harmless.get(name, "x") for name in wrong}})
