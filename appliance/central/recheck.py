"""Checking a device's record again from the archive alone, as an outsider would: no earlier belief counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from appliance import minutes, record, slips, verification
from appliance.central.archive import Archive
from appliance.errors import RecordError
from appliance.events import CommandAccepted, ResultSigned
from appliance.minutes import Minutes
from appliance.record import Entry
from appliance.slips import Slip, Slips
from appliance.verification import Step

CHECKPOINTS = "Every checkpoint that was received is over the entry archived"


@dataclass(frozen=True)
class Finding:
    """What a check found. `steps`: those of `verification`, one more for checkpoints.

    `results`: the statements that stand, one for each ballot or slip; `slips` only those that are closed: what was
    answered before is nobody's to read.
    """

    site: str
    device: str
    at: str
    events: int = 0
    duplicated: int = 0
    steps: tuple[Step, ...] = ()
    meetings: tuple[Minutes, ...] = ()
    slips: tuple[Slip, ...] = ()
    results: tuple[dict[str, Any], ...] = ()
    accepted: Mapping[int, str] = field(default_factory=dict)

    @property
    def verified(self) -> bool:
        """Every step holds, and there is something to check."""
        return bool(self.steps) and all(step.ok for step in self.steps)

    def result(self, name: str) -> dict[str, Any] | None:
        """The statement on that ballot or slip; None while there is none."""
        return next((one for one in self.results if one["ballot"] == name), None)


def check(archive: Archive, site: str, device: str, fingerprint: str, at: str) -> Finding:
    """Read everything of one device and verify it; `fingerprint` empty: no key is pinned, so nothing can be trusted."""
    entries = list(archive.entries(site, device))
    if not entries:
        return Finding(site, device, at)
    checkpoints = archive.checkpoints(site, device)
    batch = record.batch(entries, checkpoints.get(entries[-1].seq, b""))
    report = verification.check_batch(batch, [fingerprint] if fingerprint else ["none is pinned"])
    steps = list(report.steps)
    if report.trusted:
        fault = _checkpoint_fault(checkpoints, entries, str(report.subject["public_key"]))
        steps.append(Step(len(steps) + 1, CHECKPOINTS, fault is None, fault or f"{len(checkpoints)} checkpoints"))
    found = Finding(site, device, at, len(entries), archive.duplicated(site, device), tuple(steps))
    if not found.verified:
        return found  # what cannot be trusted is not shown as a roll or a result either
    return replace(
        found,
        meetings=tuple(minutes.fold_all(entries)),
        slips=_closed_slips(entries),
        results=tuple(_results(entries)),
        accepted=_accepted(entries),
    )


def _checkpoint_fault(checkpoints: dict[int, bytes], entries: list[Entry], public_key: str) -> str | None:
    key = record.exact_base64(public_key, "the device's key")
    hashes = {entry.seq: entry.hash.hex() for entry in entries}
    for seq, envelope in checkpoints.items():
        try:
            statement = verification.open_envelope(envelope, record.CHECKPOINT, key)
        except RecordError as error:
            return f"checkpoint over entry {seq}: {error}"
        if (statement.get("seq"), statement.get("hash")) != (seq, hashes.get(seq)):
            return f"checkpoint over entry {seq}: it names entry {statement.get('seq')} {statement.get('hash')}"
    return None


def _accepted(entries: list[Entry]) -> dict[int, str]:
    """Number → digest of the commands that the device says it carries out."""
    facts = (entry.event for entry in entries)
    return {fact.number: fact.digest for fact in facts if isinstance(fact, CommandAccepted)}


def _closed_slips(entries: list[Entry]) -> tuple[Slip, ...]:
    known: Slips = {}
    for entry in entries:
        known = slips.apply(known, entry.event, entry.at)
    return tuple(slip for slip in known.values() if not slip.is_open)


def _results(entries: list[Entry]) -> list[dict[str, Any]]:
    """The statements that stand, in the order of the first of each; all were verified and recounted by the last step.

    After the chair decided a tie, the second result of a ballot stands in place of the first.
    """
    signed = [entry.event for entry in entries if isinstance(entry.event, ResultSigned)]
    standing = {event.ballot: event.envelope for event in signed}
    return [record.parse_envelope(envelope.encode()).statement() for envelope in standing.values()]
