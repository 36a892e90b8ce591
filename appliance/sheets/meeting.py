"""A meeting's file in each of its formats, by the ending of its name: bytes ↔ a draft, or tables."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import tomlkit

from appliance import meeting_file, meeting_sheets
from appliance.errors import ConfigurationError
from appliance.meeting_draft import Draft
from appliance.sheets import template, workbook

FORMATS = {"toml": "application/toml", "json": "application/json", "xlsx": template.MEDIA_TYPE}
"""Ending → media type."""

HEAD = "A meeting as `appliance meeting import FILE` and the secretary's page read it."


def decode(name: str, data: bytes) -> Draft:
    """The draft in a file called `name`. Raises `ConfigurationError` where it cannot be read at all."""
    match name.lower().rpartition(".")[2]:
        case "toml":
            return meeting_file.draft(toml(name, data))
        case "json":
            return meeting_file.draft(_json(name, data))
        case "xlsx" | "xlsm":
            return meeting_sheets.draft(workbook.sheets(name, data))
    raise ConfigurationError(name, [f"a meeting's file ends in {', '.join('.' + ending for ending in FORMATS)}"])


def toml(name: str, data: bytes) -> dict[str, Any]:
    """The tables in a TOML file called `name`. Raises `ConfigurationError` where it is none."""
    text = _utf_8(name, data)
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # of the TOML, of a number with thousands of digits
        raise ConfigurationError(name, [f"not TOML: {error}"]) from error


def _json(name: str, data: bytes) -> object:
    text = _utf_8(name, data)
    try:
        return json.loads(text, object_pairs_hook=_each_once)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(name, [f"not JSON: {error}"]) from error


def _utf_8(name: str, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigurationError(name, [f"line {line} is not UTF-8; save the file as UTF-8"]) from error


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object whose names all differ: of two the first would be lost without a word."""
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)!r} stands twice in one object")
    return fields


def encode(table: Mapping[str, Any], ending: str) -> bytes:
    """The tables of `meeting_file.table` as a file, the same bytes each time. Raises `KeyError` for another ending."""
    return {"toml": _as_toml, "json": _as_json, "xlsx": template.workbook}[ending](table)


def _as_toml(table: Mapping[str, Any]) -> bytes:
    document = tomlkit.document()
    document.add(tomlkit.comment(HEAD))
    for key, value in table.items():
        document.add(key, value)
    return tomlkit.dumps(document).encode()


def _as_json(table: Mapping[str, Any]) -> bytes:
    def moment(value: object) -> str:
        assert isinstance(value, datetime), value
        return value.isoformat()

    return json.dumps(table, ensure_ascii=False, indent=2, default=moment).encode() + b"\n"
