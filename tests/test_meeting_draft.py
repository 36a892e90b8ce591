"""A draft becomes the command, or tells every fault of its fields and between them at once."""

from __future__ import annotations

from typing import Any

import pytest

from appliance import meeting_draft, meeting_file, roster
from appliance.commands import Convene
from appliance.errors import ConfigurationError
from appliance.meeting_draft import Draft
from appliance.sheet import MOST_LINES
from tests.meetings import table


def told(draft: Draft) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        meeting_draft.convene(draft, "họp.toml")
    assert caught.value.source == "họp.toml"
    return list(caught.value.problems)


def command(**changes: Any) -> Convene:
    return meeting_draft.convene(Draft(table(**changes)), "x")


def test_a_draft_becomes_the_command() -> None:
    made = command()
    assert (made.meeting, made.chair, len(made.roster), len(made.rooms)) == ("m-1", "dv-01", 5, 2)
    assert made.agenda[0].documents[0].link == "https://example.org/1.pdf"


def test_faults_of_fields_and_contradictions_come_together() -> None:
    wrong = table(chair="kh-01")
    wrong["delegate"][1]["seat"] = "01"
    wrong["delegate"][0]["name"] = ""
    assert told(Draft(wrong)) == [
        "delegate 1, name: is missing",
        "chair: “kh-01” is no member on the roster",
        "delegate 2, seat: “01” stands already: delegate 1, seat",
    ]


def test_a_field_that_is_wrong_brings_no_second_fault_with_it() -> None:
    wrong = table(preset="??")
    wrong["delegate"][4]["role"] = "người thay"
    wrong["delegate"][0]["weight"] = "nhiều"
    assert [one.split(":")[0] for one in told(Draft(wrong))] == ["preset", "delegate 1, weight", "delegate 5, role"]


def test_people_and_rooms_may_be_meant_by_name() -> None:
    people = table()["delegate"]
    people[4]["substitute_for"] = "ĐẠI BIỂU  MẪU 03"
    people[0]["room"] = "Điểm cầu Mẫu"
    made = command(chair="Đại biểu Mẫu 01", secretary="Khách mời Mẫu 01", delegate=people)
    assert (made.chair, made.secretary, made.roster[4].substitute_for) == ("dv-01", "kh-01", "dv-03")
    assert made.roster[0].room == "p-2"


def test_a_name_that_two_have_is_not_enough() -> None:
    people = table()["delegate"]
    people[1]["name"] = "Đại biểu Mẫu 01"
    assert told(Draft(table(chair="Đại biểu Mẫu 01", delegate=people))) == [
        "chair: two are called “Đại biểu Mẫu 01”; write the identifier"
    ]
    assert command(chair="dv-02", delegate=people).chair == "dv-02"


def test_empty_lines_keep_the_numbers_of_the_others() -> None:
    people: list[Any] = [None, *table()["delegate"], None]
    people[2] = {**people[2], "seat": "??"}
    assert told(Draft(table(delegate=people)))[0].startswith("delegate 3, seat: “??”")
    assert len(command(delegate=[None, *table()["delegate"]]).roster) == 5


@pytest.mark.parametrize("lines", [[], [None, None]])
def test_nobody_at_all(lines: list[None]) -> None:
    assert told(Draft(table(delegate=lines, chair="", secretary=""))) == ["delegate: there is nobody in it"]


def test_a_roster_apart_is_added_and_named_by_its_own_rows() -> None:
    own = table()["delegate"]
    rows = [["Mã", "Họ và tên", "Vai trò", "Dự thay cho"], ["dt-02", "Người dự thay Mẫu 02", "người dự thay", "dv-02"]]
    draft = Draft(table(delegate=own)).with_people(roster.read(rows), "ds.csv")
    assert [d.id for d in meeting_draft.convene(draft, "x").roster][4:] == ["dt-01", "dt-02"]
    rows += [["dv-01", "", "vua", ""]]
    draft = Draft(table(delegate=own)).with_people(roster.read(rows), "ds.csv")
    assert told(draft) == [
        "ds.csv, row 3, column B (Họ và tên): is missing",
        "ds.csv, row 3, column C (Vai trò): “vua” is none of: "
        "thành viên (member), khách mời (guest), người dự thay (substitute)",
        "ds.csv, row 3, column A (Mã): “dv-01” stands already: delegate 1, id",
    ]


def test_a_roster_that_has_no_headings_is_told_with_the_faults_of_the_meeting() -> None:
    draft = Draft(table(title="")).with_people(roster.read([["x", "y"], ["1", "2"]]), "ds.csv")
    first, *_, last = told(draft)
    assert first.startswith("ds.csv, row 1, column A (x): unknown")
    assert last == "title: is missing"


def test_faults_are_values_with_the_place_in_the_draft() -> None:
    wrong = table(chair="x")
    wrong["agenda"][0]["document"][0]["link"] = "ftp://x"
    found = meeting_draft.check(Draft(wrong))
    assert not isinstance(found, Convene)
    assert [one.place for one in found] == [("agenda", 0, "document", 0, "link"), ("chair",)]


def test_more_lines_than_a_meeting_has_are_refused_before_they_are_read() -> None:
    many = [{"id": f"k-{n}", "name": "x", "role": "guest"} for n in range(MOST_LINES)]
    assert told(Draft(table(delegate=[*table()["delegate"], *many]))) == ["delegate: has more than 2000 lines"]


def test_the_file_of_a_command_has_no_problem_that_the_service_would_find() -> None:
    assert meeting_file.faults(command()) == []
