"""Somebody listens at the broker while a ballot is open: no vote, and nothing that tells of one, before the close."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.events import BallotAnnulled, BallotClosed, Event, VoteEntered
from appliance.values import Choice
from tests import assembly
from tests.worlds.mosquitto import Mosquitto
from tests.worlds.uplink import Box, Centre, Ear, until

VOTES = {f"dv-{n:02}": choice for n, choice in enumerate([Choice.FOR, Choice.AGAINST, Choice.ABSTAIN] * 2, 1)}


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    """The central server, on a broker that the box uses too."""
    with Mosquitto(tmp_path) as broker, Centre(tmp_path / "centre", broker.settings()) as made:
        yield made


@pytest.fixture
def box(tmp_path: Path, centre: Centre) -> Iterator[Box]:
    """A box whose uplink is online, with a meeting of 21."""
    with Box(tmp_path / "box", centre.settings, centre.key, batch_events=3) as made:
        until(lambda: made.status()["state"] == "online", [made.uplink, centre.service])
        yield made


@pytest.fixture
def ear(box: Box, centre: Centre) -> Iterator[Ear]:
    """Who listens."""
    assert centre.settings is not None
    made = Ear(centre.settings, box)
    yield made
    made.close()


def open_ballot(box: Box) -> int:
    """A meeting and its ballot, up to the first vote; the last sequence."""
    ids = [delegate.id for delegate in assembly.members(21)]
    convened = assembly.convened(assembly.members(21))
    return box.record(convened, *(assembly.arrived(d) for d in ids[:15]), assembly.opened(ids, ids[:15]))


def turn(box: Box, centre: Centre) -> None:
    """Turns with time passing: whatever wants to leave has had every chance."""
    for _ in range(5):
        box.clock.advance(5)
        box.uplink.step()
    centre.service.step()


def tells(box: Box, ear: Ear, after: int) -> list[str]:
    """What was heard of the entries behind `after`: their kinds, choices, hashes, sequences."""
    ear.listen()
    entries = list(box.writer.after(after))
    words = {"VoteCast", "VoteEntered", *(f'"seq":{entry.seq}' for entry in entries), *(e.hash.hex() for e in entries)}
    return [word for word in sorted(words) if ear.has_heard(word)]


ENTERED = VoteEntered(
    ballot=assembly.BALLOT,
    delegate="dv-13",
    choice=Choice.AGAINST,
    by="secretary",
    witness="dv-14",
    reason="bàn phím hỏng",
)
ENDS = [
    BallotClosed(ballot=assembly.BALLOT, by="secretary"),
    BallotAnnulled(ballot=assembly.BALLOT, by="dv-01", reason="câu hỏi ghi sai"),
]


@pytest.mark.parametrize("end", ENDS)
def test_nothing_is_heard_of_a_vote_before_the_ballot_ends(box: Box, centre: Centre, ear: Ear, end: Event) -> None:
    before = open_ballot(box)
    until(lambda: box.status()["acknowledged"] == before, [box.uplink, centre.service])

    for delegate, choice in VOTES.items():
        box.record(assembly.vote(delegate, choice))
        box.uplink.step()
    last = box.record(ENTERED)
    turn(box, centre)

    assert tells(box, ear, before) == []
    assert centre.head == before
    assert box.status()["head"] == last
    assert "A ballot is open" in box.status()["detail"]

    box.record(end)
    until(lambda: centre.head == last + 1, [box.uplink, centre.service])
    # The same ear hears it all now: it would have heard it before.
    assert {"VoteCast", "VoteEntered"} <= set(tells(box, ear, before))
    assert "A ballot is open" not in box.status()["detail"]
    assert centre.alarms() == []


def test_a_restart_of_the_uplink_and_a_new_connection_tell_nothing_either(box: Box, centre: Centre, ear: Ear) -> None:
    before = open_ballot(box)
    box.record(*(assembly.vote(delegate, choice) for delegate, choice in VOTES.items()))
    box.restart_uplink()
    until(lambda: box.status()["acknowledged"] == before, [box.uplink, centre.service])
    turn(box, centre)
    assert tells(box, ear, before) == []
