"""A meeting's file in each of its formats: read, written, the same bytes each time, and the sample that ships."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from appliance import meeting_draft, meeting_file, rules, sheets
from appliance.commands import Convene
from appliance.errors import ConfigurationError
from appliance.values import Role, Voting
from tests.meetings import meetings, table


@pytest.mark.parametrize("ending", sheets.FORMATS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(meetings())
def test_what_was_written_is_read_again_and_the_bytes_are_the_same(ending: str, command: Convene) -> None:
    data = sheets.encode(meeting_file.table(command), ending)
    again = meeting_draft.convene(sheets.decode(f"hop.{ending}", data), "x")
    assert again == command
    assert sheets.encode(meeting_file.table(again), ending) == data


def test_toml_is_as_a_person_would_write_it() -> None:
    text = sheets.encode(meeting_file.table(meeting_file.parse(table())), "toml").decode()
    assert 'meeting = "m-1"\ntitle = "Kỳ họp mẫu"\n' in text
    assert "starts_at = 2026-11-22T08:00:00+07:00\n" in text
    assert '\n[[delegate]]\nid = "dv-02"\nname = "Đại biểu Mẫu 02"\nseat = "02"\nroom = "p-2"\n' in text
    assert '\n[[agenda.document]]\ntitle = "Tờ trình"\nlink = "https://example.org/1.pdf"\n' in text


def test_json_has_the_same_structure() -> None:
    made = meeting_file.table(meeting_file.parse(table()))
    read = sheets.decode("x.json", sheets.encode(made, "json")).table
    assert read["starts_at"] == "2026-11-22T08:00:00+07:00"
    assert read["delegate"] == made["delegate"]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("hop.toml", b"x = ", "not TOML"),
        ("hop.toml", b"\xff\xfe", "line 1 is not UTF-8; save the file as UTF-8"),
        ("hop.toml", "a = 1\n\nb = 'đ'".encode("cp1258"), "line 3 is not UTF-8; save the file as UTF-8"),
        ("hop.toml", b"\xef\xbb\xbfa = 1\nb = '\xfd'", "line 2 is not UTF-8; save the file as UTF-8"),
        ("hop.json", b'{\n"title": "\xfd"}', "line 2 is not UTF-8; save the file as UTF-8"),
        ("hop.toml", b"x = " + b"9" * 5000, "not TOML"),
        ("hop.json", b"{", "not JSON"),
        ("hop.json", b"[" * 100_000, "not JSON"),
        ("hop.json", b'{"title": "a", "room": [{"id": "x", "id": "y"}]}', "not JSON: 'id' stands twice in one object"),
        ("hop.xlsx", b"PK", "not an XLSX workbook"),
        ("hop.docx", b"PK", "ends in .toml, .json, .xlsx"),
        ("hop", b"", "ends in .toml, .json, .xlsx"),
    ],
)
def test_what_cannot_be_read_is_named(name: str, data: bytes, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said) as caught:
        sheets.decode(name, data)
    assert caught.value.source == name


def test_a_value_that_is_nested_very_deep_is_no_text() -> None:
    deep = b'{"title": ' + b"[" * 900 + b"]" * 900 + b"}"
    with pytest.raises(ConfigurationError) as caught:
        meeting_draft.convene(sheets.decode("hop.json", deep), "x")
    assert "title: “[…]” is no text" in caught.value.problems


def test_a_mark_of_utf_8_and_a_big_ending_do_no_harm() -> None:
    assert sheets.decode("HOP.TOML", b"\xef\xbb\xbfmeeting = 'm-1'").table["meeting"] == "m-1"


def test_the_sample_shows_everything_that_a_file_may_say() -> None:
    command = meeting_file.parse(tomllib.loads(sheets.sample().decode()))
    members = [d for d in command.roster if d.role is Role.MEMBER]
    assert (len(members), len(command.agenda), command.preset) == (21, 15, "ubnd")
    assert {d.role for d in command.roster} == set(Role)
    assert {item.voting for item in command.agenda} == {Voting.OPEN, Voting.SECRET, Voting.HANDS}
    assert any(item.limit_seconds for item in command.agenda)
    assert len(command.rooms) == 3
    assert {d.room for d in command.roster} == {room.id for room in command.rooms}
    assert command.secretary in {d.id for d in command.roster if d.role is Role.GUEST}
    assert rules.preset(command.preset).quorum_of(len(members)) == 14


def test_the_sample_is_plainly_made_up() -> None:
    command = meeting_file.parse(tomllib.loads(sheets.sample().decode()))
    assert all("Mẫu" in d.name for d in command.roster)
    assert all(one.link.startswith("https://example.org/") for item in command.agenda for one in item.documents)


def test_the_sample_ships_inside_the_package() -> None:
    import appliance.resources

    (place,) = appliance.resources.__path__
    assert (Path(place) / "meeting.toml").read_bytes() == sheets.sample()
