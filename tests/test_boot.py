"""A box boots: real systemd in a container over this machine's own root, with the units, users, folders and sandboxes.

Needs root and systemd-nspawn (Debian: systemd-container). Nothing on this machine is written: the container's root is
an overlay in memory, in a mount namespace that ends with the test, and its network is its own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
SERVICES = ("ballot", "door", "web", "uplink")

pytestmark = [
    pytest.mark.nightly,
    pytest.mark.timeout(400),
    pytest.mark.skipif(os.getuid() != 0, reason="needs root: a container is booted"),
    pytest.mark.skipif(
        shutil.which("systemd-nspawn") is None,
        reason="systemd-nspawn is missing; Debian: apt install systemd-container",
    ),
]

BOOT = """
set -e
box=$1 checkout=$2 out=$3
mount -t tmpfs tmpfs "$box"
mkdir "$box"/upper "$box"/work "$box"/root
mount -t overlay overlay -o lowerdir=/,upperdir="$box"/upper,workdir="$box"/work "$box"/root
root=$box/root
rm -rf "$root"/var/lib/appliance
"$checkout"/script/install --root "$root" 2>&1
mkdir -p "$root"/var/lib/appliance
printf '[box]\nsite = "mau"\ndevice = "phong-thu"\n' >"$root"/var/lib/appliance/appliance.toml
install -D -m 0755 "$out"/appliance "$root"/opt/appliance/bin/appliance
install -D -m 0755 "$out"/probe "$root"/opt/appliance/probe
install -D -m 0644 "$out"/probe.service "$root"/etc/systemd/system/probe.service
# nspawn wants a terminal to boot on.
script -qfec "systemd-nspawn -D '$root' --bind-ro='$checkout':/opt/checkout --register=no --keep-unit \\
    --private-network --console=interactive -b systemd.unit=probe.service" /dev/null </dev/null
cp "$root"/probe.json "$out"/probe.json
"""

APPLIANCE = """#!/bin/sh
PYTHONPATH=/opt/checkout PYTHONDONTWRITEBYTECODE=1 exec /opt/checkout/@PYTHON@ -m appliance "$@"
"""

PROBE_UNIT = """
[Unit]
Wants=appliance.target
After=appliance.target appliance-ballot.service appliance-door.service appliance-web.service appliance-uplink.service
SuccessAction=poweroff
FailureAction=poweroff
[Service]
Type=oneshot
ExecStart=/opt/appliance/probe
TimeoutStartSec=200
"""

PROBE = """#!/opt/checkout/@PYTHON@
import json, os, subprocess, time

def said(*words):
    done = subprocess.run(words, capture_output=True, text=True)
    return (done.stdout + done.stderr).strip()

def show(service, *names):
    lines = said("systemctl", "show", f"appliance-{service}", *(f"--property={name}" for name in names))
    return dict(line.split("=", 1) for line in lines.splitlines())

def inside(service, *words):
    # As the service's user, in the service's own view of the files.
    process = show(service, "MainPID")["MainPID"]
    return said("nsenter", "-t", process, "-m", "--", "runuser", "-u", f"appliance-{service}", "--", *words)

def settled(condition, seconds):
    # Real processes of a real systemd: there is nothing to step here.
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.2)
    return condition()

services = ("ballot", "door", "web", "uplink")
settled(lambda: all(show(s, "ActiveState")["ActiveState"] == "active" for s in services), 60)
report = {"services": {s: show(s, "ActiveState", "NRestarts", "MainPID") for s in services}}
report["log"] = {s: said("journalctl", "-u", f"appliance-{s}", "--no-pager", "-o", "cat")[-1500:] for s in services}
host = os.readlink("/proc/1/ns/net")
report["network"] = {
    s: os.readlink(f"/proc/{report['services'][s]['MainPID']}/ns/net") == host for s in services
}
report["doctor"] = json.loads(said("/usr/local/bin/appliance", "doctor", "--json").partition("\\n}")[0] + "}")
asks = "from appliance.control import Client; from pathlib import Path; import sys;"
asks += "print(type(Client(Path('/run/appliance/' + sys.argv[1] + '.sock')).ask('status')).__name__)"
as_web = ("runuser", "-u", "appliance-web", "--", "env", "PYTHONPATH=/opt/checkout", "/opt/checkout/@PYTHON@")
report["web asks"] = {s: said(*as_web, "-c", asks, s) for s in ("ballot", "door", "uplink")}
report["web writes"] = inside("web", "touch", "/var/lib/appliance/journal/x")
report["web looks"] = inside("web", "ls", "/var/lib/appliance/vault")
report["uplink looks"] = inside("uplink", "ls", "/var/lib/appliance/vault")
report["ballot writes"] = inside("ballot", "touch", "/usr/x")
report["ballot keeps"] = inside("ballot", "stat", "--format=%U %a", "/var/lib/appliance/vault/device.key")
os.kill(int(report["services"]["ballot"]["MainPID"]), 19)  # SIGSTOP: it hangs
report["watchdog"] = settled(lambda: show("ballot", "NRestarts")["NRestarts"] == "1", 90)
report["came back"] = settled(lambda: show("ballot", "ActiveState")["ActiveState"] == "active", 30)
with open("/probe.json", "w") as file:
    json.dump(report, file)
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the probe inside the box found."""
    out, box = tmp_path_factory.mktemp("out"), tmp_path_factory.mktemp("box")
    python = str(Path(sys.executable).relative_to(ROOT))
    for name, text in (("appliance", APPLIANCE), ("probe", PROBE), ("probe.service", PROBE_UNIT), ("boot", BOOT)):
        (out / name).write_text(text.replace("@PYTHON@", python))
    words = ["unshare", "--mount", "bash", str(out / "boot"), str(box), str(ROOT), str(out)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=380)
    assert (out / "probe.json").exists(), done.stdout[-3000:] + done.stderr[-1000:]
    found: dict[str, Any] = json.loads((out / "probe.json").read_text("utf-8"))
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_of_the_target_is_up_and_stayed_up(report: dict[str, Any], service: str) -> None:
    state = report["services"][service]
    assert (state["ActiveState"], state["NRestarts"]) == ("active", "0"), report["log"][service]


def test_only_pages_and_uplink_have_a_network(report: dict[str, Any]) -> None:
    assert report["network"] == {"ballot": False, "door": False, "web": True, "uplink": True}


def test_doctor_finds_the_journal_whole_and_every_service_answering(report: dict[str, Any]) -> None:
    found = {row["name"]: row for row in report["doctor"]["findings"]}
    for name in ("journal", "configuration", "state folder", "service ballot", "service door", "service uplink"):
        assert found[name]["state"] == "ok", found[name]


def test_the_pages_reach_every_service(report: dict[str, Any]) -> None:
    # The ballot service answers with a refusal: this asker is not signed in.
    assert report["web asks"] == {"ballot": "Refusal", "door": "dict", "uplink": "dict"}


def test_nobody_writes_or_sees_what_is_not_theirs(report: dict[str, Any]) -> None:
    assert "Read-only file system" in report["web writes"]
    assert "Permission denied" in report["web looks"]
    assert "Permission denied" in report["uplink looks"]
    assert "Read-only file system" in report["ballot writes"]
    assert report["ballot keeps"] == "appliance-ballot 600"


def test_a_service_that_hangs_is_killed_and_started_anew(report: dict[str, Any]) -> None:
    assert report["watchdog"]
    assert report["came back"]
