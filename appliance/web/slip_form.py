"""The form of an opinion slip: what stands in it at first, and what was typed → the command that sends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage

from appliance import rules, slip_file
from appliance.attendance import moment
from appliance.commands import SendSlip
from appliance.faults import Place, Said, Where
from appliance.minutes import Minutes
from appliance.slips import Slips
from appliance.values import Delegate
from appliance.web import convening
from appliance.written import in_viet_nam

DOCUMENTS = 4
"""Lines for documents; a file may name more of them."""

LABELS = {
    "slip": _l("Identifier of this slip"),
    "title": _l("Title"),
    "question": _l("Question"),
    "body": _l("Body"),
    "preset": _l("Rule"),
    "majority": _l("Rule"),
    "chair": _l("Identifier of the Chairman among them, whose side decides a tie"),
    "deadline": _l("Deadline"),
    "silence_agrees": _l("Silence"),
    "member": _l("Members asked"),
    "roster": _l("Roster file"),
    "document": _l("Documents, by link"),
}
"""Field → its words in the form."""

PLAIN = ("slip", "title", "question", "body", "chair")


def empty(minutes: Minutes | None, known: Slips, today: datetime) -> dict[str, str]:
    """A new form: a name that is free, and what the present or last meeting says of the body."""
    names = (f"phieu-{today:%Y-%m-%d}-{number}" for number in range(1, len(known) + 2))
    given = {"slip": next(name for name in names if name not in known), "rule": "ubnd/ordinary"}
    if minutes is not None:
        convened = minutes.convened
        given |= {"body": convened.body, "chair": minutes.chair, "ask": "meeting"}
        if not rules.preset(convened.preset).weighted:
            given["rule"] = f"{convened.preset}/ordinary"
    return given


def read(form: Mapping[str, str], people: FileStorage | None, minutes: Minutes | None) -> SendSlip | tuple[Said, ...]:
    """What the form says, or all that is wrong in it. Raises `ConfigurationError` for the roster's file."""
    table: dict[str, object] = {name: form[name].strip() for name in PLAIN if form.get(name, "").strip()}
    table["preset"], _slash, table["majority"] = form.get("rule", "").partition("/")
    table["deadline"] = deadline(form)
    table["silence_agrees"] = bool(form.get("silence_agrees"))
    lines = [(form.get(f"title-{n}", "").strip(), form.get(f"link-{n}", "").strip()) for n in range(1, DOCUMENTS + 1)]
    table["document"] = [{"title": title, "link": link} for title, link in lines if title or link]
    return slip_file.check(table, _people(form, people, minutes), _place)


def _place(where: Place) -> Said:
    """A place as the form calls it: `Deadline`, `Link of document 2`."""
    match where:
        case ("document", int(n), key):
            label = _("Document %(n)s", n=n + 1) if key == "title" else _("Link of document %(n)s", n=n + 1)
        case (str(key), *_rest):
            label = str(LABELS[key])
        case _:
            label = _("Opinion slip")
    return Said(Where.KEY.value, {"key": label})


def _people(form: Mapping[str, str], file: FileStorage | None, minutes: Minutes | None) -> Sequence[Delegate]:
    if file is not None and file.filename:
        return convening.delegates(file)
    return minutes.convened.roster if form.get("ask") == "meeting" and minutes is not None else ()


def deadline(form: Mapping[str, str]) -> datetime | None:
    """The deadline with its offset: in the reader's own zone where the script told it, else in Viet Nam's.

    None where no date was typed.
    """
    try:
        if form.get("deadline_at"):
            return moment(form["deadline_at"])
        return in_viet_nam(datetime.fromisoformat(form.get("deadline", "")))
    except ValueError:
        return None
