"""The roll and the seats on the secretary's page: by hand, with a reason that is chosen; keypads that count or not."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from appliance.commands import Who
from appliance.web import fields, pages, roll_view, room, security
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


def _answer(do: str, done: str, **given: Any) -> Any:
    return pages.answer(page, room.ask(do, **given), done)


# Coming and going ----------------------------------------------------------------------------------------------------


@blueprint.post("/check-in")
@pages.only(Who.SECRETARY)
@security.by_person
def check_in() -> Any:
    """By hand, with a reason."""
    presence = fields.text("presence") or "in-person"
    delegate, reason = fields.text("delegate"), fields.reason("check-in")
    return _answer("check_in", "checked-in", delegate=delegate, reason=reason, presence=presence)


@blueprint.post("/check-out")
@pages.only(Who.SECRETARY)
@security.by_person
def check_out() -> Any:
    """Somebody left."""
    return _answer("check_out", "checked-out", delegate=fields.text("delegate"), reason=fields.reason("check-out"))


@blueprint.post("/revoke")
@pages.only(Who.SECRETARY)
@security.by_person
def revoke() -> Any:
    """Take somebody off the roll: it was a mistake."""
    return _answer("revoke_check_in", "revoked", delegate=fields.text("delegate"), reason=fields.reason("revoke"))


@blueprint.post("/absence")
@pages.only(Who.SECRETARY)
@security.by_person
def report_absence() -> Any:
    """Somebody will not come, and says why."""
    return _answer("report_absence", "absence", delegate=fields.text("delegate"), reason=fields.reason("absence"))


@blueprint.post("/absence/decide")
@pages.only(Who.SECRETARY)
@security.by_person
def decide_absence() -> Any:
    """The chair, with the own PIN at the secretary's desk, accepts an absence or does not."""
    accepted = fields.text("accepted") == "1"
    done = "absence-accepted" if accepted else "absence-refused"
    return _answer("decide_absence", done, delegate=fields.text("delegate"), accepted=accepted, pin=fields.text("pin"))


@blueprint.post("/proxy")
@pages.only(Who.SECRETARY)
@security.by_person
def give_proxy() -> Any:
    """One member votes for another, by the document named."""
    giver, holder = fields.text("giver"), fields.text("holder")
    return _answer("give_proxy", "proxy-given", giver=giver, holder=holder, document=fields.text("document"))


@blueprint.post("/proxy/withdraw")
@pages.only(Who.SECRETARY)
@security.by_person
def withdraw_proxy() -> Any:
    """That proxy is over."""
    return _answer("withdraw_proxy", "proxy-withdrawn", giver=fields.text("giver"), reason=fields.reason("proxy"))


# Seats ---------------------------------------------------------------------------------------------------------------


@blueprint.post("/seat/bind")
@pages.only(Who.SECRETARY)
@security.by_person
def bind() -> Any:
    """Somebody sits there for this meeting."""
    return _answer("bind_seat", "seat-bound", seat=fields.text("seat"), delegate=fields.text("delegate"))


@blueprint.post("/seat/release")
@pages.only(Who.SECRETARY)
@security.by_person
def release() -> Any:
    """Nobody sits there any more."""
    return _answer("release_seat", "seat-released", seat=fields.text("seat"), reason=fields.reason("release"))


@blueprint.post("/seat/lock")
@pages.only(Who.SECRETARY)
@security.by_person
def lock() -> Any:
    """A keypad counts no longer; its delegate votes on a tablet."""
    return _answer("lock_seat", "seat-locked", seat=fields.text("seat"), reason=fields.reason("lock"))


@blueprint.post("/seat/readmit")
@pages.only(Who.SECRETARY)
@security.by_person
def readmit() -> Any:
    """A keypad counts again."""
    return _answer("readmit_seat", "seat-readmitted", seat=fields.text("seat"), reason=fields.reason("readmit"))
