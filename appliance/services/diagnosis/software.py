"""Python, packages, libraries, programs. Needs the standard library alone: it tells that packages are missing."""

from __future__ import annotations

import platform
import re
import sys
from importlib import metadata

from appliance.services.diagnosis.finding import EVERY_USE, Finding, Machine, Use

LIBRARIES = {"libGL.so.1": "libgl1", "libglib-2.0.so.0": "libglib2.0-0", "libxcb.so.1": "libxcb1"}
"""What opencv-python (the build with windows) links to, and the Debian package that brings it."""


def python(version: tuple[int, ...] = sys.version_info[:3], machine: str = "") -> Finding:
    """Version and processor: dlib exists as a wheel for two processors and three versions."""
    machine = machine or platform.machine()
    ok = (3, 11) <= version[:2] <= (3, 13) and machine in ("x86_64", "aarch64")
    detail = f"{'.'.join(map(str, version))} on {machine}"
    remedy = (
        "" if ok else "use Python 3.11, 3.12 or 3.13 on 64-bit x86 or ARM: PYTHON=/path/to/python3 script/bootstrap"
    )
    return Finding("Python", ok, detail, EVERY_USE, remedy)


def requirements(extra: str = "") -> list[str]:
    """Names of the distributions that the appliance, or one extra of it, asks for. Raises `PackageNotFoundError`."""
    wanted = []
    for line in metadata.requires("appliance") or []:
        requirement, _, marker = line.partition(";")
        of = re.search(r"extra == ['\"](\w+)['\"]", marker)
        if (of[1] if of else "") == extra:
            wanted.append(re.split(r"[^A-Za-z0-9._-]", requirement.strip())[0])
    return sorted(set(wanted), key=str.lower)


def packages(extra: str = "") -> Finding:
    """Whether everything is installed that pyproject.toml asks for; versions are bootstrap's business (`pip check`)."""
    name = "Python packages for tests" if extra else "Python packages"
    needed = frozenset({Use.TESTS}) if extra else EVERY_USE
    try:
        wanted = requirements(extra)
    except metadata.PackageNotFoundError:
        return Finding(name, False, "the appliance itself is not installed", needed, "run script/bootstrap")
    versions = {distribution: _version(distribution) for distribution in wanted}
    missing = [distribution for distribution, version in versions.items() if not version]
    if missing:
        return Finding(name, False, f"not installed: {', '.join(missing)}", needed, "run script/bootstrap")
    shown = ("dlib-bin", "opencv-python", "numpy", "gpiozero", "paho-mqtt", "flask", "pytest", "playwright")
    some = ", ".join(f"{d} {versions[d]}" for d in shown if d in versions)
    return Finding(name, True, f"{len(wanted)} installed, among them {some}", needed)


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return ""


def pkg_resources(machine: Machine) -> Finding:
    """face_recognition imports it; setuptools 82 removed it, and then the import ends the process with status 0."""
    ok = machine.module("pkg_resources")
    remedy = "" if ok else "run script/bootstrap: setuptools must be older than 82"
    detail = f"setuptools {_version('setuptools') or 'missing'}"
    return Finding("pkg_resources", ok, detail, frozenset({Use.DEMO, Use.TESTS}), remedy)


def libraries(machine: Machine) -> Finding:
    """What opencv-python needs from Debian."""
    missing = [package for library, package in LIBRARIES.items() if not machine.has_library(library)]
    remedy = f"script/bootstrap, or: apt-get install {' '.join(missing)}" if missing else ""
    detail = f"missing: {', '.join(missing)}" if missing else "found"
    return Finding("libraries for OpenCV", not missing, detail, EVERY_USE, remedy)


def programs(machine: Machine) -> list[Finding]:
    """Programs of the distribution that the demo or the tests start."""
    broker = ("mosquitto",), frozenset({Use.DEMO, Use.TESTS}), "mosquitto"
    browser = ("chromium", "chromium-browser"), frozenset({Use.TESTS}), "chromium"
    units = ("systemd-analyze",), frozenset({Use.TESTS, Use.PI}), "systemd"
    findings = []
    for names, needed, package in (broker, browser, units):
        found = machine.program(*names)
        remedy = "" if found else f"script/bootstrap, or: apt-get install {package}"
        findings.append(Finding(names[0], bool(found), found or "not found", needed, remedy))
    return findings
