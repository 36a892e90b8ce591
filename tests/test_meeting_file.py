"""A meeting from a decoded TOML or JSON file, and back: what is read, and that every mistake is told at once."""

from __future__ import annotations

import contextlib
import tomllib
from datetime import datetime, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance import meeting_file
from appliance.commands import Convene
from appliance.errors import ConfigurationError
from appliance.values import Liveness, Role, Voting
from tests.meetings import meetings, table

ROOT = Path(__file__).parents[1]


def problems(decoded: object) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        meeting_file.parse(decoded, "họp.toml")
    assert caught.value.source == "họp.toml"
    return list(caught.value.problems)


def test_the_example_of_the_documents_is_a_meeting() -> None:
    command = meeting_file.parse(tomllib.loads((ROOT / "docs/examples/meeting.toml").read_text("utf-8")))
    members = [d for d in command.roster if d.role is Role.MEMBER]
    assert (len(members), len(command.agenda), command.chair) == (21, 2, "dv-01")
    assert command.starts_at == "2026-11-22T08:00:00+07:00"
    assert all("Mẫu" in d.name for d in command.roster)


def test_keys_and_words_may_be_vietnamese() -> None:
    command = meeting_file.parse(
        {
            "mã cuộc họp": "m-1",
            "Tên cuộc họp": "Kỳ họp mẫu",
            "quy tắc": "Hội đồng nhân dân",
            "bắt đầu lúc": "8h00 ngày 22/11/2026",
            "đại biểu": [{"mã": "dv-01", "họ tên": "Đại biểu Mẫu 01", "vai trò": "Thành viên", "ghế": 7}],
            "nội dung": [
                {
                    "mã": "nd-1",
                    "tên nội dung": "Nội dung",
                    "hình thức": "Bỏ phiếu kín",
                    "đa số": "hai phần ba",
                    "tài liệu": [{"tên": "Tờ trình", "đường dẫn": "https://example.org/1.pdf"}],
                }
            ],
        }
    )
    assert (command.preset, command.starts_at, command.roster[0].seat) == ("hdnd", "2026-11-22T08:00:00+07:00", "7")
    (item,) = command.agenda
    assert (item.voting, item.majority, item.documents[0].title) == (Voting.SECRET, "two-thirds", "Tờ trình")


def test_every_problem_is_told() -> None:
    wrong = table(titel="x", chair="nobody")
    del wrong["meeting"]
    wrong["delegate"][0]["role"] = "king"
    wrong["delegate"][1]["id"] = "có dấu cách"
    wrong["agenda"][0]["quesiton"] = "?"
    wrong["agenda"][0]["document"][0]["lnik"] = "?"
    assert [one.split(":")[0] for one in problems(wrong)] == [
        "agenda 1, document 1, lnik",
        "agenda 1, quesiton",
        "titel",
        "meeting",
        "delegate 1, role",
        "delegate 2, id",
        "chair",
    ]


def test_an_unknown_key_is_answered_with_the_one_that_was_meant() -> None:
    assert problems(table(titel="x")) == ["titel: unknown; did you mean “title”?"]
    assert problems(table(delegat=[])) == ["delegat: unknown; did you mean “delegate”?"]
    assert problems(table(xyz=1))[0].startswith("xyz: unknown; known: meeting, title, body")


@pytest.mark.parametrize("written", [{"id": "dv-01"}, "dv-01", ["dv-01"], 7])
def test_a_value_where_tables_are_wanted_is_named(written: object) -> None:
    assert problems(table(delegate=written, chair="", secretary="")) == [
        "delegate: write it as [[delegate]] tables, one for each line"
    ]
    one = table()
    one["agenda"][0]["document"] = written
    assert problems(one) == ["agenda 1, document: write it as [[agenda.document]] tables, one for each line"]


def test_a_list_under_two_of_its_names_is_told_and_so_is_a_file_that_is_no_table() -> None:
    assert "roster: is written twice" in problems(table(roster=[]))
    assert len(problems([1, 2])) >= 1


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (datetime.fromisoformat("2026-11-22T08:00:00+07:00"), "2026-11-22T08:00:00+07:00"),
        (datetime.fromisoformat("2026-11-22T08:00:00"), "2026-11-22T08:00:00+07:00"),
        (datetime.fromisoformat("2026-11-22T08:00:00+00:00"), "2026-11-22T08:00:00+00:00"),
        ("08:00 22/11/2026", "2026-11-22T08:00:00+07:00"),
        ("", ""),
    ],
)
def test_a_start_without_a_zone_is_one_of_viet_nam(written: object, read: str) -> None:
    assert meeting_file.parse(table(starts_at=written)).starts_at == read


def test_a_day_or_a_time_alone_is_no_start() -> None:
    assert problems(table(starts_at=datetime.fromisoformat("2026-11-22").date()))[0].startswith(
        "starts_at: “22/11/2026”"
    )
    assert problems(table(starts_at=time(8)))[0].startswith("starts_at: “08:00:00” is no day and time")


def test_a_meeting_says_how_the_door_tells_a_person_from_a_picture_or_leaves_it_to_the_box() -> None:
    assert meeting_file.parse(table()).liveness is None
    assert meeting_file.parse(table(liveness="challenge")).liveness is Liveness.CHALLENGE
    assert len(problems(table(liveness="strict"))) == 1


def test_faults_of_a_command_are_lines_with_their_places() -> None:
    command = meeting_file.parse(table()).model_copy(update={"chair": "x", "preset": "y"})
    assert meeting_file.faults(command) == [
        "preset: “y” is none of: ubnd, hdnd, simple, board",
        "chair: “x” is no member on the roster",
    ]


def test_a_file_has_no_key_for_what_it_leaves_as_it_is() -> None:
    made = meeting_file.table(meeting_file.parse(table()))
    assert list(made) == ["meeting", "title", "preset", "starts_at", "chair", "secretary", "room", "delegate", "agenda"]
    assert made["delegate"][2] == {"id": "dv-03", "name": "Đại biểu Mẫu 03"}
    assert made["starts_at"] == datetime.fromisoformat("2026-11-22T08:00:00+07:00")


@settings(max_examples=100)
@given(meetings())
def test_what_was_read_can_be_written_and_read_again(command: Convene) -> None:
    made = meeting_file.table(command)
    assert meeting_file.parse(made) == command
    assert meeting_file.table(meeting_file.parse(made)) == made


toml = st.recursive(
    st.text(max_size=8) | st.integers() | st.booleans() | st.dates() | st.datetimes() | st.floats() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=300)
@given(st.dictionaries(st.sampled_from([*table(), "starts_at", "roster", "liveness", "x"]), toml))
def test_no_table_brings_anything_but_the_one_error(changes: dict[str, Any]) -> None:
    with contextlib.suppress(ConfigurationError):
        meeting_file.parse(table(**changes))
