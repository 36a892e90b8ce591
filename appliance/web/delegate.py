"""The delegate's page: the question, the threshold, three large buttons, what was recorded."""

from __future__ import annotations

import re
import secrets
from typing import Any

from flask import Blueprint, request

from appliance.commands import Who
from appliance.web import pages, room, security, view
from appliance.web.live import Now

blueprint = Blueprint("delegate", __name__, url_prefix="/delegate")


@pages.page("delegate", "delegate.desk", Who.DELEGATE)
def page(now: Now) -> view.DelegateView:
    """What this delegate sees; nobody else's choice is in it."""
    return view.delegate(now.minutes, now.presses, room.me().subject)


@blueprint.get("")
@pages.only(Who.DELEGATE)
def desk() -> str:
    """The page."""
    return pages.show(page)


@blueprint.post("/check-in")
@pages.only(Who.DELEGATE)
@security.by_person
def check_in() -> Any:
    """The delegate goes on the roll."""
    return pages.answer(page, room.ask("check_in_myself"), "checked-in")


@blueprint.post("/vote")
@pages.only(Who.DELEGATE)
@security.by_person
def vote() -> Any:
    """One vote. A repeated tap carries the same id and is the same fact; without a script each press is a vote anew."""
    given = request.form.get("id", "")
    tap = given if re.fullmatch(r"[0-9a-f]{32}", given) else secrets.token_hex(16)
    ballot, choice = request.form.get("ballot", ""), request.form.get("choice", "")
    return pages.answer(page, room.ask("vote", id=tap, ballot=ballot, choice=choice), "recorded")
