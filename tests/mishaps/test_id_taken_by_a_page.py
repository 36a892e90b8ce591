"""A compromised page gives its requests the ids that other services give their facts: nothing of theirs is stopped."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.errors import JournalError
from appliance.events import CheckedIn, PartRestored
from appliance.events import Writer as Name
from appliance.journal import Fact, Writer
from tests.worlds.doorway import Doorway
from tests.worlds.room import room


def test_no_id_that_a_service_makes_is_one_that_a_request_may_have(tmp_path: Path) -> None:
    """Every id that is not drawn at random has a slash; a request with one is refused before anybody looks at it."""
    world = Doorway(tmp_path / "door", ["an"])
    try:
        world.convene()
        world.corridor.stand("an")
        world.steps(10)
        assert len(world.facts(CheckedIn)) == 1
        made = [entry.id for entry in world.reader.after(0) if entry.writer == "door"]
    finally:
        world.close()
    with room(tmp_path / "room") as hall:
        hall.convene(3)
        token = hall.tokens()["dv-01"]
        hall.seat_delegates(3)
        name = hall.open()
        hall.done("close", ballot=name)
        made += [entry.id for entry in hall.entries() if len(entry.id) != 32 and not entry.id.startswith("request-")]
        for taken in made:
            assert hall.refused("vote", token, id=taken, ballot=name, choice="for") == "malformed", taken
    assert {taken.split("/")[0] for taken in made} >= {"door", "m1.i1.1"}


def test_a_fact_under_an_id_that_is_taken_ends_the_service_that_states_it(tmp_path: Path) -> None:
    """Why the ids above must not be free: the journal keeps the first, and says so to the second."""
    writer = Writer(tmp_path / "journal.sqlite", Name.DOOR)
    world = Doorway(tmp_path / "other", ["an"])
    now = world.clock.now()
    world.close()
    writer.append([Fact("door/x", PartRestored(part="camera"))], now)
    with pytest.raises(JournalError, match="already stands for another fact"):
        writer.append([Fact("door/x", PartRestored(part="lamp"))], now)
    writer.close()
