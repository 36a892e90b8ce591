"""A meeting that is made on the page: rows added and taken away, everything checked, nothing typed lost."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _

from appliance import rules
from appliance.commands import Convene, Who
from appliance.values import Refusal
from appliance.web import convene_form, pages, room, security, words
from appliance.web.convene_form import Form, Problem
from appliance.web.secretary import page
from appliance.web.words import LIVENESS

blueprint = Blueprint("convene", __name__, url_prefix="/secretary/convene/new")


def _today() -> str:
    return f"{datetime.now().astimezone():%Y-%m-%d}"


@blueprint.get("")
@pages.only(Who.SECRETARY)
def new() -> str:
    """An empty form, or one with the last meeting's people: `?from=last`."""
    minutes = room.room().feed.look().minutes
    if request.args.get("from") == "last" and minutes is not None:
        return _shown(convene_form.again(minutes, _today()))
    return _shown(convene_form.empty(_today()))


@blueprint.post("")
@pages.only(Who.SECRETARY)
@security.by_person
def make() -> Any:
    """What the button says: another row, one less, a file to keep, or the meeting."""
    form: Form = {name: value for name, value in request.form.items() if name not in ("csrf_token", "do")}
    do = request.form.get("do", "")
    if do not in ("convene", "download"):
        return _shown(convene_form.changed(form, do))
    command, problems = convene_form.read(form)
    if command is None:
        return _shown(form, problems), 422
    if do == "download":
        return _file(command)
    outcome = room.ask("convene", **command.model_dump(mode="json"))
    if isinstance(outcome, Refusal):
        return _shown(form, (Problem("", words.refusal(outcome)),)), 422
    return pages.answer(page, outcome, "convened")


def _file(command: Convene) -> Response:
    """The meeting as a file that can be handed in again."""
    fields = command.model_dump(mode="json", exclude_defaults=True)
    fields["delegate"] = fields.pop("roster")
    if "rooms" in fields:
        fields["room"] = fields.pop("rooms")
    data = json.dumps(fields, ensure_ascii=False, indent=2) + "\n"
    response = Response(data, mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{command.meeting}.json"'
    return response


def _shown(form: Form, problems: tuple[Problem, ...] = ()) -> str:
    """The page. `wrong` is a field's name → what is wrong with it."""
    rule = rules.PRESETS.get(form.get("preset", ""), rules.PRESETS["ubnd"])
    choices = {
        "preset": {name: one.body[words.language()] for name, one in rules.PRESETS.items()},
        "seating": {"fixed": _("as the roster says"), "free": _("free: a key press after the check-in takes a seat")},
        "liveness": {"": _("As this box is set"), **LIVENESS},
        "role": words.ROLES,
        "voting": {name: words.VOTING[name] for name in ("open", "secret")},
        "majority": {name: one.words[words.language()] for name, one in rule.majorities.items()},
    }
    return render_template(
        "convene_form.html",
        form=form,
        fields=convene_form,
        choices=choices,
        weighted=rule.weighted,
        problems=problems,
        wrong={problem.field: problem.text for problem in problems if problem.field},
        last=room.room().feed.look().minutes,
        now=room.room().feed.look(),
    )
