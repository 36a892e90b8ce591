"""The topics: `meeting/v1/<site>/<device>/…`. The only place where they are spelled."""

from __future__ import annotations

import re
from dataclasses import dataclass

ROOT = "meeting/v1"
SHARE = "$share/central/"
"""Prefix of a subscription that several central servers divide among them."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_LEAVES = frozenset({"state", "events", "receipt", "command"})


@dataclass(frozen=True, order=True)
class Address:
    """One device at one site; both are identifiers as `values.Identifier` has them."""

    site: str
    device: str

    def __str__(self) -> str:
        return f"{self.site}/{self.device}"

    @property
    def state(self) -> str:
        """Retained birth and Last Will: online, software, journal head. device → all"""
        return f"{ROOT}/{self}/state"

    @property
    def events(self) -> str:
        """Batches of journal entries with a checkpoint. device → central"""
        return f"{ROOT}/{self}/events"

    @property
    def receipt(self) -> str:
        """Committed up to seq, signed. central → device"""
        return f"{ROOT}/{self}/receipt"

    @property
    def command(self) -> str:
        """Signed, numbered commands. central → device"""
        return f"{ROOT}/{self}/command"

    def result(self, ballot: str) -> str:
        """The retained result envelope of one ballot. device → all"""
        return f"{ROOT}/{self}/result/{ballot}"


@dataclass(frozen=True)
class Place:
    """A topic, read. `leaf` is state, events, result, receipt or command; `ballot` is empty except for results."""

    address: Address
    leaf: str
    ballot: str = ""


def parse(topic: str) -> Place | None:
    """What a topic names, or None if it is none of ours."""
    if not topic.startswith(f"{ROOT}/"):
        return None
    site, *rest = topic[len(ROOT) + 1 :].split("/")
    if not all(_NAME.fullmatch(part) for part in (site, *rest)):
        return None
    match rest:
        case [device, leaf] if leaf in _LEAVES:
            return Place(Address(site, device), leaf)
        case [device, "result", ballot]:
            return Place(Address(site, device), "result", ballot)
    return None


def for_device(address: Address) -> tuple[str, ...]:
    """What a device subscribes to."""
    return (address.receipt, address.command)


def for_central() -> tuple[str, ...]:
    """What a central server subscribes to. Events are shared out; retained topics reach no shared subscription."""
    return (f"{SHARE}{ROOT}/+/+/events", f"{ROOT}/+/+/state", f"{ROOT}/+/+/result/+")
