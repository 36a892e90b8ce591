"""Somebody types blanks where a reason or a text is needed: it is refused, and the service goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.worlds.room import room

REASON: dict[str, Any] = {"reason": "   \t "}


@pytest.mark.parametrize(
    ("do", "args"),
    [
        ("annul", {"ballot": "m1.i1.1", **REASON}),
        ("lock_seat", {"seat": "01", **REASON}),
        ("name_chair", {"delegate": "dv-02", **REASON}),
        ("report_absence", {"delegate": "dv-03", **REASON}),
        ("release_record", REASON),
        ("note_proceeding", {"text": " \n "}),
        ("record_conclusion", {"text": "  "}),
    ],
)
def test_blanks_are_refused_and_end_no_service(tmp_path: Path, do: str, args: dict[str, Any]) -> None:
    with room(tmp_path) as hall:
        hall.convene(3)
        hall.seat_delegates(3)
        name = hall.open()
        before = len(hall.entries())
        assert hall.refused(do, **args) == "malformed"
        assert len(hall.entries()) == before
        hall.done("close", ballot=name)


def test_a_vote_entered_for_blank_reasons_is_refused(tmp_path: Path) -> None:
    with room(tmp_path) as hall:
        hall.convene(3)
        hall.seat_delegates(3)
        pins = {slip["delegate"]: slip["pin"] for slip in hall.done("issue_pins")}
        vote = {"ballot": hall.open(), "delegate": "dv-01", "choice": "for", "witness": "dv-02", "pin": pins["dv-02"]}
        assert hall.refused("enter_vote", reason="  ", **vote) == "malformed"
        hall.done("enter_vote", reason="  máy hỏng ", **vote)
        assert hall.minutes.running is not None
        assert hall.minutes.running.entered["dv-01"].reason == "máy hỏng"
