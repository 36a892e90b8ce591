"""The screens on the wall: the hall's, and the one at the door with its camera and PIN check-in."""

from __future__ import annotations

import base64
import json
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext as _

from appliance.errors import ControlError
from appliance.rights import Who
from appliance.values import Refusal
from appliance.web import hall_view, pages, room, security, turnout, words
from appliance.web.live import Now

blueprint = Blueprint("screens", __name__)

NAMED = ("welcome", "known")
"""States of a face in which a name may stand on the screen."""


@pages.page("hall", "screens.hall", Who.HALL, Who.SECRETARY, Who.TECHNICIAN, every=turnout.period)
def hall_page(now: Now) -> hall_view.HallView:
    """Attendance, question, threshold, count; the result after the close."""
    return hall_view.hall(now.minutes, now.slips, turnout.of_running(now).cast)


@pages.page("door", "screens.door", Who.DOOR, Who.TECHNICIAN)
def door_page(now: Now) -> hall_view.DoorView:
    """The roster for PIN check-in; the picture comes from `door_frame`."""
    return hall_view.door(now.minutes)


@blueprint.get("/hall")
@pages.only(*hall_page.roles)
def hall() -> str:
    """The hall's screen."""
    return pages.show(hall_page)


@blueprint.get("/door")
@pages.only(*door_page.roles)
def door() -> str:
    """The door's screen."""
    return pages.show(door_page)


@blueprint.get("/door/frame.jpg")
@pages.only(*door_page.roles)
def door_frame() -> Response:
    """The newest frame as JPEG, unmirrored, or 204; header `X-Scene` has faces and message as ASCII JSON."""
    answer = _frame()
    picture = base64.b64decode(answer["jpeg"]) if answer.get("jpeg") else b""
    response = Response(picture, status=200 if picture else 204, mimetype="image/jpeg")
    response.headers["X-Scene"] = json.dumps(scene(answer))
    return response


def _frame() -> dict[str, Any]:
    """What the door answers; without a door, the hint that stands for it."""
    if not room.room().configuration.camera.source:
        return {"message": {"code": "camera-none"}}
    try:
        answer = room.room().client("door", timeout=2.0).ask("frame")
    except ControlError:
        return {"message": {"code": "door-silent"}}
    return {"message": {"code": "door-silent"}} if isinstance(answer, Refusal) else dict(answer)


def scene(answer: dict[str, Any]) -> dict[str, Any]:
    """What may stand over the picture: boxes, names where the door is sure, and the hint in the reader's language."""
    message = answer.get("message") or {"code": "look"}
    code = str(message.get("code", "look"))
    large, small = words.DOOR_HINTS.get(code, words.DOOR_HINTS["look"])
    sure = code in ("welcome", "already")
    name, seat = (message.get("name") or "", message.get("seat") or "") if sure else ("", "")
    return {
        "faces": [_face(face) for face in answer.get("faces", [])],
        "code": code,
        "large": f"{large}, {name}" if name and code == "welcome" else str(large),
        "small": _greeting(code, str(small), seat, name),
    }


def _greeting(code: str, small: str, seat: str, name: str) -> str:
    """The small line: who (when it does not stand in the large one), which seat, and the hint."""
    who = f"{name}." if name and code == "already" else ""
    place = _("Your seat: %(seat)s.", seat=seat) if seat else ""
    return " ".join(part for part in (who, place, small) if part)


def _face(face: dict[str, Any]) -> dict[str, Any]:
    state = str(face.get("state", "seen"))
    named = state in NAMED
    return {
        "box": [float(share) for share in face["box"]],
        "state": state,
        "name": (face.get("name") or "") if named else "",
        "seat": (face.get("seat") or "") if named else "",
    }


@blueprint.post("/door/pin")
@pages.only(Who.DOOR)
@security.by_address
def door_pin() -> Any:
    """Check-in at the door by name and PIN. Answers with the greeting."""
    delegate, pin = request.form.get("delegate", ""), request.form.get("pin", "")
    answer = room.ask("check_in_by_pin", delegate=delegate, pin=pin)
    if isinstance(answer, Refusal):
        return jsonify(ok=False, notice=words.refusal(answer)), 200
    message = {"code": "already" if answer["already"] else "welcome", "name": answer["name"], "seat": answer["seat"]}
    return jsonify(ok=True, **scene({"message": message}))
