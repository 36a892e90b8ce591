"""One field as somebody wrote it: its value, or what is wrong with it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance import written
from appliance.commands import Convene, SendSlip
from appliance.faults import Fault, Wrong
from appliance.values import Delegate, Document, Item, Value
from appliance.written import Broken, Formula

MORNING = "2026-11-22T08:00:00+07:00"


def wrong(found: Any) -> str:
    assert isinstance(found, Fault)
    return found.what.sentence


@pytest.mark.parametrize(
    "typed",
    [
        "08:00 22/11/2026",
        "8:00, 22/11/2026",
        "22/11/2026 08:00",
        "22-11-2026 8:00",
        "8h00 ngày 22/11/2026",
        "8g ngày 22.11.2026",
        "08 giờ 00 phút, ngày 22/11/2026",
        "Lúc 8 giờ, Chủ nhật, ngày 22/11/2026",
        "8 giờ 00, ngày 22 tháng 11 năm 2026",
        "08 giờ 00 phút, Chủ nhật, ngày 22 Tháng 11 Năm 2026",
        "2026-11-22 08:00",
        "2026-11-22T08:00:00",
        MORNING,
        "  2026-11-22T08:00+07:00 ",
        datetime.fromisoformat("2026-11-22T08:00"),
        datetime(2026, 11, 22, 8, tzinfo=written.VIETNAM),
    ],
)
def test_a_start_as_people_write_it(typed: object) -> None:
    assert written.start(typed, ()) == MORNING


def test_a_zone_that_is_written_is_kept() -> None:
    assert written.start("2026-11-22T01:00:00Z", ()) == "2026-11-22T01:00:00+00:00"
    assert written.start(datetime(2026, 11, 22, 1, tzinfo=UTC), ()) == "2026-11-22T01:00:00+00:00"
    assert written.start("2026-11-22T10:00:00+09:00", ()) == "2026-11-22T10:00:00+09:00"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("22/11/2026", Wrong.TIME_OF_DAY),
        ("2026-11-22", Wrong.TIME_OF_DAY),
        (date(2026, 11, 22), Wrong.TIME_OF_DAY),
        (datetime.fromisoformat("2026-11-22"), Wrong.TIME_OF_DAY),
        (time(8), Wrong.NO_TIME),
        ("08:00", Wrong.NO_TIME),
        ("sáng thứ hai", Wrong.NO_TIME),
        ("08:00 31/02/2026", Wrong.NO_TIME),
        ("25:00 22/11/2026", Wrong.NO_TIME),
        ("08:00 hoặc 09:00 22/11/2026", Wrong.NO_TIME),
        ("2026-11-22T08:00:00+07:06:40", Wrong.NO_TIME),
        ("2026-13-22T08:00", Wrong.NO_TIME),
        ("9999-12-31T23:00:00Z", Wrong.YEAR),
        ("08:00 22/11/0202", Wrong.YEAR),
        ("ngày 22 tháng 11 năm 2026", Wrong.TIME_OF_DAY),
        ("8 giờ 00, ngày 31 tháng 2 năm 2026", Wrong.NO_TIME),
        (Formula("=A1"), Wrong.FORMULA),
        (True, Wrong.TEXT),
    ],
)
def test_what_is_no_start(typed: object, said: str) -> None:
    assert wrong(written.start(typed, ())) == said


def test_midnight_that_is_written_out_is_meant() -> None:
    assert written.start("00:00 22/11/2026", ()) == "2026-11-22T00:00:00+07:00"
    assert written.start("2026-11-22T00:00", ()) == "2026-11-22T00:00:00+07:00"


@given(
    st.datetimes(
        *(datetime.fromisoformat(f"{y}-01-01") for y in (2000, 2100)),
        timezones=st.integers(-12 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m))),
    )
)
def test_what_was_read_is_read_the_same_again(at: datetime) -> None:
    once = written.start(at, ())
    assert isinstance(once, str)
    assert written.start(once, ()) == once
    assert written.has_zone(once)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (None, None),
        ("", None),
        ("  \u00a0 ", None),
        ("Đại  biểu\nMẫu\t01", "Đại biểu Mẫu 01"),
        ("Nguye\u0302\u0303n", "Nguyễn"),
        ("\ufeffdv-01\u200b", "dv-01"),
        ("a\x00b\x07", "ab"),
        (7, "7"),
        (7.0, "7"),
        (7.5, "7.5"),
    ],
)
def test_text_as_people_read_it(cell: object, value: str | None) -> None:
    assert written.text(cell, ()) == value


def test_a_question_keeps_its_lines() -> None:
    assert written.text(" Một  câu,\r\nhai dòng \n\n", (), prose=True) == "Một câu,\nhai dòng"


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (datetime.fromisoformat("2026-01-02"), Wrong.DATE),  # what a spreadsheet makes of a seat called 1-2
        (date(2026, 1, 2), Wrong.DATE),
        (time(1, 2), Wrong.DATE),
        (timedelta(hours=1), Wrong.DATE),
        (False, Wrong.TEXT),
        (float("nan"), Wrong.TEXT),
        (float("-inf"), Wrong.TEXT),
        ({"a": 1}, Wrong.TEXT),
        ([], Wrong.TEXT),
        (Formula("=B2"), Wrong.FORMULA),
        (Broken("#N/A"), Wrong.BROKEN),
    ],
)
def test_what_is_no_text(cell: object, said: str) -> None:
    assert wrong(written.text(cell, ())) == said


LONG = "x" * 121


@pytest.mark.parametrize(
    ("model", "key", "cell", "said"),
    [
        (Delegate, "id", None, Wrong.MISSING),
        (Delegate, "id", "có dấu", Wrong.IDENTIFIER),
        (Delegate, "id", "x" * 65, Wrong.TOO_LONG),
        (Delegate, "name", LONG, Wrong.TOO_LONG),
        (Delegate, "role", "vua", Wrong.NONE_OF),
        (Delegate, "seat", "a b", Wrong.IDENTIFIER),
        (Delegate, "weight", "1.000", Wrong.NUMBER),
        (Delegate, "weight", "9" * 30, Wrong.NUMBER),
        (Delegate, "weight", 1.5, Wrong.NUMBER),
        (Delegate, "weight", 0, Wrong.TOO_SMALL),
        (Delegate, "weight", "10 000 000 000", Wrong.TOO_LARGE),
        (Item, "voting", "thư tay", Wrong.NONE_OF),
        (Item, "majority", "ba phần tư?", Wrong.NONE_OF),
        (Item, "limit_seconds", "4", Wrong.TOO_SMALL),
        (Item, "limit_seconds", 86_401, Wrong.TOO_LARGE),
        (Document, "link", "ftp://example.org/a.pdf", Wrong.LINK),
        (Document, "link", "javascript:alert(1)", Wrong.LINK),
        (Convene, "preset", "Ủy ban phường", Wrong.NONE_OF),
        (Convene, "seating", "đứng", Wrong.NONE_OF),
        (Convene, "liveness", "strict", Wrong.NONE_OF),
        (SendSlip, "silence_agrees", "có lẽ", Wrong.NONE_OF),
        (SendSlip, "silence_agrees", 2, Wrong.NONE_OF),
        (SendSlip, "title", True, Wrong.TEXT),
        (SendSlip, "deadline", "thứ Sáu", Wrong.NO_TIME),
    ],
)
def test_what_is_wrong_with_a_field(model: type[Value], key: str, cell: object, said: str) -> None:
    value, faults = written.read(model, key, cell, (key,), "ubnd")
    assert value is None
    assert [(one.place, one.what.sentence) for one in faults] == [((key,), said)]
    assert not re.search(r"%\(", str(faults[0]))


@pytest.mark.parametrize(
    ("model", "key", "cell", "value"),
    [
        (Delegate, "weight", "1 500", 1500),
        (Delegate, "weight", 3.0, 3),
        (Delegate, "role", "Khách mời", "guest"),
        (Item, "majority", "Hai phần ba", "two-thirds"),
        (Item, "limit_seconds", "", None),
        (SendSlip, "silence_agrees", True, True),
        (SendSlip, "silence_agrees", "Có", True),
        (SendSlip, "silence_agrees", "không", False),
        (SendSlip, "deadline", "8:00 22/11/2026", datetime(2026, 11, 22, 1, tzinfo=UTC)),
        (Delegate, "title", None, None),
    ],
)
def test_what_is_right(model: type[Value], key: str, cell: object, value: object) -> None:
    assert written.read(model, key, cell, (key,), "hdnd") == (value, [])


def test_a_record_has_defaults_where_nothing_is_written_and_nothing_where_it_is_wrong() -> None:
    values, faults = written.record(Delegate, "delegate", {"id": "dv-01", "name": LONG, "role": ""}, ("delegate", 3))
    assert values["role"] == "member"
    assert values["weight"] == 1
    assert "name" not in values
    assert [one.place for one in faults] == [("delegate", 3, "name")]
