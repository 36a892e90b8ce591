"""Before the meeting: it is handed in as a file, or made on the page; checked at once, kept as a file, convened."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from flask_babel import gettext as _

from appliance import meeting_draft, meeting_file, rules, sheets
from appliance.commands import Convene
from appliance.errors import ConfigurationError
from appliance.faults import Fault
from appliance.minutes import Minutes
from appliance.rights import Who
from appliance.values import Refusal
from appliance.web import convene_form, convene_words, convening, pages, room, said, security, words
from appliance.web.convene_form import Form
from appliance.web.secretary import page
from appliance.web.words import LIVENESS
from appliance.written import VIETNAM

blueprint = Blueprint("convene", __name__, url_prefix="/secretary/convene")

_DAY_AND_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?)?")
"""What a browser's own field can show; whatever else was typed stands in a plain one."""

TAKEN_OVER = ("body", "preset", "place", "chair", "secretary", "seating", "liveness", "room", "delegate")
"""Of the last meeting; its agenda and its start were its own."""


# A file --------------------------------------------------------------------------------------------------------------


@blueprint.get("")
@pages.only(Who.SECRETARY)
def desk() -> str:
    """Where a file is handed in, or a form is begun."""
    return _desk()


@blueprint.post("")
@pages.only(Who.SECRETARY)
@security.by_person
def hand_in() -> Any:
    """Convene from files, or look through them in the form; every problem found in them is shown."""
    try:
        draft = convening.draft(request.files.get("meeting"), request.files.get("roster"))
    except ConfigurationError as error:
        return _desk(error.source, [said.translate(problem) for problem in error.problems]), 422
    if request.form.get("do") == "look":
        if (large := convene_form.too_large(draft.table)) is not None:
            return _desk(str(request.files["meeting"].filename), [convene_words.too_large(*large)]), 422
        form = convene_form.of_table(draft.table)
        return _form(form, convene_form.check(form), unread=[convene_words.spoken(one) for one in draft.problems])
    found = meeting_draft.check(draft)
    if not isinstance(found, Convene):
        told = [convene_words.spoken(one) for one in meeting_draft.everything(draft, found)]
        return _desk(str(request.files["meeting"].filename), told), 422
    given = found.model_dump(mode="json")
    if request.form.get("liveness"):  # chosen on the page; else as the file says, or as the box is set
        given["liveness"] = request.form["liveness"]
    return pages.answer(page, room.ask("convene", **given), "convened")


def _desk(source: str = "", problems: list[str] | None = None) -> str:
    now = room.room().feed.look()
    return render_template("convene.html", source=source, problems=problems or [], liveness=LIVENESS, now=now)


@blueprint.get("/template.xlsx")
@pages.only(Who.SECRETARY)
def template() -> Response:
    """The workbook to fill in."""
    return _file(sheets.encode({}, "xlsx"), "xlsx", "cuoc-hop")


@blueprint.get("/sample.<ending>")
@pages.only(Who.SECRETARY)
def sample(ending: str) -> Response:
    """The sample meeting in each format; as TOML with its comments."""
    if ending not in sheets.FORMATS:
        abort(404)
    data = sheets.sample() if ending == "toml" else sheets.encode(_sample(), ending)
    return _file(data, ending, "cuoc-hop-mau")


def _sample() -> dict[str, Any]:
    return meeting_file.table(meeting_draft.convene(sheets.decode("sample.toml", sheets.sample()), "the sample"))


def _file(data: bytes, ending: str, name: str) -> Response:
    response = Response(data, mimetype=sheets.FORMATS[ending])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response


# The form ------------------------------------------------------------------------------------------------------------


def _name_of_today(held: Collection[str]) -> str:
    """A name for a meeting of today that none before has."""
    today = f"hop-{datetime.now(VIETNAM):%Y-%m-%d}"
    numbered = (f"{today}-{number}" for number in itertools.count(2))
    return next(name for name in itertools.chain([today], numbered) if name not in held)


