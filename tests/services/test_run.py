"""`appliance run`: it says at once why it cannot, and puts everything away however it is ended."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from appliance import cli
from appliance.control import Client
from appliance.errors import ControlError
from appliance.uplink.private_broker import free_port
from tests.worlds.room import room


def furnish(folder: Path, port: int) -> None:
    (folder / "appliance.toml").write_text(f"[web]\nport = {port}\n")


def test_a_port_that_somebody_has_is_named_before_anything_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        furnish(tmp_path, taken.getsockname()[1])
        assert cli.main(["run", "--state", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert re.match(r"appliance run: pages: 127\.0\.0\.1:\d+ cannot be listened on .*set web\.port\n$", said)
    assert os.listdir(tmp_path) == ["appliance.toml"]


def test_a_second_one_on_the_same_state_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    furnish(tmp_path, free_port())
    with room(tmp_path) as hall, ThreadPoolExecutor(1) as second:
        status = second.submit(cli.main, ["run", "--state", str(tmp_path)])
        while not status.done():
            hall.step()
        assert status.result() == 1
        assert "run already; stop them first" in capsys.readouterr().err
        assert hall.done("identity")["device"] == "room-1"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_however_it_is_ended_nothing_is_left_behind(tmp_path: Path, number: signal.Signals) -> None:
    furnish(tmp_path, free_port())
    run = subprocess.Popen(
        [sys.executable, "-m", "appliance", "run", "--state", str(tmp_path)],
        stderr=subprocess.PIPE,
        text=True,
        env={name: value for name, value in os.environ.items() if name != "APPLIANCE_SOCKETS"},
        # A shell's background job ignores Ctrl-C and so would all that it starts; here it comes from a terminal.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - nothing forks meanwhile
    )
    assert run.stderr is not None
    said = ""
    try:
        while "stop with Ctrl-C" not in said:
            line = run.stderr.readline()
            assert line, said
            said += line
        run.send_signal(number)
        said += run.stderr.read()  # to its end: no child holds it open any more
        assert run.wait(30) == 0, said
    finally:
        run.kill()
        run.wait()
        run.stderr.close()
    assert "run: stopping" in said
    assert "Traceback" not in said
    with pytest.raises(ControlError):
        Client(tmp_path / "run" / "ballot.sock").ask("identity")
