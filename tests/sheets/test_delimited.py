"""CSV as Excel, LibreOffice and people write it."""

from __future__ import annotations

import codecs

import pytest

from appliance import roster
from appliance.errors import ConfigurationError
from appliance.sheets import read_rows

LINES = [["Mã", "Họ và tên", "Đơn vị"], ["dv-01", "Đại biểu Mẫu 01", "Sở Mẫu 01, cơ sở 2"], ["dv-02", "Mẫu 02", "x;y"]]


def written(delimiter: str) -> str:
    quoted = ([f'"{cell}"' if delimiter in cell else cell for cell in line] for line in LINES)
    return "\r\n".join(delimiter.join(line) for line in quoted) + "\r\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_each_delimiter_with_and_without_the_mark(delimiter: str, mark: bytes) -> None:
    assert read_rows("ds.csv", mark + written(delimiter).encode()) == LINES


def test_unicode_text_of_excel() -> None:
    assert read_rows("ds.txt", codecs.BOM_UTF16_LE + written("\t").encode("utf-16-le")) == LINES


def test_a_title_above_says_nothing_about_the_delimiter() -> None:
    text = "Danh sách, tháng 11\r\n\r\n" + written(";")
    assert [d.unit for d in roster.parse(read_rows("ds.csv", text.encode()))] == ["Sở Mẫu 01, cơ sở 2", "x;y"]


def test_a_cell_of_two_lines_is_one_row() -> None:
    rows = read_rows("ds.csv", 'Mã,Họ và tên\ndv-01,"Đại biểu\nMẫu 01"\ndv-02,\n'.encode())
    with pytest.raises(ConfigurationError) as caught:
        roster.parse(rows, "ds.csv")
    assert caught.value.problems == ("row 3, column B (Họ và tên): is missing",)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("Mã,Họ và tên\n".encode("cp1258", "replace"), "not UTF-8"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b'a,"b\nc,d', "not CSV"),
        (b"a," + b"x" * 200_000, "not CSV"),
    ],
)
def test_what_cannot_be_read_is_named(data: bytes, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        read_rows("ds.csv", data)
