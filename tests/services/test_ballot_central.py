"""Commands that came over MQTT with the central server's signature still on them, and checkpoints for the way back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance import record, verification
from appliance.events import BallotOpened, CommandAccepted
from appliance.vault import keys
from tests.worlds.room import Room, room, roster, settings


class Centre:
    """A central server's key, and what it signs."""

    def __init__(self, folder: Path) -> None:
        self.signer = keys.signer(folder, "central.key")

    def order(self, number: int, do: str, *, device: str = "room-1", kind: str = record.COMMAND, **args: Any) -> str:
        """A signed command."""
        statement = {
            "site": "site",
            "device": device,
            "number": number,
            "do": do,
            "args": args,
            "at": "2026-11-22T08:00:00.000Z",
        }
        return record.seal(kind, statement, self.signer).decode()


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return Centre(tmp_path / "centre")


@pytest.fixture
def hall(tmp_path: Path, centre: Centre) -> Iterator[Room]:
    configuration = settings(3, uplink={"central_key": centre.signer.public_key.hex()})
    with room(tmp_path / "box", configuration) as hall:
        yield hall


def test_central_runs_a_meeting(hall: Room, centre: Centre) -> None:
    agenda = [{"id": "i1", "title": "Nội dung 1"}]
    convene = centre.order(1, "convene", meeting="m1", title="Họp mẫu", roster=roster(3), agenda=agenda)
    assert hall.done("from_central", envelope=convene) == {"seq": 3}
    hall.seat_delegates(3)
    opened = hall.done("from_central", envelope=centre.order(2, "open", item="i1"))
    hall.press("01", "for")
    hall.press("02", "for")
    closed = hall.done("from_central", envelope=centre.order(7, "close", ballot=opened["ballot"]))
    assert closed["outcome"] == "carried"
    hall.done("from_central", envelope=centre.order(8, "end_meeting"))
    assert [a.number for a in hall.facts(CommandAccepted)] == [1, 2, 7, 8]
    assert hall.facts(BallotOpened)[0].by == "central"


def test_a_command_delivered_twice_is_one_command_with_one_answer(hall: Room, centre: Centre) -> None:
    hall.convene(3)
    hall.seat_delegates(3)
    order = centre.order(1, "open", item="i1")
    first = hall.done("from_central", envelope=order)
    hall.restart()
    assert hall.done("from_central", envelope=order) == first
    assert len(hall.facts(BallotOpened)) == len(hall.facts(CommandAccepted)) == 1


def test_acceptance_and_its_fact_are_written_together(hall: Room, centre: Centre) -> None:
    hall.convene(3)
    hall.seat_delegates(3)
    commits = []
    hall.service.writer._db.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)
    hall.done("from_central", envelope=centre.order(1, "open", item="i1"))
    assert len(commits) == 1
    assert {e.kind for e in hall.entries()[-2:]} == {"BallotOpened", "CommandAccepted"}


def test_numbers_only_grow_and_a_refused_command_is_used_up(hall: Room, centre: Centre) -> None:
    hall.convene(3)
    refused = centre.order(5, "open", item="i1")
    assert hall.refused("from_central", envelope=refused) == "no-quorum"
    hall.seat_delegates(3)
    hall.restart()
    # Nobody may keep a refused command and bring it again when it would be accepted.
    assert hall.refused("from_central", envelope=refused) == "number-used"
    assert hall.refused("from_central", envelope=centre.order(4, "open", item="i1")) == "number-used"
    hall.done("from_central", envelope=centre.order(6, "open", item="i1"))
    assert hall.refused("from_central", envelope=centre.order(6, "open", item="i2")) == "number-used"


def test_a_command_that_was_lost_before_the_append_is_carried_out_when_it_comes_again(
    hall: Room, centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall.convene(3)
    hall.seat_delegates(3)
    order = centre.order(1, "open", item="i1")

    def power_cut(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(hall.service.writer, "append", power_cut)
    connection = hall.send("from_central", envelope=order)
    with pytest.raises(KeyboardInterrupt):
        hall.answer(connection)
    connection.close()
    hall.restart()
    assert hall.done("from_central", envelope=order)["ballot"] == "m1.i1.1"
    hall.restart()
    assert hall.service.credentials.central_number == 1


def test_two_commands_of_central_in_one_turn_come_in_their_order(hall: Room, centre: Centre) -> None:
    hall.convene(3)
    hall.seat_delegates(3)
    orders = [centre.order(3, "open", item="i1"), centre.order(2, "close", ballot="m1.i1.1")]
    answers = [hall.answer(s) for s in [hall.send("from_central", envelope=order) for order in orders]]
    assert [getattr(a, "code", "done") for a in answers] == ["done", "number-used"]


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ({"device": "room-2"}, "not-for-us"),
        ({"kind": record.RECEIPT}, "not-verified"),
        ({"do": "set_password"}, "not-allowed"),
        ({"do": "issue_pins"}, "not-allowed"),
        ({"instead_of": "m1.i1.1", "reason": "x"}, "not-allowed"),
        ({"number": 0}, "not-verified"),
        ({"number": "1"}, "not-verified"),
    ],
)
def test_other_orders_are_refused(hall: Room, centre: Centre, what: dict[str, Any], code: str) -> None:
    hall.convene(3)
    order = centre.order(**{"number": 1, "do": "open", "item": "i1", **what})
    assert hall.refused("from_central", envelope=order) == code
    assert hall.facts(CommandAccepted) == []


def test_only_the_configured_key_commands(hall: Room, tmp_path: Path) -> None:
    stranger = Centre(tmp_path / "stranger")
    assert hall.refused("from_central", envelope=stranger.order(1, "end_meeting")) == "not-verified"
    assert hall.refused("from_central", envelope="{}") == "not-verified"


def test_without_a_configured_key_nobody_commands(tmp_path: Path, centre: Centre) -> None:
    with room(tmp_path / "other") as hall:
        assert hall.refused("from_central", envelope=centre.order(1, "end_meeting")) == "no-central-key"


def test_a_checkpoint_is_signed_only_over_what_the_journal_holds(hall: Room) -> None:
    hall.convene(3)
    head = len(hall.entries())
    assert hall.refused("sign_checkpoint", seq=head + 1) == "no-entry"
    for seq in range(1, head + 1):
        sealed = hall.done("sign_checkpoint", seq=seq)["envelope"].encode()
        run = hall.entries()[:seq]
        assert verification.check_batch(record.batch(run, sealed)).intact


@pytest.mark.parametrize("seconds", [301.0, -301.0])
def test_a_command_that_was_held_back_is_refused_and_used_up(hall: Room, centre: Centre, seconds: float) -> None:
    """Whoever runs the broker cannot keep an opening for a moment of their own choice; nor can two clocks disagree."""
    hall.convene(3)
    hall.seat_delegates(3)
    opening = centre.order(1, "open", item="i1")
    hall.clock.advance(seconds)
    assert hall.refused("from_central", envelope=opening) == "held-back"
    hall.clock.advance(-seconds)
    assert hall.refused("from_central", envelope=opening) == "number-used"
    hall.clock.advance(299)
    hall.done("from_central", envelope=centre.order(2, "open", item="i1"))


def test_a_command_that_was_carried_out_is_answered_the_same_however_late_it_comes_again(
    hall: Room, centre: Centre
) -> None:
    hall.convene(3)
    hall.seat_delegates(3)
    opening = centre.order(1, "open", item="i1")
    first = hall.done("from_central", envelope=opening)
    hall.clock.advance(3600)
    assert hall.done("from_central", envelope=opening) == first
    assert len(hall.facts(BallotOpened)) == 1
