"""The web service: waitress turned by hand, with the journal followed in the same loop."""

from __future__ import annotations

import threading
import time

from waitress import wasyncore
from waitress.server import create_server

from appliance.config import Configuration
from appliance.errors import ConfigurationError, DeviceError
from appliance.services.loop import Turn
from appliance.services.state import State
from appliance.web import create_app
from appliance.web.room import Room

THREADS = 128
CONNECTIONS = 500
"""Measured: with these 110 live pages are served, with waitress's defaults none (measured.md)."""

LOOK_SECONDS = 0.1
ROUND_SECONDS = 2.0


class WebService:
    """Implements `Service`. Threads that serve are waitress's; a step turns its loop once and looks at the journal."""

    def __init__(self, state: State, configuration: Configuration) -> None:
        """Listens at once. Raises `DeviceError` where the address is taken or may not be had."""
        self._state, self._configuration = state, configuration
        app = create_app(state, configuration)
        self._room: Room = app.extensions["room"]
        self._sockets: dict[int, wasyncore.dispatcher] = {}
        web = configuration.web
        try:
            self._server = create_server(
                app,
                map=self._sockets,
                host=web.host,
                port=web.port,
                threads=THREADS,
                connection_limit=CONNECTIONS,
                channel_timeout=60,
                ident="",
                # The proxy of firmware_config/nginx, on this very machine, says whose request it hands on.
                trusted_proxy="127.0.0.1",
                trusted_proxy_headers={"x-forwarded-for", "x-forwarded-proto"},
                clear_untrusted_proxy_headers=True,
            )
        except OSError as error:
            raise DeviceError(
                f"pages: {web.host}:{web.port} cannot be listened on ({error}); set web.host and web.port"
            ) from error
        self._stop = threading.Event()
        self._rounds = threading.Thread(target=self._go_round, name="rounds", daemon=True)
        self._rounds.start()
        self._looked = 0.0
        self._configured = 0

    @property
    def port(self) -> int:
        """Where it listens: with port 0 in the arguments, what the kernel gave."""
        return int(self._server.effective_port)

    def step(self) -> Turn:
        """Serve what has arrived, look at the journal about ten times a second."""
        wasyncore.loop(timeout=LOOK_SECONDS, map=self._sockets, count=1)
        if not self._rounds.is_alive():
            raise RuntimeError("the thread that asks the services died; its reason stands above")
        if time.monotonic() - self._looked < LOOK_SECONDS:
            return Turn.AGAIN
        self._looked = time.monotonic()
        now = self._room.feed.look()
        if now.configured == self._configured:
            return Turn.AGAIN
        self._configured = now.configured
        return Turn.RESTART if self._concerns_pages() else Turn.AGAIN

    def close(self) -> None:
        """End every stream, then stop serving."""
        self._stop.set()
        self._room.feed.end()
        self._server.task_dispatcher.shutdown(cancel_pending=True, timeout=2)
        self._server.close()
        wasyncore.close_all(self._sockets)
        self._rounds.join(timeout=5)

    def _go_round(self) -> None:
        while not self._stop.is_set():
            self._room.feed.say_silent(self._room.silent())
            self._stop.wait(ROUND_SECONDS)

    def _concerns_pages(self) -> bool:
        """Whether a setting changed that the pages show or use."""
        try:
            after = self._state.configuration()
        except ConfigurationError:
            return False  # edited by hand and broken: what is in force stays until it is right
        before = self._configuration
        return any(getattr(before, s) != getattr(after, s) for s in ("box", "camera", "keypads", "web"))
