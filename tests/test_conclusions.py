"""Tasks as they are typed: one lead unit, its head by name, deadlines after the meeting; doubts are no faults."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from appliance import conclusions
from appliance.values import Task
from tests import sitting

MEETING = sitting.morning(confirmed=False).meeting
RIGHT: dict[str, Any] = {
    "id": "nv-9",
    "text": "Hoàn thiện báo cáo",
    "item": "nd-1",
    "lead_unit": "Sở Mẫu Tài chính",
    "lead_head": "Đại biểu Mẫu 02",
    "cooperating": ("Sở Mẫu Nội vụ",),
    "deadline": date(2026, 12, 10),
    "report_deadline": date(2026, 12, 15),
}


def faults(*, units: tuple[str, ...] = (), **changes: Any) -> set[tuple[str, str]]:
    found = conclusions.faults(Task(**RIGHT | changes), MEETING, units)
    return {(fault.field, fault.code) for fault in found}


def warnings(**changes: Any) -> set[tuple[str, str]]:
    return {(one.field, one.code) for one in conclusions.warnings(Task(**RIGHT | changes), MEETING)}


def test_a_task_in_order_has_neither_faults_nor_warnings():
    assert (faults(), warnings()) == (set(), set())


def test_every_fault_is_told_at_once_with_a_sentence():
    wrong = Task(**RIGHT | {"item": "nd-9", "lead_unit": " ", "lead_head": "Mẫu", "deadline": date(2026, 1, 1)})
    found = conclusions.faults(wrong, MEETING)
    assert [fault.code for fault in found] == ["no-item", "lead-missing", "head-short", "deadline-before-meeting"]
    assert all(fault.message for fault in found)


# Units ---------------------------------------------------------------------------------------------------------------


def test_a_unit_that_is_known_by_that_very_name_leads_whatever_signs_it_has():
    signs = "Phòng Khoa học & Công nghệ mẫu"
    assert ("lead_unit", "lead-list") in faults(lead_unit=signs)
    assert faults(lead_unit=signs, units=(signs, "Sở Mẫu Nội vụ")) == set()
    both = ("Sở Mẫu Nội vụ", "Phòng A/B mẫu")
    assert ("cooperating", "cooperating-list") in faults(cooperating=both)
    assert faults(cooperating=both, units=(*both, RIGHT["lead_unit"])) == set()


@pytest.mark.parametrize(
    "name",
    [
        "Sở Tài nguyên và Môi trường",
        "Sở Văn hóa, Thể thao và Du lịch",
        "Ban Chỉ huy Phòng, chống thiên tai và Tìm kiếm cứu nạn",
        "Văn phòng Đoàn đại biểu Quốc hội và Hội đồng nhân dân tỉnh",
        "Văn phòng Hội đồng nhân dân và Ủy ban nhân dân huyện Mẫu",
        "Chi cục Thủy lợi và Phòng, chống thiên tai",
        "Trung tâm Văn hóa - Thể thao",
    ],
)
def test_units_that_have_conjunctions_in_their_names_are_one_unit(name: str):
    assert faults(lead_unit=name) == set()


@pytest.mark.parametrize(
    "name",
    [
        "Sở Mẫu Tài chính; Sở Mẫu Nội vụ",
        "Sở Mẫu Tài chính/Sở Mẫu Nội vụ",
        "Sở Mẫu Tài chính\nSở Mẫu Nội vụ",
        "Sở Mẫu Tài chính | Sở Mẫu Nội vụ",
        "Sở Mẫu Tài chính & Sở Mẫu Nội vụ",
        "Sở Mẫu Tài chính + Sở Mẫu Nội vụ",
        # joined, and both are known by name
        "Sở Mẫu Tài chính và Sở Mẫu Nội vụ",
        "Sở Mẫu Tài chính, Sở Mẫu Nội vụ",
        "SỞ MẪU TÀI CHÍNH cùng với sở mẫu nội vụ",
        "Sở Mẫu Y tế, Sở Mẫu Tài chính và Sở Mẫu Nội vụ",
        "Sở Mẫu Văn hóa, Thể thao và Du lịch và Sở Mẫu Tài nguyên và Môi trường",
    ],
)
def test_a_list_is_no_lead_unit(name: str):
    assert ("lead_unit", "lead-list") in faults(lead_unit=name, cooperating=())


def test_a_co_operating_unit_is_known_by_name_too():
    both = "Sở Mẫu Tài chính và Hội Mẫu Khác"
    assert faults(lead_unit=both, cooperating=()) == set()
    assert warnings(lead_unit=both, cooperating=()) == {("lead_unit", "lead-unknown")}
    assert ("lead_unit", "lead-list") in faults(lead_unit=both, cooperating=("Hội Mẫu Khác",))


def test_what_only_looks_like_a_list_is_a_warning():
    assert warnings(lead_unit="Sở A và Sở B") == {("lead_unit", "lead-unknown"), ("lead_unit", "lead-looks-like-list")}
    assert warnings(lead_unit="Sở Mẫu Văn hóa, Thể thao và Du lịch", cooperating=()) == set()
    assert warnings(lead_unit="Sở Tài nguyên và Môi trường") == {("lead_unit", "lead-unknown")}


def test_against_a_list_of_all_units_the_lead_must_be_one_of_them():
    units = ("Sở Mẫu Tài chính", "Sở Mẫu Nội vụ")
    assert faults(units=units) == set()
    assert faults(units=units, lead_unit="sở  mẫu  TÀI CHÍNH") == set()
    assert faults(units=units, lead_unit="Sở Mẫu Y tế") == {("lead_unit", "lead-unknown")}


def test_decomposed_letters_are_the_same_unit():
    import unicodedata

    other = unicodedata.normalize("NFD", "Sở Mẫu Tài chính")
    assert other != "Sở Mẫu Tài chính"
    assert ("cooperating", "lead-cooperates") in faults(cooperating=(other,))


@pytest.mark.parametrize(
    ("units", "code"),
    [
        (("Sở Mẫu Nội vụ", "sở mẫu nội vụ"), "cooperating-twice"),
        (("Sở Mẫu Tài chính",), "lead-cooperates"),
        (("Sở Mẫu Nội vụ; Sở Mẫu Y tế",), "cooperating-list"),
        ((" ",), "cooperating-blank"),
    ],
)
def test_co_operating_units_stand_once_each_and_apart(units: tuple[str, ...], code: str):
    assert faults(cooperating=units) == {("cooperating", code)}


def test_nobody_needs_to_co_operate():
    assert faults(cooperating=()) == set()


# The head ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (" ", "head-missing"),
        ("Mẫu", "head-short"),
        ("Sở Mẫu Tài chính", "head-is-a-unit"),
        ("Giám đốc Sở Mẫu Tài chính", "head-is-a-unit"),
        ("Chánh Thanh tra tỉnh Mẫu", "head-is-a-unit"),
        ("Văn phòng khác", "head-is-a-unit"),
        ("Đại biểu Mẫu 01, Đại biểu Mẫu 02", "head-list"),
        ("Đại biểu Mẫu 01 và Đại biểu Mẫu 02", "head-list"),
        ("Đại biểu Mẫu 01; Đại biểu Mẫu 02", "head-list"),
    ],
)
def test_the_head_is_one_person_by_name(head: str, code: str):
    assert faults(lead_head=head) == {("lead_head", code)}


@pytest.mark.parametrize("head", ["Đại biểu Mẫu 02", "Y Mẫu", "Ban Văn Mẫu", "Vàng A Mẫu"])
def test_names_of_people_are_names(head: str):
    assert faults(lead_head=head) == set()


# Dates ---------------------------------------------------------------------------------------------------------------


def test_deadlines_are_not_before_the_day_of_the_meeting():
    day = date(2026, 11, 22)
    assert faults(deadline=day, report_deadline=day) == set()
    before = date(2026, 11, 21)
    assert faults(deadline=before) == {("deadline", "deadline-before-meeting")}
    assert faults(report_deadline=before) == {("report_deadline", "report-before-meeting")}


def test_a_report_before_the_task_is_done_is_a_warning():
    assert warnings(report_deadline=date(2026, 12, 9)) == {("report_deadline", "report-before-deadline")}
    assert faults(report_deadline=date(2026, 12, 9)) == set()
    assert warnings(report_deadline=date(2026, 12, 10)) == set()


@pytest.mark.parametrize(
    ("starts_at", "day"),
    [
        ("2026-11-23T00:30:00+07:00", "2026-11-23"),
        ("2026-11-22T23:30:00Z", "2026-11-23"),
        ("2026-11-24T08:00:00+07:00", "2026-11-24"),  # its roll was opened the day before
        ("2026-11-20T08:00:00+07:00", "2026-11-23"),  # it was put off
        ("", "2026-11-23"),
    ],
)
def test_the_day_is_that_of_the_meetings_own_clock(starts_at: str, day: str):
    journal = sitting.Journal()
    convened = sitting.convened().model_copy(update={"starts_at": starts_at})
    journal.say("00:10", convened, day="2026-11-23")  # 17:10 of the day before in UTC
    assert conclusions.day_of(journal.meeting) == date.fromisoformat(day)
