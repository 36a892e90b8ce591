"""Checks of a meeting's papers, in numbered steps: confirmed minutes, and a manifest with the files beside it.

`docs/minutes.md` names the same steps.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence

from appliance import meeting_record, minutes_document, minutes_statement, record, verification
from appliance.meeting_record import SIGNED_MINUTES, MeetingRecord
from appliance.minutes_document import Document
from appliance.minutes_statement import Manifest, SignedMinutes
from appliance.record import Entry
from appliance.report import Report, read_sealed, sealed_titles

MINUTES_STEPS = (
    *sealed_titles("confirmed minutes"),
    "The statement has the form of confirmed minutes",
)

MANIFEST_STEPS = (
    *sealed_titles("a manifest"),
    "The statement has the form of a manifest",
    "Every file of the meeting lies beside it and is the one that was signed",
    "The journal is intact, of the same box, and has the head that the manifest names",
    "Minutes, tables and results follow from the journal, byte for byte",
    "Whoever confirmed the minutes confirmed these",
)

JOURNAL = "journal.json"
PRINTED = ("bien-ban.docx", "bien-ban.pdf", "tasks.ics")
"""What libraries have set: signed, and not made again by whoever checks."""

Read = Callable[[str], bytes | None]
"""Name of a file beside the manifest → its bytes, None where there is none."""

Derive = Callable[[Document], Mapping[str, bytes]]
"""Minutes → the files that follow from them alone (`papers.tables.files`)."""


def check_minutes(data: bytes, trusted: Collection[str] = ()) -> Report:
    """Check the envelope of confirmed minutes; `trusted` are fingerprints."""
    report = Report("minutes", MINUTES_STEPS)
    read_sealed(report, data, record.MINUTES, trusted, minutes_statement.parse_signed_minutes)
    return report


def check_manifest(data: bytes, read: Read, derive: Derive, trusted: Collection[str] = ()) -> Report:
    """Check a manifest and every file beside it; `trusted` are fingerprints."""
    report = Report("manifest", MANIFEST_STEPS)
    # 1 to 6
    manifest = read_sealed(report, data, record.MANIFEST, trusted, minutes_statement.parse_manifest)
    if manifest is None:
        return report
    # 7
    files = _Files(manifest, read)
    if not report.judge(files.fault(), f"{len(manifest.files)} files"):
        return report
    # 8
    keyid = record.parse_envelope(data).keyid
    fault, entries = _journal_fault(files.data[JOURNAL], manifest, keyid)
    if not report.judge(fault, f"entries 1 to {len(entries)}"):
        return report
    # 9
    try:
        found = meeting_record.find(entries, manifest.meeting)
        fault = _derived_fault(found, manifest, files.data, derive)
    except ValueError as error:  # of `RecordError`'s kind, or a time or a field that gives no minutes
        return report.fail(f"the journal gives no minutes of {manifest.meeting}: {error}")
    if not report.judge(fault):
        return report
    # 10
    report.judge(_confirmation_fault(found, manifest, entries, keyid), _who_confirmed(found))
    return report


# Step 7 --------------------------------------------------------------------------------------------------------------


class _Files:
    """The files that a manifest names, read once."""

    def __init__(self, manifest: Manifest, read: Read) -> None:
        self._named = manifest.files
        found = {name: read(name) for name in self._named}
        self.data = {name: data for name, data in found.items() if data is not None}

    def fault(self) -> str | None:
        """The first that is missing or is another."""
        for name in (JOURNAL, *PRINTED):
            if name not in self._named:
                return f"the manifest does not name {name}"
        for name, digest in sorted(self._named.items()):
            if name not in self.data:
                return f"{name} is missing"
            if (actual := hashlib.sha256(self.data[name]).hexdigest()) != digest:
                return f"{name} was altered: its SHA-256 is {actual}, signed was {digest}"
        return None


# Step 8 --------------------------------------------------------------------------------------------------------------


def _journal_fault(data: bytes, manifest: Manifest, keyid: str) -> tuple[str | None, Sequence[Entry]]:
    batch = verification.check_batch(data, [keyid])
    if not batch.trusted:
        step = batch.steps[-1]
        return f"{JOURNAL}: step {step.number} failed: {step.title}: {step.detail}", ()
    entries, _ = record.parse_batch(data)
    if entries[0].seq != 1:
        return f"{JOURNAL} begins with entry {entries[0].seq}: what stands before is not in it", ()
    if (batch.subject["site"], batch.subject["device"]) != (manifest.site, manifest.device):
        return f"{JOURNAL} is of {batch.subject['site']}/{batch.subject['device']}", ()
    head = manifest.head
    if not 1 <= head.seq <= len(entries):
        return f"the manifest names entry {head.seq} as the head, {JOURNAL} ends with {len(entries)}", ()
    if entries[head.seq - 1].hash.hex() != head.hash:
        return f"the manifest names another hash for entry {head.seq}", ()
    return None, entries


# Step 9 --------------------------------------------------------------------------------------------------------------


def _derived_fault(found: MeetingRecord, manifest: Manifest, files: Mapping[str, bytes], derive: Derive) -> str | None:
    if found.minutes.ended_at is None:
        return f"meeting {manifest.meeting} has not ended in the journal"
    expected = {**derive(found.document), **found.signed}
    for name, data in expected.items():
        if name not in files:
            return f"the manifest does not name {name}"
        if files[name] != data:
            return f"{name} is not what the journal says"
    more = files.keys() - expected.keys() - {JOURNAL, *PRINTED}
    if more:
        return f"{min(more)} is none of a meeting's papers"
    digest = minutes_document.digest(found.document)
    return None if digest == manifest.minutes else f"the minutes' digest is {digest}, the manifest says another"


# Step 10 -------------------------------------------------------------------------------------------------------------


def _who_confirmed(found: MeetingRecord) -> str:
    names = {d.id: d.name for d in found.minutes.convened.roster}
    told = [f"{c}: {names.get(o.delegate, o.delegate)} at {o.at}" for c, o in found.minutes.confirmations.items()]
    if not told:
        return "NOT CONFIRMED: neither chair nor secretary has confirmed them"
    return "; ".join(told) + ("" if found.minutes.envelope is not None else "; NOT SIGNED: somebody has yet to confirm")


def _confirmation_fault(found: MeetingRecord, manifest: Manifest, entries: Sequence[Entry], keyid: str) -> str | None:
    minutes = found.minutes
    for capacity, mark in minutes.confirmations.items():
        if mark.digest != manifest.minutes:
            return f"the {capacity} confirmed other minutes: {mark.digest}"
        if mark.delegate != minutes.confirmer(capacity):
            return f"{mark.delegate} confirmed, the {capacity} is {minutes.confirmer(capacity) or 'nobody'}"
    if minutes.envelope is None:
        return None
    if not minutes.is_confirmed:
        return f"{SIGNED_MINUTES} was signed although the {' and the '.join(minutes.unconfirmed)} did not confirm"
    inner = check_minutes(minutes.envelope.encode(), [keyid])
    if not inner.trusted:
        return f"{SIGNED_MINUTES}: step {inner.steps[-1].number} failed: {inner.steps[-1].detail}"
    return _statement_fault(minutes_statement.parse_signed_minutes(inner.subject), found, entries)


def _statement_fault(signed: SignedMinutes, found: MeetingRecord, entries: Sequence[Entry]) -> str | None:
    """Whether the signed statement says anything else than the journal before it. `found.last` is its entry."""
    minutes = found.minutes
    said = (signed.site, signed.device, signed.meeting, signed.title)
    if said != (found.device.site, found.device.device, minutes.id, minutes.convened.title):
        return f"{SIGNED_MINUTES} is of {' / '.join(said)}"
    if {mark.digest for mark in minutes.confirmations.values()} != {signed.digest}:
        return f"{SIGNED_MINUTES} has another digest than was confirmed"
    if signed.confirmations != minutes_statement.confirmations(minutes):
        return f"{SIGNED_MINUTES} names others than those who confirmed"
    head = signed.head
    if not 1 <= head.seq < found.last.seq or entries[head.seq - 1].hash.hex() != head.hash:
        return f"{SIGNED_MINUTES} names a head that does not stand before it"
    return None
