"""Starting the services as processes of one terminal: for a laptop and the demo. On a Pi systemd does this, better."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from appliance.control import Client
from appliance.errors import ControlError, DeviceError
from appliance.services.loop import EX_RESTART

_PR_SET_PDEATHSIG = 1

STOP_SECONDS = 10.0
"""How long a service may take to stop before it is killed."""

FIRST_PAUSE, LAST_PAUSE = 1.0, 30.0
"""Seconds between two starts of a service that crashes again and again: the pause doubles."""

STEADY_SECONDS = 60.0
"""Whoever lived as long as this is started again at once."""


@dataclass
class _Child:
    argv: Sequence[str]
    process: subprocess.Popen[bytes]
    started: float  # monotonic
    pause: float = 0.0


class Children:
    """Processes that we started, and stop again. One thread's."""

    def __init__(self, say: Callable[[str], None], environment: Mapping[str, str] | None = None) -> None:
        self._say = say
        # Every process of a terminal is the same user, root in a container: `cli/ballot.py` may let that pass.
        self._environment = {"APPLIANCE_ALLOW_ROOT": "1", **os.environ, **(environment or {})}
        self._children: dict[str, _Child] = {}

    def start(self, name: str, argv: Sequence[str]) -> None:
        """Start a process under a name."""
        self._children[name] = _Child(argv, self._spawn(argv), time.monotonic())

    def verb(self, name: str, *words: str) -> None:
        """Start `appliance NAME WORDS…` with this very interpreter."""
        self.start(name, [sys.executable, "-m", "appliance", name, *words])

    def pid(self, name: str) -> int:
        """The process id of a child."""
        return self._children[name].process.pid

    def watch(self) -> None:
        """Start again whatever asked for it (a new configuration) or crashed. Call about once a second."""
        now = time.monotonic()
        for name, child in self._children.items():
            status = child.process.poll()
            if status is None:
                continue
            if status == 0:
                continue  # it had nothing more to do: a recording that is over
            if status == EX_RESTART or now - child.started > STEADY_SECONDS:
                child.pause = 0.0
            if now - child.started < child.pause:
                continue
            why = "asks for a new start" if status == EX_RESTART else f"ended with status {status}"
            self._say(f"{name} {why}; starting it again")
            child.process, child.started = self._spawn(child.argv), now
            child.pause = min(child.pause * 2 or FIRST_PAUSE, LAST_PAUSE)

    def running(self, name: str) -> bool:
        """Whether the process lives."""
        return self.status(name) is None

    def status(self, name: str) -> int | None:
        """The exit status of a process that has ended; None while it lives."""
        return self._children[name].process.poll()

    def wait_for_answer(self, name: str, socket: Path, *, seconds: float = 30.0) -> None:
        """Return once the service answers on its socket. Raises `DeviceError` if it ends or stays silent instead."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            status = self._children[name].process.poll()
            if status is not None:
                raise DeviceError(f"{name} ended with status {status} before it answered; what it said stands above")
            try:
                Client(socket, timeout=2.0).ask("status")  # a refusal is an answer too
                return
            except ControlError:
                time.sleep(0.1)
        raise DeviceError(f"{name} did not answer on {socket} within {seconds:.0f} s")

    def stop(self) -> None:
        """End one after another, the last started first, so nobody misses whom it talks to; the deaf are killed."""
        for name, child in reversed(self._children.items()):
            child.process.terminate()
            try:
                child.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._say(f"{name} did not stop within {STOP_SECONDS:.0f} s and is killed")
                child.process.kill()
                child.process.wait()

    def _spawn(self, argv: Sequence[str]) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C reaches the terminal's process alone, which then stops the others in order.
        return subprocess.Popen(
            list(argv),
            env=self._environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - one thread here; a killed demo must not leave a room behind
        )


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
