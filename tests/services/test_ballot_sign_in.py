"""Signing in at the ballot service: first boot, passwords, PINs, links, and what ends a sign-in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.events import BoxClaimed, CheckedIn, CredentialIssued, VoteCast
from appliance.values import Refusal
from appliance.vault.credentials import FIRST_LOCK, FREE_FAILURES, SIGNED_IN_SECONDS
from tests.worlds.room import Room, room

SECRET = "rất bí mật 2026"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Room]:
    with room(tmp_path) as hall:
        yield hall


def test_the_claim_code_makes_one_technician_and_is_void(hall: Room) -> None:
    code = hall.service.claim_code
    assert code is not None
    assert hall.done("identity")["claimed"] is False
    assert hall.refused("claim", code="AAAA-2222", password=SECRET) == "wrong-secret"
    assert hall.refused("claim", code=code, password="short") == "malformed"
    typed = code.lower().replace("-", " ")
    token = hall.done("claim", code=typed, password=SECRET)["token"]
    assert hall.done("who_am_i", token) == {"role": "technician", "subject": "technician"}
    assert hall.refused("claim", code=code, password=SECRET) == "already-claimed"
    assert hall.service.claim_code is None
    hall.restart()
    assert hall.done("identity")["claimed"] is True
    assert hall.done("sign_in", role="technician", password=SECRET)["role"] == "technician"
    assert hall.facts(BoxClaimed) == [BoxClaimed()]


def test_two_claims_at_once_make_one_technician(hall: Room) -> None:
    code = hall.service.claim_code
    sockets = [hall.send("claim", code=code, password=f"{SECRET} {n}") for n in range(2)]
    answers = [hall.answer(s) for s in sockets]
    assert sorted(getattr(a, "code", "token") for a in answers) == ["already-claimed", "token"]
    assert len(hall.facts(BoxClaimed)) == 1


def test_a_claim_that_the_journal_missed_is_recorded_at_the_next_start(hall: Room) -> None:
    hall.service.credentials.claim("hash")
    hall.restart()
    hall.restart()
    assert hall.facts(BoxClaimed) == [BoxClaimed()]


def test_the_claim_code_stays_the_same_until_used(hall: Room) -> None:
    code = hall.service.claim_code
    hall.restart()
    assert hall.service.claim_code == code


def test_a_new_password_ends_older_sign_ins(hall: Room) -> None:
    hall.done("set_password", role="secretary", password=SECRET)
    token = hall.done("sign_in", role="secretary", password=SECRET)["token"]
    hall.restart()
    assert hall.done("who_am_i", token)["role"] == "secretary"
    hall.done("set_password", role="secretary", password=SECRET + "!")
    assert hall.refused("who_am_i", token) == "not-signed-in"
    assert hall.refused("sign_in", role="secretary", password=SECRET) == "wrong-secret"
    assert [c.subject for c in hall.facts(CredentialIssued)] == ["secretary", "secretary"]


def test_a_sign_in_ends_after_a_day_s_work(hall: Room) -> None:
    hall.done("set_password", role="secretary", password=SECRET)
    token = hall.done("sign_in", role="secretary", password=SECRET)["token"]
    hall.clock.advance(SIGNED_IN_SECONDS - 1)
    assert hall.done("who_am_i", token)["role"] == "secretary"
    hall.clock.advance(2)
    assert hall.refused("who_am_i", token) == "not-signed-in"


def test_a_screen_stays_signed_in_until_its_link_is_made_anew(hall: Room) -> None:
    link = hall.done("issue_screen_link", screen="hall")["link"]
    token = hall.done("sign_in_by_link", link=link)["token"]
    hall.clock.advance(SIGNED_IN_SECONDS * 30)
    assert hall.done("who_am_i", token) == {"role": "hall", "subject": "hall"}
    hall.done("issue_screen_link", screen="hall")
    assert hall.refused("who_am_i", token) == "not-signed-in"
    assert hall.refused("sign_in_by_link", link=link) == "wrong-secret"


def test_pins_are_shown_once_and_end_what_was_before(hall: Room) -> None:
    hall.convene(2)
    slips = hall.done("issue_pins", id="issue-once")
    assert [s["delegate"] for s in slips] == ["dv-01", "dv-02"]
    assert hall.refused("issue_pins", id="issue-once") == "already-issued"
    assert hall.refused("issue_pins", delegates=["dv-01", "dv-77"]) == "not-on-roster"
    first = slips[0]
    token = hall.done("sign_in_by_pin", delegate="dv-01", pin=first["pin"])["token"]
    other = hall.done("sign_in_by_link", link=slips[1]["link"])["token"]
    (again,) = hall.done("issue_pins", delegates=["dv-01"])
    assert hall.refused("who_am_i", token) == "not-signed-in"
    assert hall.refused("sign_in_by_link", link=first["link"]) == "wrong-secret"
    assert hall.done("who_am_i", other)["subject"] == "dv-02"
    assert hall.done("sign_in_by_pin", delegate="dv-01", pin=again["pin"])["subject"] == "dv-01"
    bodies = b"".join(e.body for e in hall.entries())
    for secret in (first["pin"], first["code"], first["link"], again["pin"]):
        assert secret.encode() not in bodies


def test_wrong_pins_lock_for_a_growing_time_even_over_a_restart(hall: Room) -> None:
    hall.convene(2)
    slip, other = hall.done("issue_pins")
    for _ in range(FREE_FAILURES + 1):
        assert hall.refused("sign_in_by_pin", delegate="dv-01", pin="000000") == "wrong-secret"
    assert hall.refused("sign_in_by_pin", delegate="dv-01", pin=slip["pin"]) == "locked"
    assert hall.done("sign_in_by_pin", delegate="dv-02", pin=other["pin"])["subject"] == "dv-02"
    hall.restart()
    assert hall.refused("sign_in_by_pin", delegate="dv-01", pin=slip["pin"]) == "locked"
    hall.clock.advance(FIRST_LOCK + 0.1)
    assert hall.refused("sign_in_by_pin", delegate="dv-01", pin="000000") == "wrong-secret"
    hall.clock.advance(FIRST_LOCK + 0.1)
    assert hall.refused("sign_in_by_pin", delegate="dv-01", pin=slip["pin"]) == "locked"
    hall.clock.advance(FIRST_LOCK)
    assert hall.done("sign_in_by_pin", delegate="dv-01", pin=slip["pin"])["subject"] == "dv-01"


def test_many_guesses_at_once_gain_nothing(hall: Room) -> None:
    hall.convene(1)
    hall.done("issue_pins")
    sockets = [hall.send("sign_in_by_pin", delegate="dv-01", pin=f"{n:06}") for n in range(20)]
    codes = [hall.answer(s).code for s in sockets]
    assert codes.count("wrong-secret") == FREE_FAILURES + 1
    assert codes.count("locked") == 20 - FREE_FAILURES - 1


def test_the_door_checks_in_by_pin_and_says_whether_it_was_so_already(hall: Room) -> None:
    hall.convene(2)
    slip, _ = hall.done("issue_pins")
    door = hall.done("sign_in_by_link", link=hall.done("issue_screen_link", screen="door")["link"])["token"]
    assert hall.refused("check_in_by_pin", door, delegate="dv-01", pin="000000") == "wrong-secret"
    expected = {"name": "Đại biểu Mẫu 01", "seat": "01"}
    assert hall.done("check_in_by_pin", door, delegate="dv-01", pin=slip["pin"]) == {**expected, "already": False}
    assert hall.done("check_in_by_pin", door, delegate="dv-01", pin=slip["pin"]) == {**expected, "already": True}
    (fact,) = hall.facts(CheckedIn)
    assert (fact.delegate, fact.method.value, fact.by) == ("dv-01", "pin", "door")


def test_a_vote_is_not_held_up_by_sign_ins(hall: Room) -> None:
    hall.convene(3)
    hall.done("set_password", role="secretary", password=SECRET)
    hall.seat_delegates(3)
    hall.open()
    waiting = hall.send("sign_in", role="secretary", password=SECRET)
    hall.press("01", "for")
    assert len(hall.facts(VoteCast)) == 1
    answer = hall.answer(waiting)
    assert not isinstance(answer, Refusal)
    assert answer["role"] == "secretary"


def test_a_tablet_s_own_check_in(hall: Room) -> None:
    hall.convene(2)
    token = hall.tokens()["dv-02"]
    assert hall.done("check_in_myself", token) == {"already": False}
    assert hall.done("check_in_myself", token) == {"already": True}
    assert hall.minutes.roll.present["dv-02"].by == "dv-02"
    hall.done("end_meeting")
    assert hall.refused("check_in_myself", token) == "no-meeting"
