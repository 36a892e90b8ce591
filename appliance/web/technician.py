"""The technician's pages: claim the box, state of every service, camera, keypads, access."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for

from appliance.errors import ControlError
from appliance.release import Hold
from appliance.rights import Who
from appliance.values import Refusal
from appliance.web import fields, pages, room, security, view, words
from appliance.web.forms import Given, form
from appliance.web.live import Now

blueprint = Blueprint("technician", __name__, url_prefix="/technician")

ME = Who.TECHNICIAN


@dataclass(frozen=True)
class Overview:
    """What each service says of itself; None where it does not answer, or is not run here.

    `hold`: why something of the journal does not leave by the network.
    """

    head: view.Head | None
    ballot: dict[str, Any] | None
    door: dict[str, Any] | None
    uplink: dict[str, Any] | None
    door_wanted: bool
    hold: Hold


@dataclass(frozen=True)
class Walk:
    """The keypad walk test: per seat which keys were pressed, which are stuck, and its lamp."""

    on: bool
    seats: tuple[tuple[str, tuple[str, ...], tuple[str, ...], str], ...]


@pages.page("technician", "technician.desk", ME, every=1.0)
def page(now: Now) -> Overview:
    """The state of every service, asked once a second."""
    here = room.room()
    return Overview(
        head=view.head(now.minutes),
        ballot=_state("ballot"),
        door=_state("door"),
        uplink=_state("uplink"),
        door_wanted=bool(here.configuration.camera.source),
        hold=now.release.hold,
    )


def _state(service: str) -> dict[str, Any] | None:
    try:
        # The ballot service tells its state to whom it knows only.
        if service == "ballot":
            answer = room.ask("status")
        else:
            answer = room.room().client(service, timeout=2.0).ask("status", language=words.language())
    except ControlError:
        return None
    return None if isinstance(answer, Refusal) else answer


@pages.page("technician_camera", "technician.camera", ME, every=0.5)
def camera_page(_now: Now) -> dict[str, Any] | None:
    """What the door says of its camera, focus above all."""
    return _state("door")


@pages.page("technician_keypads", "technician.keypads", ME, every=0.5)
def walk_page(_now: Now) -> Walk:
    """The walk test as it stands."""
    try:
        walk = room.ask("walk_test", on=None)
    except ControlError:
        walk = {}
    state = _state("ballot") or {}
    if isinstance(walk, Refusal):
        walk = {}
    pressed: dict[str, list[str]] = walk.get("pressed", {})
    seats = state.get("seats", {})
    lines = [
        (seat, tuple(pressed.get(seat, ())), tuple(seats[seat].get("stuck", ())), str(seats[seat].get("lamp", "off")))
        for seat in sorted(seats, key=view.seat_order)
    ]
    return Walk(bool(walk.get("on")), tuple(lines))


@blueprint.get("")
@pages.only(ME)
def desk() -> str:
    """Overview."""
    return pages.show(page)


@blueprint.get("/camera")
@pages.only(ME)
def camera() -> str:
    """Preview with a focus score."""
    return pages.show(camera_page)


@blueprint.get("/keypads")
@pages.only(ME)
def keypads() -> str:
    """Walk test."""
    return pages.show(walk_page)


@form(blueprint, "/keypads", walk_page, "walk_test", lambda given: "walk-on" if given["on"] else "walk-off")
def walk() -> Given:
    """Start or stop the walk test."""
    return {"on": fields.text("on") == "1"}


@form(blueprint, "/release-record", page, "release_record", "record-released")
def release_record() -> Given:
    """The signed record of a secret session was carried out: the uplink may go on."""
    return {"reason": fields.reason("release-record")}


# Claiming ------------------------------------------------------------------------------------------------------------


@blueprint.get("/claim")
def claim() -> Any:
    """First boot: the claim code that the box printed, and a password of the technician's own."""
    if room.identity()["claimed"]:
        return redirect(url_for("session.password", role="technician"))
    return render_template("claim.html", error=None)


@blueprint.post("/claim")
@security.by_address
def make_claim() -> Any:
    """The code is void afterwards."""
    password, again = request.form.get("password", ""), request.form.get("again", "")
    if password != again:
        return _claim_refused(words.REFUSALS["different"])
    if len(password) < 10:
        return _claim_refused(words.REFUSALS["too-short"])
    answer = room.room().client("ballot").ask("claim", code=request.form.get("code", "").strip(), password=password)
    if isinstance(answer, Refusal):
        return _claim_refused(words.refusal(answer))
    room.remember({"role": "technician", "subject": "", **answer})
    return redirect(url_for("technician.desk"), code=303)


def _claim_refused(error: Any) -> tuple[str, int]:
    return render_template("claim.html", error=error), 403


# Access --------------------------------------------------------------------------------------------------------------


@blueprint.get("/access")
@pages.only(ME)
def access() -> str:
    """Key fingerprint, passwords, screen links."""
    return _access()


def _access(error: Any = None, done: Any = None) -> str:
    identity = room.identity()
    return render_template(
        "technician_access.html", identity=identity, groups=grouped(identity["fingerprint"]), error=error, done=done
    )


@blueprint.post("/access/password")
@pages.only(ME)
@security.by_person
def set_password() -> Any:
    """A new password for the secretary or the technician."""
    role, password = request.form.get("role", ""), request.form.get("password", "")
    if role not in ("secretary", "technician"):
        abort(400)
    if password != request.form.get("again", ""):
        return _access(error=words.REFUSALS["different"]), 422
    if len(password) < 10:
        return _access(error=words.REFUSALS["too-short"]), 422
    answer = room.ask("set_password", role=role, password=password)
    if isinstance(answer, Refusal):
        return _access(error=words.refusal(answer)), 422
    if role == "technician":
        return redirect(url_for("session.password", role=role), code=303)
    return _access(done=words.done("password-set"))


def grouped(fingerprint: str) -> list[str]:
    """A fingerprint (hexadecimal) in groups of four, as two people compare it aloud."""
    return [fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4)]
