"""A meeting from a file: what is read, and that every mistake is told at once."""

from __future__ import annotations

import contextlib
import copy
import csv
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance import meeting_file, rules
from appliance.errors import ConfigurationError
from appliance.values import Liveness, Role

EXAMPLES = Path(__file__).parents[1] / "docs" / "examples"
TABLE: dict[str, Any] = {
    "meeting": "m-1",
    "title": "Kỳ họp mẫu",
    "chair": "dv-01",
    "agenda": [{"id": "i1", "title": "Nội dung 1"}],
    "delegate": [
        {"id": "dv-01", "name": "Đại biểu Mẫu 01", "seat": "01"},
        {"id": "dv-02", "name": "Đại biểu Mẫu 02", "seat": "02"},
        {"id": "kh-01", "name": "Khách mời Mẫu 01", "role": "guest"},
    ],
}


def problems(table: dict[str, Any], roster: list[dict[str, Any]] | None = None) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        meeting_file.parse(table, roster or [], "họp.toml")
    assert caught.value.source == "họp.toml"
    return list(caught.value.problems)


def test_the_sample_meeting_is_one() -> None:
    command = meeting_file.parse(tomllib.loads((EXAMPLES / "meeting.toml").read_text("utf-8")))
    members = [d for d in command.roster if d.role is Role.MEMBER]
    assert (len(members), len(command.agenda), command.chair) == (21, 2, "dv-01")
    assert command.starts_at == "2026-11-22T08:00:00+07:00"
    assert all("Mẫu" in d.name for d in command.roster)


def test_the_sample_roster_adds_to_it() -> None:
    rows = list(csv.DictReader((EXAMPLES / "roster.csv").open(encoding="utf-8")))
    table = {**TABLE, "delegate": TABLE["delegate"][:2]}
    added = meeting_file.parse(table, rows).roster[2]
    assert (added.id, added.name, added.role, added.seat) == ("kh-01", "Khách mời Mẫu 02", Role.GUEST, None)


def test_a_roster_may_have_vietnamese_headings_typed_either_way() -> None:
    row = {"MÃ": "dv-09", "Họ và tên": "Đại biểu Mẫu 09", "Vai trò ": "Người dự thay", "Ghế": 9, "Đơn vị": None}
    delegate = meeting_file.parse(TABLE, [row]).roster[-1]
    assert (delegate.id, delegate.role, delegate.seat, delegate.unit) == ("dv-09", Role.SUBSTITUTE, "9", "")


def test_every_problem_of_the_fields_is_told() -> None:
    table = copy.deepcopy(TABLE)
    table["titel"] = "x"
    del table["meeting"]
    table["delegate"][0]["role"] = "king"
    table["delegate"][1]["id"] = "có dấu cách"
    table["agenda"][0]["quesiton"] = "?"
    told = problems(table)
    assert len(told) == 5
    text = "\n".join(told)
    for expected in ("titel: unknown key", "meeting: field required", "delegate 1 role", "delegate 2 id", "agenda 1"):
        assert expected in text, expected


def test_every_contradiction_is_told() -> None:
    table = copy.deepcopy(TABLE)
    table["chair"], table["preset"] = "kh-01", "fifty-percent"
    table["agenda"] *= 2
    row = {"id": "dv-01", "name": "Đại biểu Mẫu 03", "seat": "02"}
    told = problems(table, [row])
    assert told == [
        "delegate 'dv-01' stands 2 times",
        "seat '02' stands 2 times",
        "agenda item 'i1' stands 2 times",
        "chair: 'kh-01' is not a member on the roster",
        "preset: 'fifty-percent' does not exist; known: " + ", ".join(sorted(rules.PRESETS)),
    ]


def test_a_meeting_without_members_cannot_vote() -> None:
    table = {**TABLE, "chair": "", "delegate": [TABLE["delegate"][2]]}
    assert problems(table) == ["roster: nobody is a member, so nobody could vote"]
    assert any("roster" in p or "delegate" in p for p in problems({**TABLE, "delegate": []}))


def test_a_table_where_tables_are_wanted_is_named() -> None:
    assert "delegate: must be [[delegate]] tables" in problems({**TABLE, "delegate": {"id": "dv-01"}})
    assert "roster: write the delegates as [[delegate]] tables" in problems({**TABLE, "roster": []})


toml = st.recursive(
    st.text(max_size=8) | st.integers() | st.booleans() | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*TABLE, "starts_at", "roster", "x"]), toml))
def test_no_table_brings_anything_but_the_one_error(table: dict[str, Any]) -> None:
    with contextlib.suppress(ConfigurationError):
        meeting_file.parse({**TABLE, **table})


def test_a_meeting_says_how_the_door_tells_a_person_from_a_picture_or_leaves_it_to_the_box():
    assert meeting_file.parse(TABLE).liveness is None
    assert meeting_file.parse({**TABLE, "liveness": "challenge"}).liveness is Liveness.CHALLENGE
    assert len(problems({**TABLE, "liveness": "strict"})) == 1
