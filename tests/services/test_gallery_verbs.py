"""`appliance gallery calibrate` and `report`, as typed: figures on stdout, papers in files, an honest status."""

from __future__ import annotations

import json
from pathlib import Path

import pypdf
import pytest

from appliance import events
from appliance.cli import main
from appliance.events import DeviceInstalled, FaceNotIdentified, MeetingConvened
from appliance.identification import Enrolled
from appliance.journal import Fact, Writer
from appliance.services.bench.door import open_gallery
from appliance.services.state import State
from appliance.values import Delegate
from tests.worlds.people import gallery, looks, threshold_of
from tests.worlds.room import HandClock


@pytest.fixture
def state(tmp_path: Path) -> State:
    """A box with an empty gallery and a meeting of two."""
    state = State(tmp_path / "state")
    writer = Writer(state.journal, events.Writer.BALLOT)
    roster = tuple(Delegate(id=f"dv-{n:03}", name=f"Đại biểu Mẫu {n:02}", seat=f"{n:02}") for n in range(2))
    meeting = MeetingConvened(meeting="m-1", title="Họp", preset="ubnd", roster=roster, by="thu-ky")
    installed = DeviceInstalled(site="nha", device="p1", public_key="AA==")
    writer.append([Fact("installed", installed), Fact("meeting", meeting)], HandClock().now())
    writer.close()
    open_gallery(state).close()
    return state


def enrol(state: State, size: int) -> Enrolled:
    kept = open_gallery(state)
    for n in range(size):
        kept.enrol(f"dv-{n:03}", list(looks(n, 3)), consent="2026-1", at="2026-11-01T08:00:00Z")
    templates = kept.templates()
    kept.close()
    return Enrolled(templates)


def run(state: State, *words: str) -> int:
    return main(["gallery", *words, "--state", str(state.root)])


def test_calibrate_prints_the_thresholds_of_the_door(state: State, capsys: pytest.CaptureFixture[str]) -> None:
    enrolled = enrol(state, 6)
    assert run(state, "calibrate") == 0
    said = capsys.readouterr().out
    for count, allowed in ((3, 0.0025), (5, 0.0075)):
        assert f"{count} look(s)\tthreshold {threshold_of(enrolled, count, allowed):.3f}" in said
    assert "gallery estimate" in said
    assert "at most 10.0" in said
    assert run(state, "calibrate", "--json", "--looks", "1", "--fpir", "0.003") == 0
    found = json.loads(capsys.readouterr().out)
    (one,) = found["searches"]
    assert one["threshold"] == pytest.approx(threshold_of(gallery(6), 1, 0.003), abs=1e-3)
    assert (found["fpir_target"], found["delegates"], found["state"]) == (0.003, 6, "gallery estimate")
    assert found["expected_false_names_per_1000"] == pytest.approx(3, rel=0.01)


def test_strangers_at_the_door_confirm_it(state: State, capsys: pytest.CaptureFixture[str]) -> None:
    enrol(state, 3)
    writer = Writer(state.journal, events.Writer.DOOR)
    unknown = FaceNotIdentified(meeting="m-1", decision="unknown", looks=5)
    writer.append([Fact(f"door/{n}", unknown) for n in range(400)], HandClock().now())
    writer.close()
    assert run(state, "calibrate") == 0
    assert "confirmed by 400 strangers" in capsys.readouterr().out
    assert run(state, "calibrate", "--json", "--fpir", "0.001") == 0
    assert json.loads(capsys.readouterr().out)["state"] == "gallery estimate", "a smaller share needs more of them"


def test_an_empty_gallery_is_an_error_that_says_what_to_do(
    state: State, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "r.pdf"
    for words in (["calibrate"], ["calibrate", "--json"], ["report", "--out", str(out)]):
        assert run(state, *words) == 1
        said = capsys.readouterr()
        assert said.out == ""
        assert "appliance enroll" in said.err
    assert not out.exists()


@pytest.mark.parametrize(
    "words",
    ["calibrate --looks 0", "calibrate --fpir 1.5", "report --out r.docx", "report --out /nowhere/at/all/r.html"],
)
def test_what_cannot_be_done_is_named(state: State, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    enrol(state, 1)
    assert run(state, *words.split()) == 1
    assert words.rsplit(maxsplit=1)[-1] in capsys.readouterr().err


def test_the_papers_are_written_in_the_language_asked_for(state: State, tmp_path: Path) -> None:
    enrol(state, 2)
    assert run(state, "report", "--out", str(tmp_path / "r.pdf")) == 0
    text = pypdf.PdfReader(tmp_path / "r.pdf").pages[0].extract_text()
    assert "Báo cáo kho khuôn mặt" in text
    assert run(state, "report", "--out", str(tmp_path / "r.html"), "--language", "en") == 0
    page = (tmp_path / "r.html").read_text("utf-8")
    assert '<html lang="en">' in page
    assert "Đại biểu Mẫu 01 (dv-001)" in page
    assert "http" not in page.replace("http-equiv", ""), "one file, nothing from elsewhere"
