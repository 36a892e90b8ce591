"""The demo's whole meeting, as its user runs it: every service a process, every fact through the journal and MQTT."""

import json
import subprocess
import sys

import pytest


@pytest.mark.timeout(300)
def test_a_whole_meeting_from_the_first_arrival_to_the_verified_record(tmp_path):
    out = tmp_path / "out.json"
    words = ("demo", "--once", "--offline", "--json", str(out), "--keep", str(tmp_path / "kept"))
    done = subprocess.run(
        [sys.executable, "-m", "appliance", *words], capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    account = json.loads(out.read_text("utf-8"))

    assert account["recognised"] == account["walked_up"]
    assert len(account["walked_up"]) == 15
    assert (account["present"], account["members_present"]) == (17, 17)
    assert (account["strangers"], account["ambiguous"]) == (2, 0)

    carried, lost = account["ballots"]
    assert [carried[k] for k in ("for", "against", "abstain", "not_cast")] == [12, 2, 1, 2]
    assert [lost[k] for k in ("for", "against", "abstain", "not_cast")] == [10, 3, 1, 3]
    assert (carried["verdict"], lost["verdict"]) == ("carried", "lost")
    assert "cần 11" in carried["sentence"]["vi"]

    central = account["central"]
    assert (central["verified"], central["lost"], central["duplicated"]) == (True, 0, 0)
    assert central["events"] > 50
    assert [refused["what"] for refused in account["refused"]] == [
        "a ballot opened too early",
        "a tablet after the close",
        "a key after the close",
    ]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--once", "--camera", "0"], "needs a recording"),
        (["--json", "out.json"], "goes with --once"),
        (["--once", "--video", "no-such-clip.mp4"], "no-such-clip.mp4: no such file"),
        (["--once", "--keep", "."], "exists already"),
    ],
)
def test_a_command_line_that_cannot_work_is_refused_before_anything_starts(words, complaint, capsys):
    from appliance.cli import main

    assert main(["demo", *words]) == 1
    assert complaint in capsys.readouterr().err
