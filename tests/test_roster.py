"""A table of people → delegates, or every error at once."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance import roster
from appliance.errors import ConfigurationError
from appliance.values import Delegate, Role

ENGLISH = ["id", "name", "title", "unit", "role", "seat"]
VIETNAMESE = ["Mã", "Họ tên", "Chức vụ", "Đơn vị", "Vai trò", "Ghế"]


def problems(rows: Sequence[Sequence[object]]) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as caught:
        roster.parse(rows, "danh-sach.csv")
    return caught.value.problems


@pytest.mark.parametrize("headings", [ENGLISH, VIETNAMESE, [h.upper() for h in VIETNAMESE]])
def test_headings_in_both_languages(headings: list[object]) -> None:
    row: list[object] = ["dv-01", "Đại biểu Mẫu 01", "Giám đốc", "Sở Mẫu", "member", "01"]
    assert roster.parse([headings, row]) == (
        Delegate(id="dv-01", name="Đại biểu Mẫu 01", title="Giám đốc", unit="Sở Mẫu", role=Role.MEMBER, seat="01"),
    )


def test_headings_in_decomposed_letters_as_a_mac_writes_them() -> None:
    headings = [unicodedata.normalize("NFD", h) for h in VIETNAMESE]
    name = unicodedata.normalize("NFD", "Nguyễn Mẫu")
    (delegate,) = roster.parse([headings, ["dv-01", name]])
    assert delegate.name == "Nguyễn Mẫu"


@pytest.mark.parametrize(
    ("said", "role"),
    [
        ("", Role.MEMBER),
        ("Thành viên", Role.MEMBER),
        ("khách mời", Role.GUEST),
        ("GUEST", Role.GUEST),
        ("người dự thay", Role.SUBSTITUTE),
        ("substitute", Role.SUBSTITUTE),
    ],
)
def test_roles(said: str, role: Role) -> None:
    assert roster.parse([ENGLISH, ["a", "A", "", "", said, ""]])[0].role is role


def test_columns_may_be_missing_or_in_any_order_and_rows_short_or_empty() -> None:
    rows: list[list[object]] = [
        [],
        ["Họ tên", None, "Mã"],
        [None, None],
        ["Mẫu 01", None, "dv-01"],
        ["Mẫu 02", "", "dv-02"],
    ]
    assert [d.id for d in roster.parse(rows)] == ["dv-01", "dv-02"]
    assert roster.parse(rows)[0].seat is None


def test_numbers_of_a_spreadsheet() -> None:
    (delegate,) = roster.parse([ENGLISH, [7.0, "Mẫu", None, None, None, 12]])
    assert (delegate.id, delegate.seat) == ("7", "12")


def test_every_error_at_once_with_row_and_column() -> None:
    found = problems(
        [
            ENGLISH,
            ["dv-01", "Mẫu 01", "", "", "member", "01"],
            ["đv 02", "", "", "", "chủ tịch", "01"],
            ["dv-01", "Mẫu 03", "", "", "", "a b"],
        ]
    )
    assert [p.split(":")[0] for p in found] == [
        "row 3, column A (id)",
        "row 3, column B (name)",
        "row 3, column E (role)",
        "row 4, column F (seat)",
        "row 4, column A (id)",
        "row 3, column F (seat)",
    ]
    assert found[4] == "row 4, column A (id): “dv-01” stands already: row 2, column A (id)"
    assert "is missing" in found[1]


def test_unknown_and_missing_headings() -> None:
    found = problems([["id", "tên gọi", "id"], ["a", "b", "c"]])
    assert found == (
        "row 1, column B (tên gọi): unknown; known: Mã, Họ và tên, Chức vụ, Đơn vị, Vai trò, Ghế, Điểm cầu, "
        "Dự thay cho, Phần vốn",
        "row 1, column C (id): is written twice",
        "row 1: has no column “Họ và tên”",
    )


def test_what_only_a_meeting_can_judge_is_left_to_it() -> None:
    rows = [["Mã", "Họ tên", "Vai trò", "Dự thay cho", "Điểm cầu"], ["dt-01", "Mẫu", "người dự thay", "dv-09", "p-1"]]
    (delegate,) = roster.parse(rows)
    assert (delegate.substitute_for, delegate.room) == ("dv-09", "p-1")


def test_an_empty_table_and_one_without_people() -> None:
    assert "is empty" in problems([])[0]
    assert "there is nobody in it" in problems([ENGLISH])[0]


CELL = st.one_of(st.none(), st.text(max_size=20), st.integers(), st.floats(allow_nan=True), st.sampled_from(VIETNAMESE))


@settings(max_examples=300)
@given(st.lists(st.lists(CELL, max_size=8), max_size=8))
def test_any_table_gives_delegates_or_problems(rows: list[list[object]]) -> None:
    try:
        delegates = roster.parse(rows)
    except ConfigurationError:
        return
    assert len({d.id for d in delegates}) == len(delegates) > 0
