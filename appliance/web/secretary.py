"""The secretary's desk: convene, roll, agenda, open and close, seat map, result, links and PINs."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _

from appliance.commands import Who
from appliance.errors import ConfigurationError
from appliance.events import Refusal
from appliance.web import convening, pages, qr, room, security, view
from appliance.web.live import Now
from appliance.web.words import LIVENESS

blueprint = Blueprint("secretary", __name__, url_prefix="/secretary")


@pages.page("secretary", "secretary.desk", Who.SECRETARY)
def page(now: Now) -> view.SecretaryView:
    """The meeting as the desk needs it: who has voted, never how, until the close."""
    return view.secretary(now.minutes)


@blueprint.get("")
@pages.only(Who.SECRETARY)
def desk() -> str:
    """The page."""
    return pages.show(page)


def _form(name: str) -> str:
    return request.form.get(name, "").strip()


@blueprint.post("/check-in")
@pages.only(Who.SECRETARY)
@security.by_person
def check_in() -> Any:
    """By hand, with a reason."""
    return pages.answer(page, room.ask("check_in", delegate=_form("delegate"), reason=_form("reason")), "checked-in")


@blueprint.post("/revoke")
@pages.only(Who.SECRETARY)
@security.by_person
def revoke() -> Any:
    """Take somebody off the roll, with a reason."""
    outcome = room.ask("revoke_check_in", delegate=_form("delegate"), reason=_form("reason"))
    return pages.answer(page, outcome, "revoked")


@blueprint.post("/open")
@pages.only(Who.SECRETARY)
@security.by_person
def open_ballot() -> Any:
    """Open a ballot on an item."""
    return pages.answer(page, room.ask("open", item=_form("item")), "opened")


@blueprint.post("/close")
@pages.only(Who.SECRETARY)
@security.by_person
def close_ballot() -> Any:
    """Close the ballot that the page showed: a late click never closes the next one."""
    return pages.answer(page, room.ask("close", ballot=_form("ballot")), "closed")


@blueprint.post("/end")
@pages.only(Who.SECRETARY)
@security.by_person
def end() -> Any:
    """End the meeting."""
    return pages.answer(page, room.ask("end_meeting"), "ended")


@blueprint.get("/convene")
@pages.only(Who.SECRETARY)
def convene_form() -> str:
    """Where a meeting file, and a roster if it is apart, are handed in."""
    return render_template("convene.html", problems=(), liveness=LIVENESS, now=room.room().feed.look())


@blueprint.post("/convene")
@pages.only(Who.SECRETARY)
@security.by_person
def convene() -> Any:
    """Convene from files; every problem found in them is shown."""
    try:
        wanted = convening.read(request.files.get("meeting"), request.files.get("roster"))
    except ConfigurationError as error:
        now = room.room().feed.look()
        problems, source = error.problems, error.source
        return render_template("convene.html", problems=problems, source=source, liveness=LIVENESS, now=now), 422
    fields = wanted.model_dump(mode="json")
    if request.form.get("liveness"):  # chosen on the page; else as the file says, or as the box is set
        fields["liveness"] = request.form["liveness"]
    return pages.answer(page, room.ask("convene", **fields), "convened")


@blueprint.post("/pins")
@pages.only(Who.SECRETARY)
@security.by_person
def pins() -> Any:
    """New PINs and personal links as slips to print, this once. Without `delegate`: for everybody."""
    issued = room.ask("issue_pins", delegates=request.form.getlist("delegate"))
    if isinstance(issued, Refusal):
        return pages.answer(page, issued, "saved")
    slips = [{**one, "url": qr.personal(one["link"])} for one in issued]
    for slip in slips:
        slip["qr"] = qr.picture(slip["url"])
    now = room.room().feed.look()
    return render_template("slips.html", slips=slips, head=view.head(now.minutes))


@blueprint.post("/screen")
@pages.only(Who.SECRETARY, Who.TECHNICIAN)
@security.by_person
def screen() -> Any:
    """A new link for the hall's or the door's screen; the one before ends."""
    which = _form("screen")
    if which not in ("hall", "door"):
        abort(400)
    issued = room.ask("issue_screen_link", screen=which)
    if isinstance(issued, Refusal):
        return pages.answer(page, issued, "saved")
    link = qr.screen(issued["link"])
    title = _("Hall screen") if which == "hall" else _("Door screen")
    return render_template("screen_link.html", title=title, url=link, qr=qr.picture(link))
