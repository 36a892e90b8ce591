"""`appliance enroll` and `appliance gallery`, as typed, with dlib and drawn delegates."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import openpyxl
import pytest

from appliance import events
from appliance.camera import Image
from appliance.cli import main
from appliance.demo import portrait
from appliance.events import DelegateEnrolled, DelegateForgotten, DeviceInstalled, Event, GalleryRenewed
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


def drawn(person: int, size: int = 360, yaw: float = 0.0) -> Image:
    picture = portrait.draw(portrait.Person.from_seed(portrait.COUNCIL[person]), size=size, yaw=yaw)
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


def test_one_person_under_two_ids_is_refused_and_both_are_named(
    state: State, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("an", "binh"):
        save(tmp_path / "pictures" / name / "1.png", drawn(0))
    assert run(state, "enroll", str(tmp_path / "pictures"), "--consent", "v1") == 1
    out, err = capsys.readouterr()
    assert "binh and an look like one person (distance 0.00)" in err
    assert "--allow-twin binh=an" in err
    assert "binh: NOT enrolled: enrolled under another id" in out
    assert [fact.delegate for fact in facts(state) if isinstance(fact, DelegateEnrolled)] == ["an"]


def test_before_the_device_is_installed_it_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save(tmp_path / "pictures" / "an" / "1.png", drawn(0))
    assert main(["enroll", str(tmp_path / "pictures"), "--consent", "v1", "--state", str(tmp_path / "new")]) == 1
    assert "`appliance run` starts it" in capsys.readouterr().err


def test_a_picture_of_somebody_else_in_the_folder_is_left_out_and_its_owner_named(
    state: State, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "pictures"
    save(folder / "an" / "1.png", drawn(1))
    for number, yaw in enumerate((-10, 10), 1):
        save(folder / "binh" / f"{number}.png", drawn(25, yaw=yaw))
    save(folder / "binh" / "3.png", drawn(1, yaw=5))
    assert run(state, "enroll", str(folder), "--consent", "v1") == 0
    out, err = capsys.readouterr()
    assert "binh: enrolled from 2" in out
    assert "binh/3.png: not used: somebody else than on the other pictures (it looks like an)" in err


def test_of_two_pictures_that_disagree_none_is_used(
    state: State, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for person in (1, 25):
        save(tmp_path / "pictures" / "an" / f"{person}.png", drawn(person))
    assert run(state, "enroll", str(tmp_path / "pictures"), "--consent", "v1") == 1
    assert "the pictures show different people; which are right?" in capsys.readouterr().err
    assert facts(state) == []


def test_what_a_picture_lacks_is_said(state: State, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "pictures" / "an"
    save(folder / "dark.png", (drawn(0) * 0.12).astype(np.uint8))
    save(folder / "soft.png", cv2.GaussianBlur(drawn(0), (0, 0), 7))
    assert run(state, "enroll", str(tmp_path / "pictures"), "--consent", "v1") == 1
    err = capsys.readouterr().err
    assert re.search(r"an/dark.png: not used: the face is (too dark|dark before)", err)
    assert "an/soft.png: not used: the face is blurred" in err


def test_the_consent_text_is_bound_by_its_digest(
    state: State, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "Tôi đồng ý.\n"
    (state.root / "consent").mkdir()
    (state.root / "consent" / "2026-1.vi.txt").write_text(text, encoding="utf-8")
    save(tmp_path / "pictures" / "an" / "1.png", drawn(0))
    assert run(state, "enroll", str(tmp_path / "pictures"), "--consent", "2026-1", "--expires", "2027-12-31") == 0
    (fact,) = facts(state)
    assert isinstance(fact, DelegateEnrolled)
    assert fact.consent == f"2026-1.vi sha256:{hashlib.sha256(text.encode()).hexdigest()}"
    assert fact.expires == "2027-12-31"
    assert run(state, "gallery", "list") == 0
    assert "until 2027-12-31\tfew pictures, one side only" in capsys.readouterr().out


def test_without_a_date_it_is_kept_as_long_as_the_configuration_says(state: State, tmp_path: Path) -> None:
    state.configuration_file.write_text("[gallery]\nkeep_days = 30\n")
    save(tmp_path / "pictures" / "an" / "1.png", drawn(0))
    days = [datetime.now(UTC).date()]
    assert run(state, "enroll", str(tmp_path / "pictures"), "--consent", "v1") == 0
    days.append(datetime.now(UTC).date())
    (fact,) = facts(state)
    assert isinstance(fact, DelegateEnrolled)
    assert date.fromisoformat(fact.expires) - timedelta(days=30) in days


def test_dates_and_twins_that_cannot_be_are_all_said_at_once(
    state: State, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(tmp_path / "pictures" / "an" / "1.png", drawn(0))
    words = ("--consent", "v1", "--expires", "2020-01-01", "--allow-twin", "an")
    assert run(state, "enroll", str(tmp_path / "pictures"), *words) == 1
    err = capsys.readouterr().err
    assert "--expires 2020-01-01: has come already" in err
    assert "--allow-twin an: write it as dv-03=dv-07" in err
    assert run(state, "enroll", str(tmp_path / "pictures"), "--consent", "v1", "--expires", "tomorrow") == 1
    assert "--expires tomorrow: no date" in capsys.readouterr().err


def test_renewing_and_tidying_from_the_command_line(
    state: State, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(tmp_path / "pictures" / "an" / "1.png", drawn(0))
    assert run(state, "enroll", str(tmp_path / "pictures"), "--consent", "v1") == 0
    before = {path.name for path in state.gallery_key.glob("gallery.rotation.*")}
    assert run(state, "gallery", "renew", "--reason", "thẻ nhớ cũ bị mất") == 0
    assert facts(state)[-1] == GalleryRenewed(delegates=1, reason="thẻ nhớ cũ bị mất")
    assert before.isdisjoint(path.name for path in state.gallery_key.glob("gallery.rotation.*"))
    assert run(state, "gallery", "tidy") == 0
    assert "0 forgotten" in capsys.readouterr().err


def test_a_cohort_without_delegates_in_it(state: State, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save(tmp_path / "pictures" / "an" / "1.png", drawn(0))
    assert run(state, "enroll", str(tmp_path / "pictures"), "--consent", "v1") == 0
    for person in (0, 2, 3):
        save(tmp_path / "strangers" / f"{person}.png", drawn(person))
    assert run(state, "gallery", "cohort", str(tmp_path / "strangers")) == 0
    err = capsys.readouterr().err
    assert "0.png: not used: it looks like an, who is enrolled" in err
    assert "cohort of 2" in err
    renewed = GalleryRenewed(delegates=1, cohort=2, reason="cohort from 3 pictures")
    assert facts(state)[-1] == renewed, "the door hears of it"
    assert run(state, "gallery", "cohort", "--forget") == 0
    assert run(state, "gallery", "cohort") == 1
