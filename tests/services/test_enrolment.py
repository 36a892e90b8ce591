"""`appliance enroll` and `appliance gallery`, as typed, with dlib and drawn delegates."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import openpyxl
import pytest

from appliance import events
from appliance.camera import Image
from appliance.cli import main
from appliance.demo import portrait
from appliance.events import DelegateEnrolled, DelegateForgotten, DeviceInstalled, Event
from appliance.journal import Fact, Reader, Writer
from appliance.services.state import State
from tests.worlds.room import HandClock


@pytest.fixture
def state(tmp_path: Path) -> State:
    """A state directory whose journal the ballot service has begun."""
    state = State(tmp_path / "state")
    writer = Writer(state.journal, events.Writer.BALLOT)
    writer.append([Fact("installed", DeviceInstalled(site="nha", device="p1", public_key="AA=="))], HandClock().now())
    writer.close()
    return state


def drawn(person: int, size: int = 360) -> Image:
    picture = portrait.draw(portrait.Person.from_seed(portrait.COUNCIL[person]), size=size)
    alpha = picture.alpha[..., None] / 255
    on_grey = (picture.rgb * alpha + 150 * (1 - alpha)).astype(np.uint8)
    return cv2.copyMakeBorder(on_grey, 60, 60, 60, 60, cv2.BORDER_CONSTANT, value=(150, 150, 150))


def save(path: Path, picture: Image) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))


def run(state: State, *words: str) -> int:
    return main([*words, "--state", str(state.root)])


def facts(state: State) -> list[Event]:
    reader = Reader(state.journal)
    found = [entry.event for entry in reader.after(1)]
    reader.close()
    return found


def test_pictures_that_cannot_be_used_are_named_and_the_others_go_in(
    state: State, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "pictures"
    save(folder / "an" / "good.png", drawn(0))
    save(folder / "an" / "nobody.png", np.full((300, 300, 3), 150, np.uint8))
    save(folder / "an" / "two.png", np.hstack([drawn(0), drawn(1)]))
    save(folder / "binh" / "tiny.png", drawn(1, size=140))
    (folder / "binh" / "broken.jpg").write_bytes(b"no picture")
    assert run(state, "enroll", str(folder), "--consent", "2026-01") == 1, "one delegate got no template"
    out, err = capsys.readouterr()
    assert "an: enrolled from 1" in out
    assert "binh: NOT enrolled" in out
    assert "an/nobody.png: not used: no face found" in err
    assert "an/two.png: not used: 2 faces: whose picture is it?" in err
    assert "binh/broken.jpg: not used: not a picture that can be read" in err
    assert "binh/tiny.png: not used: the face is too small" in err
    (fact,) = facts(state)
    assert isinstance(fact, DelegateEnrolled)
    assert (fact.delegate, fact.images, fact.consent) == ("an", 1, "2026-01")

    assert run(state, "gallery", "list", "--json") == 0
    (line,) = json.loads(capsys.readouterr().out)
    assert (line["delegate"], line["images"], line["consent"]) == ("an", 1, "2026-01")

    assert run(state, "gallery", "forget", "an", "--reason", "theo yêu cầu") == 0
    assert facts(state)[-1] == DelegateForgotten(delegate="an", reason="theo yêu cầu")
    assert run(state, "gallery", "forget", "an", "--reason", "theo yêu cầu") == 1


def test_without_stated_consent_nothing_is_made(
    state: State, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(tmp_path / "pictures" / "an" / "1.png", drawn(0))
    assert run(state, "enroll", str(tmp_path / "pictures")) == 1
    assert "--consent" in capsys.readouterr().err
    assert facts(state) == []
    assert not state.gallery.exists()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_folders_must_be_ids_of_the_roster(
    state: State, tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("an", "khong-co", "tên có dấu"):
        (tmp_path / "pictures" / name).mkdir(parents=True)
    rows = [["Mã", "Họ tên"], ["an", "Đại biểu Mẫu 01"]]
    roster = tmp_path / f"danh-sach.{kind}"
    if kind == "csv":
        roster.write_text("\n".join(";".join(row) for row in rows), encoding="utf-8-sig")
    else:
        book = openpyxl.Workbook()
        for row in rows:
            book.worksheets[0].append(row)
        book.save(roster)
    assert run(state, "enroll", str(tmp_path / "pictures"), "--consent", "v1", "--roster", str(roster)) == 1
    err = capsys.readouterr().err
    assert "'khong-co' is not an id of" in err
    assert "'tên có dấu' is no identifier" in err
    assert "'an'" not in err


def test_from_the_camera(state: State, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save(tmp_path / "recording" / "0.png", np.full((480, 480, 3), 150, np.uint8))
    for number in range(1, 6):
        save(tmp_path / "recording" / f"{number}.png", drawn(0))
    state.configuration_file.write_text(
        f'[camera]\nsource = "replay:{tmp_path / "recording"}"\nframes_per_second = 2.5\n'
    )
    assert run(state, "enroll", "--camera", "an", "--looks", "2", "--consent", "v1") == 0
    out, err = capsys.readouterr()
    assert "an: enrolled from 2" in out
    assert "an, frame 0: not used: no face found" in err


def test_one_person_under_two_ids_is_told(state: State, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("an", "binh"):
        save(tmp_path / "pictures" / name / "1.png", drawn(0))
    assert run(state, "enroll", str(tmp_path / "pictures"), "--consent", "v1") == 0
    assert "an and binh look like one person" in capsys.readouterr().err


def test_before_the_device_is_installed_it_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save(tmp_path / "pictures" / "an" / "1.png", drawn(0))
    assert main(["enroll", str(tmp_path / "pictures"), "--consent", "v1", "--state", str(tmp_path / "new")]) == 1
    assert "start `appliance ballot`" in capsys.readouterr().err
