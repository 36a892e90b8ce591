"""Presses in, lamps out. `Keypads` is the interface; `gpio` (gpiozero) and `replay` are its versions."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from appliance.values import Choice


class Lamp(enum.Enum):
    """What the three lamps of a seat say. A person must be able to tell these apart at a glance."""

    OFF = "off"
    READY = "ready"  # a ballot is open and this seat may vote: all three glow on
    RECORDED = "recorded"  # the vote is durable: the chosen key's lamp alone is on; of no choice: all three come and go
    RECEIVED = "received"  # the press was seen, not yet durable: the chosen key's lamp blinks fast; of no choice: all
    REFUSED = "refused"  # the press does not count: all three blink three times, then off
    WALK = "walk"  # walk test: all three blink slowly until the key is pressed


@dataclass(frozen=True)
class Press:
    """One debounced press. `monotonic` in seconds; a key is named by the choice printed on it."""

    seat: str
    choice: Choice
    monotonic: float


@dataclass(frozen=True)
class Stuck:
    """A key that stays down (or was let go again, `held` False): it casts no votes until it is let go."""

    seat: str
    choice: Choice
    held: bool


@dataclass(frozen=True)
class KeySwitch:
    """The box's key was turned: `on` while a secret session is wanted. `monotonic` in seconds.

    Told when it changes, and once at the start if it is on. A cut wire looks like a key that was turned off.
    """

    on: bool
    monotonic: float


Told = Press | Stuck | KeySwitch
"""All that keypads say."""


class Keypads(Protocol):
    """All keypads of a room. Belongs to one thread; `fileno` becomes readable when `poll` has something."""

    def poll(self, monotonic: float) -> Sequence[Told]:
        """What happened since the last call, in order."""
        ...

    def show(self, seat: str, lamp: Lamp, choice: Choice | None = None) -> None:
        """Set a seat's lamps. `choice` names the key for RECORDED and RECEIVED; None keeps secret which it was."""
        ...

    def fileno(self) -> int:
        """A descriptor to wait on."""
        ...

    def close(self) -> None:
        """Lamps off, lines released. May be called twice."""
        ...
