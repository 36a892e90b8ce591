"""`appliance doctor`: every check in a small world, and the whole command in this one."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.events import BoxClaimed, Writer
from appliance.face.models import catalogue
from appliance.journal import Fact, Instant
from appliance.journal import Writer as JournalWriter
from appliance.services.diagnosis import Finding, Machine, Report, Use, box, devices, examine, model_files, software
from appliance.services.state import State

ROOT = Path(__file__).resolve().parent.parent
NOON = "2026-11-20T05:00:00.000Z"


class Clock:
    def __init__(self, synchronised: bool) -> None:
        self.synchronised = synchronised

    def now(self) -> Instant:
        return Instant(NOON, self.synchronised)

    def monotonic(self) -> float:
        return 0.0


def machine(root: Path, **files: str) -> Machine:
    """A machine whose root holds these files (`__` for `/`), and no programs."""
    for name, content in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return Machine(root, search_path=str(root / "bin"))


def journal_of(state: State) -> None:
    writer = JournalWriter(state.journal, Writer.BALLOT)
    writer.append([Fact(f"claimed-{n}", BoxClaimed()) for n in range(5)], Instant(NOON, True))
    writer.close()


# A finding seen from a use -------------------------------------------------------------------------------------------


def test_what_is_absent_is_missing_only_for_the_uses_that_need_it() -> None:
    finding = Finding("chromium", False, "not found", frozenset({Use.TESTS}))
    assert finding.state(Use.TESTS) == "missing"
    assert finding.state(Use.DEMO) == "not needed here"
    assert replace(finding, ok=True).state(Use.TESTS) == "ok"
    assert Report(Use.DEMO, (finding,)).missing == ()
    assert Report(Use.TESTS, (finding,)).as_json()["ok"] is False


# Software ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "processor", "ok"),
    [
        ((3, 11, 2), "x86_64", True),
        ((3, 13, 0), "aarch64", True),
        ((3, 10, 9), "x86_64", False),
        ((3, 14, 0), "x86_64", False),
        ((3, 11, 2), "armv7l", False),
    ],
)
def test_python_and_processor(version: tuple[int, int, int], processor: str, ok: bool) -> None:
    finding = software.python(version, processor)
    assert finding.ok is ok
    assert bool(finding.remedy) is not ok


def test_requirements_are_read_from_the_installed_metadata() -> None:
    assert {"dlib-bin", "face_recognition", "paho-mqtt", "pydantic"} <= set(software.requirements())
    assert {"pytest", "playwright"} <= set(software.requirements("dev"))
    assert "picamera2" in software.requirements("pi")
    assert not set(software.requirements()) & {"pytest", "lgpio"}


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(software, "requirements", lambda extra="": ["numpy", "no-such-package"])
    finding = software.packages()
    assert not finding.ok
    assert "no-such-package" in finding.detail
    assert "numpy" not in finding.detail
    assert finding.remedy == "run script/bootstrap"


def test_programs_and_libraries(tmp_path: Path) -> None:
    found = {finding.name: finding for finding in software.programs(machine(tmp_path))}
    assert not any(finding.ok for finding in found.values())
    assert "apt-get install mosquitto" in found["mosquitto"].remedy
    assert Use.DEMO not in found["chromium"].needed_for
    broker = tmp_path / "bin/mosquitto"
    broker.parent.mkdir()
    broker.write_text("#!/bin/sh\n")
    broker.chmod(0o755)
    assert software.programs(machine(tmp_path))[0].detail == str(broker)

    class Bare(Machine):
        def has_library(self, name: str) -> bool:
            return name != "libGL.so.1"

    assert "libgl1" in software.libraries(Bare()).remedy


def test_a_model_with_another_sha256_is_missing(tmp_path: Path) -> None:
    right = {name: model for name, model in catalogue().items() if model.package}
    assert all(finding.ok for finding in model_files.models(tmp_path, right))
    name, model = next(iter(right.items()))
    (finding,) = model_files.models(tmp_path, {name: replace(model, sha256="0" * 64)})
    assert not finding.ok
    assert model.sha256 in finding.detail
    assert finding.needed_for == frozenset(Use)


# Devices -------------------------------------------------------------------------------------------------------------


def test_a_camera_is_told_from_the_other_video_nodes_of_a_pi(tmp_path: Path) -> None:
    codec = {"dev__video10": "", "sys__class__video4linux__video10__name": "bcm2835-codec-decode\n"}
    assert not devices.camera(machine(tmp_path, **codec)).ok
    usb = {"dev__video0": "", "sys__class__video4linux__video0__name": "USB camera\n"}
    finding = devices.camera(machine(tmp_path, **usb))
    assert finding.ok
    assert finding.detail == "/dev/video0 (USB camera)"


def test_picamera2_is_needed_on_a_pi_and_an_option_elsewhere(tmp_path: Path) -> None:
    class Bare(Machine):
        def module(self, name: str) -> bool:
            return False

    assert devices.libcamera(Bare(tmp_path)).state(Use.PI) == "not needed here"
    machine(tmp_path, **{"proc__device-tree__model": "Raspberry Pi 5 Model B Rev 1.0\0"})
    assert devices.libcamera(Bare(tmp_path)).state(Use.PI) == "missing"


def test_pins(tmp_path: Path) -> None:
    class World(Machine):
        def module(self, name: str) -> bool:
            return name == "lgpio"

    assert "no /dev/gpiochip" in devices.pins(World(tmp_path)).detail
    machine(tmp_path, dev__gpiochip0="")
    assert devices.pins(World(tmp_path)).ok
    assert "python3-lgpio" in devices.pins(Bare(tmp_path)).remedy


class Bare(Machine):
    """A machine on which Python finds no module."""

    def module(self, name: str) -> bool:
        return False


def radio(kind: str, name: str, soft: int = 0, number: int = 0) -> dict[str, str]:
    fields = {"name": name, "type": kind, "soft": str(soft), "hard": "0"}
    return {f"sys__class__rfkill__rfkill{number}__{field}": f"{value}\n" for field, value in fields.items()}


def test_a_machine_without_radios_says_so(tmp_path: Path) -> None:
    finding = devices.radios(machine(tmp_path))
    assert finding.ok
    assert finding.detail == "none"


def test_radios_are_named_with_their_state_and_whether_they_can_be_switched(tmp_path: Path) -> None:
    world = machine(tmp_path, **radio("wlan", "phy0"), **radio("bluetooth", "hci0", soft=1, number=1))
    closed = devices.radios(world)
    assert not closed.ok
    assert "no permission" in closed.detail
    machine(tmp_path, dev__rfkill="")
    finding = devices.radios(world)
    assert finding.ok
    assert finding.detail == "phy0 (wlan, on), hci0 (bluetooth, off); can be switched"


def test_a_radio_without_a_switch_stands_in_the_way_of_a_secret_session(tmp_path: Path) -> None:
    world = machine(tmp_path, dev__rfkill="", **radio("wlan", "phy0"))
    (tmp_path / "sys/class/ieee80211/phy0/rfkill0").mkdir(parents=True)
    assert devices.radios(world).ok
    (tmp_path / "sys/class/wwan/wwan0").mkdir(parents=True)
    finding = devices.radios(world)
    assert finding.state(Use.PI) == "missing"
    assert "wwan0 (no switch)" in finding.detail
    assert "wwan0" in finding.remedy


SWAPS = "Filename\tType\tSize\tUsed\tPriority\n"


CARD = "/var/swap file 102396 0 -2\n"
ZRAM = "/dev/zram0 partition 102396 0 100\n"


@pytest.mark.parametrize(
    ("swaps", "more", "ok"),
    [
        ("", {}, True),
        (CARD, {}, False),
        (CARD, {"sys__fs__cgroup__cgroup.controllers": "cpu memory pids\n"}, True),
        (ZRAM, {}, True),
        (ZRAM, {"sys__block__zram0__backing_dev": "none\n"}, True),
        (ZRAM, {"sys__block__zram0__backing_dev": "/var/swap\n"}, False),
        (ZRAM + CARD, {}, False),
    ],
)
def test_memory_that_could_reach_a_card_is_told(tmp_path: Path, swaps: str, more: dict[str, str], ok: bool) -> None:
    finding = devices.swap(machine(tmp_path, proc__swaps=SWAPS + swaps, **more))
    assert finding.ok is ok
    assert bool(finding.remedy) is not ok


def test_clock() -> None:
    assert devices.clock(Clock(True)).ok
    finding = devices.clock(Clock(False))
    assert not finding.ok
    assert finding.state(Use.DEMO) == "not needed here"


def test_space_is_measured_where_the_state_will_be(tmp_path: Path) -> None:
    asked: list[Path] = []

    def free(path: Path) -> int:
        asked.append(path)
        return devices.FREE_BYTES - 1

    assert not devices.space(tmp_path / "not/there/yet", free).ok
    assert asked == [tmp_path]
    assert devices.space(tmp_path, lambda path: devices.FREE_BYTES).ok


def test_fsync_is_measured_and_leaves_nothing_behind(tmp_path: Path) -> None:
    assert "ms at" in devices.durability(tmp_path).detail
    assert list(tmp_path.iterdir()) == []
    ticks = iter(range(1000))
    slow = devices.durability(tmp_path, timer=lambda: float(next(ticks)))
    assert not slow.ok
    assert slow.detail.startswith("1000.0 ms")


# The installation ----------------------------------------------------------------------------------------------------


def test_every_problem_of_the_configuration_is_told(tmp_path: Path) -> None:
    state = State(tmp_path)
    assert box.configuration(state).ok
    state.configuration_file.write_text('[camera]\nsuorce = "0"\n[web]\nport = 0\n')
    finding = box.configuration(state)
    assert not finding.ok
    assert "did you mean 'source'" in finding.detail
    assert "web.port" in finding.detail
    state.configuration_file.write_text("[web]\nport = 8081\n")
    assert "valid" in box.configuration(state).detail


def test_state_folder(tmp_path: Path) -> None:
    assert box.folder(State(tmp_path)).ok
    assert "not there yet" in box.folder(State(tmp_path / "none")).detail


def test_a_flipped_byte_in_the_journal_is_found(tmp_path: Path) -> None:
    state = State(tmp_path)
    assert "none yet" in box.journal(state).detail
    journal_of(state)
    assert box.journal(state).detail.endswith("5 entries, the chain is whole")
    db = sqlite3.connect(state.journal)
    db.executescript(
        "DROP TRIGGER entry_is_never_changed; UPDATE entry SET body = CAST(' ' || body AS BLOB) WHERE seq = 3;"
    )
    db.close()
    finding = box.journal(state)
    assert not finding.ok
    assert "damaged" in finding.detail


def test_a_file_that_is_no_journal_is_a_finding_and_no_crash(tmp_path: Path) -> None:
    state = State(tmp_path)
    state.journal.parent.mkdir()
    state.journal.write_bytes(b"no database at all, but long enough to look at " * 40)
    assert not box.journal(state).ok


@pytest.fixture
def nobody() -> Iterator[None]:
    """Root may read everything, so root becomes somebody else for the while."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    yield
    os.seteuid(before)


