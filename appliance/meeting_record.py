"""One meeting out of a whole journal: its minutes, what was signed about it, and whose journal it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from appliance import minutes as fold
from appliance import minutes_document, slips
from appliance.errors import RecordError
from appliance.events import DeviceInstalled, MeetingConvened, MeetingEnded, MinutesConfirmed, MinutesSigned
from appliance.minutes import Minutes
from appliance.minutes_document import Document
from appliance.record import Entry
from appliance.slips import Slip

SIGNED_MINUTES = "minutes-signed.json"


@dataclass(frozen=True)
class MeetingRecord:
    """A meeting and the slips announced at it, as a journal has them.

    `last` is the entry that says the most of its minutes: their signature, else a confirmation, else the meeting's end,
    else, while it lasts, the head. Whatever is printed about where minutes come from names that entry, so that papers
    of a meeting stay the same whatever comes after it.
    """

    device: DeviceInstalled
    minutes: Minutes
    announced: tuple[Slip, ...]
    last: Entry

    @property
    def document(self) -> Document:
        """The minutes."""
        return minutes_document.document(self.minutes, self.announced)

    @property
    def signed(self) -> Mapping[str, bytes]:
        """File name → envelope: every result, the last one of each, and the confirmed minutes."""
        results = {ballot.id: ballot.envelope for ballot in self.minutes.ballots.values()}
        results |= {slip.id: slip.envelope for slip in self.announced}
        files = {f"results/{name}.json": envelope.encode() for name, envelope in results.items() if envelope}
        if self.minutes.envelope is not None:
            files[SIGNED_MINUTES] = self.minutes.envelope.encode()
        return files


def find(entries: Sequence[Entry], meeting: str = "") -> MeetingRecord:
    """A meeting by its identifier in a journal from its first entry on; unnamed: the latest.

    Raises `RecordError` where the journal has no such meeting, or does not begin as a journal.
    """
    began = entries[0].event if entries else None
    if not isinstance(began, DeviceInstalled):
        raise RecordError("the entries do not begin with DeviceInstalled: it is not a whole journal")
    current: dict[str, Minutes] = {}
    last: dict[str, Entry] = {}
    latest: Minutes | None = None
    known: slips.Slips = {}
    for entry in entries:
        event = entry.event
        latest = fold.apply(latest, event, entry.at)
        known = slips.apply(known, event, entry.at)
        if latest is None:
            continue
        current[latest.id] = latest
        if isinstance(event, _LASTING) and event.meeting == latest.id:
            last[latest.id] = entry
    name = meeting or (latest.id if latest is not None else "")
    if name not in current:
        raise RecordError(f"no meeting {name} in this journal" if name else "no meeting was convened yet")
    found = current[name]
    at = entries[-1] if found.ended_at is None else last[name]
    return MeetingRecord(began, found, tuple(s for s in known.values() if name in s.announced), at)


_LASTING = (MeetingConvened, MeetingEnded, MinutesConfirmed, MinutesSigned)
