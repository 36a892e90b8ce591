"""`appliance config`: what is in force, which of it the file says, and whether a file would do."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from appliance import config
from appliance.cli.tables import read_toml
from appliance.config import SECTIONS, Section, Setting
from appliance.services import state


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments."""
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--json", action="store_true", help="the settings as JSON on stdout")
    what.add_argument("--check", metavar="FILE", type=Path, help="say every problem of FILE; nothing is changed")
    what.add_argument("--markdown", action="store_true", help="the table of docs/configuration.md on stdout")


def run(args: argparse.Namespace) -> int:
    """Print; the exit status. Raises `ConfigurationError` with every problem."""
    if args.markdown:
        print(reference(), end="")
        return 0
    if args.check is not None:
        settings = config.settings(config.parse(read_toml(args.check), str(args.check)))
        print(f"{args.check}: no problems; {sum(setting.stated for setting in settings)} settings stated")
        return 0
    place = state.find(args.state)
    configuration = place.configuration()
    settings = config.settings(configuration)
    if args.json:
        print(json.dumps(_as_json(place, settings, config.digest(configuration)), ensure_ascii=False, indent=2))
    else:
        _print(place, settings)
    return 0


def _as_json(place: state.State, settings: list[Setting], digest: str) -> dict[str, Any]:
    path = place.configuration_file
    return {
        "file": str(path) if path.exists() else None,
        "digest": digest,
        "settings": [{"key": s.key, "value": s.value, "from": "file" if s.stated else "default"} for s in settings],
    }


def _print(place: state.State, settings: list[Setting]) -> None:
    path = place.configuration_file
    print(f"# {path}" + ("" if path.exists() else ": not there, so everything is as built in"))
    before = ""
    for setting in settings:
        section, key = setting.key.split(".")
        if section != before:
            print(f"\n[{section}]")
            before = section
        print(f"{key} = {json.dumps(setting.value, ensure_ascii=False)}" + ("" if setting.stated else "  # default"))


def reference() -> str:
    """Every key of the file with its default and what it may be, as Markdown: made from the code alone."""
    lines = []
    for name, section in SECTIONS.items():
        lines += [f"## [{name}]", "", " ".join((section.__doc__ or "").split()), ""]
        lines += [*_rows(section), ""]
    return "\n".join(lines)


def _rows(section: type[Section]) -> list[str]:
    schema = section.model_json_schema()
    rows = ["| key | default | may be |", "|---|---|---|"]
    for key, field in schema["properties"].items():
        default = json.dumps(field["default"], ensure_ascii=False) if "default" in field else "none"
        rows.append(f"| `{key}` | `{default}` | {_permitted(field, schema.get('$defs', {}))} |")
    return rows


def _permitted(field: dict[str, Any], kinds: dict[str, Any]) -> str:
    """One cell: a JSON schema in words."""
    if "anyOf" in field:
        return " or ".join(_permitted(kind, kinds) for kind in field["anyOf"])
    if "$ref" in field:
        inner = kinds[field["$ref"].rsplit("/", 1)[1]]
        if "enum" in inner:
            return _permitted(inner, kinds)
        return "table of " + ", ".join(f"`{k}`: {_permitted(f, kinds)}" for k, f in inner["properties"].items())
    if "enum" in field:
        return ", ".join(f"`{json.dumps(value)}`" for value in field["enum"])
    if field["type"] == "object":
        inner = field.get("additionalProperties") or next(iter(field["patternProperties"].values()))
        return f"table of name → {_permitted(inner, kinds)}"
    if field["type"] == "array":
        return f"list of {field['minItems']}: {_permitted(field['prefixItems'][0], kinds)}"
    return _scalar(field)


def _scalar(field: dict[str, Any]) -> str:
    words = {
        "string": "text",
        "integer": "whole number",
        "number": "number",
        "boolean": "`true`, `false`",
        "null": "absent",
    }
    bounds = {
        "minimum": "from {}",
        "exclusiveMinimum": "above {}",
        "maximum": "to {}",
        "exclusiveMaximum": "below {}",
        "maxLength": "at most {} characters",
        "pattern": "as `{}`",
    }
    limits = [form.format(str(field[bound]).replace("|", "\\|")) for bound, form in bounds.items() if bound in field]
    return " ".join([words[field["type"]], *limits])
