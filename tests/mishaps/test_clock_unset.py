"""The box does not know the time: the meeting is held by PIN and hand, and every fact says that its time is doubtful.

The door refuses to start then (tests/services/test_door.py): a roll by face would carry a wrong time without anybody
at the desk to notice.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance import record, verification
from appliance.events import BallotClosed, CheckedIn, ResultSigned, ServiceStarted, VoteCast
from appliance.journal import Instant
from tests.worlds.room import room


def test_a_meeting_without_the_time_is_recorded_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with room(tmp_path) as hall:
        monkeypatch.setattr(hall.clock, "now", lambda: Instant("1970-01-01T00:00:07.000Z", False))
        hall.restart()
        before = len(hall.entries())
        hall.convene(3)
        tokens = hall.tokens()
        hall.seat_delegates(3)
        name = hall.open()
        hall.press("01", "for")
        hall.done("vote", tokens["dv-02"], ballot=name, choice="for")
        hall.done("close", ballot=name)
        entries = hall.entries()[before - 1 :]
        assert {e.kind for e in entries} >= {
            kind.__name__ for kind in (ServiceStarted, CheckedIn, VoteCast, BallotClosed, ResultSigned)
        }
        assert {entry.clock for entry in entries} == {"unsynchronised"}
        assert hall.done("status")["clock"] == "unsynchronised"

        monkeypatch.undo()  # a time server was found in the middle of the meeting
        again = str(hall.done("open", item="i1", reason="giờ chưa đúng")["ballot"])
        hall.press("01", "against")
        hall.done("close", ballot=again)
        assert hall.entries()[-1].clock == "synchronised"
        sealed = hall.done("sign_checkpoint", seq=len(hall.entries()))["envelope"]
        report = verification.check_batch(record.batch(hall.entries(), sealed.encode()))
        assert report.intact, report.steps[-1]
