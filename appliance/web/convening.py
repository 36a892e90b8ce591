"""A meeting from uploaded files: TOML for the meeting, and CSV or XLSX for a roster that is kept apart."""

from __future__ import annotations

import csv
import io
import tomllib
from typing import Any
from zipfile import BadZipFile

from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from appliance import meeting_file
from appliance.commands import Convene
from appliance.errors import ConfigurationError


def read(meeting: FileStorage | None, roster: FileStorage | None) -> Convene:
    """What the files say. Raises `ConfigurationError` with every problem in them."""
    if meeting is None or not meeting.filename:
        raise ConfigurationError(_("Meeting file"), [_("choose a file")])
    rows = _rows(roster) if roster is not None and roster.filename else ()
    return meeting_file.parse(_table(meeting), rows, str(meeting.filename))


def _table(file: FileStorage) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read().decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(str(file.filename), [f"not TOML: {error}"]) from error


def _rows(file: FileStorage) -> list[dict[str, Any]]:
    """The rows of a CSV (UTF-8) or XLSX file under their headings. Raises `ConfigurationError`."""
    name, data = str(file.filename), file.read()
    if name.lower().endswith(".xlsx"):
        return _workbook_rows(name, data)
    try:
        return [dict(row) for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))]
    except (UnicodeDecodeError, csv.Error) as error:
        raise ConfigurationError(name, [f"not a CSV file in UTF-8: {error}"]) from error


def _workbook_rows(name: str, data: bytes) -> list[dict[str, Any]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        sheet = load_workbook(io.BytesIO(data), read_only=True, data_only=True).active
        if sheet is None:
            raise ConfigurationError(name, ["the workbook has no sheet"])
        headings, *rows = sheet.iter_rows(values_only=True)
    except (InvalidFileException, BadZipFile, KeyError, ValueError) as error:
        raise ConfigurationError(name, [f"not an XLSX workbook with a heading row: {error}"]) from error
    names = [str(heading or "").strip() for heading in headings]
    return [{key: cell for key, cell in zip(names, row, strict=False) if key} for row in rows]
