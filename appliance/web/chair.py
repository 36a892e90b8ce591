"""The chair's page: the few things that a chair does. A chair is a delegate who presides at the meeting."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint

from appliance.rights import Who
from appliance.web import chair_view, fields, minutes, pages, room, turnout
from appliance.web.forms import Given, form
from appliance.web.live import Now
from appliance.web.roll import accepted_or_not

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


@form(blueprint, "/hold", page, "hold", "held")
def hold() -> Given:
    """Let the ballot rest."""
    return fields.texts("ballot")


@form(blueprint, "/resume", page, "resume", "resumed")
def resume() -> Given:
    """Go on with the ballot."""
    return fields.texts("ballot")


@form(blueprint, "/absence", page, "decide_absence", accepted_or_not)
def decide_absence() -> Given:
    """Accept a reported absence, or do not."""
    return {"delegate": fields.text("delegate"), "accepted": fields.text("accepted") == "1"}


@form(blueprint, "/override", page, "override_quorum", "overridden")
def override() -> Given:
    """Let the next ballot open without a quorum."""
    return {"reason": fields.reason("override")}


@form(blueprint, "/tie", page, "decide_tie", "tie-decided")
def tie() -> Given:
    """State which reading of a tie applies."""
    return {**fields.texts("ballot", "reading"), "reason": fields.text("more")}


@form(blueprint, "/confirm", page, "confirm_minutes", "confirmed")
def confirm() -> Given:
    """Confirm the minutes as chair, with the own PIN."""
    return {**fields.texts("meeting", "digest", "pin"), "capacity": "chair"}
