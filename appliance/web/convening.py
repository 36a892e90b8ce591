"""A meeting from uploaded files: TOML for the meeting, and CSV or XLSX for a roster that is kept apart."""

from __future__ import annotations

import csv
import io
import tomllib
from typing import Any
from zipfile import BadZipFile

from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from appliance import meeting_file, roster
from appliance.commands import Convene
from appliance.errors import ConfigurationError
from appliance.values import Delegate


def read(meeting: FileStorage | None, people: FileStorage | None) -> Convene:
    """What the files say. Raises `ConfigurationError` with every problem in them."""
    if meeting is None or not meeting.filename:
        raise ConfigurationError(_("Meeting file"), [_("choose a file")])
    given = delegates(people) if people is not None and people.filename else ()
    rows = [delegate.model_dump(mode="json") for delegate in given]
    return meeting_file.parse(_table(meeting), rows, str(meeting.filename))


def _table(file: FileStorage) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read().decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(str(file.filename), [f"not TOML: {error}"]) from error


def delegates(file: FileStorage) -> tuple[Delegate, ...]:
    """Those of a CSV (UTF-8) or XLSX file. Raises `ConfigurationError` with every row that is wrong."""
    name, data = str(file.filename), file.read()
    cells = _workbook(name, data) if name.lower().endswith(".xlsx") else _csv(name, data)
    return roster.parse(cells, name)


def _csv(name: str, data: bytes) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error) as error:
        raise ConfigurationError(name, [f"not a CSV file in UTF-8: {error}"]) from error


def _workbook(name: str, data: bytes) -> list[tuple[Any, ...]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        sheet = load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets[0]
        return list(sheet.iter_rows(values_only=True))
    except (InvalidFileException, BadZipFile, KeyError, IndexError, ValueError) as error:
        raise ConfigurationError(name, [f"not an XLSX workbook: {error}"]) from error
