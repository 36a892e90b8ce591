"""A mosquitto of our own on loopback, for the demo, the bench and the tests. Production has a broker of its own."""

from __future__ import annotations

import contextlib
import getpass
import os
import random
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from appliance.errors import DeviceError

START_SECONDS = 10.0

PORTS = (20_000, 32_000)
"""Below Linux's ephemeral range (ip_local_port_range begins with 32768)."""

OPEN_ON_LOOPBACK = """\
listener {port} 127.0.0.1
allow_anonymous true
persistence false
"""
"""Anybody on this machine may do anything: enough where one machine plays all parts."""


class PrivateBroker:
    """Runs mosquitto as a child process on a free port of 127.0.0.1; the port stays the same over restarts."""

    host = "127.0.0.1"

    def __init__(self, folder: Path, configuration: str = OPEN_ON_LOOPBACK) -> None:
        """`configuration` is mosquitto.conf with `{port}` where the port goes; `folder` keeps it and the log.

        Starts at once. Raises `DeviceError` where mosquitto is missing or does not come up.
        """
        found = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
        if found is None:
            raise DeviceError("mosquitto is not installed; run: sudo apt-get install mosquitto")
        self._program = found
        self._folder = folder
        self._configuration = configuration
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.start()

    @property
    def pid(self) -> int | None:
        """The process, while it runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def start(self) -> None:
        """Start it (again), on the same port; returns when it accepts connections."""
        file = self._folder / "mosquitto.conf"
        # As root mosquitto would become another user, who cannot read a private folder.
        file.write_text(f"user {getpass.getuser()}\n" + self._configuration.replace("{port}", str(self.port)))
        with (self._folder / "mosquitto.log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._program, "-c", str(file)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for whoever started us, who then stops the broker last
            )
        deadline = time.monotonic() + START_SECONDS
        while not _accepts(self.host, self.port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise DeviceError(f"mosquitto did not start: {self._last_words()}")
            time.sleep(0.01)

    def kill(self) -> None:
        """SIGKILL, as a power cut would: nothing is saved, no connection is closed properly."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM, and wait for its end."""
        self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(number)
        self._process.wait(START_SECONDS)
        self._process = None

    def _last_words(self) -> str:
        lines = (self._folder / "mosquitto.log").read_text("utf-8", "replace").splitlines()
        return "; ".join(lines[-3:]) or "it said nothing"


def free_port() -> int:
    """A port that nobody has and that the kernel gives to nobody.

    From the kernel's own range another socket could take it while the broker is down; a client that tries again and
    again could even be given it as its own end, and be connected to itself.
    """
    while True:
        port = random.SystemRandom().randrange(*PORTS)  # not the same in two processes with one seed
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind((PrivateBroker.host, port))
            return port


def _accepts(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex((host, port)) == 0