@blueprint.get("/new")
@pages.only(Who.SECRETARY)
def new() -> str:
    """A form to begin with: empty, `?from=sample`, or `?from=last` with the last meeting's people."""
    now = room.room().feed.look()
    minutes, own = now.minutes, _name_of_today(now.held)
    begun: dict[str, Any] = {"meeting": own, "preset": "ubnd", "seating": "fixed"}
    lines: dict[str, convene_form.Lines] = {"room": (), "delegate": ({},) * 5, "agenda": ({},) * 3}
    match request.args.get("from"):
        case "sample":
            return _form(convene_form.of_table(_sample()))
        case "last" if minutes is not None:
            last = _last(minutes)
            if (large := convene_form.too_large(last)) is not None:
                return _desk(minutes.convened.title, [convene_words.too_large(*large)])
            form = convene_form.of_table({**last, "meeting": own})
            return _form(Form(form.fields, {**form.lines, "agenda": lines["agenda"]}))
    return _form(Form(convene_form.of_table(begun).fields, lines))


def _last(minutes: Minutes) -> dict[str, Any]:
    convened = Convene.model_validate(minutes.convened.model_dump(exclude={"by"}))
    return {key: value for key, value in meeting_file.table(convened).items() if key in TAKEN_OVER}


@blueprint.post("/new")
@pages.only(Who.SECRETARY)
@security.by_person
def make() -> Any:
    """What the button says: another line, one less, a check, a file to keep, or the meeting."""
    sent, do = convene_form.read(request.form), request.form.get("do", "check")
    form, hand = convene_form.changed(sent, do)
    if do not in ("check", "convene") and not do.startswith("keep-"):
        return _form(form, hand=hand)
    form = convene_form.named(form)
    if do.startswith("keep-"):
        return _kept(form, do.removeprefix("keep-"))
    found = convene_form.check(form)
    if not isinstance(found, Convene):
        return _form(form, found), 422
    if do == "check":
        return _form(form, right=True)
    outcome = room.ask("convene", **found.model_dump(mode="json"))
    if isinstance(outcome, Refusal):
        return _form(form, refused=words.refusal(outcome)), 422
    return pages.answer(page, outcome, "convened")


def _kept(form: Form, ending: str) -> Response:
    """The form as a file, right or not yet: what is kept can be handed in again and looked through."""
    if ending not in sheets.FORMATS:
        abort(400)
    found = convene_form.check(form)
    if isinstance(found, Convene):
        return _file(sheets.encode(meeting_file.table(found), ending), ending, found.meeting)
    return _file(sheets.encode(convene_form.table(form), ending), ending, "ban-nhap")


def _form(form: Form, found: Convene | tuple[Fault, ...] = (), **state: Any) -> str:
    """The page. `wrong`: a field's name → what is wrong with it; `told`: everything, each with its field.

    `state`: `hand`, the field that is gone to; `right`, nothing is wrong; `refused`, why it was not convened; `unread`,
    what a file says that has no field.
    """
    faults = () if isinstance(found, Convene) else found
    wrong: dict[str, list[str]] = {}
    for one in faults:
        wrong.setdefault(convene_form.name(one.place), []).append(convene_words.beside(one))
    rule = rules.PRESETS.get(form.fields.get("preset", ""), rules.PRESETS["ubnd"])
    people = [line for line in form.lines["delegate"] if convene_form.is_filled(line)]
    now = room.room().feed.look()
    return render_template(
        "convene_form.html",
        form=form,
        wrong=wrong,
        told=[(convene_words.told([one])[0], convene_form.name(one.place)) for one in faults],
        labels=convene_words.FIELDS,
        line_name=convene_words.line,
        start_kind="datetime-local" if _DAY_AND_TIME.fullmatch(form.fields["starts_at"]) else "text",
        choices=_choices(rule),
        people=people,
        weighted=rule.weighted or any(line.get("weight") not in (None, "", "1") for line in people),
        hybrid=bool(form.lines["room"]) or any(line.get("room") for line in people),
        now=now,
        **state,
    )


def _choices(rule: rules.Rule) -> dict[str, dict[str, Any]]:
    """Field → code → word, for the lists of the form."""
    language = words.language()
    return {
        "preset": {name: one.body[language] for name, one in rules.PRESETS.items()},
        "seating": {"fixed": _("as the roster says"), "free": _("free: a key press after the check-in takes a seat")},
        "liveness": {"": _("As this box is set"), **LIVENESS},
        "role": words.ROLES,
        "voting": {name: words.VOTING[name] for name in ("open", "secret", "hands")},
        "majority": {name: one.words[language] for name, one in rule.majorities.items()},
    }
