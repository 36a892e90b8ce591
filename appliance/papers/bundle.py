"""The folder of a meeting's papers: everything that is printed, exported and signed, under one manifest."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from appliance import meeting_record, minutes_statement, record
from appliance.errors import RecordError
from appliance.meeting_record import MeetingRecord
from appliance.papers import tables
from appliance.papers.calendar import calendar_bytes
from appliance.papers.composition import Origin, compose
from appliance.papers.docx import docx_bytes
from appliance.papers.pdf import pdf_bytes
from appliance.papers.sheet import Sheet
from appliance.record import Entry
from appliance.values import Refusal

MANIFEST, JOURNAL = "manifest.json", "journal.json"

TRIES = 10
"""How often the journal may go on between its export and the manifest, before somebody has to try again."""

Ask = Callable[..., Any | Refusal]
"""The ballot service: a command's name and its arguments → its answer."""


def sheet(found: MeetingRecord) -> Sheet:
    """The minutes of a meeting, ready to be set."""
    minutes, device = found.minutes, found.device
    key = record.exact_base64(device.public_key, "the device's public key")
    origin = Origin(
        site=device.site,
        device=device.device,
        fingerprint=record.fingerprint(key),
        head_seq=found.last.seq,
        head_hash=found.last.hash.hex(),
        confirmations={capacity: (one.delegate, one.at) for capacity, one in minutes.confirmations.items()},
        signed=minutes.envelope is not None,
    )
    return compose(found.document, origin)


def papers(found: MeetingRecord) -> dict[str, bytes]:
    """Name → bytes of everything but journal and manifest. Takes a second or two: the PDF is set."""
    paper, document = sheet(found), found.document
    return {
        "bien-ban.docx": docx_bytes(paper),
        "bien-ban.pdf": pdf_bytes(paper),
        **tables.files(document),
        "tasks.ics": calendar_bytes(document),
        **found.signed,
    }


def signed(read: Callable[[], Sequence[Entry]], ask: Ask, meeting: str = "") -> dict[str, bytes] | Refusal:
    """All papers of an ended meeting with the journal and the manifest that the box signs, or why it does not.

    `read()` gives the whole journal as it is. The manifest names the journal's head, which may have gone on meanwhile:
    then the quick part is done again. Raises `RecordError` where there is no such meeting.
    """
    found, made = None, dict[str, bytes]()
    for _ in range(TRIES):
        entries = read()
        if (fault := record.chain_fault(entries)) is not None:
            raise RecordError(f"the journal is damaged: {fault}")
        now = meeting_record.find(entries, meeting)
        if now.minutes.ended_at is None:
            return Refusal(code="meeting-in-progress", message=f"meeting {now.minutes.id} has not ended")
        if now != found:
            found, made = now, papers(now)
        manifest = _journal_and_manifest(entries, now, made, ask)
        if manifest is not None:
            return manifest if isinstance(manifest, Refusal) else {**made, MANIFEST: manifest}
    return Refusal(code="journal-busy", message=f"the journal went on {TRIES} times while it was exported; try again")


def _journal_and_manifest(
    entries: Sequence[Entry], found: MeetingRecord, made: dict[str, bytes], ask: Ask
) -> bytes | Refusal | None:
    """Put the journal among the files made, have all of them signed: the manifest; None if the journal went on."""
    last = entries[-1]
    checkpoint = ask("sign_checkpoint", seq=last.seq)
    if isinstance(checkpoint, Refusal):
        return checkpoint
    made[JOURNAL] = record.batch(entries, checkpoint["envelope"].encode())
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in made.items()}
    answer = ask("sign_manifest", meeting=found.minutes.id, files=digests)
    if isinstance(answer, Refusal):
        return answer
    envelope: bytes = answer["envelope"].encode()
    head = minutes_statement.parse_manifest(record.parse_envelope(envelope).statement()).head
    return envelope if (head.seq, head.hash) == (last.seq, last.hash.hex()) else None


def zipped(files: Mapping[str, bytes], folder: str, made_at: str) -> bytes:
    """The files as one ZIP, in a folder of that name, all of that time (UTC, ISO 8601)."""
    made = datetime.fromisoformat(made_at)
    stamp = (made.year, made.month, made.day, made.hour, made.minute, made.second)
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name in sorted(files):
            part = zipfile.ZipInfo(f"{folder}/{name}", stamp)
            part.compress_type, part.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(part, files[name])
    return data.getvalue()
