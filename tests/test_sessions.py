"""Recorded sessions: each comes out byte for byte as it was recorded, and everybody who checks it agrees.

After a change that is meant: `appliance replay tests/sessions/NAME --keep`, and read the difference.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from appliance import minutes, record, slips, tally, verification
from appliance.cli import main
from appliance.errors import ConfigurationError, RecordError
from appliance.events import BallotOpened
from appliance.rules import Tally
from appliance.services import recorded_session
from appliance.services.recorded_session import Replay
from appliance.services.state import State
from tests import second_tally

ROOT = Path(__file__).parent
SESSIONS = sorted(path for path in (ROOT / "sessions").iterdir() if path.is_dir())
SECOND_VERIFIER = ROOT.parent / "docs/second_verifier.py"

each = pytest.mark.parametrize("session", SESSIONS, ids=lambda path: path.name)


@each
def test_a_session_yields_the_same_bytes_again(session: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["replay", str(session)]) == 0, capsys.readouterr().out


@each
def test_both_verifiers_find_it_intact(session: Path):
    data = (session / "journal.json").read_bytes()
    fingerprint = record.parse_envelope(record.parse_batch(data)[1]).keyid
    report = verification.check_batch(data, [fingerprint])
    assert report.trusted, report.steps[-1]
    second = subprocess.run(
        [sys.executable, SECOND_VERIFIER, session / "journal.json", "--fingerprint", fingerprint],
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 0, second.stdout
    assert second.stdout.splitlines()[-1] == f"intact, signed by {fingerprint}"


@each
def test_two_tallies_by_different_code_agree(session: Path):
    data = (session / "journal.json").read_bytes()
    entries, _ = record.parse_batch(data)
    ours: dict[str, tuple[dict[str, int], str]] = {}
    for meeting in minutes.fold_all(entries):
        for ballot in meeting.ballots.values():
            if ballot.has_result:
                ours[ballot.id] = (_counts(tally.tally(ballot)), tally.verdict(ballot).outcome.value)
    sent: slips.Slips = {}
    for entry in entries:
        sent = slips.apply(sent, entry.event, entry.at)
    for slip in sent.values():
        if not slip.is_open:
            ours[slip.id] = (_counts(slips.tally(slip)), slips.verdict(slip).outcome.value)
    assert ours, "a session without a result shows nothing"
    assert second_tally.results(data) == ours


def _counts(counts: Tally) -> dict[str, int]:
    return {
        "for": counts.for_,
        "against": counts.against,
        "abstain": counts.abstain,
        "not_cast": counts.not_cast,
        "absent": counts.absent,
    }


def test_every_method_and_every_preset_is_in_a_session():
    entries = [
        entry.event for session in SESSIONS for entry in record.parse_batch((session / "journal.json").read_bytes())[0]
    ]
    opened = [event for event in entries if isinstance(event, BallotOpened)]
    assert {event.method.value for event in opened} == {"open", "secret", "hands"}
    assert {event.preset for event in opened} == {"ubnd", "hdnd", "simple", "board"}


# What goes wrong -----------------------------------------------------------------------------------------------------


def test_a_decision_that_changed_is_shown_at_its_first_entry(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    changed = _copy(SESSIONS[0], tmp_path)
    inputs = (changed / "inputs.jsonl").read_text("utf-8")
    (changed / "inputs.jsonl").write_text(inputs.replace('"for"', '"abstain"', 1), "utf-8")
    assert main(["replay", str(changed)]) == 1
    said = capsys.readouterr().out
    assert "VoteCast" in said
    assert "abstain" in said


def test_an_answer_that_is_not_the_one_expected_names_its_line(tmp_path: Path):
    changed = _copy(SESSIONS[0], tmp_path)
    with (changed / "inputs.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"at": 99999, "ask": "end_meeting"}\n')
    with pytest.raises(RecordError, match=r"inputs.jsonl, line \d+: end_meeting"):
        Replay(recorded_session.read(changed), State(tmp_path / "state")).run()


def test_what_is_no_session_is_told_with_every_line(tmp_path: Path):
    changed = _copy(SESSIONS[0], tmp_path)
    (changed / "inputs.jsonl").write_text('{"at": 5, "wait": true}\n{"at": 1, "wait": true}\n{"at": 6}\nx\n', "utf-8")
    with pytest.raises(ConfigurationError) as error:
        recorded_session.read(changed)
    assert [problem.split(":")[0] for problem in error.value.problems] == [
        "inputs.jsonl, line 2",
        "inputs.jsonl, line 3",
        "inputs.jsonl, line 4",
    ]


def _copy(session: Path, folder: Path) -> Path:
    copy = folder / session.name
    copy.mkdir()
    for name in ("session.toml", "inputs.jsonl", "journal.json"):
        (copy / name).write_bytes((session / name).read_bytes())
    return copy
