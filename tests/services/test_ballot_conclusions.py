"""What a meeting leaves behind, through the service: notes, conclusions, tasks, and minutes that two people confirm."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance import minutes_document, record
from appliance.events import MinutesConfirmed, MinutesSigned, TaskAssigned
from appliance.journal import Fact
from appliance.values import Capacity
from tests.worlds.room import Room, room, roster

TASK: dict[str, Any] = {
    "id": "nv-1",
    "text": "Trình kế hoạch chi tiết",
    "item": "i1",
    "lead_unit": "Sở Mẫu 01",
    "lead_head": "Đại biểu Mẫu 04",
    "cooperating": ["Sở Mẫu 02"],
    "deadline": "2026-12-15",
    "report_deadline": "2026-12-20",
}


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Room]:
    with room(tmp_path) as hall:
        guests = [{"id": "tk-01", "name": "Thư ký Mẫu 01", "role": "guest"}]
        hall.done(
            "convene",
            meeting="m1",
            title="Kỳ họp mẫu",
            chair="dv-01",
            secretary="tk-01",
            starts_at="2026-11-22T15:00:00+07:00",
            roster=roster(3) + guests,
            agenda=[{"id": "i1", "title": "Nội dung 1"}],
        )
        hall.seat_delegates(3)
        yield hall


def test_notes_and_conclusions_belong_to_items_that_there_are(hall: Room) -> None:
    hall.done("take_up", item="i1")
    hall.done("note_proceeding", item="i1", text="Đại biểu Mẫu 02 phát biểu.")
    hall.done("record_conclusion", item="i1", text="Thống nhất chủ trương.")
    hall.done("record_conclusion", item="i1", text="Thống nhất chủ trương, giao Sở Mẫu 01.")
    assert hall.refused("record_conclusion", item="i9", text="x") == "no-item"
    assert [note.text for note in hall.minutes.proceedings] == ["Đại biểu Mẫu 02 phát biểu."]
    assert hall.minutes.conclusions["i1"].text == "Thống nhất chủ trương, giao Sở Mẫu 01."


def test_a_task_names_one_lead_and_its_deadlines_fit(hall: Room) -> None:
    assert hall.refused("assign_task", task={**TASK, "lead_unit": "Sở Mẫu 01; Sở Mẫu 02"}) == "lead-list"
    assert hall.refused("assign_task", task={**TASK, "deadline": "2026-11-01"}) == "deadline-before-meeting"
    assert hall.facts(TaskAssigned) == []
    hall.done("assign_task", task=TASK)
    assert hall.minutes.tasks["nv-1"].cooperating == ("Sở Mẫu 02",)
    hall.done("withdraw_task", task="nv-1", reason="giao nhầm")
    assert hall.minutes.tasks == {}
    assert hall.refused("withdraw_task", task="nv-1", reason="giao nhầm") == "no-task"


def digest(hall: Room) -> str:
    return minutes_document.digest(minutes_document.document(hall.minutes))


def test_the_minutes_are_signed_once_chair_and_secretary_have_confirmed_them(hall: Room) -> None:
    pins = {slip["delegate"]: slip["pin"] for slip in hall.done("issue_pins")}
    given = {"meeting": "m1", "digest": digest(hall)}
    assert hall.refused("confirm_minutes", capacity="chair", pin=pins["dv-01"], **given) == "meeting-in-progress"
    hall.done("end_meeting")
    given["digest"] = digest(hall)
    assert hall.refused("confirm_minutes", capacity="chair", pin=pins["dv-02"], **given) == "wrong-secret"
    stale = {**given, "digest": "0" * 64}
    assert hall.refused("confirm_minutes", capacity="chair", pin=pins["dv-01"], **stale) == "minutes-changed"
    hall.done("confirm_minutes", capacity="chair", pin=pins["dv-01"], **given)
    assert hall.facts(MinutesSigned) == []
    assert hall.refused("confirm_minutes", capacity="chair", pin=pins["dv-01"], **given) == "confirmed-already"
    hall.done("confirm_minutes", capacity="secretary", pin=pins["tk-01"], **given)
    assert [fact.delegate for fact in hall.facts(MinutesConfirmed)] == ["dv-01", "tk-01"]
    (signed,) = hall.facts(MinutesSigned)
    envelope = record.parse_envelope(signed.envelope.encode())
    statement = envelope.statement()
    assert (envelope.payload_type, statement["digest"]) == (record.MINUTES, given["digest"])
    assert [c["capacity"] for c in statement["confirmations"]] == ["chair", "secretary"]


def test_a_crash_between_the_second_confirmation_and_the_signature_is_made_good(hall: Room) -> None:
    hall.done("end_meeting")
    facts = [
        Fact(f"crashed/{n}", MinutesConfirmed(meeting="m1", capacity=c, delegate=d, digest=digest(hall)))
        for n, (c, d) in enumerate(((Capacity.CHAIR, "dv-01"), (Capacity.SECRETARY, "tk-01")))
    ]
    hall.service.writer.append(facts, hall.clock.now())
    hall.restart()
    assert len(hall.facts(MinutesSigned)) == 1


def test_the_manifest_of_the_papers_is_signed_for_an_ended_meeting_alone(hall: Room) -> None:
    files = {"bien-ban.pdf": hashlib.sha256(b"paper").hexdigest()}
    assert hall.refused("sign_manifest", meeting="m1", files=files) == "meeting-in-progress"
    hall.done("end_meeting")
    envelope = record.parse_envelope(hall.done("sign_manifest", meeting="m1", files=files)["envelope"].encode())
    assert envelope.payload_type == record.MANIFEST
    assert envelope.statement()["files"] == files
    assert hall.refused("sign_manifest", meeting="m9", files=files) == "no-meeting"
