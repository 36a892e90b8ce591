"""The disk takes no more: nobody is told that a vote was recorded, the service ends with a sentence, and comes back.

SQLite's own limit of pages stands for the disk: the error is the one that a full disk gives.
"""

from __future__ import annotations

import contextlib
import itertools
import signal
from pathlib import Path

import pytest

from appliance.control import Client
from appliance.errors import ControlError, JournalError
from appliance.events import VoteCast
from appliance.journal import Reader
from appliance.keypad import Lamp
from appliance.keypad.lamps import KEYS
from appliance.services.loop import turn
from appliance.values import Choice
from tests.worlds.room import Room, room


def fill(hall: Room) -> None:
    """Not one page more."""
    (pages,) = hall.service.writer._db.execute("PRAGMA page_count").fetchone()
    hall.service.writer._db.execute(f"PRAGMA max_page_count = {pages}")


def lamp(choice: Choice) -> tuple[bool, ...]:
    return tuple(key is choice for key in KEYS)


def press_until_it_ends(hall: Room, seat: str) -> None:
    """Press one key after another until the service falls over one."""
    for choice in itertools.islice(itertools.cycle(KEYS), 100):
        hall.pins.drive(hall.line(seat, choice), True)
        hall.step(0.03)
        assert hall.lit(seat) == lamp(choice)
        hall.pins.drive(hall.line(seat, choice), False)
        hall.step(0.03)


def test_no_lamp_says_recorded_and_the_next_start_knows_what_was(tmp_path: Path) -> None:
    with room(tmp_path) as hall:
        hall.convene(3)
        hall.seat_delegates(3)
        name = hall.open()
        fill(hall)
        with pytest.raises(JournalError, match=r"cannot be appended to \(database or disk is full\); is the disk full"):
            press_until_it_ends(hall, "02")
        recorded = hall.facts(VoteCast)
        assert hall.service.seats.showing["02"][0] is Lamp.RECEIVED
        for choice in KEYS:
            hall.pins.drive(hall.line("02", choice), False)
        hall.restart()  # with space again: the limit was the connection's
        assert hall.lit("02") == lamp(recorded[-1].choice)
        assert hall.facts(VoteCast) == recorded
        hall.press("02", "abstain")
        assert hall.minutes.ballots[name].votes == {"dv-02": "abstain"}


def test_no_tablet_hears_more_than_the_journal_holds_and_lamps_go_out(tmp_path: Path) -> None:
    hall = Room(tmp_path)
    hall.convene(3)
    token = hall.tokens()["dv-01"]
    hall.seat_delegates(3)
    name = hall.open()
    fill(hall)
    asked = [hall.send("vote", token, id=f"my-vote-{n:02}", ballot=name, choice="for") for n in range(20)]
    standing = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    try:
        with pytest.raises(JournalError, match="is the disk full"):
            turn(hall.service)
    finally:
        for number, handler in zip((signal.SIGTERM, signal.SIGINT), standing, strict=True):
            signal.signal(number, handler)
    told = 0
    for connection in asked:
        with connection, contextlib.suppress(ConnectionResetError):
            told += b'"recorded"' in connection.recv(1000)
    reader = Reader(hall.state.journal)
    assert told == sum(entry.kind == "VoteCast" for entry in reader.after(0)) < len(asked)
    reader.close()
    assert not any(
        hall.pins.levels()[line] for seat in hall.configuration.keypads.seats.values() for line in seat.lamps
    )
    with pytest.raises(ControlError, match="is the service running"):
        Client(hall.state.socket("ballot")).ask("identity")
