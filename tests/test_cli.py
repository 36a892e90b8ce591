"""What every verb of the command line shares, and the small verbs."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from appliance import cli
from appliance.events import CredentialIssued
from appliance.vault.credentials import FREE_FAILURES
from tests.worlds.room import Room, room


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Room]:
    with room(tmp_path) as hall:
        yield hall


def run(hall: Room, *words: str) -> int:
    """The command in a thread, while the ballot service is turned."""
    with ThreadPoolExecutor(1) as pool:
        status = pool.submit(cli.main, [*words, "--state", str(hall.state.root)])
        while not status.done():
            hall.step()
        return status.result()


@pytest.mark.parametrize("words", [["config"], ["config", "--json"]])
def test_a_reader_that_leaves_is_no_crash(tmp_path: Path, words: list[str]) -> None:
    command = subprocess.Popen(
        [sys.executable, "-m", "appliance", *words, "--state", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert command.stdout is not None
    command.stdout.close()
    _, said = command.communicate(timeout=60)
    assert (command.returncode, said) == (1, "")


def test_a_lost_password_is_set_anew_on_the_box(hall: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    old = "mat khau dau tien"
    hall.done("set_password", role="secretary", password=old)
    token = hall.done("sign_in", role="secretary", password=old)["token"]
    for _ in range(FREE_FAILURES + 1):
        hall.ask("sign_in", role="secretary", password="wrong")
    assert hall.refused("sign_in", role="secretary", password=old) == "locked"
    assert hall.done("who_am_i", token=token)["role"] == "secretary", "whoever is signed in stays so"

    monkeypatch.setattr(sys, "stdin", io.StringIO("mật khẩu thứ hai\n"))
    assert run(hall, "password", "secretary") == 0
    assert hall.done("sign_in", role="secretary", password="mật khẩu thứ hai")["role"] == "secretary"
    assert hall.refused("who_am_i", token=token) == "not-signed-in"
    assert hall.facts(CredentialIssued)[-1] == CredentialIssued(subject="secretary", what="password", by="console")


def test_a_password_that_is_too_short_is_refused(
    hall: Room, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("ngắn\n"))
    assert run(hall, "password", "technician") == 1
    said = capsys.readouterr().err
    assert "at least 10 characters" in said
    assert "ngắn" not in said
