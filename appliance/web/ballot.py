"""The secretary's commands about ballots. Each names its ballot: a late click never reaches the next one."""

from __future__ import annotations

from flask import Blueprint

from appliance.web import fields
from appliance.web.forms import Given, form
from appliance.web.secretary import page

blueprint = Blueprint("ballot", __name__, url_prefix="/secretary")


@form(blueprint, "/open", page, "open", "opened")
def open_ballot() -> Given:
    """Open a ballot on an item; `voting` and `limit` where it is not held as the agenda says."""
    wanted = {"item": fields.text("item"), "reason": fields.reason("again")}
    if fields.text("voting"):
        wanted["voting"] = fields.text("voting")
    return {**wanted, "limit_seconds": fields.number("limit")} if fields.text("limit") else wanted


@form(blueprint, "/close", page, "close", "closed")
def close_ballot() -> Given:
    """Close the ballot that the page showed."""
    return fields.texts("ballot")


@form(blueprint, "/hold", page, "hold", "held")
def hold() -> Given:
    """Let it rest."""
    return fields.texts("ballot")


@form(blueprint, "/resume", page, "resume", "resumed")
def resume() -> Given:
    """Go on with it."""
    return fields.texts("ballot")


@form(blueprint, "/annul", page, "annul", "annulled")
def annul() -> Given:
    """End it without a result."""
    return {"ballot": fields.text("ballot"), "reason": fields.reason("annul")}


@form(blueprint, "/hands", page, "open", "hands-opened")
def hands() -> Given:
    """A show of hands; a ballot that runs ends without a result in the same moment."""
    wanted = {"item": fields.text("item"), "voting": "hands", "reason": fields.reason("hands")}
    return {**wanted, "instead_of": fields.text("ballot")} if fields.text("ballot") else wanted


@form(blueprint, "/count-hands", page, "count_hands", "closed")
def count_hands() -> Given:
    """The counts of a show of hands, with a witness."""
    counts = {
        "votes_for": fields.number("for"),
        "votes_against": fields.number("against"),
        "abstentions": fields.number("abstain"),
    }
    return {**counts, **fields.texts("ballot", "witness", "pin")}


@form(blueprint, "/enter", page, "enter_vote", "entered")
def enter() -> Given:
    """A vote by hand, with a reason and a witness."""
    return {**fields.texts("ballot", "delegate", "choice", "witness", "pin"), "reason": fields.reason("enter")}


@form(blueprint, "/tie", page, "decide_tie", "tie-decided")
def tie() -> Given:
    """The chair, with the own PIN at the secretary's desk, states which reading applies."""
    return {**fields.texts("ballot", "reading", "pin"), "reason": fields.text("more")}
