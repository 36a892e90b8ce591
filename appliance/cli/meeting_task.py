"""`appliance meeting assign-task`: a task that follows from the meeting, as a JSON object on standard input."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from appliance import conclusions, journal
from appliance.cli.asking import ask
from appliance.errors import ConfigurationError
from appliance.services.state import State
from appliance.values import Task

EXAMPLE = {
    "id": "nv-1",
    "text": "Trình phương án sửa chữa",
    "item": "tram-y-te",
    "lead_unit": "Sở Mẫu",
    "lead_head": "Đại biểu Mẫu 02",
    "cooperating": ["Phòng Mẫu"],
    "deadline": "2026-12-15",
    "report_deadline": "2026-12-20",
}
"""Every field; `item` and `cooperating` may be left out."""


def configure(tasks: Any) -> None:
    """The task has no arguments: what it is made of is shown by an example."""
    tasks.add_parser(
        "assign-task",
        help="a task that follows, as a JSON object on standard input",
        description="One lead unit, its head by name, both deadlines. Item and cooperating may be left out.",
        epilog=json.dumps(EXAMPLE, ensure_ascii=False, indent=2),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def run(state: State, _args: argparse.Namespace) -> int:
    """Record it; what looks wrong and may be right goes to standard error."""
    try:
        given = json.load(sys.stdin)
    except ValueError as error:  # no JSON, or not in UTF-8
        raise ConfigurationError("the task on standard input", [f"is no JSON: {error}"]) from error
    answer = ask(state, "assign_task", task=given)
    print(json.dumps(answer, ensure_ascii=False))
    minutes = journal.read(state.journal).minutes
    if minutes is not None:
        for doubt in conclusions.warnings(Task.model_validate(given), minutes):
            print(f"recorded, but look again: {doubt.field}: {doubt.message}", file=sys.stderr)
    return 0
