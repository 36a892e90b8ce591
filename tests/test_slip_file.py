"""An opinion slip from a file: what is read, and that every mistake is told at once."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from appliance import slip_file
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
            "member": [{"id": "đại-biểu", "name": "Đại biểu Mẫu 01"}, {"id": "dv-02", "ten": "Đại biểu Mẫu 02"}],
            "document": [{"title": "Tờ trình", "link": "to-trinh.pdf"}],
        }
    )
    told = "\n".join(found)
    assert len(found) == 7
    for place in ("title: ", "deadline: ", "silence: unknown key", "member 1 id: ", "member 2 name: is missing"):
        assert place in told
    assert "member 2 ten: unknown key; known: id, name" in told
    assert "document 1 link: " in told


def test_every_contradiction_is_told_at_once():
    found = problems({**TABLE, "chair": "dv-07", "majority": "khong-co"}, (Delegate(id="dv-01", name="Mẫu"),))
    told = "\n".join(found)
    assert len(found) == 3
    assert "dv-01 stands more than once" in told
    assert "'dv-07'" in told
    assert "khong-co" in told


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"member": []}, "member: is missing"),
        ({"deadline": None}, "deadline: is missing"),
        ({"members": [{"id": "dv-01"}]}, "members: write them as [[member]] tables"),
        ({"documents": []}, "documents: write them as [[document]] tables"),
        ({"member": {"id": "dv-01"}}, "member: must be [[member]] tables"),
    ],
)
def test_what_is_missing_or_written_otherwise_is_named(change, told):
    assert told in problems({**TABLE, **change})


def test_a_missing_deadline_is_named():
    assert "deadline: is missing" in problems({key: value for key, value in TABLE.items() if key != "deadline"})
