"""The central service: what comes over MQTT is verified and archived, receipts and commands go out, pages are shown."""

from __future__ import annotations

import logging
import select
import threading
from typing import Any

from waitress.server import create_server

from appliance.central import commands
from appliance.central.archive import Archive
from appliance.central.ingest import Ingest
from appliance.services.clock import Clock
from appliance.services.loop import Turn
from appliance.uplink import topics
from appliance.uplink.broker import Broker, Changed, Condition, Denied, Message, State
from appliance.uplink.topics import Address

IDLE_SECONDS = 0.5
"""How long a turn waits when the broker brings nothing: commands from the command line are looked for this often."""

_log = logging.getLogger("central")


class CentralService:
    """Built with its archive and broker (None: none is configured, the pages alone)."""

    def __init__(self, archive: Archive, ingest: Ingest, broker: Broker | None, clock: Clock) -> None:
        self._archive, self._ingest, self._broker, self._clock = archive, ingest, broker, clock
        self.condition = Condition(State.CONNECTING if broker is not None else State.OFF)

    def step(self) -> Turn:
        """One turn; waits `IDLE_SECONDS` at the most."""
        if self._broker is None:
            select.select([], [], [], IDLE_SECONDS)
            return Turn.AGAIN
        select.select([self._broker], [], [], IDLE_SECONDS)
        for happening in self._broker.poll():
            match happening:
                case Changed(now):
                    if now != self.condition:
                        _log.info("broker: %s %s", now.state, now.detail)
                    self.condition = now
                    self._greet()
                case Message(topic, payload):
                    self._take(topic, payload)
                case Denied(_, topic, reason):
                    _log.error(
                        "the broker refused %s: %s; central needs the rights of firmware_config/broker/acl",
                        topic,
                        reason,
                    )
        if self.online:
            self._send_commands()
        return Turn.AGAIN

    @property
    def online(self) -> bool:
        """Whether it hears the devices."""
        return self.condition.state is State.ONLINE

    def close(self) -> None:
        """Leave the broker, then the archive."""
        if self._broker is not None:
            self._broker.close()
        self._archive.close()

    def _greet(self) -> None:
        """The broker kept nothing for us while we were away: tell every device how far its records are archived."""
        if self.online and self._broker is not None:
            for site, device, receipt in self._ingest.standings():
                self._broker.publish(Address(site, device).receipt, receipt)

    def _take(self, topic: str, payload: bytes) -> None:
        place = topics.parse(topic)
        if place is None:
            return  # a wildcard subscription also brings what only looks like ours
        site, device = place.address.site, place.address.device
        receipt = None
        match place.leaf:
            case "events":
                receipt = self._ingest.batch(site, device, payload)
            case "state":
                receipt = self._ingest.state(site, device, payload)
            case "result" if payload:  # an empty one is the end of a retained message
                self._ingest.result(site, device, place.ballot, payload)
        if receipt is not None and self._broker is not None:
            self._broker.publish(place.address.receipt, receipt)

    def _send_commands(self) -> None:
        for row in self._archive.unsent_commands():
            now = self._clock.now().at
            if commands.expired(row["issued_at"], now):
                self._archive.command_sent(row["site"], row["device"], row["number"], "expired")
            elif self._broker is not None:
                address = Address(row["site"], row["device"])
                self._broker.publish(address.command, row["envelope"], expiry=commands.EXPIRY_SECONDS)
                self._archive.command_sent(row["site"], row["device"], row["number"], now)


class Pages:
    """A WSGI application behind waitress, in a thread of its own."""

    def __init__(self, application: Any, host: str, port: int) -> None:
        """Listens when it returns; `port` 0 takes a free one. Raises `OSError` if the port is taken."""
        self._server = create_server(application, host=host, port=port, threads=8, ident="")
        self._thread = threading.Thread(target=self._server.run, name="pages", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.effective_port)

    def close(self) -> None:
        """Stop listening."""
        self._server.close()
