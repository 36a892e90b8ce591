"""`appliance ballot` as a process and `appliance meeting` beside it: from a file to a record that verifies."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance import verification
from appliance.cli import main, meeting_task
from appliance.control import Client
from appliance.errors import ControlError
from appliance.services.loop import EX_RESTART
from appliance.services.measure_ballot import measure
from appliance.values import Refusal

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
TOML = """
[keypads]
factory = "mock"
[keypads.seats.01]
keys = [4, 17, 27]
lamps = [22, 10, 9]
"""


def start(state: Path, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "appliance", "ballot", "--state", str(state)],
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, **environment},
    )


@pytest.fixture
def box(tmp_path: Path) -> Iterator[tuple[Path, subprocess.Popen[str], str]]:
    """A running ballot service: state directory, process, claim code."""
    (tmp_path / "appliance.toml").write_text(TOML, "utf-8")
    process = start(tmp_path, APPLIANCE_ALLOW_ROOT="1")
    assert process.stderr is not None
    try:
        line = process.stderr.readline()
        assert "Claim code: " in line, line
        yield tmp_path, process, line.split("Claim code: ")[1].strip()
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def done(client: Client, do: str, **args: Any) -> Any:
    answer = client.ask(do, **args)
    assert not isinstance(answer, Refusal), answer
    return answer


def meeting(state: Path, *words: str) -> int:
    return main(["meeting", *words, "--state", str(state)])


def test_a_meeting_from_the_file_to_the_record(
    box: tuple[Path, subprocess.Popen[str], str], capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    state, _, _ = box
    files = [str(EXAMPLES / "meeting.toml"), "--roster", str(EXAMPLES / "roster.csv")]
    assert meeting(state, "import", *files) == 0
    assert meeting(state, "import", *files) == 1  # it is in progress
    assert meeting(state, "open", "noi-dung-1") == 1  # no quorum
    capsysbinary.readouterr()
    assert meeting(state, "pins", "--json") == 0
    slips = json.loads(capsysbinary.readouterr().out)
    assert len(slips) == 25
    client = Client(state / "run" / "ballot.sock", timeout=60.0)
    for slip in slips[:14]:
        client.ask("check_in", delegate=slip["delegate"], reason="bài kiểm tra")
    assert meeting(state, "open", "noi-dung-1") == 0
    ballot = capsysbinary.readouterr().out.decode().strip()
    for slip in slips[:11]:
        token = done(client, "sign_in_by_link", link=slip["link"])["token"]
        assert client.ask("vote", token=token, ballot=ballot, choice="for") == {"recorded": "for"}
    assert meeting(state, "show") == 0
    assert "open, 11 recorded" in capsysbinary.readouterr().out.decode()
    assert meeting(state, "export") == 0
    shown_before_the_close = capsysbinary.readouterr().out
    assert b"BallotOpened" in shown_before_the_close
    assert b"VoteCast" not in shown_before_the_close
    assert meeting(state, "close", ballot) == 0
    assert capsysbinary.readouterr().out == b"carried\n"
    assert meeting(state, "end") == 0
    assert meeting(state, "show", "--json") == 0
    shown = json.loads(capsysbinary.readouterr().out)
    assert (shown["members_present"], shown["ballots"][0]["for"], shown["ballots"][0]["absent"]) == (14, 11, 7)
    assert meeting(state, "export", "--out", str(state / "journal.json")) == 0
    assert verification.check_batch((state / "journal.json").read_bytes()).intact
    assert meeting(state, "export", "--result", ballot) == 0
    assert verification.check_result(capsysbinary.readouterr().out).intact
    assert meeting(state, "export", "--result", "no-such-ballot") == 1


def test_a_wrong_file_tells_everything_and_changes_nothing(
    box: tuple[Path, subprocess.Popen[str], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state, _, _ = box
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('meeting = "có dấu"\n[[delegate]]\nid = "x"\n', "utf-8")
    assert meeting(state, "import", str(wrong)) == 1
    told = capsys.readouterr().err
    assert "wrong.toml has" in told
    assert all(part in told for part in ("meeting: ", "title: ", "delegate 1, name"))
    wrong.write_text("x = ", "utf-8")
    assert meeting(state, "import", str(wrong)) == 1
    assert meeting(state, "import", str(tmp_path / "none.toml")) == 1
    assert meeting(state, "show") == 1
    assert "no meeting" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("Giao Sở Mẫu 1", "the task on standard input has 1 problem(s):\n  - is no JSON: Expecting value"),
        ('{"text": "Giao Sở Mẫu 1"}', "assign_task: task.id: Field required"),
        ("[]", "assign_task: task: Input should be"),
    ],
)
def test_a_task_that_is_none_is_told(
    box: tuple[Path, subprocess.Popen[str], str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    given: str,
    said: str,
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(given))
    assert meeting(box[0], "assign-task") == 1
    assert capsys.readouterr().err.startswith(f"appliance meeting: {said}")


def test_what_looks_wrong_in_a_task_is_told_and_the_task_is_recorded(
    box: tuple[Path, subprocess.Popen[str], str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    state, _, _ = box
    assert meeting(state, "import", str(EXAMPLES / "meeting.toml"), "--roster", str(EXAMPLES / "roster.csv")) == 0
    task = {
        **meeting_task.EXAMPLE,
        "item": "",
        "lead_unit": "Sở Không Có",
        "cooperating": [],
        "report_deadline": "2026-12-01",
    }
    capsys.readouterr()
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(task)))
    assert meeting(state, "assign-task") == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["seq"] > 0
    assert err.splitlines() == [
        "recorded, but look again: lead_unit: nobody on the roster is of Sở Không Có",
        "recorded, but look again: report_deadline: the report is due on 2026-12-01, before the task on 2026-12-15",
    ]


def first_answer(client: Client, process: subprocess.Popen[str]) -> dict[str, Any]:
    """Who the box is, as soon as the service that begins says so."""
    while True:
        assert process.poll() is None
        with contextlib.suppress(ControlError):
            return dict(done(client, "identity"))


def test_terminated_it_stops_in_good_order_and_reconfigured_it_asks_for_a_new_start(
    box: tuple[Path, subprocess.Popen[str], str],
) -> None:
    state, process, code = box
    client = Client(state / "run" / "ballot.sock", timeout=60.0)
    assert done(client, "claim", code=code, password="rất bí mật 2026")["role"] == "technician"
    changed = client.ask("configure", toml=TOML.replace("[22, 10, 9]", "[22, 10, 11]"))
    assert changed == {"problems": [], "changed": ["keypads.seats"]}
    assert process.wait(60) == EX_RESTART
    again = start(state, APPLIANCE_ALLOW_ROOT="1")
    assert again.stderr is not None
    try:
        assert first_answer(client, again)["claimed"] is True
        again.send_signal(signal.SIGTERM)
        assert again.wait(60) == 0
        assert not (state / "run" / "ballot.sock").exists()
        assert "Claim code" not in again.stderr.read()
    finally:
        again.kill()
        again.wait()
        again.stderr.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be refused as root")
def test_root_is_refused(tmp_path: Path) -> None:
    process = start(tmp_path, APPLIANCE_ALLOW_ROOT="")
    _, told = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "does not run as root" in told
    assert list(tmp_path.iterdir()) == []


def test_the_bench_loses_nothing_and_has_the_fields_of_its_contract(tmp_path: Path) -> None:
    figures = measure(30, 0.3, folder=tmp_path)
    assert (figures["accepted"], figures["lost"]) == (30, 0)
    assert {"p50_ms", "p99_ms", "max_ms", "fsync_ms"} <= set(figures)
    assert figures["debounce_ms"] <= figures["p50_ms"] <= figures["p99_ms"] <= figures["max_ms"]
