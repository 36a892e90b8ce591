"""The chair's page: the few things that a chair does. A chair is a delegate who presides at the meeting."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint

from appliance.commands import Who
from appliance.web import chair_view, fields, minutes, pages, room, security, turnout
from appliance.web.live import Now

blueprint = Blueprint("chair", __name__, url_prefix="/chair")


@pages.page("chair", "chair.desk", Who.DELEGATE, every=turnout.period)
def page(now: Now) -> chair_view.ChairView:
    """Who is missing, what is being decided, what waits for the chair's word; no part of a result."""
    value = chair_view.chair(now.minutes, now.slips, room.me().subject, turnout.of_running(now).cast)
    if not value.presides or now.minutes is None or now.minutes.ended_at is None:
        return value
    return replace(value, minutes=minutes.shown(now.minutes, now.slips))


@blueprint.get("")
@pages.only(Who.DELEGATE)
def desk() -> str:
    """The page; to everybody else it says that somebody else presides."""
    return pages.show(page)


@blueprint.post("/hold")
@pages.only(Who.DELEGATE)
@security.by_person
def hold() -> Any:
    """Let the ballot rest."""
    return pages.answer(page, room.ask("hold", ballot=fields.text("ballot"), reason=fields.reason("hold")), "held")


@blueprint.post("/resume")
@pages.only(Who.DELEGATE)
@security.by_person
def resume() -> Any:
    """Go on with the ballot."""
    return pages.answer(page, room.ask("resume", ballot=fields.text("ballot")), "resumed")


@blueprint.post("/absence")
@pages.only(Who.DELEGATE)
@security.by_person
def decide_absence() -> Any:
    """Accept a reported absence, or do not."""
    accepted = fields.text("accepted") == "1"
    outcome = room.ask("decide_absence", delegate=fields.text("delegate"), accepted=accepted)
    return pages.answer(page, outcome, "absence-accepted" if accepted else "absence-refused")


@blueprint.post("/override")
@pages.only(Who.DELEGATE)
@security.by_person
def override() -> Any:
    """Let the next ballot open without a quorum."""
    return pages.answer(page, room.ask("override_quorum", reason=fields.reason("override")), "overridden")


@blueprint.post("/tie")
@pages.only(Who.DELEGATE)
@security.by_person
def tie() -> Any:
    """State which reading of a tie applies."""
    reading, reason = fields.text("reading"), fields.text("more")
    outcome = room.ask("decide_tie", ballot=fields.text("ballot"), reading=reading, reason=reason)
    return pages.answer(page, outcome, "tie-decided")


@blueprint.post("/confirm")
@pages.only(Who.DELEGATE)
@security.by_person
def confirm() -> Any:
    """Confirm the minutes as chair, with the own PIN."""
    return pages.answer(page, minutes.asked("chair"), "confirmed")
