"""Spreadsheets and tasks: every row of the morning, columns as documented, no formula out of what somebody typed."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import icalendar
import pytest

from appliance import minutes_document
from appliance.events import AbsenceReported, BallotClosed, MeetingEnded, ProxyGiven, TaskAssigned
from appliance.minutes_form import Document
from appliance.papers import tables
from appliance.papers.calendar import calendar_bytes
from appliance.values import Choice, Delegate, Role, Voting
from tests import sitting
from tests.sitting import MEETING, Journal, member

PAGE = (Path(__file__).parent.parent.parent / "docs" / "minutes.md").read_text("utf-8")


@pytest.fixture(scope="module")
def made() -> Document:
    return sitting.morning().document()


def rows(data: bytes) -> list[dict[str, str]]:
    """The lines of a CSV under its headings."""
    assert data.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in data
    assert b"\n" not in data.replace(b"\r\n", b"")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def table(document: Document, name: str) -> list[dict[str, str]]:
    return rows(tables.files(document)[name])


def test_the_minutes_are_the_bytes_that_are_confirmed(made: Document):
    data = tables.files(made)["minutes.json"]
    assert hashlib.sha256(data).hexdigest() == minutes_document.digest(made)
    assert json.loads(data)["meeting"] == MEETING


@pytest.mark.parametrize(
    ("name", "columns"),
    [("roll.csv", tables.ROLL), ("ballots.csv", tables.BALLOTS), ("votes.csv", tables.VOTES)],
)
def test_every_column_is_documented(name: str, columns: tuple[str, ...]):
    part = PAGE.split(f"\n`{name}`", 1)[1].split("|---|---|\n", 1)[1].split("\n\n", 1)[0]
    assert tuple(re.findall(r"^\| ([^|]+?) \|", part, re.MULTILINE)) == columns


def test_every_column_and_field_of_a_task_is_documented(made: Document):
    part = PAGE.split("\n`tasks.csv`", 1)[1].split("|---|---|\n", 1)[1].split("\n\n", 1)[0]
    assert tuple(re.findall(r"^\| ([^|]+?) \|", part, re.MULTILINE)) == tables.TASKS
    part = PAGE.split("\n`tasks.json`", 1)[1].split("|---|---|---|\n", 1)[1].split("\n\n", 1)[0]
    exported = tables.tasks(made)
    assert re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE) == list(exported)
    assert set(re.findall(r"^\| `tasks\[\]\.(\w+)` \|", part, re.MULTILINE)) == set(exported["tasks"][0])


# The roll ------------------------------------------------------------------------------------------------------------


def test_the_roll_has_a_row_for_each_stay_and_one_for_whoever_never_came(made: Document):
    found = table(made, "roll.csv")
    assert [(r["Mã đại biểu"], r["Lần có mặt"]) for r in found if r["Tư cách"] == "Thành viên"] == [
        *((member(n), "1") for n in range(1, 7)),
        (member(6), "2"),
        *((member(n), "1") for n in range(7, 10)),
        *((member(n), "0") for n in range(10, 13)),
    ]


def test_times_are_local_and_late_early_absent_are_told(made: Document):
    by = {(r["Mã đại biểu"], r["Lần có mặt"]): r for r in table(made, "roll.csv")}
    assert by[member(8), "1"]["Đến lúc"] == "2026-11-22 08:12:30"
    assert by[member(8), "1"]["Đến muộn (phút)"] == "12"
    assert by[member(7), "1"]["Về sớm lúc"] == "2026-11-22 09:45:00"
    assert by[member(6), "1"]["Rời lúc"] == "2026-11-22 08:42:00"
    assert by[member(9), "1"]["Hình thức dự"] == "trực tuyến"
    assert by[member(9), "1"]["Điểm cầu"] == "Điểm cầu xã Mẫu"
    assert by["dt-01", "1"]["Dự thay cho"] == "Đại biểu Mẫu 12"
    assert [(by[member(n), "0"]["Lý do vắng mặt"], by[member(n), "0"]["Chủ tọa đồng ý"]) for n in (10, 11, 12)] == [
        ("Đi công tác theo kế hoạch", "có"),
        ("Bận việc riêng", "không"),
        ("", ""),
    ]


def test_an_absence_that_was_reported_and_came_to_nothing_stands_once():
    journal = Journal()
    journal.say("07:40", sitting.convened())
    journal.say("07:45", AbsenceReported(meeting=MEETING, delegate=member(3), reason="Đến muộn", by=member(3)))
    journal.say("08:30", sitting.arrived(member(3)))
    journal.say("08:40", sitting.left(member(3)))
    journal.say("08:50", sitting.arrived(member(3)))
    mine = [r for r in table(journal.document(), "roll.csv") if r["Mã đại biểu"] == member(3)]
    assert [(r["Lý do vắng mặt"], r["Chủ tọa đồng ý"]) for r in mine] == [("Đến muộn", "chưa có ý kiến"), ("", "")]


# Ballots and votes ---------------------------------------------------------------------------------------------------

COUNTS = ("Tán thành", "Không tán thành", "Không biểu quyết", "Không trả lời", "Vắng mặt")


def test_every_ballot_has_its_row_annulled_ones_and_slips_too(made: Document):
    found = table(made, "ballots.csv")
    assert [(r["Mã cuộc biểu quyết"], r["Kết quả"], tuple(r[c] for c in COUNTS)) for r in found] == [
        (f"{MEETING}.nd-1.1", "Được thông qua", ("8", "0", "1", "0", "3")),
        (f"{MEETING}.nd-2.1", "Không được thông qua", ("4", "4", "1", "0", "3")),
        (f"{MEETING}.nd-3.1", "Hủy", ("", "", "", "", "")),
        (f"{MEETING}.nd-3.2", "Được thông qua", ("4", "4", "0", "1", "3")),
        (f"{MEETING}.nd-4.1", "Không được thông qua", ("6", "0", "0", "1", "5")),
        (sitting.SLIP, "Được thông qua", ("6", "2", "1", "3", "0")),
    ]
    assert found[2]["Lý do hủy"] == "Đọc nhầm câu hỏi"
    assert found[3]["Thay cho cuộc biểu quyết"] == f"{MEETING}.nd-3.1"
    assert found[3]["Cách áp dụng chủ tọa chọn"].startswith("Được thông qua: 4/12")
    assert found[4]["Lý do vẫn tiến hành khi thiếu người"] == "Nội dung chỉ về lịch làm việc"
    assert [r["Tính là tán thành vì không trả lời"] for r in found] == ["", "", "", "", "", "3"]


def test_votes_have_everybodys_state_and_add_up_to_the_counts(made: Document):
    votes = [r for r in table(made, "votes.csv") if r["Mã cuộc biểu quyết"] == f"{MEETING}.nd-3.2"]
    said = [r["Lựa chọn"] for r in votes]
    assert [said.count(s) for s in ("Tán thành", "Không tán thành", "Không bấm phím", "Vắng mặt")] == [4, 4, 1, 3]
    assert len(votes) == 12


def test_a_vote_entered_by_hand_is_marked(made: Document):
    (entered,) = [r for r in table(made, "votes.csv") if r["Người nhập"]]
    assert (entered["Mã đại biểu"], entered["Người nhập"], entered["Người làm chứng"], entered["Lý do nhập"]) == (
        member(7),
        "Thư ký",
        "Đại biểu Mẫu 03",
        "Bàn phím hỏng, đại biểu giơ tay",
    )


def test_of_a_secret_ballot_names_and_choices_never_share_a_row(made: Document):
    votes = [r for r in table(made, "votes.csv") if r["Mã cuộc biểu quyết"] == f"{MEETING}.nd-2.1"]
    assert {r["Lựa chọn"] for r in votes if r["Mã đại biểu"]} == {"Đã bỏ phiếu", "Vắng mặt"}
    trackers = [r["Mã kiểm tra"] for r in votes if not r["Mã đại biểu"]]
    assert len(trackers) == 9
    assert trackers == sorted(trackers)


def test_annulled_ballots_and_hands_name_nobody(made: Document):
    named = {r["Mã cuộc biểu quyết"] for r in table(made, "votes.csv")}
    assert named == {f"{MEETING}.nd-1.1", f"{MEETING}.nd-2.1", f"{MEETING}.nd-3.2", sitting.SLIP}


def test_weights_and_proxies_stand_beside_the_votes():
    """A board of three: 50, 30 and 20; the third is absent and the first votes for them."""
    journal = Journal()
    people = tuple(
        Delegate(id=member(n), name=f"Thành viên Mẫu {n}", weight=w, role=Role.MEMBER)
        for n, w in enumerate((50, 30, 20), 1)
    )
    journal.say("07:40", sitting.convened().model_copy(update={"preset": "board", "roster": people}))
    journal.say("07:50", sitting.arrived(member(1)), sitting.arrived(member(2)))
    giving = ProxyGiven(meeting=MEETING, giver=member(3), holder=member(1), document="Giấy 01", by="secretary")
    journal.say("07:55", giving)
    fixed: dict[str, Any] = {
        "preset": "board",
        "present": (member(1), member(2), member(3)),
        "weights": {member(1): 50, member(2): 30, member(3): 20},
        "proxies": {member(3): member(1)},
        "quorum": 65,
        "needed": 65,
    }
    begun = sitting.opened(journal, "nd-1", Voting.OPEN).model_copy(update=fixed)
    journal.say("08:00", begun)
    journal.say("08:01", *sitting.cast(begun.ballot, {1: Choice.FOR, 2: Choice.AGAINST}))
    journal.say("08:02", BallotClosed(ballot=begun.ballot, by="secretary"))
    found = table(journal.document(), "votes.csv")
    assert [(r["Mã đại biểu"], r["Phần vốn"], r["Người được ủy quyền"]) for r in found] == [
        (member(1), "50", ""),
        (member(2), "30", ""),
        (member(3), "20", "Thành viên Mẫu 1"),
    ]
    assert found[2]["Lựa chọn"] == found[0]["Lựa chọn"] != found[1]["Lựa chọn"]
    (ballot,) = table(journal.document(), "ballots.csv")
    assert (ballot["Tổng số"], ballot["Phải có mặt"], ballot["Tán thành"], ballot["Không tán thành"]) == (
        "100",
        "65",
        "70",
        "30",
    )


# What a spreadsheet would run ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["=1+1", "+84", "-2", "@x", '=HYPERLINK("http://example.invalid")'])
def test_no_cell_is_a_formula(typed: str):
    journal = sitting.morning(confirmed=False)
    ended = [e for e in journal.entries if not isinstance(e.event, MeetingEnded)]
    again = Journal()
    for entry in ended:
        again.take(entry.event, entry.at)
    task = sitting.tasks()[0].model_copy(update={"id": "nv-9", "text": typed})
    again.say("11:01", TaskAssigned(meeting=MEETING, task=task, by="secretary"))
    made = again.document()
    assert table(made, "tasks.csv")[-1]["Nhiệm vụ"] == f"'{typed}"
    assert tables.tasks(made)["tasks"][-1]["text"] == typed
    for name, data in tables.files(made).items():
        if name.endswith(".csv"):
            cells = [cell for row in rows(data) for cell in row.values()]
            assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))], name


# Tasks and calendar --------------------------------------------------------------------------------------------------


def test_tasks_for_a_document_management_system(made: Document):
    exported = json.loads(tables.files(made)["tasks.json"])
    assert (exported["meeting"], exported["held_on"], exported["body"]) == (
        MEETING,
        "2026-11-22",
        "Ủy ban nhân dân tỉnh Mẫu",
    )
    assert exported["minutes"] == minutes_document.digest(made)
    assert [task["id"] for task in exported["tasks"]] == ["nv-1", "nv-2"]  # nv-3 was withdrawn
    assert exported["tasks"][0] == {
        "id": "nv-1",
        "text": "Hoàn thiện Kế hoạch năm 2027, trình ký ban hành",
        "item": "nd-1",
        "item_title": "Kế hoạch phát triển kinh tế - xã hội năm 2027",
        "lead_unit": "Sở Mẫu Tài chính",
        "lead_head": "Đại biểu Mẫu 02",
        "cooperating": ["Sở Mẫu Tài nguyên và Môi trường", "Sở Mẫu Văn hóa, Thể thao và Du lịch"],
        "deadline": "2026-12-10",
        "report_deadline": "2026-12-15",
    }
    first = table(made, "tasks.csv")[0]
    assert first["Đơn vị phối hợp"].split("; ") == exported["tasks"][0]["cooperating"]
    assert (first["Thời hạn hoàn thành"], first["Thời hạn báo cáo"]) == ("2026-12-10", "2026-12-15")


def events(document: Document) -> list[icalendar.Event]:
    found = icalendar.Calendar.from_ical(calendar_bytes(document)).walk("VEVENT")
    return [event for event in found if isinstance(event, icalendar.Event)]


def test_each_task_has_two_whole_days_in_the_calendar(made: Document):
    found = [(str(e["SUMMARY"]), e.decoded("DTSTART")) for e in events(made)]
    assert found == [
        ("Thời hạn: Hoàn thiện Kế hoạch năm 2027, trình ký ban hành", date(2026, 12, 10)),
        ("Báo cáo: Hoàn thiện Kế hoạch năm 2027, trình ký ban hành", date(2026, 12, 15)),
        ("Thời hạn: Rà soát phương án phân bổ vốn", date(2026, 12, 20)),
        ("Báo cáo: Rà soát phương án phân bổ vốn", date(2026, 12, 25)),
    ]
    told = str(events(made)[0]["DESCRIPTION"])
    for said in ("Sở Mẫu Tài chính", "Đại biểu Mẫu 02", "Sở Mẫu Văn hóa, Thể thao và Du lịch", "10/12/2026", MEETING):
        assert said in told


def test_a_corrected_task_keeps_its_identifiers(made: Document):
    later = made.tasks[0].model_copy(update={"deadline": date(2027, 1, 5), "text": "Khác"})
    corrected = made.model_copy(update={"tasks": (later, *made.tasks[1:])})
    assert [e["UID"] for e in events(corrected)] == [e["UID"] for e in events(made)]
    assert len({e["UID"] for e in events(made)}) == 4
    other = made.model_copy(update={"meeting": "m-2026-12"})
    assert not {e["UID"] for e in events(other)} & {e["UID"] for e in events(made)}


def test_a_deadline_at_the_end_of_time_breaks_no_calendar(made: Document):
    never = made.tasks[0].model_copy(update={"deadline": date.max, "report_deadline": date.max})
    assert len(events(made.model_copy(update={"tasks": (never,)}))) == 2


def test_the_same_minutes_give_the_same_bytes(made: Document):
    again = sitting.morning().document()
    assert tables.files(made) == tables.files(again)
    assert calendar_bytes(made) == calendar_bytes(again)
    assert b"\r\n" in calendar_bytes(made)
