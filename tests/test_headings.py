"""Headings and words in both languages, however they are typed."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from pathlib import Path

import pytest

from appliance import headings, rules, sheet
from appliance.commands import Convene, SendSlip
from appliance.values import Delegate, Document, Item, Liveness, Role, Room, Seating, Value, Voting


@pytest.mark.parametrize(
    "typed",
    [
        "Họ và tên",
        "HỌ VÀ TÊN",
        "Ho va ten",
        "họ  và\ttên :",
        "Họ và tên (*)",
        "name",
        unicodedata.normalize("NFD", "Họ tên"),
    ],
)
def test_one_heading_typed_in_many_ways(typed: str) -> None:
    assert headings.field("delegate", typed) == "name"


@pytest.mark.parametrize("table", headings.RECORDS)
def test_no_heading_means_two_fields_of_a_table(table: str) -> None:
    meant = defaultdict(set)
    for h in headings.RECORDS[table]:
        for name in (h.key, h.vi, h.en, *h.also):
            meant[headings.fold(name)].add(h.key)
    assert {name: keys for name, keys in meant.items() if len(keys) > 1} == {}
    assert headings.BESIDE & set(meant) == set()


def test_no_sheet_means_two_tables_and_no_table_is_a_field_of_the_meeting() -> None:
    meant = defaultdict(set)
    for table, h in headings.SHEETS.items():
        for name in (h.key, h.vi, h.en, *h.also):
            meant[headings.fold(name)].add(table)
    assert {name: tables for name, tables in meant.items() if len(tables) > 1} == {}
    lists = {name for name, tables in meant.items() if tables & {"room", "delegate", "agenda"}}
    assert [name for name in lists if headings.field("meeting", name)] == []


@pytest.mark.parametrize(
    ("table", "model", "elsewhere"),
    [
        ("meeting", Convene, {"rooms", "roster", "agenda"}),
        ("room", Room, set()),
        ("delegate", Delegate, set()),
        ("agenda", Item, {"documents"}),
        ("document", Document, set()),
        ("slip", SendSlip, {"members", "documents"}),
    ],
)
def test_every_field_of_a_file_can_be_written(table: str, model: type[Value], elsewhere: set[str]) -> None:
    keys = {h.key for h in headings.RECORDS[table]} - {"item"}
    assert keys == set(model.model_fields) - elsewhere


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        ("role", "Thành viên", "member"),
        ("role", "GUEST", "guest"),
        ("role", "nguoi du thay", "substitute"),
        ("voting", "Công khai", "open"),
        ("voting", "bỏ phiếu kín", "secret"),
        ("voting", "Giơ tay", "hands"),
        ("voting", "Phiếu ghi ý kiến", "slip"),
        ("seating", "tự do", "free"),
        ("liveness", "quay đầu", "challenge"),
        ("preset", "Ủy ban nhân dân", "ubnd"),
        ("preset", "UBND", "ubnd"),
        ("preset", "HĐND", "hdnd"),
        ("preset", "Members' council", "board"),
        ("silence_agrees", "CÓ", "true"),
        ("silence_agrees", "không", "false"),
        ("role", "vua", None),
        ("seat", "01", None),
    ],
)
def test_words_of_both_languages(field: str, typed: str, code: str | None) -> None:
    assert headings.code(field, typed) == code


@pytest.mark.parametrize("preset", rules.PRESETS)
def test_every_majority_of_every_rule_has_its_words(preset: str) -> None:
    for name, majority in rules.PRESETS[preset].majorities.items():
        for typed in (name, majority.words["vi"], majority.words["en"].upper(), headings.word("majority", name)):
            assert headings.code("majority", typed, preset) == name, typed


@pytest.mark.parametrize(
    ("field", "codes"),
    [("role", Role), ("voting", Voting), ("seating", Seating), ("liveness", Liveness), ("preset", rules.PRESETS)],
)
def test_every_code_has_a_vietnamese_word_that_means_it(field: str, codes: object) -> None:
    for code in codes:  # type: ignore[attr-defined]
        word = headings.word(field, code)
        assert word != code
        assert headings.code(field, word) == code
        assert f"{word} ({code})" in headings.known(field)


def test_the_document_about_the_file_has_every_field() -> None:
    text = (Path(__file__).parents[1] / "docs/meeting-file.md").read_text("utf-8")
    rows = re.findall(r"^\| (?:`(\w+)` )?\| `(\w+)` \| ([^|]+) \| (yes )?\|", text, re.MULTILINE)
    needed = {**sheet.REQUIRED, "meeting": ("meeting", "title")}
    said = [(table or "meeting", key, heading, bool(yes)) for table, key, heading, yes in rows]
    of_file = [(table, h) for table, fields in headings.TABLES.items() for h in fields if h.key != "item"]
    assert said == [(table, h.key, h.vi, h.key in needed[table]) for table, h in of_file]


def test_the_handbook_has_every_field_of_a_slip() -> None:
    text = " ".join((Path(__file__).parents[1] / "docs/operating.md").read_text("utf-8").split())
    assert [h.key for h in headings.SLIP if f"`{h.key}` ({h.vi})" not in text] == []


def test_what_may_have_been_meant() -> None:
    assert headings.near("titel", ["title", "body"]) == "title"
    assert headings.near("Chức vu", ["Chức vụ", "Đơn vị"]) == "Chức vụ"
    assert headings.near("xyz", ["title", "body"]) == ""
