"""What the pages and `/api/summary.json` show: rooms, rolls, results with their verification, alarms."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from appliance import opening, rules
from appliance.central import recheck
from appliance.central.archive import Archive
from appliance.central.recheck import Finding
from appliance.minutes import Minutes
from appliance.opening import Standing

FRESH_SECONDS = 20.0
"""A page may show a finding this old, with its time; the summary for machines checks each time it is asked."""


@dataclass(frozen=True)
class Room:
    """One device as a person wants to see it. `lost` are entries below its announced head that are not archived."""

    name: str
    configured: bool
    online: bool
    software: str
    heard_at: str
    head: int
    lost: int
    finding: Finding


def attended(minutes: Minutes) -> Standing:
    """How many are there just now, or were at the end."""
    return opening.standing(rules.preset(minutes.convened.preset), minutes.roll)


class Views:
    """Threads share it: requests come on many."""

    def __init__(
        self,
        archive: Archive,
        devices: Mapping[str, str],
        now: Callable[[], str],
        monotonic: Callable[[], float],
    ) -> None:
        self._archive, self._devices, self._now, self._monotonic = archive, devices, now, monotonic
        self._lock = threading.Lock()
        self._findings: dict[str, tuple[float, int, Finding]] = {}

    def names(self) -> list[str]:
        """Every device that is configured or archived."""
        return sorted({*self._devices, *(f"{site}/{device}" for site, device in self._archive.devices())})

    def rooms(self, *, recheck_now: bool = False) -> list[Room]:
        """All devices."""
        said = self._archive.rooms()
        return [self._room(name, said, recheck_now) for name in self.names()]

    def room(self, name: str) -> Room | None:
        """One device, or None if nobody knows it."""
        return self._room(name, self._archive.rooms(), False) if name in self.names() else None

    def commands(self, name: str) -> list[dict[str, Any]]:
        """Commands to a device: `{number, do, issued_at, sent_at, accepted}`, the latest first."""
        site, _, device = name.partition("/")
        accepted = self._finding(name, False).accepted
        rows = reversed(self._archive.commands(site, device))
        return [{**row, "accepted": accepted.get(row["number"]) == row["digest"]} for row in rows]

    def alarms(self) -> list[dict[str, Any]]:
        """Alarms that stand, the latest first."""
        return [alarm for alarm in self._archive.alarms() if alarm["settled_at"] is None]

    def summary(self) -> dict[str, Any]:
        """For machines, checked anew: `{verified, events, lost, duplicated, devices: [...], alarms: [...]}`."""
        devices = [_for_machines(room) for room in self.rooms(recheck_now=True)]
        return {
            "verified": bool(devices) and all(device["verified"] for device in devices),
            **{key: sum(device[key] for device in devices) for key in ("events", "lost", "duplicated")},
            "devices": devices,
            "alarms": self.alarms(),
        }

    def _room(self, name: str, said: dict[tuple[str, str], dict[str, Any]], recheck_now: bool) -> Room:
        site, _, device = name.partition("/")
        state = said.get((site, device), {})
        head = int(state.get("head", 0))
        return Room(
            name=name,
            configured=name in self._devices,
            online=bool(state.get("online", False)),
            software=str(state.get("software", "")),
            heard_at=str(state.get("heard_at", "")),
            head=head,
            lost=head - self._archive.present_below(site, device, head),
            finding=self._finding(name, recheck_now),
        )

    def _finding(self, name: str, recheck_now: bool) -> Finding:
        site, _, device = name.partition("/")
        head = self._archive.head(site, device).seq
        with self._lock:
            at, seq, finding = self._findings.get(name, (0.0, -1, Finding(site, device, "")))
        if not recheck_now and seq == head and self._monotonic() - at < FRESH_SECONDS:
            return finding
        finding = recheck.check(self._archive, site, device, self._devices.get(name, ""), self._now())
        with self._lock:
            self._findings[name] = (self._monotonic(), head, finding)
        return finding


def _for_machines(room: Room) -> dict[str, Any]:
    finding = room.finding
    return {
        "device": room.name,
        "online": room.online,
        "software": room.software,
        "head": room.head,
        "verified": finding.verified,
        "events": finding.events,
        "lost": room.lost,
        "duplicated": finding.duplicated,
        "checked_at": finding.at,
        "steps": [{"number": s.number, "title": s.title, "ok": s.ok, "detail": s.detail} for s in finding.steps],
        "results": list(finding.results),
    }
