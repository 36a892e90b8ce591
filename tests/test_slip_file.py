"""An opinion slip from a file: what is read, and that every mistake is told at once."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from appliance import rules, slip_file, slips
from appliance.errors import ConfigurationError
from appliance.values import Delegate, Role

EXAMPLE = Path(__file__).parents[1] / "docs" / "examples" / "slip.toml"
TABLE: dict[str, Any] = {
    "slip": "phieu-1",
    "title": "Chủ trương đầu tư",
    "question": "Đồng ý chủ trương đầu tư?",
    "chair": "dv-01",
    "deadline": tomllib.loads("at = 2026-11-30T17:00:00")["at"],
    "member": [{"id": "dv-01", "name": "Đại biểu Mẫu 01"}, {"id": "dv-02", "name": "Đại biểu Mẫu 02"}],
}


def problems(table: dict[str, Any], roster: tuple[Delegate, ...] = ()) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        slip_file.parse(table, roster, "phiếu.toml")
    assert caught.value.source == "phiếu.toml"
    return list(caught.value.problems)


def test_the_sample_slip_is_one():
    command = slip_file.parse(tomllib.loads(EXAMPLE.read_text("utf-8")))
    assert (command.preset, command.majority, command.silence_agrees) == ("ubnd", "ordinary", False)
    assert command.deadline == datetime(2030, 11, 29, 10, 0, tzinfo=UTC)
    assert len(command.documents) == 1
    assert all("Mẫu" in d.name for d in command.members)


def test_a_deadline_without_an_offset_is_a_time_of_the_place():
    assert slip_file.parse(TABLE).deadline == datetime(2026, 11, 30, 10, 0, tzinfo=UTC)
    table = {**TABLE, "deadline": "2026-11-30T17:00"}
    assert slip_file.parse(table).deadline == datetime(2026, 11, 30, 10, 0, tzinfo=UTC)
    table = {**TABLE, "deadline": datetime(2026, 11, 30, 17, 0, tzinfo=UTC)}
    assert slip_file.parse(table).deadline == datetime(2026, 11, 30, 17, 0, tzinfo=UTC)


def test_silence_agrees_only_where_the_file_says_so():
    assert slip_file.parse(TABLE).silence_agrees is False
    assert slip_file.parse({**TABLE, "silence_agrees": True}).silence_agrees is True


def test_a_roster_adds_its_members_and_nobody_else():
    roster = (
        Delegate(id="dv-03", name="Đại biểu Mẫu 03"),
        Delegate(id="kh-01", name="Khách mời Mẫu 01", role=Role.GUEST),
        Delegate(id="dt-01", name="Người dự thay Mẫu 01", role=Role.SUBSTITUTE, substitute_for="dv-03"),
    )
    asked = slip_file.parse(TABLE, roster).members
    assert [d.id for d in asked] == ["dv-01", "dv-02", "dv-03"]


def test_every_problem_of_the_fields_is_told_at_once():
    found = problems(
        {
            **TABLE,
            "title": "",
            "deadline": "thứ Sáu",
            "silence": True,
            "member": [{"id": "đại-biểu", "name": "Đại biểu Mẫu 01"}, {"id": "dv-02", "nmae": "Đại biểu Mẫu 02"}],
            "document": [{"title": "Tờ trình", "link": "to-trinh.pdf"}],
        }
    )
    assert found == [
        "member 2, nmae: unknown; did you mean “name”?",
        "silence: unknown; did you mean “silence_agrees”?",
        "title: is missing",
        "deadline: “thứ Sáu” is no day and time; write 2026-11-22 08:00 or 08:00 22/11/2026",
        "member 1, id: “đại-biểu” may hold letters without diacritics, digits, “-” and “_”, and at most 64 of them",
        "member 2, name: is missing",
        "document 1, link: “to-trinh.pdf” is no link; it begins with https:// or http:// and has no blank",
    ]


def test_every_contradiction_is_told_at_once():
    guest = Delegate(id="kh-01", name="Khách mời Mẫu 01", role=Role.GUEST)
    found = problems({**TABLE, "chair": "dv-07", "majority": "khong-co"}, (guest, Delegate(id="dv-01", name="Mẫu")))
    assert found == [
        "chair: “dv-07” is no member on the roster",
        "roster 2, id: “dv-01” stands already: member 1, id",
        "majority: the rule “ubnd” has no majority “khong-co”; known: ordinary",
    ]


def test_nobody_who_has_no_vote_is_asked():
    found = problems({**TABLE, "member": [*TABLE["member"], {"id": "kh-01", "name": "Mẫu", "role": "khách mời"}]})
    assert found == ["member 3, role: an opinion slip goes to members alone; the role is another"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"title": "x" * 301}, "title: has 301 characters; 300 are possible"),
        ({"question": float("nan")}, "question: “nan” is no text"),
        ({"question": " "}, "question: is missing"),
        ({"body": ["a"]}, "body: “[…]” is no text"),
        ({"silence_agrees": "có lẽ"}, "silence_agrees: “có lẽ” is none of: có (true), không (false)"),
        ({"preset": "khong-co"}, f"preset: “khong-co” is none of: {', '.join(rules.PRESETS)}"),
        ({"preset": "", "majority": "ordinary"}, "preset: is missing"),
        ({"preset": "ubnd", "majority": " "}, "majority: is missing"),
        ({"majority": "ba phần tư"}, "majority: “ba phần tư” is none of: "),
        ({"Chủ tọa": "dv-02"}, "Chủ tọa: is written twice"),
        ({"Tài liệu": [], "document": [{"title": "Tờ trình"}]}, "document 1, link: is missing"),
        ({"deadline": "2026-11-30"}, "deadline: “2026-11-30” has no time of day; "),
        ({"deadline": tomllib.loads("at = 2026-11-30")["at"]}, "deadline: “30/11/2026” has no time of day; "),
        ({"deadline": datetime(1999, 12, 31, tzinfo=UTC)}, "deadline: “1999-12-31T00:00:00+00:00” lies outside the "),
        ({"deadline": "17:00 30/11/2101"}, "deadline: “2101-11-30T17:00:00+07:00” lies outside the years 2000 to 2100"),
        ({"member": [{"id": f"dv-{n:02}", "name": "Mẫu"} for n in range(2001)]}, "member: has more than 2000 lines"),
    ],
)
def test_a_wrong_field_is_told_in_the_words_of_a_meeting(change, told):
    (found,) = problems({**TABLE, **change})
    assert found.startswith(told)


def test_headings_and_words_may_be_vietnamese():
    command = slip_file.parse(
        {
            "Mã phiếu": "phieu-1",
            "TÊN PHIẾU": "Chủ trương  đầu tư",
            "Câu hỏi": "Đồng ý?\nVì sao?",
            "Chủ tọa": "dv-01",
            "Quy tắc biểu quyết": "HĐND",
            "Đa số": "Hai phần ba",
            "Thời hạn trả lời": "17 giờ 00 ngày 30/11/2026",
            "Không trả lời là tán thành": "có",
            "Đại biểu": [{"Mã": "dv-01", "Họ và tên": "Đại biểu Mẫu 01", "Vai trò": "thành viên"}],
            "Tài liệu": [{"Tên tài liệu": "Tờ trình", "Đường dẫn": "https://vanban.example/1.pdf"}],
        }
    )
    assert (command.title, command.question) == ("Chủ trương đầu tư", "Đồng ý?\nVì sao?")
    assert (command.preset, command.majority, command.silence_agrees) == ("hdnd", "two-thirds", True)
    assert command.deadline == datetime(2026, 11, 30, 10, 0, tzinfo=UTC)
    assert (command.members[0].id, command.documents[0].title) == ("dv-01", "Tờ trình")


def test_midnight_in_toml_is_meant():
    table = {**TABLE, "deadline": tomllib.loads("at = 2026-12-01T00:00:00")["at"]}
    assert slip_file.parse(table).deadline == datetime(2026, 11, 30, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize("preset", rules.PRESETS)
def test_what_is_read_has_no_contradiction_for_the_service(preset):
    for majority in rules.PRESETS[preset].majorities:
        command = slip_file.parse({**TABLE, "preset": preset, "majority": majority}, (Delegate(id="x", name="Mẫu"),))
        assert slips.faults(command.preset, command.majority, command.members, command.chair) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"member": []}, "member: is missing"),
        ({"deadline": None}, "deadline: is missing"),
        ({"members": [{"id": "dv-01"}]}, "members: write it as [[member]] tables, one for each line"),
        ({"documents": []}, "documents: write it as [[document]] tables, one for each line"),
        ({"member": {"id": "dv-01"}}, "member: write it as [[member]] tables, one for each line"),
    ],
)
def test_what_is_missing_or_written_otherwise_is_named(change, told):
    assert told in problems({**TABLE, **change})


def test_a_missing_deadline_is_named():
    assert "deadline: is missing" in problems({key: value for key, value in TABLE.items() if key != "deadline"})
