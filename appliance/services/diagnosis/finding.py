"""The words of a diagnosis: a use, a finding, and the machine that is looked at."""

from __future__ import annotations

import ctypes
import enum
import importlib.util
import os
import shutil
from dataclasses import dataclass
from pathlib import Path


class Use(enum.StrEnum):
    """What somebody wants to do with this machine."""

    DEMO = "demo"  # script/demo: a simulated room
    TESTS = "tests"  # script/test
    PI = "pi"  # a real room: camera, keypads, services


EVERY_USE = frozenset(Use)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `remedy` is what a person should do; empty where nothing is to be done."""

    name: str
    ok: bool
    detail: str
    needed_for: frozenset[Use]
    remedy: str = ""

    def state(self, use: Use) -> str:
        """`ok`, `missing`, or `not needed here`."""
        if self.ok:
            return "ok"
        return "missing" if use in self.needed_for else "not needed here"


@dataclass(frozen=True)
class Machine:
    """The machine as the checks see it; tests give one whose root is a small folder."""

    root: Path = Path("/")
    search_path: str = os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin"

    def program(self, *names: str) -> str:
        """Where the first of these programs is, or empty. (`mosquitto` is in /usr/sbin, which users do not search.)"""
        return next((found for name in names if (found := shutil.which(name, path=self.search_path))), "")

    def module(self, name: str) -> bool:
        """Whether Python would find it. It is not imported: face_recognition ends the process where it is unhappy."""
        return importlib.util.find_spec(name) is not None

    def has_library(self, name: str) -> bool:
        """Whether the dynamic linker finds it."""
        try:
            ctypes.CDLL(name)
        except OSError:
            return False
        return True

    def nodes(self, pattern: str) -> list[Path]:
        """Files below the root that match, in order."""
        return sorted(self.root.glob(pattern))

    def text(self, path: str) -> str:
        """The content of a small file below the root, without trailing zeros and spaces; empty if there is none."""
        try:
            return (self.root / path).read_text("utf-8", errors="replace").strip("\0 \n")
        except OSError:
            return ""
