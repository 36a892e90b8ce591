"""`appliance meeting import`, `template` and `file`: from a file to the journal and back to the same file."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from appliance import meeting_draft, sheets
from appliance.cli import main
from tests.services.test_ballot_command_line import box, meeting

__all__ = ["box"]

Box = tuple[Path, subprocess.Popen[str], str]


def test_a_meeting_goes_into_the_journal_and_comes_back_as_the_same_file(
    box: Box, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    state, _, _ = box
    sample = tmp_path / "mau.toml"
    assert meeting(state, "template", "--out", str(sample)) == 0
    assert sample.read_bytes() == sheets.sample(), "with its comments"
    assert meeting(state, "file") == 1
    assert b"no meeting was convened here" in capfdbinary.readouterr().err
    assert meeting(state, "import", str(sample), "--check") == 0
    assert b"nothing is wrong in it" in capfdbinary.readouterr().err
    assert meeting(state, "show") == 1, "a check convenes nothing"
    assert meeting(state, "import", str(sample)) == 0
    capfdbinary.readouterr()

    assert meeting(state, "file") == 0
    first = capfdbinary.readouterr().out
    command = meeting_draft.convene(sheets.decode("x.toml", first), "x")
    assert command == meeting_draft.convene(sheets.decode("x.toml", sheets.sample()), "x")
    for ending in sheets.FORMATS:
        out = tmp_path / f"hop.{ending}"
        assert meeting(state, "file", "--out", str(out)) == 0
        assert meeting(state, "import", str(out), "--check") == 0
        assert meeting_draft.convene(sheets.decode(out.name, out.read_bytes()), "x") == command
    assert (tmp_path / "hop.toml").read_bytes() == first
    assert meeting(state, "file", "--out", str(out)) == 1, "nothing is overwritten"
    assert meeting(state, "file", "--meeting", "another") == 1
    capfdbinary.readouterr()

    assert meeting(state, "end") == 0
    (tmp_path / "hop.toml").write_bytes(first.replace(b"phien-hop-mau-2026-11", b"phien-hop-mau-2026-12"))
    assert meeting(state, "import", str(tmp_path / "hop.toml")) == 0
    capfdbinary.readouterr()
    assert meeting(state, "file") == 0
    assert capfdbinary.readouterr().out == (tmp_path / "hop.toml").read_bytes(), "byte for byte"
    assert meeting(state, "file", "--meeting", "phien-hop-mau-2026-11") == 0
    assert capfdbinary.readouterr().out == first


def test_seats_without_a_keypad_on_this_box_are_named_at_the_import(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = tmp_path / "state"
    state.mkdir()
    (state / "appliance.toml").write_text(
        '[keypads]\nfactory = "mock"\n[keypads.seats.01]\nkeys = [1, 2, 3]\nlamps = [4, 5, 6]\n'
    )
    people = "".join(f'[[delegate]]\nid = "dv-{n}"\nname = "Mẫu {n}"\nseat = "0{n}"\n' for n in (1, 2, 3))
    (tmp_path / "hop.toml").write_text(f'meeting = "m1"\ntitle = "Mẫu"\n{people}')
    assert meeting(state, "import", str(tmp_path / "hop.toml"), "--check") == 0
    assert "no keypad on this box, so a tablet: 02 (Mẫu 2), 03 (Mẫu 3)\n" in capsys.readouterr().err


def test_a_workbook_and_a_roster_apart_are_told_of_all_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without any service: a check asks nobody."""
    book, people = tmp_path / "hop.xlsx", tmp_path / "ds.csv"
    assert main(["meeting", "template", "--out", str(book), "--state", str(tmp_path)]) == 0
    people.write_text("Mã;Họ và tên;Vai trò\ndv-01;;thành viên\n", "utf-8-sig")
    words = ["meeting", "import", str(book), "--roster", str(people), "--check", "--state", str(tmp_path)]
    assert main(words) == 1
    told = capsys.readouterr().err
    assert f"{book} has 3 problem(s)" in told
    assert "sheet “Cuộc họp”, “Mã cuộc họp”: is missing" in told
    assert f"{people}, row 2, column B (Họ và tên): is missing" in told


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["template", "--out", "mau.docx"], "end it in .toml, .json, .xlsx"),
        (["import", "no-such.toml", "--check"], "no such file"),
        (["import", ".", "--check"], "directory"),
        (["import", "big.toml", "--check"], "more than"),
    ],
)
def test_what_cannot_be_done_is_told(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "big.toml").write_bytes(b" " * (5 << 20))
    assert main(["meeting", *words, "--state", str(tmp_path)]) == 1
    assert said in capsys.readouterr().err


def test_the_template_is_empty_or_filled(tmp_path: Path) -> None:
    for words, people in (([], 0), (["--sample"], 27)):
        out = tmp_path / f"{people}.xlsx"
        assert main(["meeting", "template", "--out", str(out), *words, "--state", str(tmp_path)]) == 0
        assert len(sheets.decode(out.name, out.read_bytes()).lines("delegate")) == people
