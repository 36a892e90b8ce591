"""The MQTT broker as the services see it: `publish`, and `poll` for what happened. Versions: `paho.py`.

Every expected trouble is a `Condition`, not an exception: a broker that cannot be reached is a Tuesday.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Protocol

PAYLOAD_LIMIT = 4 << 20
"""Bytes of a message that are looked at; larger ones are dropped unread."""


class State(enum.StrEnum):
    """How the connection is. `NO_RECEIPTS` and `SECRET_SESSION` are the uplink's, the others the broker's answers."""

    OFF = "off"
    CONNECTING = "connecting"
    ONLINE = "online"
    UNREACHABLE = "unreachable"
    CERTIFICATE = "certificate"
    REFUSED = "refused"
    NO_RECEIPTS = "no-receipts"
    SECRET_SESSION = "secret-session"


@dataclass(frozen=True)
class Condition:
    """A state and what exactly was seen, in the words of library or broker; `condition.py` has the sentences."""

    state: State
    detail: str = ""


@dataclass(frozen=True)
class Changed:
    """The connection's condition is another one now. `ONLINE`: connected and subscribed; what was in flight is lost."""

    condition: Condition


@dataclass(frozen=True)
class Message:
    """Something arrived on a subscribed topic. Anybody may have sent it: nothing about it is checked."""

    topic: str
    payload: bytes


@dataclass(frozen=True)
class Acknowledged:
    """The broker took a message (PUBACK). That is no receipt: a broker that dies now may lose it."""

    token: int


@dataclass(frozen=True)
class Denied:
    """The broker did not take a message; `reason` is its MQTT 5 reason. It was delivered to nobody."""

    token: int
    topic: str
    reason: str


Happening = Changed | Message | Acknowledged | Denied


@dataclass(frozen=True)
class Will:
    """What the broker says in our name when we vanish; retained."""

    topic: str
    payload: bytes


class Broker(Protocol):
    """A connection that is made and made again by itself, from construction to `close`."""

    def fileno(self) -> int:
        """A descriptor that is readable while `poll` has something."""
        ...

    def poll(self) -> list[Happening]:
        """What happened since the last call, in order; never waits. A surprise inside is raised here."""
        ...

    def publish(self, topic: str, payload: bytes, *, retain: bool = False, expiry: int | None = None) -> int:
        """Send with QoS 1; the token that `Acknowledged` or `Denied` will carry. Never waits.

        While not online, and when the connection is lost, the message is forgotten: resend from your own store.
        `expiry`: seconds after which the broker delivers it no more.
        """
        ...

    def close(self, farewell: Will | None = None) -> None:
        """Say the farewell, disconnect and stop. Without one the broker is not told to publish the will."""
        ...
