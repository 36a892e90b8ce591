"""Camera, pins, radios, clock, memory, disk."""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from appliance.radio import census
from appliance.services.clock import Clock
from appliance.services.diagnosis.finding import Finding, Machine, Use

ROOM = frozenset({Use.PI})
NOT_A_CAMERA = ("codec", "isp", "hevc", "pispbe", "rpivid")
"""Parts of the names of the video nodes that a Raspberry Pi has with or without a camera."""

FREE_BYTES = 1 << 30
SLOW_SECONDS = 0.1


def camera(machine: Machine) -> Finding:
    """Video nodes that are cameras, by the names their drivers give them."""
    found = []
    for node in machine.nodes("dev/video[0-9]*"):
        driver = machine.text(f"sys/class/video4linux/{node.name}/name")
        if not any(part in driver for part in NOT_A_CAMERA):
            found.append((node, driver))
    if not found:
        remedy = (
            "plug in a USB camera, or seat the ribbon cable with the power off; a network camera needs no entry here"
        )
        return Finding("camera", False, "no camera among /dev/video*", ROOM, remedy)
    shown = ", ".join(f"/dev/{node.name}{f' ({driver})' if driver else ''}" for node, driver in found)
    closed = [node for node, _ in found if not os.access(node, os.R_OK | os.W_OK)]
    if len(closed) == len(found):
        return Finding("camera", False, f"{shown}: no permission", ROOM, "sudo, or: usermod -aG video USER")
    return Finding("camera", True, shown, ROOM)


def libcamera(machine: Machine) -> Finding:
    """The Python side of the Pi's own camera; Debian's, because it must fit the system's libcamera."""
    ok = machine.module("picamera2") and machine.module("libcamera")
    remedy = "" if ok else 'only for camera.source = "pi", on Raspberry Pi OS: apt-get install python3-picamera2'
    detail = "picamera2 found" if ok else "picamera2 is not installed"
    return Finding("picamera2", ok, detail, ROOM if _is_a_pi(machine) else frozenset(), remedy)


def _is_a_pi(machine: Machine) -> bool:
    return "Raspberry Pi" in machine.text("proc/device-tree/model")


def pins(machine: Machine) -> Finding:
    """A GPIO chip that this user may open, and the library for it."""
    chips = machine.nodes("dev/gpiochip*")
    if not chips:
        return Finding("GPIO", False, "no /dev/gpiochip*", ROOM, 'without keypads set keypads.factory = "mock"')
    shown = ", ".join(f"/dev/{chip.name}" for chip in chips)
    if not any(os.access(chip, os.R_OK | os.W_OK) for chip in chips):
        return Finding("GPIO", False, f"{shown}: no permission", ROOM, "sudo, or: usermod -aG gpio USER")
    if not machine.module("lgpio"):
        return Finding("GPIO", False, f"{shown}, but no lgpio library", ROOM, "apt-get install python3-lgpio")
    return Finding("GPIO", True, shown, ROOM)


def radios(machine: Machine) -> Finding:
    """Every radio of the machine, and whether all of them could be switched off for a secret session."""
    classes, switch = machine.root / "sys/class", machine.root / "dev/rfkill"
    bare = [radio.name for radio, has_switch in census.known(classes) if not has_switch]
    switched = [_radio(machine, node.name) for node in machine.nodes("sys/class/rfkill/rfkill*")]
    shown = ", ".join(switched + [f"{name} (no switch)" for name in bare])
    if not shown:
        return Finding("radios", True, "none", ROOM)
    if bare:
        remedy = f"for a secret session take out what has no switch: {', '.join(bare)}"
        return Finding("radios", False, shown, ROOM, remedy)
    if not os.access(switch, os.R_OK | os.W_OK):
        return Finding("radios", False, f"{shown}; /dev/rfkill: no permission", ROOM, "sudo; the ballot service has it")
    return Finding("radios", True, f"{shown}; can be switched", ROOM)


def _radio(machine: Machine, switch: str) -> str:
    name, kind, soft, hard = (
        machine.text(f"sys/class/rfkill/{switch}/{at}") for at in ("name", "type", "soft", "hard")
    )
    return f"{name or switch} ({kind}, {'off' if '1' in (soft, hard) else 'on'})"


def swap(machine: Machine) -> Finding:
    """Whether memory of the ballot service could reach a disk: the key of a secret ballot is in it."""
    disks = [
        words[0]
        for line in machine.text("proc/swaps").splitlines()[1:]
        if (words := line.split()) and not _in_memory(machine, words[0])
    ]
    if not disks:
        return Finding("swap", True, "none on a disk", ROOM)
    if "memory" in machine.text("sys/fs/cgroup/cgroup.controllers").split():
        return Finding("swap", True, f"{', '.join(disks)}, kept from the ballot service by its unit", ROOM)
    remedy = "turn swap off, or let the kernel account for memory: firmware_config/README.md, Secrets in memory"
    return Finding("swap", False, f"{', '.join(disks)}, and the kernel does not account for memory", ROOM, remedy)


def _in_memory(machine: Machine, swap: str) -> bool:
    """Compressed memory without a disk behind it."""
    name = swap.removeprefix("/dev/")
    return name.startswith("zram") and machine.text(f"sys/block/{name}/backing_dev") in ("", "none")


def clock(clock: Clock) -> Finding:
    """Whether records written now would say that the time was known."""
    now = clock.now()
    if now.synchronised:
        return Finding("clock", True, f"{now.at}, synchronised", ROOM)
    remedy = (
        "connect a time server (timedatectl; firmware_config/README.md, Time); until then records say unsynchronised"
    )
    return Finding("clock", False, f"{now.at}, not synchronised", ROOM, remedy)


def space(folder: Path, free: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free) -> Finding:
    """Room for journal, archive and pictures where the state lies."""
    place = _existing(folder)
    there = free(place)
    ok = there >= FREE_BYTES
    remedy = "" if ok else f"make room on the disk of {place}: {FREE_BYTES >> 20} MB are wanted"
    return Finding("disk space", ok, f"{there >> 20} MB free at {place}", frozenset(Use), remedy)


def durability(folder: Path, timer: Callable[[], float] = time.perf_counter) -> Finding:
    """How long this disk takes to make a vote durable: the median of nine fsyncs."""
    place = _existing(folder)
    try:
        with tempfile.TemporaryFile(dir=place) as file:
            seconds = statistics.median(_fsync(file.fileno(), timer) for _ in range(9))
    except OSError as error:
        return Finding("fsync", False, f"{place}: {error.strerror}", ROOM, "run as a user who may write there")
    ok = seconds <= SLOW_SECONDS
    remedy = "" if ok else "votes wait for the disk: use a better card (class A2), an SSD or eMMC"
    return Finding("fsync", ok, f"{seconds * 1000:.1f} ms at {place}", ROOM, remedy)


def _fsync(descriptor: int, timer: Callable[[], float]) -> float:
    os.write(descriptor, bytes(512))
    begin = timer()
    os.fsync(descriptor)
    return timer() - begin


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    return next(path for path in (folder.absolute(), *folder.absolute().parents) if os.path.isdir(path))
