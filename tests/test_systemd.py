"""Units, users and folders: they are what systemd accepts, they are tight, and they agree with the program."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

from appliance import cli
from appliance.services.state import State

ROOT = Path(__file__).resolve().parent.parent
SYSTEMD = ROOT / "systemd"
SERVICES = ("ballot", "door", "web", "uplink", "central")
EXPOSURE = 15  # tenths: systemd-analyze calls up to 2.0 "OK", the drafts were measured at 0.9 to 1.5

analyze = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is missing; Debian: apt install systemd"
)
as_root = pytest.mark.skipif(os.getuid() != 0, reason="needs root: files are given to several users")


def unit(service: str) -> str:
    return (SYSTEMD / f"appliance-{service}.service").read_text("utf-8")


def values(text: str, key: str) -> list[str]:
    """All words that a unit gives to a key, in order."""
    return [word for line in re.findall(rf"^{key}=(.*)$", text, re.M) for word in line.split()]


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units as they are installed, except that what they start is a program of every machine."""
    folder = tmp_path / "units"
    shutil.copytree(SYSTEMD, folder, ignore=shutil.ignore_patterns("exceptions", "system.conf.d", "*.conf.d"))
    for path in folder.glob("*.service"):
        path.write_text(
            path.read_text("utf-8").replace("ExecStart=/opt/appliance/bin/appliance", "ExecStart=/bin/true")
        )
    return folder