@pytest.mark.parametrize("closed", ["", "inside"])
def test_a_closed_folder_is_a_finding_and_no_crash(tmp_path: Path, closed: str, nobody: None) -> None:
    if os.getuid() != 0:
        tmp_path.chmod(0)
    state = State(tmp_path / closed)
    for finding in (box.configuration(state), box.folder(state), box.journal(state)):
        assert not finding.ok
        assert finding.remedy == box.AS_ROOT


def test_services_that_do_not_run_are_named_with_their_unit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPLIANCE_SOCKETS", str(tmp_path))
    findings = box.sockets(State(tmp_path))
    assert [finding.ok for finding in findings] == [False, False, False]
    assert "systemctl status appliance-ballot" in findings[0].remedy


# The command ---------------------------------------------------------------------------------------------------------


def test_the_examination_of_this_machine_finds_what_the_tests_themselves_run_on(tmp_path: Path) -> None:
    report = examine(Use.DEMO, str(tmp_path), clock=Clock(True))
    found = {finding.name: finding for finding in report.findings}
    for name in ("Python", "Python packages", "pkg_resources", "libraries for OpenCV", "model embedder", "journal"):
        assert found[name].ok, found[name]
    assert all(finding.remedy for finding in report.findings if not finding.ok)
    assert len(found) == len(report.findings)


def test_the_command_speaks_json_and_its_status_tells_the_truth(tmp_path: Path) -> None:
    (tmp_path / "appliance.toml").write_text("[nonsense]\n")
    words = [sys.executable, "-m", "appliance", "doctor", "--json", "--state", str(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    report = json.loads(done.stdout)
    assert report["for"] == "demo"
    assert done.returncode == (0 if report["ok"] else 1)
    assert {row["state"] for row in report["findings"]} <= {"ok", "missing", "not needed here"}
    assert "face_recognition" not in done.stderr

    pi = subprocess.run([*words, "--for", "pi"], capture_output=True, text=True, check=False, timeout=60)
    rows = {row["name"]: row for row in json.loads(pi.stdout)["findings"]}
    assert pi.returncode == 1
    assert rows["configuration"]["state"] == "missing"


def test_without_any_package_it_still_tells_what_is_missing(tmp_path: Path) -> None:
    # -S: no site-packages at all; the package is found where it lies.
    words = [sys.executable, "-S", "-m", "appliance", "doctor"]
    shutil.copytree(ROOT / "appliance", tmp_path / "appliance", ignore=shutil.ignore_patterns("__pycache__", "data"))
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "run script/bootstrap" in done.stdout
