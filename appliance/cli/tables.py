"""Files that people write, from the disk: lists as CSV or XLSX, meetings as TOML, JSON or XLSX, slips as TOML."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from appliance import sheets
from appliance.errors import ConfigurationError
from appliance.meeting_draft import Draft

LIMIT = 4 << 20
"""Bytes of a file: a hundred times a large meeting."""


def read_rows(path: Path) -> Sequence[Sequence[object]]:
    """The rows of a list of people. Raises `ConfigurationError` where the file is missing or is no table."""
    return sheets.read_rows(str(path), _bytes(path))


def read_meeting(path: Path) -> Draft:
    """The meeting in a file, by its ending. Raises `ConfigurationError` where it cannot be read at all."""
    return sheets.decode(str(path), _bytes(path))


def read_toml(path: Path) -> dict[str, Any]:
    """The tables in a TOML file. Raises `ConfigurationError` where it cannot be read at all."""
    return sheets.toml(str(path), _bytes(path))


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(LIMIT + 1)
    except FileNotFoundError as error:
        raise ConfigurationError(str(path), ["no such file"]) from error
    except OSError as error:
        raise ConfigurationError(str(path), [str(error.strerror)]) from error
    if len(data) > LIMIT:
        raise ConfigurationError(str(path), [f"it has more than {LIMIT} bytes"])
    return data
