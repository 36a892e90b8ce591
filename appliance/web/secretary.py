"""The secretary's desk: the meeting's course one press after the other, links and PINs, secret boxes and sessions."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _

from appliance.rights import Who
from appliance.values import Refusal, Seating
from appliance.web import fields, once, pages, qr, room, secretary_view, security, turnout, view, words
from appliance.web.forms import Given, form
from appliance.web.live import Now

blueprint = Blueprint("secretary", __name__, url_prefix="/secretary")


@pages.page("secretary", "secretary.desk", Who.SECRETARY, every=turnout.period)
def page(now: Now) -> secretary_view.SecretaryView:
    """The meeting as the desk needs it: who has voted, never how, until the close."""
    return secretary_view.secretary(now.minutes, now.slips, turnout.ask())


@blueprint.get("")
@pages.only(Who.SECRETARY)
def desk() -> str:
    """The page."""
    return pages.show(page)


# The course of the meeting -------------------------------------------------------------------------------------------


@blueprint.post("/take-up")
@pages.only(Who.SECRETARY)
@security.by_person
def take_up() -> Any:
    """Turn to an item; with `open` its ballot opens in the same press."""
    outcome = room.ask("take_up", item=fields.text("item"))
    if isinstance(outcome, Refusal) or not fields.text("open"):
        return pages.answer(page, outcome, "taken-up")
    return pages.answer(page, room.ask("open", item=fields.text("item")), "opened")


@form(blueprint, "/end", page, "end_meeting", "ended")
def end() -> Given:
    """End the meeting; with `undecided` although a tie is not, as the page has asked."""
    return {"leave_undecided": fields.text("undecided") == "1"}


@form(blueprint, "/chair", page, "name_chair", "chair-named")
def name_chair() -> Given:
    """Another member presides."""
    return {"delegate": fields.text("delegate"), "reason": fields.reason("chair")}


@form(blueprint, "/override", page, "override_quorum", "overridden")
def override() -> Given:
    """The chair, with the own PIN at the secretary's desk, lets the next ballot open without a quorum."""
    return {"reason": fields.reason("override"), "pin": fields.text("pin")}


@form(blueprint, "/secret-session", page, "secret_session", lambda given: "secret-on" if given["on"] else "secret-off")
def secret_session() -> Given:
    """Begin or end the secret session."""
    return {"on": fields.text("on") == "1"}


@blueprint.post("/passphrase")
@pages.only(Who.SECRETARY)
@security.by_person
def passphrase() -> Any:
    """Set the passphrase of the boxes, typed twice; or type it once more after a power cut."""
    given, again = request.form.get("passphrase", ""), request.form.get("again")
    if again is not None and again != given:
        return pages.refuse(page, _fault("different-passphrase"))
    if len(given) < 10:
        return pages.refuse(page, _fault("passphrase-short"))
    outcome = room.ask("passphrase", passphrase=given)
    counted = not isinstance(outcome, Refusal) and outcome["counted"]
    return pages.answer(page, outcome, "counted" if counted else "passphrase-set")


def _fault(code: str) -> Refusal:
    """What the page itself finds wrong."""
    return Refusal(code=code, message=str(words.REFUSALS[code]))


# Before the meeting --------------------------------------------------------------------------------------------------


@blueprint.post("/pins")
@pages.only(Who.SECRETARY)
@security.by_person
def pins() -> Any:
    """New PINs and personal links as slips to print, this once. Without `delegate`: for everybody."""
    issued = room.ask("issue_pins", id=once.form_id(), delegates=request.form.getlist("delegate"))
    if isinstance(issued, Refusal):
        return once.not_issued(page, issued, _("PIN slips"))
    now = room.room().feed.look()
    slips = [{**one, "url": qr.personal(one["link"])} for one in issued]
    for slip in slips:
        slip["qr"] = qr.picture(slip["url"])
        slip["has_keys"] = _has_keys(now, slip["seat"])
    return render_template("slips.html", slips=slips, head=view.head(now.minutes))


def _has_keys(now: Now, seat: str | None) -> bool:
    """Whether a code of keys is of use: at the own seat, or at whichever somebody takes."""
    wired = room.room().configuration.keypads.seats
    free = now.minutes is not None and now.minutes.plan.seating is Seating.FREE
    return bool(wired) if free else seat in wired


@blueprint.post("/screen")
@pages.only(Who.SECRETARY, Who.TECHNICIAN)
@security.by_person
def screen() -> Any:
    """A new link for the hall's or the door's screen; the one before ends."""
    which = fields.text("screen")
    if which not in ("hall", "door"):
        abort(400)
    issued = room.ask("issue_screen_link", screen=which)
    if isinstance(issued, Refusal):
        return pages.refuse(page, issued)
    link = qr.screen(issued["link"])
    title = _("Hall screen") if which == "hall" else _("Door screen")
    return render_template("screen_link.html", title=title, url=link, qr=qr.picture(link))
