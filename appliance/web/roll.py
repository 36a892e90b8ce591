"""The roll and the seats on the secretary's page: by hand, with a reason that is chosen; keypads that count or not."""

from __future__ import annotations

from flask import Blueprint

from appliance.rights import Who
from appliance.web import fields, pages, roll_view, room
from appliance.web.forms import Given, form
from appliance.web.live import Now

blueprint = Blueprint("roll", __name__, url_prefix="/secretary")


@pages.page("roll", "roll.desk", Who.SECRETARY)
def page(now: Now) -> roll_view.RollView:
    """Who is there, since when, by what; who sits where."""
    return roll_view.roll(now.minutes, tuple(room.room().configuration.keypads.seats))


@blueprint.get("/roll")
@pages.only(Who.SECRETARY)
def desk() -> str:
    """The page."""
    return pages.show(page)


# Coming and going ----------------------------------------------------------------------------------------------------


@form(blueprint, "/check-in", page, "check_in", "checked-in")
def check_in() -> Given:
    """By hand, with a reason."""
    presence = fields.text("presence") or "in-person"
    return {"delegate": fields.text("delegate"), "reason": fields.reason("check-in"), "presence": presence}


@form(blueprint, "/check-out", page, "check_out", "checked-out")
def check_out() -> Given:
    """Somebody left."""
    return {"delegate": fields.text("delegate"), "reason": fields.reason("check-out")}


@form(blueprint, "/revoke", page, "revoke_check_in", "revoked")
def revoke() -> Given:
    """Take somebody off the roll: it was a mistake."""
    return {"delegate": fields.text("delegate"), "reason": fields.reason("revoke")}


@form(blueprint, "/absence", page, "report_absence", "absence")
def report_absence() -> Given:
    """Somebody will not come, and says why."""
    return {"delegate": fields.text("delegate"), "reason": fields.reason("absence")}


def accepted_or_not(given: Given) -> str:
    """What is said of an absence that the chair decided on: a key of `words.DONE`."""
    return "absence-accepted" if given["accepted"] else "absence-refused"


@form(blueprint, "/absence/decide", page, "decide_absence", accepted_or_not)
def decide_absence() -> Given:
    """The chair, with the own PIN at the secretary's desk, accepts an absence or does not."""
    return {**fields.texts("delegate", "pin"), "accepted": fields.text("accepted") == "1"}


@form(blueprint, "/proxy", page, "give_proxy", "proxy-given")
def give_proxy() -> Given:
    """One member votes for another, by the document named."""
    return fields.texts("giver", "holder", "document")


@form(blueprint, "/proxy/withdraw", page, "withdraw_proxy", "proxy-withdrawn")
def withdraw_proxy() -> Given:
    """That proxy is over."""
    return {"giver": fields.text("giver"), "reason": fields.reason("proxy")}


# Seats ---------------------------------------------------------------------------------------------------------------


@form(blueprint, "/seat/bind", page, "bind_seat", "seat-bound")
def bind() -> Given:
    """Somebody sits there for this meeting."""
    return fields.texts("seat", "delegate")


@form(blueprint, "/seat/release", page, "release_seat", "seat-released")
def release() -> Given:
    """Nobody sits there any more."""
    return {"seat": fields.text("seat"), "reason": fields.reason("release")}


@form(blueprint, "/seat/lock", page, "lock_seat", "seat-locked")
def lock() -> Given:
    """A keypad counts no longer; its delegate votes on a tablet."""
    return {"seat": fields.text("seat"), "reason": fields.reason("lock")}


@form(blueprint, "/seat/readmit", page, "readmit_seat", "seat-readmitted")
def readmit() -> Given:
    """A keypad counts again."""
    return {"seat": fields.text("seat"), "reason": fields.reason("readmit")}
