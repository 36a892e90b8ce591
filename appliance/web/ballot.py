"""The secretary's commands about ballots. Each names its ballot: a late click never reaches the next one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from appliance.commands import Who
from appliance.web import fields, pages, room, security
from appliance.web.secretary import page

blueprint = Blueprint("ballot", __name__, url_prefix="/secretary")


@blueprint.post("/open")
@pages.only(Who.SECRETARY)
@security.by_person
def open_ballot() -> Any:
    """Open a ballot on an item; `voting` and `limit` where it is not held as the agenda says."""
    wanted: dict[str, Any] = {"item": fields.text("item"), "reason": fields.reason("again")}
    if fields.text("voting"):
        wanted["voting"] = fields.text("voting")
    if fields.text("limit"):
        wanted["limit_seconds"] = fields.number("limit")
    return pages.answer(page, room.ask("open", **wanted), "opened")


@blueprint.post("/close")
@pages.only(Who.SECRETARY)
@security.by_person
def close_ballot() -> Any:
    """Close the ballot that the page showed."""
    return pages.answer(page, room.ask("close", ballot=fields.text("ballot")), "closed")


@blueprint.post("/hold")
@pages.only(Who.SECRETARY)
@security.by_person
def hold() -> Any:
    """Let it rest."""
    return pages.answer(page, room.ask("hold", ballot=fields.text("ballot"), reason=fields.reason("hold")), "held")


@blueprint.post("/resume")
@pages.only(Who.SECRETARY)
@security.by_person
def resume() -> Any:
    """Go on with it."""
    return pages.answer(page, room.ask("resume", ballot=fields.text("ballot")), "resumed")


@blueprint.post("/annul")
@pages.only(Who.SECRETARY)
@security.by_person
def annul() -> Any:
    """End it without a result."""
    outcome = room.ask("annul", ballot=fields.text("ballot"), reason=fields.reason("annul"))
    return pages.answer(page, outcome, "annulled")


@blueprint.post("/hands")
@pages.only(Who.SECRETARY)
@security.by_person
def hands() -> Any:
    """A show of hands; a ballot that runs ends without a result in the same moment."""
    wanted = {"item": fields.text("item"), "voting": "hands", "reason": fields.reason("hands")}
    if fields.text("ballot"):
        wanted["instead_of"] = fields.text("ballot")
    return pages.answer(page, room.ask("open", **wanted), "hands-opened")


@blueprint.post("/count-hands")
@pages.only(Who.SECRETARY)
@security.by_person
def count_hands() -> Any:
    """The counts of a show of hands, with a witness."""
    outcome = room.ask(
        "count_hands",
        ballot=fields.text("ballot"),
        votes_for=fields.number("for"),
        votes_against=fields.number("against"),
        abstentions=fields.number("abstain"),
        witness=fields.text("witness"),
        pin=fields.text("pin"),
    )
    return pages.answer(page, outcome, "closed")


@blueprint.post("/enter")
@pages.only(Who.SECRETARY)
@security.by_person
def enter() -> Any:
    """A vote by hand, with a reason and a witness."""
    outcome = room.ask(
        "enter_vote",
        ballot=fields.text("ballot"),
        delegate=fields.text("delegate"),
        choice=fields.text("choice"),
        reason=fields.reason("enter"),
        witness=fields.text("witness"),
        pin=fields.text("pin"),
    )
    return pages.answer(page, outcome, "entered")


@blueprint.post("/tie")
@pages.only(Who.SECRETARY)
@security.by_person
def tie() -> Any:
    """The chair, with the own PIN at the secretary's desk, states which reading applies."""
    outcome = room.ask(
        "decide_tie",
        ballot=fields.text("ballot"),
        reading=fields.text("reading"),
        reason=fields.text("more"),
        pin=fields.text("pin"),
    )
    return pages.answer(page, outcome, "tie-decided")
