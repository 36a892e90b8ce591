"""Enrolling before the door's camera, for technician and secretary: consent, guidance, and who is enrolled until when.

The door service owns camera and gallery and decides; it asks the ballot service whose sign-in a command carries.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, request
from flask_babel import lazy_gettext as _l

from appliance.errors import ControlError
from appliance.rights import Who
from appliance.values import Refusal
from appliance.web import fields, pages, room, screens, security, words
from appliance.web.live import Now

blueprint = Blueprint("enrolment", __name__, url_prefix="/enrolment")

STAFF = (Who.TECHNICIAN, Who.SECRETARY)

SIDES = {"front": _l("Look straight at the camera"), "left": _l("Turn to the left"), "right": _l("Turn to the right")}
"""Step → what the delegate does; left and right are the delegate's own, and those of the mirrored picture."""

TOLD = {
    "": _l("Good. Hold still."),
    "no-face": _l("No face is seen. Stand before the camera."),
    "two-faces": _l("Two people are seen. The other one please steps aside."),
    "too-small": _l("Come closer."),
    "cut-off": _l("The face is cut off. Step into the middle."),
    "turned": _l("Turned too far. Come back a little."),
    "backlit": _l("Too bright behind the face. Change places with the light."),
    "too-dark": _l("Too dark. More light on the face, please."),
    "too-bright": _l("Too bright. Less light on the face, please."),
    "blurred": _l("Blurred. Hold still."),
    "look-straight": _l("Look straight at the camera."),
    "turn-left": _l("Turn a little to the left."),
    "turn-right": _l("Turn a little to the right."),
    "another-person": _l("This is another person than before. Begin again if it is the right one."),
}
"""What is wrong with the look just now → what to say to the delegate."""

POOR = {
    "few": _l("few pictures"),
    "narrow": _l("one side only"),
    "soft": _l("poor pictures"),
    "unmeasured": _l("coverage unknown"),
}
"""What a template lacks."""

GLASSES = {"never": _l("no glasses"), "always": _l("always wears glasses"), "sometimes": _l("sometimes wears glasses")}


@dataclass(frozen=True)
class EnrolmentView:
    """`door` is the door's answer, None where it is silent; `names`: id → name and seat, of the meeting's roster."""

    door: dict[str, Any] | None
    names: dict[str, tuple[str, str]]
    camera: bool
    consent: dict[str, Any] | None
    told: str
    side: str


@pages.page("enrolment", "enrolment.desk", *STAFF, every=0.3)
def page(now: Now) -> EnrolmentView:
    """What the door says, asked three times a second."""
    roster = now.minutes.roll.roster if now.minutes is not None and now.minutes.ended_at is None else {}
    names = {delegate.id: (delegate.name, delegate.seat or "") for delegate in roster.values()}
    camera = bool(room.room().configuration.camera.source)
    try:
        door = _ask("enrolment") if camera else None
    except ControlError:
        door = None
    if door is None or isinstance(door, Refusal):
        return EnrolmentView(None, names, camera, None, "", "")
    session = door["session"]
    running = session is not None and not session["complete"]
    return EnrolmentView(
        door,
        names,
        camera,
        _consent(door["consents"]),
        str(TOLD.get(session["problem"], session["problem"])) if running else "",
        session["steps"][session["at"]]["side"] if running else "",
    )


def _ask(do: str, **args: Any) -> Any | Refusal:
    """Ask the door in the name of whoever asks here. Raises `ControlError`."""
    mine = room.token(room.me().role)
    if not mine:
        abort(401)
    return room.room().client("door").ask(do, token=mine, **args)


def _consent(texts: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The text that is offered: of the version that sorts last, in the reader's language where there is one."""
    newest = [one for one in texts if one["name"] == max(text["name"] for text in texts)]
    return next((one for one in newest if one["language"] == words.language()), newest[0] if newest else None)


@blueprint.get("")
@pages.only(*STAFF)
def desk() -> str:
    """The page."""
    return pages.show(page)


@blueprint.get("/frame.jpg")
@pages.only(*STAFF)
def frame() -> Response:
    """The newest frame as JPEG, unmirrored, or 204; header `X-Scene` as `/door/frame.jpg` has it, without names."""
    try:
        answer = room.room().client("door", timeout=2.0).ask("frame")
    except ControlError:
        answer = {}
    seen = {} if isinstance(answer, Refusal) else answer
    picture = base64.b64decode(seen["jpeg"]) if seen.get("jpeg") else b""
    response = Response(picture, status=200 if picture else 204, mimetype="image/jpeg")
    response.headers["X-Scene"] = json.dumps({"faces": screens.scene(seen)["faces"]})
    return response


def _do(do: str, done: str, **args: Any) -> Any:
    try:
        outcome = _ask(do, **args)
    except ControlError as error:
        outcome = Refusal(code="door-silent", message=str(error))
    return pages.answer(page, outcome, done)


@blueprint.post("/start")
@pages.only(*STAFF)
@security.by_person
def start() -> Any:
    """Begin: only with the box ticked that the delegate agreed to the text that stood here."""
    return _do(
        "enrolment_start",
        "enrolment-started",
        delegate=fields.text("delegate"),
        consent=fields.text("consent"),
        language=fields.text("language"),
        digest=fields.text("digest"),
        agreed=fields.text("agreed") == "yes",
        expires=fields.text("expires"),
        glasses=fields.text("glasses") or "never",
    )


@blueprint.post("/skip")
@pages.only(*STAFF)
@security.by_person
def skip() -> Any:
    """Go on without this side."""
    return _do("enrolment_skip", "enrolment-skipped")


@blueprint.post("/again")
@pages.only(*STAFF)
@security.by_person
def again() -> Any:
    """From the first step on."""
    return _do("enrolment_again", "enrolment-again")


@blueprint.post("/keep")
@pages.only(*STAFF)
@security.by_person
def keep() -> Any:
    """Keep the template; `twins` names those who are somebody else although they look the same."""
    try:
        outcome = _ask("enrolment_keep", twins=request.form.getlist("twins"))
    except ControlError as error:
        outcome = Refusal(code="door-silent", message=str(error))
    if not isinstance(outcome, Refusal) and outcome["session"] is not None:
        outcome = Refusal(
            code="enrolled-already", message="enrolled under another id, or no look agreed with the others"
        )
    return pages.answer(page, outcome, "enrolment-kept")


@blueprint.post("/cancel")
@pages.only(*STAFF)
@security.by_person
def cancel() -> Any:
    """Nothing is kept."""
    return _do("enrolment_cancel", "enrolment-cancelled")