def run_analyze(units: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "SYSTEMD_UNIT_PATH": f"{units}:", "SYSTEMD_COLORS": "0"}
    return subprocess.run(
        ["systemd-analyze", *words], env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def test_every_service_of_the_program_has_a_unit_and_every_unit_a_verb() -> None:
    found = {path.stem.removeprefix("appliance-") for path in SYSTEMD.glob("*.service")}
    assert found == set(SERVICES)
    for service in SERVICES:
        assert values(unit(service), "ExecStart") == ["/opt/appliance/bin/appliance", service]
        assert service in cli.VERBS


def test_the_target_starts_a_room_and_not_the_central_server() -> None:
    wanted = values((SYSTEMD / "appliance.target").read_text("utf-8"), "Wants")
    assert set(wanted) == {f"appliance-{service}.service" for service in SERVICES if service != "central"}


@analyze
def test_systemd_accepts_every_unit_without_a_word(units: Path) -> None:
    files = [str(path) for path in sorted(units.glob("appliance*.*")) if path.is_file()]
    done = run_analyze(units, "verify", "--man=no", *files)
    # An unknown key is only a warning with exit status 0: the silence is the proof.
    assert (done.returncode, done.stderr) == (0, "")


@analyze
def test_the_check_would_notice_a_misspelled_key(units: Path) -> None:
    path = units / "appliance-web.service"
    path.write_text(path.read_text("utf-8").replace("ProcSubset", "ProcSubsett"))
    assert "ProcSubsett" in run_analyze(units, "verify", "--man=no", str(path)).stderr


@analyze
@pytest.mark.parametrize("service", SERVICES)
def test_exposure_is_bounded(units: Path, service: str) -> None:
    path = str(units / f"appliance-{service}.service")
    done = run_analyze(units, "security", "--offline=yes", "--no-pager", f"--threshold={EXPOSURE}", path)
    assert done.returncode == 0, done.stdout[-3000:]


@analyze
def test_the_door_with_both_exceptions_is_still_bounded(units: Path) -> None:
    folder = units / "appliance-door.service.d"
    folder.mkdir()
    for path in (SYSTEMD / "exceptions").glob("*.conf"):
        (folder / path.name).write_text(path.read_text("utf-8").replace("@ADDRESS@", "192.0.2.7"))
    files = str(units / "appliance-door.service")
    verified = run_analyze(units, "verify", "--man=no", files)
    assert (verified.returncode, verified.stderr) == (0, "")
    done = run_analyze(units, "security", "--offline=yes", "--no-pager", "--threshold=20", files)
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize("service", ["ballot", "door"])
def test_what_writes_the_journal_cannot_touch_the_network(service: str) -> None:
    assert values(unit(service), "PrivateNetwork") == ["yes"]
    assert values(unit(service), "RestrictAddressFamilies") == ["AF_UNIX"]
    assert "appliance-journal" in values(unit(service), "SupplementaryGroups")


@pytest.mark.parametrize("service", ["web", "uplink", "central"])
def test_what_touches_the_network_cannot_write_the_journal(service: str) -> None:
    assert "appliance-journal" not in values(unit(service), "SupplementaryGroups")
    assert "/var/lib/appliance" in values(unit(service), "ReadOnlyPaths")
    writable = values(unit(service), "ReadWritePaths")
    assert not [path for path in writable if path.endswith(("/journal", "/appliance")) and path != "/run/appliance"]
    assert values(unit(service), "PrivateDevices") == ["yes"]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_sees_no_folder_of_another_owner(service: str) -> None:
    owners = dict(re.findall(r"^d\s+(/var/lib/appliance/\w+)\s+0700\s+appliance-(\w+)", tmpfiles(), re.M))
    assert len(owners) == 6
    hidden = {path.removeprefix("-") for path in values(unit(service), "InaccessiblePaths")}
    assert {path for path, owner in owners.items() if owner != service} <= hidden


def test_fonts_are_indexed_where_the_pages_may_write() -> None:
    environment = dict(word.split("=", 1) for word in values(unit("web"), "Environment"))
    cache = Path(environment["XDG_CACHE_HOME"])
    assert [path for path in values(unit("web"), "ReadWritePaths") if cache.is_relative_to(path)]


def test_only_the_door_writes_model_files() -> None:
    models = str(State(Path("/var/lib/appliance")).models)
    assert [service for service in SERVICES if models in values(unit(service), "ReadWritePaths")] == ["door"]


def test_the_ballot_service_has_pins_and_radios_and_the_door_a_camera_and_neither_has_more() -> None:
    assert values(unit("ballot"), "DeviceAllow") == ["char-gpiochip", "rw", "/dev/rfkill", "rw"]
    assert set(values(unit("door"), "DeviceAllow")) == {"char-video4linux", "char-media", "char-dma_heap", "rw"}


def test_the_radio_switch_belongs_to_a_group_in_which_only_the_ballot_service_is() -> None:
    rules = (ROOT / "firmware_config/udev/60-appliance.rules").read_text("utf-8")
    (group,) = re.findall(r'KERNEL=="rfkill", GROUP:="([\w-]+)"', rules)
    assert values(unit("ballot"), "Group") == [group]
    members = re.findall(rf"^m\s+(\S+)\s+{group}\s*$", (SYSTEMD / "sysusers.conf").read_text("utf-8"), re.M)
    others = [service for service in SERVICES if group in values(unit(service), "SupplementaryGroups")]
    assert members + others == []


def test_what_the_ballot_service_remembers_reaches_no_card() -> None:
    assert values(unit("ballot"), "LimitCORE") == ["0"]
    assert values(unit("ballot"), "MemorySwapMax") == ["0"]


@pytest.mark.parametrize("service", ["ballot", "door"])
def test_writers_may_ask_whether_the_clock_is_synchronised(service: str) -> None:
    # ProtectClock forbids adjtimex altogether, also the question: every fact would be marked unsynchronised.
    assert values(unit(service), "ProtectClock") == ["no"]
    assert "adjtimex" in values(unit(service), "SystemCallFilter")


def tmpfiles() -> str:
    return (SYSTEMD / "tmpfiles.conf").read_text("utf-8")


def test_the_folders_are_those_of_the_program() -> None:
    state = State(Path("/var/lib/appliance"))
    made = re.findall(r"^[df]\s+(\S+)", tmpfiles(), re.M)
    for path in (state.configuration_file, state.journal, state.journal.parent, state.vault, state.gallery.parent):
        assert str(path) in made
    for path in (state.gallery_key, state.models, state.uplink, state.central):
        assert str(path) in made


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A root folder in which systemd's own programs made users and folders."""
    if not (shutil.which("systemd-sysusers") and shutil.which("systemd-tmpfiles")):
        pytest.skip("systemd-sysusers or systemd-tmpfiles is missing; Debian: apt install systemd")
    # pytest's folders are closed to other users, and these are about other users.
    temporary = Path(tempfile.gettempdir())
    for parent in (tmp_path, *(p for p in tmp_path.parents if p.is_relative_to(temporary) and p != temporary)):
        parent.chmod(parent.stat().st_mode | 0o011)
    root = tmp_path / "root"
    (root / "etc").mkdir(parents=True)
    users, folders = str(SYSTEMD / "sysusers.conf"), str(SYSTEMD / "tmpfiles.conf")
    for words in (["systemd-sysusers", users], ["systemd-tmpfiles", "--create", folders]):
        subprocess.run([words[0], f"--root={root}", *words[1:]], check=True, capture_output=True, timeout=60)
    return root


def identity(root: Path, service: str) -> dict[str, Any]:
    """Arguments of subprocess.run that make a child the user of a service, with all of its groups."""
    user = f"appliance-{service}"
    passwd = dict(line.split(":", 1) for line in (root / "etc/passwd").read_text().splitlines())
    uid, gid = (int(n) for n in passwd[user].split(":")[1:3])
    lines = [line.split(":") for line in (root / "etc/group").read_text().splitlines()]
    extra = [int(line[2]) for line in lines if user in line[3].split(",")]
    return {"user": uid, "group": gid, "extra_groups": extra}


WRITE = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA journal_mode = WAL")
db.execute("CREATE TABLE IF NOT EXISTS fact (writer TEXT)")
db.execute("INSERT INTO fact VALUES (?)", [sys.argv[2]])
print(*[row[0] for row in db.execute("SELECT writer FROM fact")], flush=True)
sys.stdin.read()
"""
READ = """
import sqlite3, sys
db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True, isolation_level=None)
print(*[row[0] for row in db.execute("SELECT writer FROM fact")])
"""


@as_root
def test_two_users_write_the_journal_two_read_it_and_nobody_else_sees_it(installed: Path) -> None:
    journal = installed / "var/lib/appliance/journal/journal.sqlite"

    def child(service: str, code: str, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["/usr/bin/env", "python3", "-c", code, str(journal), *words],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd="/",
            **identity(installed, service),
        )  # fmt: skip

    ballot = child("ballot", WRITE, "ballot")
    assert ballot.stdout
    assert ballot.stdout.readline() == "ballot\n"
    # The ballot service still holds the journal: -wal and -shm are there, made by it.
    door = child("door", WRITE, "door")
    assert door.stdout
    assert door.stdout.readline() == "ballot door\n"
    for reader in ("web", "uplink"):
        assert child(reader, READ).communicate(timeout=30) == ("ballot door\n", "")
        refused = child(reader, WRITE, reader).communicate(timeout=30)
        assert "readonly database" in refused[1]
    for writer in (door, ballot):
        writer.communicate(timeout=30)
    stranger = subprocess.run(
        ["/usr/bin/env", "python3", "-c", READ, str(journal)], user=65534, group=65534, extra_groups=[], cwd="/",
        capture_output=True, text=True, check=False, timeout=30,
    )  # fmt: skip
    assert "unable to open database file" in stranger.stderr or "Permission" in stranger.stderr


@as_root
def test_only_the_ballot_service_replaces_the_configuration(installed: Path) -> None:
    # Every service may make a file in the folder (its sandbox forbids it to all but one); the sticky bit decides here.
    replace = "import os, sys; open(sys.argv[2], 'w').close(); os.replace(sys.argv[2], sys.argv[1])"
    path = installed / "var/lib/appliance/appliance.toml"

    def attempt(service: str) -> int:
        words = ["/usr/bin/env", "python3", "-c", replace, str(path), f"{path}.{service}"]
        return subprocess.run(
            words, cwd="/", capture_output=True, check=False, timeout=30, **identity(installed, service)
        ).returncode

    assert attempt("web") != 0
    assert attempt("door") != 0
    assert attempt("ballot") == 0
    assert path.stat().st_gid == path.parent.stat().st_gid


def test_install_puts_everything_in_place_and_again_changes_nothing(tmp_path: Path) -> None:
    config = tmp_path / "boot/firmware/config.txt"
    config.parent.mkdir(parents=True)
    config.write_text("# as the image has it\n[cm4]\notg_mode=1\n")

    def install(*words: str) -> dict[str, str]:
        subprocess.run(
            [ROOT / "script/install", "--root", tmp_path, *words], check=True, capture_output=True, timeout=60
        )
        return {str(p.relative_to(tmp_path)): p.read_text("utf-8") for p in tmp_path.rglob("*") if p.is_file()}

    first = install()
    assert install() == first
    assert first["etc/systemd/system/appliance-ballot.service"] == unit("ballot")
    assert first["usr/lib/tmpfiles.d/appliance.conf"] == tmpfiles()
    assert first["boot/firmware/config.txt"].count("include appliance.txt") == 1
    assert first["boot/firmware/config.txt"].endswith("[all]\ninclude appliance.txt\n")
    assert not [name for name in first if "appliance-door.service.d" in name]

    camera = install("--network-camera", "192.0.2.7")
    exception = camera["etc/systemd/system/appliance-door.service.d/20-network-camera.conf"]
    assert "IPAddressAllow=192.0.2.7\n" in exception
    assert "@ADDRESS@" not in exception
    assert install() == first


def test_install_refuses_a_camera_that_is_not_an_address(tmp_path: Path) -> None:
    words = [str(ROOT / "script/install"), "--root", str(tmp_path), "--network-camera", "cam.example"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "cam.example" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_version_of_sqlite_lets_readers_without_write_permission_follow_a_wal() -> None:
    assert sqlite3.sqlite_version_info >= (3, 22)
