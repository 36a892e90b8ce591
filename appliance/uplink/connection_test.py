"""The technician's connection test, in numbered steps: each rests on the one before, the first failure ends it."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import Any

from appliance import __version__, config
from appliance.record import canonical
from appliance.uplink import tls
from appliance.uplink.broker import Acknowledged, Changed, Denied, State
from appliance.uplink.paho import PahoBroker
from appliance.uplink.topics import Address

SECONDS = 4.0
"""For each step."""

TITLES = (
    "The name resolves",
    "The port answers (TCP)",
    "The certificates are accepted (TLS)",
    "The broker accepts this box (MQTT CONNACK)",
    "This box may publish to its own topic",
)


def steps(settings: config.Broker, address: Address) -> list[dict[str, Any]]:
    """Try the settings from beginning to end: `[{title, ok, detail}]`. Blocks for some seconds; changes nothing kept.

    `ok` is None for a step that does not apply (TLS without `ca_file`).
    """
    done = []
    for title, (ok, detail) in zip(TITLES, _outcomes(settings, address), strict=False):
        done.append({"title": title, "ok": ok, "detail": detail})
        if ok is False:
            break
    return done


def _outcomes(settings: config.Broker, address: Address) -> Iterator[tuple[bool | None, str]]:
    # 1
    if not settings.host:
        yield False, "no host is set"
        return
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)
    except OSError as error:
        yield False, f"{settings.host}: {error.strerror or error}"
        return
    yield True, ", ".join(dict.fromkeys(str(one[4][0]) for one in found))
    # 2
    try:
        with socket.create_connection((settings.host, settings.port), SECONDS):
            pass
    except OSError as error:
        yield False, f"{settings.host}:{settings.port}: {error.strerror or error}"
        return
    yield True, f"{settings.host}:{settings.port}"
    # 3
    yield _handshake(settings)
    # 4, 5
    yield from _session(settings, address)


def _handshake(settings: config.Broker) -> tuple[bool | None, str]:
    try:
        context = tls.context(settings)
    except OSError as error:
        return False, str(error)
    if context is None:
        return None, "ca_file is not set: the connection is not encrypted"
    try:
        with (
            socket.create_connection((settings.host, settings.port), SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=settings.host) as secure,
        ):
            return True, str(secure.version())
    except OSError as error:
        return False, tls.trouble(settings, error).detail


def _session(settings: config.Broker, address: Address) -> Iterator[tuple[bool, str]]:
    """CONNECT under a name of its own, which takes no running connection over; then a message not retained."""
    broker = PahoBroker(settings, f"{address}/test", ())
    try:
        happening = _first(broker, Changed)
        connected = isinstance(happening, Changed) and happening.condition.state is State.ONLINE
        detail = happening.condition.detail if isinstance(happening, Changed) else "no answer to CONNECT"
        yield connected, "" if connected else detail
        broker.publish(address.state, canonical({"online": True, "software": __version__, "test": True}))
        answer = _first(broker, Acknowledged, Denied)
        refused = answer.reason if isinstance(answer, Denied) else "no acknowledgement"
        yield (
            isinstance(answer, Acknowledged),
            address.state + ("" if isinstance(answer, Acknowledged) else f": {refused}"),
        )
    finally:
        broker.close()


def _first(broker: PahoBroker, *kinds: type) -> object | None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        for happening in broker.poll():
            if isinstance(happening, kinds):
                return happening
        time.sleep(0.02)
    return None
