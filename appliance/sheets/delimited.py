"""CSV as spreadsheets write it: comma, semicolon or tab, UTF-8 with or without its mark, or “Unicode text”."""

from __future__ import annotations

import codecs
import csv
import io

from appliance.errors import ConfigurationError

DELIMITERS = ",;\t"
LOOKED_AT = 20
"""Lines by which the delimiter is found: titles above the headings may have none."""


def rows(name: str, data: bytes) -> list[list[str]]:
    """The rows of a file called `name`. Raises `ConfigurationError`."""
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigurationError(name, [f"not UTF-8 ({error}); save it as “CSV UTF-8” or as XLSX"]) from error
    lines = text.splitlines()[:LOOKED_AT]
    delimiter = max(DELIMITERS, key=lambda sign: max((_outside_quotes(line, sign) for line in lines), default=0))
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise ConfigurationError(name, [f"not CSV ({error})"]) from error


def _outside_quotes(line: str, sign: str) -> int:
    return sum(piece.count(sign) for piece in line.split('"')[::2])
