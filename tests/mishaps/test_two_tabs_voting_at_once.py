"""One delegate in two tabs, and at the keypad too: one vote, and everybody is told what stands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance import tally
from appliance.events import VoteCast
from appliance.values import Choice
from tests.worlds.room import Room, room


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Room]:
    with room(tmp_path) as hall:
        hall.convene(3)
        yield hall


def test_two_tabs_at_the_same_moment_are_one_vote(hall: Room) -> None:
    token = hall.tokens()["dv-01"]
    hall.seat_delegates(3)
    name = hall.open()
    sockets = [hall.send("vote", token, ballot=name, choice=choice) for choice in ("for", "against")]
    assert [hall.answer(s) for s in sockets] == [{"recorded": "for"}, {"recorded": "against"}]
    votes = hall.facts(VoteCast)
    assert len(votes) == 2
    assert hall.minutes.ballots[name].votes == {"dv-01": votes[-1].choice}
    hall.done("close", ballot=name)
    counts = tally.tally(hall.minutes.ballots[name])
    assert counts.for_ + counts.against == 1


def test_a_double_tap_with_one_id_is_one_fact(hall: Room) -> None:
    token = hall.tokens()["dv-01"]
    hall.seat_delegates(3)
    name = hall.open()
    sockets = [hall.send("vote", token, id="one-tap-1", ballot=name, choice="for") for _ in range(5)]
    assert [hall.answer(s) for s in sockets] == [{"recorded": "for"}] * 5
    assert len(hall.facts(VoteCast)) == 1


def test_keypad_and_tablet_in_one_turn_are_one_vote(hall: Room) -> None:
    token = hall.tokens()["dv-01"]
    hall.seat_delegates(3)
    name = hall.open()
    connection = hall.send("vote", token, ballot=name, choice="against")
    hall.pins.drive(hall.line("01", Choice.FOR), True)
    hall.clock.advance(0.03)
    assert hall.answer(connection) == {"recorded": "against"}
    assert hall.minutes.ballots[name].votes == {"dv-01": "against"}
    assert hall.lit("01") == (False, True, False)


def test_two_secretaries_close_at_once(hall: Room) -> None:
    hall.seat_delegates(3)
    name = hall.open()
    answers = [hall.answer(s) for s in [hall.send("close", ballot=name) for _ in range(2)]]
    assert sorted(getattr(a, "code", "closed") for a in answers) == ["ballot-closed", "closed"]
