"""Signing in: by personal or screen link, by PIN, by password; and out. The ballot service keeps all secrets."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from appliance import slips
from appliance.rights import Who
from appliance.values import Refusal
from appliance.web import hall_view, room, security, slips_view, words
from appliance.web.room import Person

blueprint = Blueprint("session", __name__)

HOME = {
    Who.DELEGATE: "delegate.desk",
    Who.SECRETARY: "secretary.desk",
    Who.TECHNICIAN: "technician.desk",
    Who.HALL: "screens.hall",
    Who.DOOR: "screens.door",
}
"""Role → the page it comes to."""


def _ask(do: str, **args: Any) -> Any | Refusal:
    return room.room().client("ballot").ask(do, **args)


def _enter(answer: Any) -> Response:
    return redirect(_home(room.remember(answer)), code=303)


def _home(person: Person) -> str:
    """The address a person comes to: a delegate whom only an open opinion slip knows comes for that."""
    now = room.room().feed.look()
    if person.role is Who.DELEGATE and person.subject in slips.holders(now.slips):
        minutes = now.minutes
        sits = minutes is not None and minutes.ended_at is None and person.subject in minutes.roll.roster
        return url_for(HOME[person.role] if sits else "slips.mine")
    return url_for(HOME[person.role])


@blueprint.get("/")
def start() -> Any:
    """Where a delegate begins: choose the name, type the PIN. Whoever is signed in goes on to the own page."""
    person = room.find(Who.DELEGATE) if request.args.get("lang") is None else room.NOBODY
    return _start(None) if person is room.NOBODY else redirect(_home(person))


def _start(refusal: Refusal | None, chosen: str = "") -> tuple[str, int]:
    now, identity = room.room().feed.look(), room.identity()
    door = hall_view.door(now.minutes)
    asked = slips_view.asked_beside(now.slips, door.delegates)
    error = words.refusal(refusal) if refusal else None
    page = render_template("start.html", view=door, asked=asked, identity=identity, error=error, chosen=chosen)
    return page, 403 if refusal else 200


@blueprint.post("/")
@security.by_address
def sign_in_by_pin() -> Any:
    """A delegate's name and PIN."""
    delegate, pin = request.form.get("delegate", ""), request.form.get("pin", "")
    answer = _ask("sign_in_by_pin", delegate=delegate, pin=pin)
    return _start(answer, delegate) if isinstance(answer, Refusal) else _enter(answer)


@blueprint.get("/d/<link>")
@blueprint.get("/s/<link>")
@security.by_link
def sign_in_by_link(link: str) -> Any:
    """A personal link (from a QR code), or a screen's. The secret leaves the address at once."""
    answer = _ask("sign_in_by_link", link=link[:256])
    if isinstance(answer, Refusal):
        text = _("It may have been replaced by a newer one. Ask the secretary.")
        return render_template("trouble.html", title=_("This link does not work"), text=text), 403
    return _enter(answer)


@blueprint.get("/sign-in/<role>")
def password(role: str) -> Any:
    """The password form of secretary or technician; an unclaimed box sends its technician to claim it first."""
    if role not in ("secretary", "technician"):
        abort(404)
    identity = room.identity()
    if role == "technician" and not identity["claimed"]:
        return redirect(url_for("technician.claim"))
    return render_template("password.html", role=role, identity=identity, error=None)


@blueprint.post("/sign-in/<role>")
@security.by_address
def sign_in_by_password(role: str) -> Any:
    """Secretary or technician."""
    if role not in ("secretary", "technician"):
        abort(404)
    answer = _ask("sign_in", role=role, password=request.form.get("password", ""))
    if isinstance(answer, Refusal):
        error = words.refusal(answer)
        return render_template("password.html", role=role, identity=room.identity(), error=error), 403
    return _enter(answer)


@blueprint.post("/sign-out/<role>")
def sign_out(role: str) -> Any:
    """This browser forgets its sign-in for a role."""
    if role not in {one.value for one in HOME}:
        abort(404)
    room.forget(Who(role))
    return redirect(url_for("session.start"), code=303)
