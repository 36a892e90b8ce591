"""What every verb of the command line shares, and the small verbs."""

from __future__ import annotations

import errno
import io
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
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


def test_a_central_server_whose_port_is_taken_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        (tmp_path / "appliance.toml").write_text(f"[central]\nport = {taken.getsockname()[1]}\n")
        assert cli.main(["central", "--state", str(tmp_path)]) == 1
    assert "cannot be listened on" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["central", "command", "a/b", "convene", "nowhere.json"], "nowhere.json"),
        (["central", "command", "a/b", "convene", "list.json"], "not a JSON object"),
        (["config", "--state", "folder"], "Is a directory"),
        (["meeting", "export", "--out", "nowhere/file", "--result", "m1.i1.1"], "nowhere/file"),
    ],
)
def test_a_file_that_cannot_be_used_is_a_sentence(
    hall: Room, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], sentence: str
) -> None:
    hall.convene(3)
    hall.seat_delegates(3)
    hall.done("close", ballot=hall.open())
    monkeypatch.chdir(hall.state.root)
    Path("list.json").write_text("[]")
    Path("folder/appliance.toml").mkdir(parents=True)
    assert cli.main([*words, *([] if "--state" in words else ["--state", "."])]) == 1
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["bench", "identify", "--gallery", "nowhere"], "argument --gallery: nowhere: no such folder"),
        (["bench", "door", "clip.mp4", "--gallery", "file"], "argument --gallery: file: is a file, not a folder"),
        (["bench", "liveness", "--portraits", "nowhere"], "argument --portraits: nowhere: no such folder"),
        (["bench", "embed", "nowhere"], "argument DIR: nowhere: no such folder"),
        (["bench", "ballot", "--seats", "0"], "argument --seats: 0 is less than 1"),
        (["bench", "ballot", "--tablets", "many"], "argument --tablets: 'many' is no whole number"),
        (["bench", "ballot", "--window", "-1"], "argument --window: '-1' is no number of seconds above 0"),
        (["bench", "ballot", "--window", "nan"], "argument --window: 'nan' is no number of seconds above 0"),
        (["bench", "identify", "--fpir", "1"], "argument --fpir: '1' is no share between 0 and 1"),
        (["central", "certificates", "file"], "argument DIR: file: is a file, not a folder"),
        (["demo", "--once", "--json", "nowhere/out.json"], "nowhere is no folder that can be written to"),
        (["replay", ".", "--out", "."], "argument --out: .: is a folder; name a file in it"),
        (["gallery", "renew", "--reason", " "], "argument --reason: is empty; say why"),
        (["doctor", "--for", "moon"], "invalid choice: 'moon' (choose from"),
    ],
)
def test_an_argument_of_the_wrong_kind_is_wrong_usage_and_told_before_anything_begins(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    assert ended.value.code == 2
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize("words", [["doctor"], ["central", "key"], ["gallery", "list"], ["meeting", "show"]])
def test_a_file_is_no_state_directory(tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    path = tmp_path / "file"
    path.touch()
    assert cli.main([*words, "--state", str(path)]) == 1
    assert f"{path}: is no folder; name another with --state" in capsys.readouterr().err


def _no_sqlite(journal: Path) -> None:
    journal.write_bytes(bytes(8192))


def _a_folder(journal: Path) -> None:
    journal.unlink()
    journal.mkdir()


def _torn_pages(journal: Path) -> None:
    """The header whole, what lies behind it not."""
    data = journal.read_bytes()
    journal.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))


def _another_word(journal: Path) -> None:
    with closing(sqlite3.connect(journal)) as db, db:
        db.execute("DROP TRIGGER entry_is_never_changed")
        db.execute("UPDATE entry SET body = cast(body || ' ' AS blob) WHERE kind = 'MeetingConvened'")
        assert db.total_changes == 1


@pytest.mark.parametrize("damage", [_no_sqlite, _a_folder, _torn_pages, _another_word])
@pytest.mark.parametrize("words", [["meeting", "show"], ["meeting", "export"], ["slip", "list"]])
def test_a_damaged_journal_is_a_sentence(
    hall: Room, capsys: pytest.CaptureFixture[str], words: list[str], damage: Callable[[Path], None]
) -> None:
    hall.convene(3)
    state = hall.state.root / "copy"
    path = state / "journal" / "journal.sqlite"
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(hall.state.journal)) as db, closing(sqlite3.connect(path)) as copy:
        db.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
    damage(path)
    assert cli.main([*words, "--state", str(state)]) == 1
    assert f"appliance {words[0]}: {path}: " in capsys.readouterr().err


def test_a_folder_of_other_users_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def closed(self: Path, *_: object) -> str:
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_text", closed)
    assert cli.main(["config", "--state", "/srv/closed"]) == 1
    assert capsys.readouterr().err.endswith("appliance.toml: Permission denied; on a box begin with sudo\n")


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
