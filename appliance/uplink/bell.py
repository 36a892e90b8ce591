"""Waking somebody who sits in select(): one side rings from any thread, the other hears it as a readable descriptor."""

from __future__ import annotations

import contextlib
import socket


class Bell:
    """However often it rings before it is heard, it wakes once."""

    def __init__(self) -> None:
        self._pull, self._clapper = socket.socketpair()
        self._pull.setblocking(False)
        self._clapper.setblocking(False)

    def fileno(self) -> int:
        """Readable after `ring`, until `silence`."""
        return self._clapper.fileno()

    def ring(self) -> None:
        """Wake whoever waits; never blocks."""
        with contextlib.suppress(OSError):  # it has rung already, or nobody listens any more
            self._pull.send(b"!")

    def silence(self) -> None:
        """It was heard."""
        with contextlib.suppress(BlockingIOError):
            while self._clapper.recv(4096):
                pass

    def close(self) -> None:
        """Give back both ends."""
        self._pull.close()
        self._clapper.close()
