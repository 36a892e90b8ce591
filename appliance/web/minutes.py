"""The minutes on the secretary's page: read before they are confirmed, and confirmed by PIN."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint

from appliance import minutes_document
from appliance.minutes import Minutes
from appliance.minutes_document import Document
from appliance.papers import composition
from appliance.rights import Who
from appliance.slips import Slips
from appliance.values import Capacity
from appliance.web import fields, minutes_paper, pages, view
from appliance.web.forms import Given, form
from appliance.web.live import Now

blueprint = Blueprint("minutes", __name__, url_prefix="/secretary")


@dataclass(frozen=True)
class Confirmer:
    """Who confirms in which capacity. `at` is empty until then; `same`: what was confirmed is what stands here."""

    capacity: Capacity
    delegate: str
    name: str
    at: str
    same: bool


@dataclass(frozen=True)
class MinutesView:
    """The page. `document` is a draft while the meeting is in progress, `digest` its SHA-256, `paper` what it says."""

    head: view.Head | None
    document: Document | None = None
    digest: str = ""
    confirmers: tuple[Confirmer, ...] = ()
    paper: tuple[minutes_paper.Named, ...] = ()
    signed: bool = False


def shown(minutes: Minutes | None, slips: Slips) -> MinutesView:
    """The minutes as they stand; before the close of a ballot nobody's vote is in them."""
    if minutes is None:
        return MinutesView(None)
    announced = [slip for slip in slips.values() if minutes.id in slip.announced]
    document = minutes_document.document(minutes, announced)
    digest = minutes_document.digest(document)
    return MinutesView(
        head=view.head(minutes),
        document=document,
        digest=digest,
        confirmers=tuple(_confirmer(minutes, capacity, digest) for capacity in Capacity),
        paper=minutes_paper.parts(composition.content(document)),
        signed=minutes.envelope is not None,
    )


def _confirmer(minutes: Minutes, capacity: Capacity, digest: str) -> Confirmer:
    who = minutes.confirmer(capacity)
    mark = minutes.confirmations.get(capacity)
    name = view.name_of(minutes, mark.delegate if mark else who)
    return Confirmer(capacity, who, name, mark.at if mark else "", mark is not None and mark.digest == digest)


@pages.page("minutes", "minutes.desk", Who.SECRETARY)
def page(now: Now) -> MinutesView:
    """The minutes of the latest meeting, and who has confirmed them."""
    return shown(now.minutes, now.slips)


@blueprint.get("/minutes")
@pages.only(Who.SECRETARY)
def desk() -> str:
    """The page."""
    return pages.show(page)


@form(blueprint, "/confirm", page, "confirm_minutes", "confirmed")
def confirm() -> Given:
    """Chair or secretary confirm the minutes that this page showed, each with the own PIN."""
    return fields.texts("meeting", "capacity", "digest", "pin")
