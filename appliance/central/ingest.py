"""What came over MQTT: verify → archive → receipt. Anybody may have sent it until its signature is checked."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated

from pydantic import BaseModel, Field, ValidationError

from appliance import record, verification
from appliance.central.archive import Archive, Head
from appliance.errors import RecordError
from appliance.events import ResultSigned
from appliance.record import Entry, Signer

_log = logging.getLogger("central")

TRUST_STEP = 6
"""The step of `verification.BATCH_STEPS` that compares the signer with the pinned fingerprint."""

RACES = 3
"""How often a batch is tried again because another central server on the same archive was faster."""


class _Announced(BaseModel):
    """A head as a device states it, unsigned."""

    seq: Annotated[int, Field(ge=0, le=2**53)]


class _State(BaseModel):
    """The payload of a state topic. Later versions may say more."""

    online: bool
    software: Annotated[str, Field(max_length=100)] = ""
    head: _Announced | None = None
    acknowledged: Annotated[int, Field(ge=0, le=2**53)] = 0
    test: bool = False


class Ingest:
    """One thread's. Trouble with what a device sent is an alarm in the archive, never an exception."""

    def __init__(self, archive: Archive, devices: Mapping[str, str], signer: Signer, now: Callable[[], str]) -> None:
        """`devices`: `site/device` → fingerprint of its key; `now`: UTC, ISO 8601."""
        self._archive, self._devices, self._signer, self._now = archive, devices, signer, now

    def batch(self, site: str, device: str, payload: bytes) -> bytes | None:
        """Take a batch; the receipt to send, or None where nobody deserves an answer. Committed when it returns.

        The receipt is for what is archived, whether the batch was new, a repeat, or lies behind a gap: from there the
        device goes on. A fork and anything unsigned is never accepted.
        """
        # 1. The signature is by the key that this device's technician read out.
        verified = self._verified(site, device, payload)
        if verified is None:
            return None
        entries, sealed = verified
        for _ in range(RACES):
            # 2. What is archived already is the same.
            head = self._archive.head(site, device)
            if self._forked(site, device, entries):
                return None
            fresh = [entry for entry in entries if entry.seq > head.seq]
            # 3. What is new continues it.
            if fresh and fresh[0].seq != head.seq + 1:
                self._alarm(site, device, "gap", f"entries {head.seq + 1} to {fresh[0].seq - 1} did not arrive")
                return self._receipt(site, device, head)
            if not fresh:
                return self._receipt(site, device, head)
            # 4. Save, then speak.
            grown = self._archive.append(site, device, fresh, sealed, self._now())
            if grown is not None:
                self._compare_results(site, device, fresh)
                return self._receipt(site, device, grown)
        return None  # the device will ask again

    def result(self, site: str, device: str, ballot: str, payload: bytes) -> None:
        """Take the retained result of a ballot. It counts only with the journal behind it."""
        fingerprint = self._devices.get(f"{site}/{device}")
        if fingerprint is None:
            return
        report = verification.check_result(payload, [fingerprint])
        named = tuple(report.subject.get(name) for name in ("site", "device", "ballot"))
        if not report.trusted or named != (site, device, ballot):
            last = report.steps[-1]
            self._alarm(site, device, "bad-result", f"{ballot}: {last.title}: {last.detail or 'is for another place'}")
        else:
            self._keep_result(site, device, ballot, payload)

    def state(self, site: str, device: str, payload: bytes) -> bytes | None:
        """Take what a device says of itself; a receipt where it believes that more is archived than is."""
        if f"{site}/{device}" not in self._devices:
            return None
        try:
            said = _State.model_validate_json(payload)
        except ValidationError:
            self._alarm(site, device, "garbage", f"its state topic carried {len(payload)} bytes that are no state")
            return None
        if said.test:
            return None
        head = said.head.seq if said.head is not None else None
        self._archive.room(site, device, online=said.online, software=said.software, head=head, at=self._now())
        archived = self._archive.head(site, device)
        return self._receipt(site, device, archived) if said.acknowledged > archived.seq else None

    def standings(self) -> Iterator[tuple[str, str, bytes]]:
        """For each device a receipt for what is archived: whoever sent while nobody listened sends again from there."""
        for name in self._devices:
            site, _, device = name.partition("/")
            yield site, device, self._receipt(site, device, self._archive.head(site, device))

    def _verified(self, site: str, device: str, payload: bytes) -> tuple[list[Entry], bytes] | None:
        fingerprint = self._devices.get(f"{site}/{device}", "")
        report = verification.check_batch(payload, [fingerprint or "unknown"])
        last = report.steps[-1]
        if not report.trusted and last.number == TRUST_STEP:
            self._alarm(site, device, *_stranger(f"{site}/{device}", fingerprint, payload))
        elif not report.trusted:
            self._alarm(site, device, "bad-batch", f"step {last.number}, {last.title}: {last.detail}")
        elif (report.subject.get("site"), report.subject.get("device")) != (site, device):
            self._alarm(site, device, "bad-batch", "it was signed for another site or device")
        else:
            return record.parse_batch(payload)
        return None

    def _forked(self, site: str, device: str, entries: list[Entry]) -> bool:
        known = self._archive.hashes(site, device, entries[0].seq - 1, entries[-1].seq)
        before = known.get(entries[0].seq - 1, entries[0].prev)
        differing = [entry.seq for entry in entries if known.get(entry.seq, entry.hash) != entry.hash]
        if before == entries[0].prev and not differing:
            return False
        at = differing[0] if differing else entries[0].seq
        self._alarm(site, device, "fork", f"the device has another entry {at} than the one archived")
        return True

    def _compare_results(self, site: str, device: str, fresh: list[Entry]) -> None:
        for event in (entry.event for entry in fresh):
            if isinstance(event, ResultSigned):
                self._keep_result(site, device, event.ballot, event.envelope.encode())

    def _keep_result(self, site: str, device: str, ballot: str, envelope: bytes) -> None:
        """Keep the result that stands: a ruling on a tie follows the first one, in whatever order they come."""
        standing = self._archive.result(site, device, ballot, envelope, self._now())
        if standing == envelope or _ruled_on(envelope, standing):
            return
        if _ruled_on(standing, envelope):
            self._archive.supersede_result(site, device, ballot, standing, envelope, self._now())
            return
        self._alarm(site, device, "two-results", f"two different results of ballot {ballot} were signed")

    def _receipt(self, site: str, device: str, head: Head) -> bytes:
        statement = {"at": self._now(), "device": device, "hash": head.hash.hex(), "seq": head.seq, "site": site}
        return record.seal(record.RECEIPT, statement, self._signer)

    def _alarm(self, site: str, device: str, code: str, detail: str) -> None:
        _log.warning("%s/%s: %s: %s", site, device, code, detail)
        self._archive.alarm(site, device, code, detail[:1000], self._now())


_BY_A_RULING = frozenset({"ruling", "verdict", "head", "software", "configuration", "models"})
"""What may differ between a result and the one after the chair's ruling, perhaps after an update of the box."""


def _ruled_on(first: bytes, second: bytes) -> bool:
    """Whether the second result is the first one with the chair's ruling on its tie. Both were verified."""
    before, after = (record.parse_envelope(envelope).statement() for envelope in (first, second))
    if before.get("ruling") is not None or after.get("ruling") is None:
        return False
    return all(before.get(name) == after.get(name) for name in (before.keys() | after.keys()) - _BY_A_RULING)


def _stranger(name: str, fingerprint: str, payload: bytes) -> tuple[str, str]:
    """The alarm about a key that is not pinned, with the line that would pin it."""
    try:
        keyid = record.parse_envelope(record.parse_batch(payload)[1]).keyid
    except RecordError:
        keyid = "?"
    if not fingerprint:
        return "unknown-device", f'"{name}" = "{keyid}"'
    return "wrong-key", f"signed by {keyid}, expected {fingerprint}"
