"""The delegate's pages: the question, the threshold, three large keys, what was recorded; and the own history."""

from __future__ import annotations

from flask import Blueprint

from appliance.errors import ControlError
from appliance.rights import Who
from appliance.values import Refusal
from appliance.web import delegate_view, fields, pages, room, turnout
from appliance.web.forms import Given, form
from appliance.web.live import Now

blueprint = Blueprint("delegate", __name__, url_prefix="/delegate")


@pages.page("delegate", "delegate.desk", Who.DELEGATE, every=turnout.period)
def page(now: Now) -> delegate_view.DelegateView:
    """What this delegate sees; nobody else's choice is in it, and of a secret vote not even the own one."""
    box, secret = turnout.of_running(now), now.secret_session
    return delegate_view.delegate(now.minutes, now.slips, now.presses, room.me().subject, box, secret_session=secret)


@pages.page("history", "delegate.history", Who.DELEGATE)
def history_page(now: Now) -> delegate_view.HistoryView:
    """Every ballot that is over with the own part in it."""
    me = room.me().subject
    trackers = {name: _tracker(name) for name in delegate_view.secret_ballots(now.minutes, me)}
    return delegate_view.history(now.minutes, now.presses, me, trackers)


def _tracker(ballot: str) -> str:
    """The own tracker; empty where the box does not know it any more, or does not answer."""
    try:
        answer = room.ask("my_tracker", ballot=ballot)
    except ControlError:
        return ""
    return "" if isinstance(answer, Refusal) else str(answer["tracker"] or "")


@blueprint.get("")
@pages.only(Who.DELEGATE)
def desk() -> str:
    """The page."""
    return pages.show(page)


@blueprint.get("/history")
@pages.only(Who.DELEGATE)
def history() -> str:
    """The own history of the meeting."""
    return pages.show(history_page)


@form(blueprint, "/check-in", page, "check_in_myself", "checked-in")
def check_in() -> Given:
    """The delegate goes on the roll, in the room or from elsewhere."""
    return {"presence": fields.text("presence") or "in-person"}


@form(blueprint, "/leave", page, "check_out_myself", "left")
def leave() -> Given:
    """The delegate leaves."""
    return {}


@form(blueprint, "/absence", page, "report_absence", "absence")
def absence() -> Given:
    """The delegate will not come, or not all the time, and says why."""
    return {"delegate": room.me().subject, "reason": fields.reason("absence")}


@form(blueprint, "/vote", page, "vote", "recorded")
def vote() -> Given:
    """One vote. A repeated tap carries the same id and is the same fact; without a script each press is a vote anew."""
    return fields.texts("ballot", "choice")
