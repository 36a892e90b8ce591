"""Who may ask for what, what a repeated request gets, and whose journal it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from appliance import config, wire
from appliance.errors import DeviceError, JournalError
from appliance.events import CheckedIn, DeviceInstalled, MeetingConvened, ServiceStarted, VoteCast
from appliance.rights import Who
from tests.worlds.room import Room, room, roster, settings

SECRET = "rất bí mật 2026"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Room]:
    with room(tmp_path) as hall:
        yield hall


def badges(hall: Room) -> dict[Who, str]:
    """A token for everybody who can have one."""
    code = hall.service.claim_code
    tokens = {Who.TECHNICIAN: hall.done("claim", code=code, password=SECRET)["token"]}
    hall.done("set_password", tokens[Who.TECHNICIAN], role="secretary", password=SECRET)
    tokens[Who.SECRETARY] = hall.done("sign_in", role="secretary", password=SECRET)["token"]
    for screen in (Who.HALL, Who.DOOR):
        link = hall.done("issue_screen_link", tokens[Who.SECRETARY], screen=screen)["link"]
        tokens[screen] = hall.done("sign_in_by_link", link=link)["token"]
    hall.convene(3)
    mine = hall.tokens()
    tokens |= {Who.DELEGATE: mine["dv-02"], Who.CHAIR: mine["dv-01"]}
    tokens[Who.ANYBODY] = "nobody"
    return tokens


ARGUMENTS: dict[str, dict[str, Any]] = {
    "claim": {"code": "AAAA-AAAA", "password": SECRET},
    "sign_in": {"role": "secretary", "password": SECRET},
    "sign_in_by_pin": {"delegate": "dv-01", "pin": "1"},
    "sign_in_by_link": {"link": "x"},
    "set_password": {"role": "secretary", "password": SECRET},
    "issue_screen_link": {"screen": "hall"},
    "convene": {"meeting": "m2", "title": "x", "roster": roster(1)},
    "check_in": {"delegate": "dv-01", "reason": "x"},
    "revoke_check_in": {"delegate": "dv-01", "reason": "x"},
    "check_in_by_pin": {"delegate": "dv-01", "pin": "1"},
    "take_up": {"item": "i1"},
    "name_chair": {"delegate": "dv-01", "reason": "x"},
    "check_out": {"delegate": "dv-03"},
    "report_absence": {"delegate": "dv-02", "reason": "x"},
    "decide_absence": {"delegate": "dv-01", "accepted": True},
    "bind_seat": {"seat": "09", "delegate": "dv-01"},
    "release_seat": {"seat": "09", "reason": "x"},
    "lock_seat": {"seat": "09", "reason": "x"},
    "readmit_seat": {"seat": "09", "reason": "x"},
    "override_quorum": {"reason": "x"},
    "give_proxy": {"giver": "dv-01", "holder": "dv-02", "document": "x"},
    "withdraw_proxy": {"giver": "dv-01", "reason": "x"},
    "secret_session": {"on": False},
    "release_record": {"reason": "x"},
    "hold": {"ballot": "m1.i1.1"},
    "resume": {"ballot": "m1.i1.1"},
    "annul": {"ballot": "m1.i1.1", "reason": "x"},
    "enter_vote": {
        "ballot": "m1.i1.1",
        "delegate": "dv-01",
        "choice": "for",
        "reason": "x",
        "witness": "dv-02",
        "pin": "1",
    },
    "count_hands": {
        "ballot": "m1.i1.1",
        "votes_for": 1,
        "votes_against": 0,
        "abstentions": 0,
        "witness": "dv-02",
        "pin": "1",
    },
    "decide_tie": {"ballot": "m1.i1.1", "reading": "majority-clause"},
    "passphrase": {"passphrase": "một cụm từ đủ dài"},
    "my_tracker": {"ballot": "m1.i1.1"},
    "send_slip": {
        "slip": "phieu-1",
        "title": "x",
        "question": "x",
        "members": roster(2),
        "deadline": "2026-11-30T17:00:00+07:00",
    },
    "answer_slip": {"slip": "phieu-1", "choice": "for"},
    "remind_slip": {"slip": "phieu-1"},
    "extend_slip": {"slip": "phieu-1", "deadline": "2026-12-01T17:00:00+07:00", "reason": "x"},
    "close_slip": {"slip": "phieu-1"},
    "announce_slip": {"slip": "phieu-1"},
    "note_proceeding": {"text": "x"},
    "record_conclusion": {"text": "x"},
    "assign_task": {
        "task": {
            "id": "nv-1",
            "text": "x",
            "lead_unit": "Sở Mẫu 01",
            "lead_head": "Đại biểu Mẫu 01",
            "deadline": "2026-12-10",
            "report_deadline": "2026-12-20",
        }
    },
    "withdraw_task": {"task": "nv-1", "reason": "x"},
    "confirm_minutes": {"meeting": "m1", "capacity": "chair", "digest": "0" * 64, "pin": "1"},
    "sign_manifest": {"meeting": "m1", "files": {"a.txt": "0" * 64}},
    "open": {"item": "i1"},
    "close": {"ballot": "m1.i1.1"},
    "vote": {"ballot": "m1.i1.1", "choice": "for"},
    "configure": {"toml": "", "check_only": True},
    "drive_pin": {"line": 0, "down": False},
    "sign_checkpoint": {"seq": 1},
    "from_central": {"envelope": "x"},
}


def test_every_command_is_answered_and_only_to_those_who_may(hall: Room) -> None:
    tokens = badges(hall)
    order = [name for name in wire.COMMANDS if name not in ("set_password", "issue_pins", "end_meeting")]
    order += ["issue_pins", "end_meeting", "set_password"]  # these end sign-ins, or the meeting
    for name in order:
        command = wire.COMMANDS[name]
        for who, token in tokens.items():
            if name in ("set_password", "issue_pins", "issue_screen_link") and who in command.who:
                continue
            answer = hall.ask(name, token, **ARGUMENTS.get(name, {}))
            code = getattr(answer, "code", "")
            if name == "report_absence" and who is Who.CHAIR:
                continue  # for nobody but themselves; the other delegate asks
            allowed = who in command.who or (who is Who.CHAIR and Who.DELEGATE in command.who)
            if name == "who_am_i" and who is Who.ANYBODY:
                assert code == "not-signed-in"
            else:
                assert (code in ("not-signed-in", "not-allowed")) == (not allowed), (name, who, code)
            assert code != "malformed", (name, answer)


def test_the_console_is_whoever_owns_the_box_and_says_nothing(hall: Room) -> None:
    assert hall.done("who_am_i") == {"role": "console", "subject": "console"}
    assert hall.refused("status", "forged") == "not-signed-in"


def test_a_repeated_request_is_the_same_fact_and_gets_the_same_answer(hall: Room) -> None:
    hall.convene(3)
    tokens = hall.tokens()
    hall.seat_delegates(2)
    hall.done("check_in_myself", tokens["dv-03"], id="request-a")
    once = hall.done("open", id="request-b", item="i1")
    assert hall.done("open", id="request-b", item="i1") == once
    vote = {"ballot": once["ballot"], "choice": "for"}
    assert hall.done("vote", tokens["dv-01"], id="request-c", **vote) == {"recorded": "for"}
    assert hall.done("vote", tokens["dv-01"], id="request-c", **vote) == {"recorded": "for"}
    closed = hall.done("close", id="request-d", ballot=once["ballot"])
    # What was recorded before the close is still answered after it: the network, not the voter, was late.
    assert hall.done("vote", tokens["dv-01"], id="request-c", **vote) == {"recorded": "for"}
    assert hall.done("close", id="request-d", ballot=once["ballot"]) == closed
    hall.done("end_meeting", id="request-e")
    hall.restart()
    assert hall.done("close", id="request-d", ballot=once["ballot"]) == closed
    assert hall.done("check_in_myself", tokens["dv-03"], id="request-a") == {"already": False}
    assert len(hall.facts(VoteCast)) == 1


def test_an_id_that_stands_for_something_else_is_refused(hall: Room) -> None:
    hall.convene(3)
    tokens = hall.tokens()
    hall.seat_delegates(3)
    name = hall.open()
    hall.done("vote", tokens["dv-01"], id="the-same-id", ballot=name, choice="for")
    assert hall.refused("vote", tokens["dv-01"], id="the-same-id", ballot=name, choice="against") == "id-taken"
    assert hall.refused("vote", tokens["dv-02"], id="the-same-id", ballot=name, choice="for") == "id-taken"
    assert hall.refused("close", id="the-same-id", ballot=name) == "id-taken"
    assert [v.delegate for v in hall.facts(VoteCast)] == ["dv-01"]


def test_the_same_request_twice_in_one_turn_is_one_fact(hall: Room) -> None:
    hall.convene(3)
    hall.seat_delegates(3)
    sockets = [hall.send("open", id="only-once", item="i1") for _ in range(2)]
    answers = [hall.answer(s) for s in sockets]
    assert answers[0] == answers[1] == {"ballot": "m1.i1.1", "quorum": 2, "needed": 2}


def test_one_meeting_at_a_time_and_a_name_is_used_once(hall: Room) -> None:
    hall.convene(3)
    assert hall.refused("convene", meeting="m2", title="x", roster=roster(1)) == "meeting-in-progress"
    hall.done("end_meeting")
    assert hall.refused("end_meeting") == "no-meeting"
    assert hall.refused("convene", meeting="m1", title="x", roster=roster(1)) == "meeting-exists"
    hall.convene(2, meeting="m2")
    assert [m.meeting for m in hall.facts(MeetingConvened)] == ["m1", "m2"]


def test_a_meeting_that_contradicts_itself_is_refused_with_every_reason(hall: Room) -> None:
    twice = roster(2) + roster(1)
    answer = hall.ask("convene", meeting="m1", title="x", roster=twice, chair="dv-09", preset="none")
    assert answer.code == "contradiction"
    for named in ("“dv-01”", "“01”", "“dv-09”", "“none”"):
        assert named in answer.message


def test_end_waits_for_the_ballot(hall: Room) -> None:
    hall.convene(3)
    hall.seat_delegates(3)
    name = hall.open()
    assert hall.refused("end_meeting") == "ballot-running"
    hall.done("close", ballot=name)
    hall.done("end_meeting")
    assert hall.refused("open", item="i1") == "no-meeting"
    assert hall.refused("check_in", delegate="dv-01", reason="x") == "no-meeting"


def test_the_roll_by_hand_wants_a_reason_and_says_who_is_there_already(hall: Room) -> None:
    hall.convene(3)
    assert hall.refused("check_in", delegate="dv-01", reason=" ") == "reason-missing"
    assert hall.refused("check_in", delegate="dv-99", reason="x") == "not-on-roster"
    hall.done("check_in", delegate="dv-01", reason="quên thẻ")
    assert hall.refused("check_in", delegate="dv-01", reason="x") == "already-present"
    assert hall.refused("revoke_check_in", delegate="dv-02", reason="x") == "not-present"
    assert hall.facts(CheckedIn)[0].by == "console"


def test_wrong_arguments_are_named(hall: Room) -> None:
    assert hall.refused("no_such_command") == "malformed"
    answer = hall.ask("vote", ballot="m1.i1.1", choice="perhaps", why="x")
    assert answer.code == "malformed"
    assert "choice" in answer.message
    assert "why" in answer.message


# Whose journal it is -------------------------------------------------------------------------------------------------


def test_the_journal_begins_with_the_box_and_tells_every_start(hall: Room) -> None:
    hall.restart()
    assert [e.kind for e in hall.entries()] == ["DeviceInstalled", "ServiceStarted", "ServiceStarted"]
    identity = hall.done("identity")
    (installed,) = hall.facts(DeviceInstalled)
    assert installed.public_key == identity["public_key"]
    assert hall.facts(ServiceStarted)[0].configuration == config.digest(hall.configuration)


def test_another_box_does_not_write_into_this_journal(tmp_path: Path) -> None:
    with room(tmp_path):
        pass
    with pytest.raises(JournalError, match=r"site/room-1.*site/room-2"):
        Room(tmp_path, settings(1, box={"device": "room-2"}))


def test_another_key_does_not_write_into_this_journal(tmp_path: Path) -> None:
    with room(tmp_path):
        pass
    (tmp_path / "vault" / "device.key").unlink()
    with pytest.raises(JournalError, match=r"device\.key"):
        Room(tmp_path)


def test_a_damaged_journal_is_not_continued(tmp_path: Path) -> None:
    with room(tmp_path) as hall:
        hall.convene(3)
    with closing(sqlite3.connect(hall.state.journal)) as file:
        file.execute("DROP TRIGGER entry_is_never_changed")
        file.execute("UPDATE entry SET body = CAST(replace(body, 'Kỳ', 'Kì') AS BLOB) WHERE seq = 3")
        file.commit()
    with pytest.raises(JournalError, match="entry 3"):
        Room(tmp_path)


def test_a_second_ballot_service_does_not_start(hall: Room) -> None:
    with pytest.raises(DeviceError, match="another process"):
        Room(hall.state.root)


def test_the_vault_is_for_its_owner_alone(hall: Room) -> None:
    badges(hall)
    assert {p.stat().st_mode & 0o077 for p in hall.state.vault.iterdir()} == {0}
