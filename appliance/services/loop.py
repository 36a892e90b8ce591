"""Turning a service: call `step()` until told to stop, feed systemd's watchdog from inside, close what was opened."""

from __future__ import annotations

import enum
import os
import signal
import socket
from typing import Protocol

EX_RESTART = 75
"""Exit status (EX_TEMPFAIL) of a service that wants to be started anew, for instance with a new configuration."""


class Turn(enum.Enum):
    """What a service says after a step."""

    AGAIN = "again"
    DONE = "done"  # the recording is over: nothing more will come
    RESTART = "restart"  # the configuration changed: begin anew


class Service(Protocol):
    """A loop whose single turn is `step`: read → decide → append → act."""

    def step(self) -> Turn:
        """One turn. Waits for input for a second at the most, so that the watchdog is fed and a stop is heard."""
        ...

    def close(self) -> None:
        """Give back devices and files."""
        ...


def notify(state: str) -> None:
    """Tell systemd (sd_notify(3)); without systemd this does nothing."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.sendto(state.encode(), "\0" + address[1:] if address.startswith("@") else address)


def turn(service: Service) -> int:
    """Run a service until SIGTERM, SIGINT or its own end; the exit status. Surprises pass through: systemd restarts."""
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    try:
        notify("READY=1")
        while not stopping:
            outcome = service.step()
            if outcome is not Turn.AGAIN:
                return EX_RESTART if outcome is Turn.RESTART else 0
            notify("WATCHDOG=1")
        return 0
    finally:
        notify("STOPPING=1")
        service.close()
