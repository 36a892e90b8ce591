"""`appliance slip` beside a running ballot service: from the file to the announcement, for people and for machines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from appliance.cli import main
from appliance.cli.tables import LIMIT
from appliance.control import Client
from appliance.values import Refusal
from tests.browser.house import PATIENCE, House

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    one = House(tmp_path_factory.mktemp("office"))
    try:
        one.start("ballot")
        yield one
    finally:
        one.close()


@pytest.fixture
def slip(office: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """`slip("list", "--json")` → exit status, what was printed, what was said."""
    monkeypatch.setenv("APPLIANCE_SOCKETS", str(office.socket("ballot").parent))

    def run(*words: str) -> tuple[int, str, str]:
        status = main(["slip", *words, "--state", str(office.state.root)])
        told = capsys.readouterr()
        return status, told.out, told.err

    return run


def file(folder: Path, name: str, members: int = 3, changes: Mapping[str, str] | None = None) -> str:
    """The sample slip under another name, due in three days."""
    text = (EXAMPLES / "slip.toml").read_text("utf-8").split("[[member]]")[0]
    due = (datetime.now(UTC) + timedelta(days=3)).isoformat(timespec="seconds")
    text = text.replace("phieu-2026-11-1", name).replace("2030-11-29T17:00:00+07:00", due)
    for old, new in (changes or {}).items():
        text = text.replace(old, new)
    people = (f'[[member]]\nid = "dv-{n:02}"\nname = "Đại biểu Mẫu {n:02}"\n' for n in range(1, members + 1))
    path = folder / f"{name}.toml"
    path.write_text(text + "\n".join(people), "utf-8")
    return str(path)


def answer(office: House, name: str, delegate: str, choice: str, opinion: str = "") -> None:
    client = Client(office.socket("ballot"), timeout=PATIENCE)
    (issued,) = office.do("issue_pins", delegates=[delegate])
    signed_in = client.ask("sign_in_by_link", link=issued["link"])
    assert not isinstance(signed_in, Refusal), signed_in
    token = signed_in["token"]
    given = client.ask("answer_slip", token=token, slip=name, choice=choice, opinion=opinion)
    assert not isinstance(given, Refusal), given


def test_from_the_file_to_the_announcement(office: House, slip: Any, tmp_path: Path) -> None:
    status, out, err = slip("send", file(tmp_path, "phieu-1"))
    assert (status, out) == (0, "phieu-1\n")
    assert "3 members asked until" in err

    answer(office, "phieu-1", "dv-01", "against", "Chưa rõ nguồn vốn")
    for words in (("show", "phieu-1"), ("show", "phieu-1", "--json"), ("list",), ("list", "--json")):
        status, out, _ = slip(*words)
        assert status == 0
        assert "Chưa rõ nguồn vốn" not in out, words
        assert "against" not in out, words
    shown = json.loads(slip("show", "phieu-1", "--json")[1])
    assert (shown["answered"], shown["unanswered"]) == (["dv-01"], ["dv-02", "dv-03"])
    assert "no answer is no agreement" in slip("show", "phieu-1")[1]

    status, out, _ = slip("remind", "phieu-1")
    assert out.split("\n")[0].split() == ["dv-02", "Đại", "biểu", "Mẫu", "02"]
    reminded = json.loads(slip("remind", "phieu-1", "--links", "--json")[1])
    assert reminded["reminded"] == ["dv-02", "dv-03"]
    assert [one["delegate"] for one in reminded["issued"]] == ["dv-02", "dv-03"]
    assert "/d/" in slip("remind", "phieu-1", "--links")[1]

    due = (datetime.now(UTC) + timedelta(days=9)).isoformat(timespec="seconds")
    assert slip("extend", "phieu-1", due, "--reason", "Nhiều thành viên đi công tác")[0] == 0
    assert slip("extend", "phieu-1", due, "--reason", "x")[0] == 1
    status, _, err = slip("close", "phieu-1")
    assert status == 1
    assert "slip-awaited" in err

    answer(office, "phieu-1", "dv-02", "for")
    answer(office, "phieu-1", "dv-03", "abstain")
    status, out, err = slip("close", "phieu-1")
    assert (status, out) == (0, "lost\n")
    assert "1/3 tán thành" in err
    shown = json.loads(slip("show", "phieu-1", "--json")[1])
    states = ("for", "against", "abstain", "no_answer", "counted_as_agreement")
    assert [shown[state] for state in states] == [1, 1, 1, 0, 0]
    assert shown["answers"]["dv-01"]["opinion"] == "Chưa rõ nguồn vốn"
    assert "Chưa rõ nguồn vốn" in slip("show", "phieu-1")[1]

    assert slip("announce", "phieu-1")[0] == 1
    office.sit(6, present=0)
    assert slip("announce", "phieu-1")[0] == 0
    assert "announced at m-2026-11" in slip("list")[1]
    office.do("end_meeting")


def test_members_come_from_a_roster_and_from_the_last_meeting(office: House, slip: Any, tmp_path: Path) -> None:
    rows = "id,name,role\ndv-31,Đại biểu Mẫu 31,\nkh-31,Khách Mẫu 31,guest\n"
    (tmp_path / "danh-sach.csv").write_text(rows, "utf-8")
    path = file(tmp_path, "phieu-2", 0, {'chair = "dv-01"\n': ""})
    assert slip("send", path, "--roster", str(tmp_path / "danh-sach.csv"))[0] == 0
    assert json.loads(slip("show", "phieu-2", "--json")[1])["unanswered"] == ["dv-31"]
    if not office.links:
        office.sit(6, present=0)
        office.do("end_meeting")
    assert slip("send", file(tmp_path, "phieu-3", 0), "--of-meeting")[0] == 0
    assert json.loads(slip("show", "phieu-3", "--json")[1])["members"] == 6


def test_the_silence_switch_is_said(slip: Any, tmp_path: Path) -> None:
    path = file(tmp_path, "phieu-4", 3, {"silence_agrees = false": "silence_agrees = true"})
    assert slip("send", path)[0] == 0
    assert "no answer counts as agreement" in slip("show", "phieu-4")[1]


def test_every_problem_of_a_file_is_told(slip: Any, tmp_path: Path) -> None:
    path = file(tmp_path, "phieu-5", 3, {"chair = ": "chủ_tọa = ", 'preset = "ubnd"': "preset = 7"})
    status, out, err = slip("send", path)
    assert (status, out) == (1, "")
    assert "phieu-5.toml has 1 problem(s)" in err, "a key with diacritics is no TOML"
    path = file(tmp_path, "phieu-5", 3, {"chair = ": "chaire = ", 'preset = "ubnd"': "preset = 7"})
    err = slip("send", path)[2]
    assert "chaire: unknown; did you mean “chair”?" in err
    assert "preset: “7” is none of: ubnd" in err


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("title = 'a'\n# ghi chu\nquestion = 'đ'".encode("cp1258"), "line 3 is not UTF-8; save the file as UTF-8"),
        (b"#" * (LIMIT + 1), f"it has more than {LIMIT} bytes"),
        (b"slip = ", "not TOML: "),
        (None, "no such file"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_as_of_a_meeting(
    slip: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes | None, told: str
) -> None:
    path = tmp_path / "phieu.toml"
    if data is not None:
        path.write_bytes(data)
    status, out, err = slip("send", str(path))
    assert (status, out) == (1, "")
    assert f"appliance slip: {path} has 1 problem(s):\n  - {told}" in err
    assert main(["meeting", "import", str(path), "--check"]) == 1
    assert f"{path} has 1 problem(s):\n  - {told}" in capsys.readouterr().err


def test_what_is_not_there_is_said(slip: Any, tmp_path: Path) -> None:
    assert slip("show", "khong-co")[0] == 1
    assert "none of that name was sent" in slip("show", "khong-co")[2]
    assert slip("send", str(tmp_path / "khong-co.toml"))[0] == 1
    assert slip("remind", "khong-co")[0] == 1
    with pytest.raises(SystemExit):
        slip("extend", "phieu-1", "thứ Sáu", "--reason", "x")
