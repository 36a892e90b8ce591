"""Opinion slips: the secretary sends, reminds, extends, closes and announces; a member asked answers, from anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _

from appliance import rules
from appliance.commands import SendSlip
from appliance.errors import ConfigurationError
from appliance.rights import Who
from appliance.slips import Slip
from appliance.values import Refusal
from appliance.web import convene_words, fields, once, pages, qr, room, security, slip_form, slips_view, words
from appliance.web.forms import Given, form
from appliance.web.live import Now
from appliance.web.slips_view import MySlips, SlipsView
from appliance.written import VIETNAM

blueprint = Blueprint("slips", __name__)

OVERDUE_SECONDS = 15.0
"""How often a page looks whether a deadline has come while nothing is written."""


def _at() -> str:
    return datetime.now(UTC).isoformat()


# The secretary -------------------------------------------------------------------------------------------------------


@pages.page("slips_desk", "slips.desk", Who.SECRETARY, every=OVERDUE_SECONDS)
def page(now: Now) -> SlipsView:
    """Who has answered; what, only after the close."""
    return slips_view.secretary(now.slips, now.minutes, _at())


@blueprint.get("/secretary/slips")
@pages.only(Who.SECRETARY)
def desk() -> str:
    """All slips."""
    return pages.show(page)


@blueprint.get("/secretary/slips/send")
@pages.only(Who.SECRETARY)
def send_form() -> str:
    """Where a question is put to the members."""
    now = room.room().feed.look()
    return _send_page(now, slip_form.empty(now.minutes, now.slips, datetime.now(VIETNAM)))


def _send_page(now: Now, given: dict[str, str], problems: Sequence[str] = (), source: str = "") -> str:
    return render_template(
        "slip_send.html",
        now=now,
        given=given,
        problems=problems,
        source=source,
        presets=[rule for rule in rules.PRESETS.values() if not rule.weighted],
        meeting=now.minutes,
        zone=datetime.now(VIETNAM),
        lines=range(1, slip_form.DOCUMENTS + 1),
    )


@blueprint.post("/secretary/slips/send")
@pages.only(Who.SECRETARY)
@security.by_person
def send() -> Any:
    """Send a slip; every problem found in the form is shown, and what was typed stays."""
    now = room.room().feed.look()
    try:
        wanted = slip_form.read(request.form, request.files.get("roster"), now.minutes)
    except ConfigurationError as error:
        return _send_page(now, request.form.to_dict(), error.problems, error.source), 422
    if not isinstance(wanted, SendSlip):
        return _send_page(now, request.form.to_dict(), [convene_words.spoken(one) for one in wanted]), 422
    outcome = room.ask("send_slip", **wanted.model_dump(mode="json"))
    if isinstance(outcome, Refusal):
        # A contradiction says which it is; what the other codes mean is said in the reader's language.
        said = outcome.message if outcome.code == "contradiction" else words.refusal(outcome)
        return _send_page(now, request.form.to_dict(), [said]), 422
    return redirect(f"{url_for('slips.desk')}?done=slip-sent", code=303)


@blueprint.post("/secretary/slips/<slip>/letters")
@pages.only(Who.SECRETARY)
@security.by_person
def letters(slip: str) -> Any:
    """A letter with a new PIN and link for each member who has not answered, this once."""
    known = room.room().feed.look().slips.get(slip)
    waiting = known.unanswered if known is not None and known.is_open else ()
    if known is None or not waiting:
        return pages.refuse(page, Refusal(code="all-answered", message="nobody is waited for"))
    issued = room.ask("issue_pins", id=once.form_id(), delegates=list(waiting))
    return once.not_issued(page, issued, _("Letters")) if isinstance(issued, Refusal) else _letters(known, issued)


@blueprint.post("/secretary/slips/<slip>/remind")
@pages.only(Who.SECRETARY)
@security.by_person
def remind(slip: str) -> Any:
    """Record a reminder and print it; with `links` each letter has a new PIN and link, and the former ones end."""
    outcome = room.ask("remind_slip", id=once.form_id(), slip=slip)
    if isinstance(outcome, Refusal):
        return pages.refuse(page, outcome)
    known = room.room().feed.look().slips[slip]
    whom = list(outcome["reminded"])
    if not fields.text("links"):
        return _letters(known, [{"delegate": d} for d in whom], reminder=True)
    issued = room.ask("issue_pins", id=once.form_id(), delegates=whom)
    if isinstance(issued, Refusal):
        return once.not_issued(page, issued, _("Letters"))
    return _letters(known, issued, reminder=True)


def _letters(slip: Slip, to: Sequence[dict[str, Any]], *, reminder: bool = False) -> str:
    """The letters; whoever is named without a link keeps the one they have."""
    people = {d.id: d for d in slip.sent.members}
    pages_of = [{**one, "member": people[one["delegate"]]} for one in to if one["delegate"] in people]
    for letter in pages_of:
        if "link" in letter:
            letter["url"] = qr.personal(letter["link"])
            letter["qr"] = qr.picture(letter["url"])
    asked = slips_view.question(slip, _at())
    start = room.room().configuration.web.base_url
    return render_template("letters.html", letters=pages_of, asked=asked, reminder=reminder, start=start)


@form(blueprint, "/secretary/slips/<slip>/extend", page, "extend_slip", "slip-extended")
def extend(slip: str) -> Given | Refusal:
    """A later deadline, with its reason."""
    at = slip_form.deadline(request.form)
    if at is None:
        return Refusal(code="malformed", message="no date and time")
    return {"slip": slip, "deadline": at.isoformat(), "reason": fields.text("reason")}


@form(blueprint, "/secretary/slips/<slip>/close", page, "close_slip", "slip-closed")
def close(slip: str) -> Given:
    """Close a slip that everybody has answered."""
    return {"slip": slip}


@form(blueprint, "/secretary/slips/<slip>/announce", page, "announce_slip", "slip-announced")
def announce(slip: str) -> Given:
    """The result is announced at the session in progress."""
    return {"slip": slip}


@form(blueprint, "/secretary/slips/<slip>/tie", page, "decide_tie", "tie-decided")
def tie(slip: str) -> Given:
    """The chair of the session in progress, with the own PIN, states which reading of a tie applies."""
    return {"ballot": slip, **fields.texts("reading", "pin"), "reason": fields.text("more")}


# The member asked ----------------------------------------------------------------------------------------------------


@pages.page("opinions", "slips.mine", Who.DELEGATE, every=OVERDUE_SECONDS)
def mine_page(now: Now) -> MySlips:
    """The slips that ask this delegate, and the own answers."""
    return slips_view.delegate(now.slips, now.minutes, room.me().subject, _at())


@blueprint.get("/delegate/slips")
@pages.only(Who.DELEGATE)
def mine() -> str:
    """The page."""
    return pages.show(mine_page)


@form(blueprint, "/delegate/slips/<slip>", mine_page, "answer_slip", "slip-answered")
def answer(slip: str) -> Given:
    """One answer, a choice and what stands beside it; the last one before the close counts."""
    return {"slip": slip, **fields.texts("choice", "opinion")}
