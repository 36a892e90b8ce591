"""A ballot from presses and taps to the signed result: who counts, what the lamps say, what the journal keeps."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance import ballot, record, verification
from appliance import tally as tallies
from appliance.events import BallotClosed, BallotOpened, ResultSigned, VoteCast, VoteRefused
from appliance.services.seat_lamps import steady_lamps
from appliance.values import Channel, Choice
from tests.worlds.room import Room, room

READY = (True, True, True)
DARK = (False, False, False)
FOR, AGAINST = (True, False, False), (False, True, False)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Room]:
    """Five members, four of them on the roll."""
    with room(tmp_path) as hall:
        hall.convene(5)
        hall.seat_delegates(4)
        yield hall


def tally(hall: Room) -> tuple[int, ...]:
    latest = hall.minutes.latest
    assert latest is not None
    counts = tallies.tally(latest)
    return (counts.for_, counts.against, counts.abstain, counts.not_cast, counts.absent)


def test_lamps_tell_ready_recorded_and_dark(hall: Room) -> None:
    assert hall.lit("01") == DARK
    name = hall.open()
    assert [hall.lit(f"{n:02}") for n in range(1, 6)] == [READY] * 4 + [DARK]
    hall.press("01", "for")
    hall.press("02", "against")
    assert (hall.lit("01"), hall.lit("02"), hall.lit("03")) == (FOR, AGAINST, READY)
    hall.done("close", ballot=name)
    assert all(hall.lit(f"{n:02}") == DARK for n in range(1, 6))


def test_the_recorded_lamp_comes_after_the_vote_is_in_the_journal(hall: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    hall.open()
    seen = []
    append = hall.service.writer.append

    def watched(facts, when):  # type: ignore[no-untyped-def]
        seen.append((hall.service.seats.showing["01"][0].value, hall.lit("01")))
        entries = append(facts, when)
        seen.append((hall.service.seats.showing["01"][0].value, hall.lit("01")))
        return entries

    monkeypatch.setattr(hall.service.writer, "append", watched)
    hall.press("01", "against")
    assert [lamp for lamp, _ in seen] == ["received", "received"]
    assert hall.service.seats.showing["01"][0].value == "recorded"


def test_the_last_press_wins_and_keypad_and_tablet_are_one_vote(hall: Room) -> None:
    tokens = hall.tokens()
    name = hall.open()
    hall.press("01", "for")
    hall.press("01", "abstain")
    assert hall.done("vote", tokens["dv-01"], ballot=name, choice="against") == {"recorded": "against"}
    assert hall.lit("01") == AGAINST
    hall.press("01", "for")
    hall.press("02", "for")
    closed = hall.done("close", ballot=name)
    assert tally(hall) == (2, 0, 0, 2, 1)
    assert closed["outcome"] == "lost"
    assert "2/5" in closed["sentence"]["vi"]
    votes = hall.facts(VoteCast)
    assert [v.channel.value for v in votes] == ["keypad", "keypad", "tablet", "keypad", "keypad"]


def test_a_press_after_the_close_is_refused_and_recorded_without_its_choice(hall: Room) -> None:
    name = hall.open()
    hall.done("close", ballot=name)
    hall.press("02", "for")
    assert hall.service.seats.showing["02"][0].value == "refused"
    (refused,) = hall.facts(VoteRefused)
    assert (refused.ballot, refused.delegate, refused.seat, refused.reason) == (name, "dv-02", "02", "ballot-closed")
    assert b"for" not in record.body_of(refused)
    assert tally(hall) == (0, 0, 0, 4, 1)
    hall.step(1.5)
    assert hall.lit("02") == DARK


def test_refusals_are_recorded_at_most_once_a_second_for_each_seat(hall: Room) -> None:
    hall.done("close", ballot=hall.open())
    for _ in range(10):
        hall.press("02", "for")
    hall.press("03", "for")
    assert [r.seat for r in hall.facts(VoteRefused)] == ["02", "03"]
    hall.step(1.0)
    hall.press("02", "for")
    assert [r.seat for r in hall.facts(VoteRefused)] == ["02", "03", "02"]


def test_only_those_present_at_the_opening_vote(hall: Room) -> None:
    tokens = hall.tokens()
    name = hall.open()
    hall.done("check_in", delegate="dv-05", reason="đến muộn")
    assert hall.refused("vote", tokens["dv-05"], ballot=name, choice="for") == "not-present-at-opening"
    hall.press("05", "for")
    assert [r.channel.value for r in hall.facts(VoteRefused)] == ["tablet", "keypad"]
    hall.done("close", ballot=name)
    name = hall.open("i2")
    assert hall.done("vote", tokens["dv-05"], ballot=name, choice="for") == {"recorded": "for"}


def test_a_press_at_a_seat_where_nobody_sits_only_blinks(tmp_path: Path) -> None:
    with room(tmp_path) as hall:
        hall.convene(3)
        hall.seat_delegates(3)
        hall.open()
        hall.press("05", "for")
        assert hall.service.seats.showing["05"][0].value == "refused"
        assert hall.facts(VoteRefused) == []


def test_presses_of_one_turn_are_one_transaction(hall: Room) -> None:
    hall.open()
    commits = []
    hall.service.writer._db.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)
    for seat in ("01", "02", "03", "04"):
        hall.pins.drive(hall.line(seat, Choice.FOR), True)
    hall.step(0.03)
    assert len(commits) == 1
    assert len(hall.facts(VoteCast)) == 4


def test_a_press_goes_before_the_click_that_closes(hall: Room) -> None:
    name = hall.open()
    hall.pins.drive(hall.line("01", Choice.FOR), True)
    hall.clock.advance(0.03)
    hall.answer(hall.send("close", ballot=name))
    assert tally(hall) == (1, 0, 0, 3, 1)
    assert hall.facts(VoteRefused) == []


def test_two_commands_of_one_turn_know_of_each_other(hall: Room) -> None:
    first, second = hall.send("open", item="i1"), hall.send("open", item="i2")
    answers = [hall.answer(first), hall.answer(second)]
    assert len(hall.facts(BallotOpened)) == 1
    assert sorted(getattr(a, "code", "opened") for a in answers) == ["ballot-running", "opened"]


def test_the_result_is_signed_and_agrees_with_the_journal(hall: Room) -> None:
    name = hall.open()
    for seat in ("01", "02", "03"):
        hall.press(seat, "for")
    closed = hall.done("close", ballot=name)
    assert closed["outcome"] == "carried"
    (signed,) = hall.facts(ResultSigned)
    key = record.fingerprint(hall.service.public_key)
    report = verification.check_result(signed.envelope.encode(), [key])
    assert report.trusted
    assert report.subject["votes"] == {"dv-01": "for", "dv-02": "for", "dv-03": "for"}
    kinds = [e.kind for e in hall.entries()]
    assert kinds.index("ResultSigned") == kinds.index("BallotClosed") + 1
    head = hall.entries()[kinds.index("BallotClosed")]
    assert report.subject["head"] == {"seq": head.seq, "hash": head.hash.hex()}
    sealed = hall.done("sign_checkpoint", seq=len(kinds))["envelope"]
    assert verification.check_batch(record.batch(hall.entries(), sealed.encode()), [key]).trusted


def test_a_closed_ballot_is_never_reopened_and_a_new_one_has_a_new_name(hall: Room) -> None:
    first = hall.open()
    hall.done("close", ballot=first)
    assert hall.refused("close", ballot=first) == "ballot-closed"
    assert hall.refused("open", item="i1") == "reason-missing"
    second = hall.done("open", item="i1", reason="câu hỏi chưa rõ")["ballot"]
    assert hall.minutes.ballots[second].opened.replaces == first
    assert (first, second) == ("m1.i1.1", "m1.i1.2")
    assert len(hall.facts(BallotClosed)) == 1


def test_after_a_restart_in_mid_ballot_lamps_and_votes_stand(hall: Room) -> None:
    name = hall.open()
    hall.press("01", "for")
    hall.restart()
    assert (hall.lit("01"), hall.lit("02"), hall.lit("05")) == (FOR, READY, DARK)
    hall.press("02", "for")
    hall.done("close", ballot=name)
    assert tally(hall) == (2, 0, 0, 2, 1)


def test_taken_off_the_roll_a_member_votes_no_more(hall: Room) -> None:
    hall.open()
    hall.press("04", "for")
    hall.done("revoke_check_in", delegate="dv-04", reason="nhầm người")
    hall.press("04", "against")
    (refused,) = hall.facts(VoteRefused)
    assert refused.reason == "not-present"
    assert hall.service.seats.showing["04"][0].value == "refused"
    hall.step(1.5)
    assert hall.lit("04") == DARK


@pytest.mark.parametrize("members", [1, 2, 3, 21])
def test_quorum_and_threshold_are_told_at_the_opening(tmp_path: Path, members: int) -> None:
    with room(tmp_path) as hall:
        hall.convene(members)
        quorum = -(-2 * members // 3)
        hall.seat_delegates(quorum - 1)
        assert hall.refused("open", item="i1") == "no-quorum"
        hall.done("check_in", delegate=f"dv-{quorum:02}", reason="đủ")
        assert hall.done("open", item="i1") == {"ballot": "m1.i1.1", "quorum": quorum, "needed": members // 2 + 1}


def test_key_code_at_the_seat_checks_in(tmp_path: Path) -> None:
    with room(tmp_path) as hall:
        hall.convene(2)
        slips = {s["delegate"]: s for s in hall.done("issue_pins")}
        keys = {"1": "for", "2": "against", "3": "abstain"}
        code = slips["dv-01"]["code"]
        wrong = next("".join(c) for c in itertools.product("123", repeat=6) if "".join(c) != code)
        for digit in wrong:
            hall.press("01", keys[digit])
        assert hall.service.seats.showing["01"][0].value == "refused"
        assert not hall.minutes.roll.present
        for digit in code[:3]:
            hall.press("01", keys[digit])
        hall.step(11.0)  # too slow: it begins anew
        for digit in code:
            hall.press("01", keys[digit])
        (mark,) = hall.minutes.roll.present.values()
        assert (mark.delegate, mark.method.value, mark.by) == ("dv-01", "pin", "seat 01")
        hall.step(2.5)
        assert hall.lit("01") == DARK
        assert all(slips["dv-01"]["code"] not in str(e.body) for e in hall.entries())


def test_lamps_say_ready_to_exactly_those_whose_vote_would_count(hall: Room) -> None:
    hall.open()
    hall.done("check_in", delegate="dv-05", reason="đến muộn")
    hall.done("revoke_check_in", delegate="dv-02", reason="nhầm người")
    minutes = hall.minutes
    lamps = steady_lamps(minutes, hall.configuration.keypads.seats)
    for delegate in minutes.convened.roster:
        assert delegate.seat is not None
        decision = ballot.cast(minutes.running, minutes.roll, delegate.id, Choice.FOR, Channel.KEYPAD)
        assert (lamps[delegate.seat][0].value == "ready") == isinstance(decision, VoteCast)
