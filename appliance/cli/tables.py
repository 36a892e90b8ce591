"""Reading tables that people keep in spreadsheets: CSV and XLSX, as rows of cells."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

from appliance.errors import ConfigurationError


def read_rows(path: Path) -> list[Sequence[object]]:
    """The rows of a `.csv` (UTF-8, with or without BOM; comma, semicolon or tab) or of an `.xlsx`'s first sheet.

    Raises `ConfigurationError` if the file is missing or is neither.
    """
    try:
        if path.suffix.lower() == ".xlsx":
            return _xlsx(path)
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise ConfigurationError(str(path), ["no such file"]) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(str(path), [f"not UTF-8 ({error}); save it as “CSV UTF-8” or as XLSX"]) from error
    delimiter = max(",;\t", key=text.split("\n", 1)[0].count)
    return list(csv.reader(io.StringIO(text), delimiter=delimiter))


def _xlsx(path: Path) -> list[Sequence[object]]:
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise ConfigurationError(str(path), [f"not an XLSX workbook ({error})"]) from error
    try:
        return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    finally:
        book.close()
