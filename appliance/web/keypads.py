"""Keypads on the screen: the very mock pins that the ballot service reads. Only where the pin factory is `mock`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, jsonify, request

from appliance.rights import Who
from appliance.values import Choice, Refusal
from appliance.web import pages, room, view, words
from appliance.web.live import Now

blueprint = Blueprint("keypads", __name__, url_prefix="/keypads")

ROLES = (Who.TECHNICIAN, Who.SECRETARY, Who.HALL)


@dataclass(frozen=True)
class Keypad:
    """One seat's keypad: `keys` and `lamps` are lines, in the order of `choices`."""

    seat: str
    name: str
    keys: tuple[int, int, int]
    lamps: tuple[int, int, int]


@dataclass(frozen=True)
class Board:
    """All keypads of the room, in the order of their seats."""

    head: view.Head | None
    choices: tuple[Choice, ...]
    keypads: tuple[Keypad, ...]


@pages.page("keypads", "keypads.board", *ROLES)
def page(now: Now) -> Board:
    """Seats from the configuration, names from the meeting."""
    seats = room.room().configuration.keypads.seats
    wired = [Keypad(seat, _sitter(now, seat), one.keys, one.lamps) for seat, one in seats.items()]
    return Board(view.head(now.minutes), tuple(Choice), tuple(sorted(wired, key=lambda k: view.seat_order(k.seat))))


def _sitter(now: Now, seat: str) -> str:
    delegate = now.minutes.at_seat(seat) if now.minutes else None
    return delegate.name if delegate else ""


@blueprint.get("")
@pages.only(*ROLES)
def board() -> str:
    """The board; refused where the pins are real."""
    if isinstance(room.ask("pins"), Refusal):
        abort(404)
    return pages.show(page)


@blueprint.get("/pins")
@pages.only(*ROLES)
def pins() -> Any:
    """Every line's level, for lamps."""
    return _answer(room.ask("pins"))


@blueprint.post("/press")
@pages.only(*ROLES)
def press() -> Any:
    """A key goes down or up: `line`, `down` (1 or 0)."""
    line, down = request.form.get("line", ""), request.form.get("down", "")
    if not (line.isascii() and line.isdigit() and len(line) < 4 and down in ("0", "1")):
        abort(400)
    return _answer(room.ask("drive_pin", line=int(line), down=down == "1"))


def _answer(outcome: Any | Refusal) -> Any:
    if isinstance(outcome, Refusal):
        return jsonify(ok=False, notice=words.refusal(outcome)), 409
    return jsonify(outcome)
