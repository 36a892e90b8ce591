"""Secret ballots through the service: what the lamps say, what is recorded, what survives a power cut, what is gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance import tally
from appliance.events import BallotClosed, PartFailed, ResultSigned, SecretBallotCounted, VoteCast
from appliance.record import parse_envelope
from appliance.values import Choice
from tests.worlds.room import Room, room

PASSPHRASE = "bốn con trâu gặm cỏ"
READY, DARK = (True, True, True), (False, False, False)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Room]:
    with room(tmp_path) as hall:
        hall.convene(5)
        hall.seat_delegates(5)
        yield hall


def open_secret(hall: Room, item: str = "i1", **more: str) -> str:
    return str(hall.done("open", item=item, voting="secret", **more)["ballot"])


def boxes(hall: Room) -> list[str]:
    folder = hall.state.vault / "boxes"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_without_the_passphrase_no_secret_ballot_opens(hall: Room) -> None:
    assert hall.refused("open", item="i1", voting="secret") == "passphrase-needed"
    assert boxes(hall) == []
    assert hall.done("turnout")["passphrase"] == "none"


def test_choices_are_counted_without_names(hall: Room) -> None:
    hall.done("passphrase", passphrase=PASSPHRASE)
    name = open_secret(hall)
    tokens = hall.tokens()
    hall.press("01", "for")
    hall.press("02", "against")
    hall.press("03", "for")
    assert hall.done("vote", tokens["dv-04"], ballot=name, choice="abstain") == {"recorded": True}
    hall.press("03", "against")  # the last press wins
    assert hall.done("turnout") == {
        "ballot": name, "cast": 4, "waited_for": ["dv-05"], "mine": None, "known": True, "passphrase": "open",
    }  # fmt: skip
    assert hall.done("turnout", tokens["dv-05"])["mine"] is False
    assert hall.facts(VoteCast) == [], "no choice became a fact"
    closed = hall.done("close", ballot=name)
    assert closed["outcome"] == "lost"
    (counted,) = hall.facts(SecretBallotCounted)
    assert counted.took_part == ("dv-01", "dv-02", "dv-03", "dv-04")
    assert sorted(vote.choice for vote in counted.votes) == ["abstain", "against", "against", "for"]
    counts = tally.tally(hall.minutes.ballots[name])
    assert (counts.for_, counts.against, counts.abstain, counts.not_cast) == (1, 2, 1, 1)
    (signed,) = hall.facts(ResultSigned)
    statement = parse_envelope(signed.envelope.encode()).statement()
    assert (statement["method"], statement["votes"]) == ("secret", {})
    assert boxes(hall) == [], "key and envelopes are destroyed"


def test_lamps_say_the_same_for_every_choice(hall: Room) -> None:
    hall.done("passphrase", passphrase=PASSPHRASE)
    open_secret(hall)
    seen = {}
    for seat, choice in (("01", "for"), ("02", "against"), ("03", "abstain")):
        assert hall.lit(seat) == READY
        line = hall.line(seat, Choice(choice))
        hall.pins.drive(line, True)
        trace = []
        for _ in range(60):
            hall.step(0.05)
            trace.append((hall.service.seats.showing[seat], hall.lit(seat)))
        hall.pins.drive(line, False)
        hall.step(0.05)
        seen[choice] = trace
    assert seen["for"] == seen["against"] == seen["abstain"]
    assert seen["for"][-1][0][0].value == "recorded"


def test_every_voter_finds_the_own_vote_by_a_tracker_that_nobody_else_is_told(hall: Room) -> None:
    hall.done("passphrase", passphrase=PASSPHRASE)
    name = open_secret(hall)
    tokens = hall.tokens()
    choices = {"dv-01": "for", "dv-02": "against", "dv-03": "abstain"}
    for delegate, choice in choices.items():
        hall.done("vote", tokens[delegate], ballot=name, choice=choice)
    assert hall.done("my_tracker", tokens["dv-01"], ballot=name) == {"tracker": None}, "there is none beforehand"
    hall.done("close", ballot=name)
    (counted,) = hall.facts(SecretBallotCounted)
    published = {vote.tracker: vote.choice for vote in counted.votes}
    for delegate, choice in choices.items():
        assert published[hall.done("my_tracker", tokens[delegate], ballot=name)["tracker"]] == choice
    assert hall.done("my_tracker", tokens["dv-04"], ballot=name) == {"tracker": None}
    hall.restart()
    assert hall.done("my_tracker", tokens["dv-01"], ballot=name) == {"tracker": None}, "kept in memory alone"


def test_after_a_power_cut_votes_go_on_and_the_passphrase_is_typed_again(hall: Room) -> None:
    hall.done("passphrase", passphrase=PASSPHRASE)
    name = open_secret(hall)
    hall.press("01", "for")
    hall.press("02", "for")
    hall.restart()
    assert hall.done("turnout") | {"waited_for": None} == {
        "ballot": name, "cast": None, "waited_for": None, "mine": None, "known": False, "passphrase": "sealed",
    }  # fmt: skip
    hall.press("02", "against")
    hall.press("03", "for")
    assert hall.done("close", ballot=name) == {"ballot": name, "outcome": "uncounted", "sentence": {}}
    assert hall.refused("end_meeting") == "ballot-uncounted"
    assert hall.refused("passphrase", passphrase="một cụm từ khác") == "wrong-passphrase"
    assert hall.done("passphrase", passphrase=PASSPHRASE) == {"counted": [name]}
    counts = tally.tally(hall.minutes.ballots[name])
    assert (counts.for_, counts.against, counts.not_cast) == (2, 1, 2)
    assert boxes(hall) == []


def test_the_passphrase_typed_again_while_it_runs_tells_who_voted_before(hall: Room) -> None:
    hall.done("passphrase", passphrase=PASSPHRASE)
    name = open_secret(hall)
    hall.press("01", "for")
    hall.restart()
    assert hall.service.seats.showing["01"][0].value == "ready", "nobody can know yet"
    hall.done("passphrase", passphrase=PASSPHRASE)
    hall.step()
    assert hall.done("turnout")["cast"] == 1
    assert hall.service.seats.showing["01"][0].value == "recorded"
    hall.done("close", ballot=name)
    assert tally.tally(hall.minutes.ballots[name]).for_ == 1


def test_a_crash_between_close_and_count_is_made_good(hall: Room) -> None:
    hall.done("passphrase", passphrase=PASSPHRASE)
    name = open_secret(hall)
    hall.press("01", "for")
    hall.service.writer.append([_fact(BallotClosed(ballot=name, by="secretary"))], hall.clock.now())
    hall.restart()
    assert hall.minutes.uncounted is not None
    hall.done("passphrase", passphrase=PASSPHRASE)
    assert tally.tally(hall.minutes.ballots[name]).for_ == 1
    assert len(hall.facts(ResultSigned)) == 1


def _fact(event: BallotClosed):
    from appliance.journal import Fact

    return Fact("crashed/close", event)


def test_a_crash_between_count_and_destruction_leaves_nothing_behind(hall: Room) -> None:
    hall.done("passphrase", passphrase=PASSPHRASE)
    name = open_secret(hall)
    hall.press("01", "for")
    kept = {p: p.read_bytes() for p in (hall.state.vault / "boxes" / name).iterdir()}
    hall.done("close", ballot=name)
    for path, data in kept.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    hall.restart()
    assert boxes(hall) == []
    assert len(hall.facts(SecretBallotCounted)) == 1


def test_a_forgotten_passphrase_ends_in_a_new_ballot_that_names_the_old_one(hall: Room) -> None:
    hall.done("passphrase", passphrase=PASSPHRASE)
    name = open_secret(hall)
    hall.press("01", "for")
    hall.restart()
    hall.done("close", ballot=name)
    assert hall.refused("open", item="i1", reason="quên cụm từ") == "ballot-uncounted"
    hall.done("annul", ballot=name, reason="quên cụm từ")
    assert boxes(hall) == [], "what nobody can count nobody keeps"
    second = str(hall.done("open", item="i1", reason="quên cụm từ")["ballot"])
    assert hall.minutes.ballots[second].opened.replaces == name


def test_a_damaged_box_is_told_and_stops_no_service(hall: Room) -> None:
    hall.done("passphrase", passphrase=PASSPHRASE)
    name = open_secret(hall)
    hall.press("01", "for")
    key = hall.state.vault / "boxes" / name / "key"
    data = bytearray(key.read_bytes())
    data[20] ^= 1
    key.write_bytes(data)
    assert hall.done("close", ballot=name)["outcome"] == "uncounted"
    (fault,) = hall.facts(PartFailed)
    assert (fault.part, "annul" in fault.remedy) == ("ballot-box", True)
    hall.done("annul", ballot=name, reason="hòm phiếu hỏng")


def test_a_box_damaged_by_a_power_cut_is_told_when_the_passphrase_is_typed_and_stops_no_service(hall: Room) -> None:
    hall.done("passphrase", passphrase=PASSPHRASE)
    name = open_secret(hall)
    hall.press("01", "for")
    hall.restart()
    segment = hall.state.vault / "boxes" / name / "segment-000001"
    segment.write_bytes(segment.read_bytes()[:-1])
    assert hall.done("passphrase", passphrase=PASSPHRASE) == {"counted": []}
    (fault,) = hall.facts(PartFailed)
    assert (fault.part, str(segment) in fault.symptom) == ("ballot-box", True)
    assert hall.done("turnout")["known"] is False
    hall.press("02", "for")
    segment.unlink()  # another fault of the same box: one fact says it
    assert hall.done("close", ballot=name)["outcome"] == "uncounted"
    assert hall.facts(PartFailed) == [fault]
    hall.done("annul", ballot=name, reason="hòm phiếu hỏng")
    assert boxes(hall) == []


def test_the_passphrase_ends_with_the_meeting(hall: Room) -> None:
    hall.done("passphrase", passphrase=PASSPHRASE)
    name = open_secret(hall)
    hall.done("close", ballot=name)
    hall.done("end_meeting")
    assert not (hall.state.vault / "passphrase").exists()
    assert hall.refused("passphrase", passphrase=PASSPHRASE) == "no-meeting"


def test_wrong_passphrases_lock(hall: Room) -> None:
    hall.done("passphrase", passphrase=PASSPHRASE)
    hall.restart()
    codes = [hall.refused("passphrase", passphrase=f"cụm từ sai số {n}") for n in range(6)]
    assert codes[0] == "wrong-passphrase"
    assert codes[-1] == "locked"
