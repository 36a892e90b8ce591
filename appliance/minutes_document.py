"""Minutes of a meeting as a document, from its fold alone, and the digest that chair and secretary confirm.

Nothing in it depends on what comes after the meeting's end, nor on the confirmations themselves: what was confirmed
can be made again from the journal at any time.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise

from pydantic import ValidationError

from appliance import attendance, record, rules
from appliance.attendance import Roll, Stay, due, late_minutes, moment, whole_minutes
from appliance.errors import RecordError
from appliance.events import Event, ProxyGiven, ProxyWithdrawn, QuorumOverridden, SeatLockedOut, SeatReadmitted
from appliance.minutes import Minutes
from appliance.minutes_ballots import ballot_record, slip_record
from appliance.minutes_form import (
    AbsenceRecord,
    Attended,
    Attendee,
    Change,
    Document,
    Incident,
    ItemRecord,
    ItemSpan,
    Noted,
    Presiding,
    Span,
    StayRecord,
)
from appliance.slips import Slip
from appliance.values import Delegate, Item, Presence, explain
from appliance.written import VIETNAM, in_viet_nam

__all__ = ["Document", "digest", "document", "parse", "spelled", "start"]

USUAL_OFFSET = "+07:00"
"""Of the local time where a meeting states no other: Viet Nam's."""


def document(minutes: Minutes, announced: Iterable[Slip] = ()) -> Document:
    """The minutes of a meeting; one in progress has a draft.

    `announced`: the opinion slips whose results were announced at it, as they now are.
    """
    convened, (starts_at, offset) = minutes.convened, start(minutes.convened.starts_at)
    ended_at, on_time = minutes.ended_at, due(starts_at, minutes.convened_at)
    return Document(
        meeting=minutes.id,
        title=convened.title,
        body=convened.body,
        preset=convened.preset,
        place=convened.place,
        rooms=convened.rooms,
        utc_offset=offset,
        starts_at=starts_at,
        convened_at=minutes.convened_at,
        ended_at=ended_at or "",
        chair=minutes.chair,
        secretary=convened.secretary,
        chairs=tuple(_presiding(minutes)),
        attended=_attended(minutes),
        attendance=tuple(_attendee(minutes.roll, d, on_time, ended_at) for d in convened.roster),
        incidents=tuple(_incident(at, event) for at, event in minutes.incidents),
        secret_sessions=tuple(Span(begin=begin, end=end or "") for begin, end in minutes.secret_sessions),
        slips=tuple(slip_record(slip, minutes.id, ended_at) for slip in announced),
        items=tuple(_item(minutes, item) for item in _in_order(minutes)),
        notes=_notes(minutes, ""),
        conclusion=_conclusion(minutes, ""),
        tasks=tuple(minutes.tasks.values()),
    )


def spelled(document: Document) -> bytes:
    """The one spelling of minutes: the bytes of `minutes.json`."""
    return record.canonical(document.model_dump(mode="json"))


def digest(document: Document) -> str:
    """SHA-256 of the minutes' spelling, in hexadecimal: what is confirmed, printed and signed."""
    return hashlib.sha256(spelled(document)).hexdigest()


def parse(data: bytes) -> Document:
    """Minutes from their spelling. Raises `RecordError`."""
    try:
        found = Document.model_validate_json(data)
    except ValidationError as error:
        raise RecordError(f"minutes: {explain(error)}") from error
    if spelled(found) != data:
        raise RecordError("minutes: not in their exact spelling")
    return found


def start(text: str) -> tuple[str, str]:
    """A meeting's published start with its offset, and the offset; no start where the text is no time.

    Without an offset it is Viet Nam's. `Z` says which moment it is and nothing about local time (RFC 9557, section 2):
    that is Viet Nam's then, too.
    """
    try:
        at = in_viet_nam(datetime.fromisoformat(text))
    except ValueError:
        return "", USUAL_OFFSET
    if text.upper().endswith("Z"):
        at = at.astimezone(VIETNAM)
    local = at.isoformat()
    offset = re.search(r"[+-][0-9]{2}:[0-9]{2}$", local)  # an offset with seconds is nobody's local time
    return (local, offset[0]) if offset is not None else ("", USUAL_OFFSET)


def _presiding(minutes: Minutes) -> Iterator[Presiding]:
    convened = minutes.convened
    if convened.chair:
        yield Presiding(delegate=convened.chair, since=minutes.convened_at, by=convened.by, reason="")
    for at, named in minutes.chairs:
        yield Presiding(delegate=named.delegate, since=at, by=named.by, reason=named.reason)


# The roll ------------------------------------------------------------------------------------------------------------


def _attended(minutes: Minutes) -> Attended:
    roll, rule = minutes.roll, rules.preset(minutes.convened.preset)
    first = [stays[0].arrived.presence for d in roll.members if (stays := roll.intervals.get(d))]
    total = roll.weight(roll.members) if rule.weighted else len(roll.members)
    return Attended(
        members=len(roll.members),
        present=len(first),
        in_person=first.count(Presence.IN_PERSON),
        online=first.count(Presence.ONLINE),
        quorum=rule.quorum_of(total),
        quorum_article=str(rule.quorum_citation),
    )


def _attendee(roll: Roll, delegate: Delegate, on_time: str, ended_at: str | None) -> Attendee:
    stays, absence = roll.intervals.get(delegate.id, ()), roll.absences.get(delegate.id)
    left_at = stays[-1].left_at if stays else None
    early = ended_at is not None and left_at is not None and whole_minutes(left_at, ended_at) > 0
    return Attendee(
        delegate=delegate,
        stays=tuple(
            StayRecord(
                arrived_at=stay.arrived.at,
                left_at=stay.left_at or "",
                method=stay.arrived.method,
                presence=stay.arrived.presence,
                by=stay.arrived.by,
                reason=stay.arrived.reason,
            )
            for stay in stays
        ),
        late_minutes=late_minutes(roll, delegate.id, on_time),
        left_early_at=left_at if early and left_at is not None else "",
        absence=AbsenceRecord(**vars(absence)) if absence is not None else None,
    )


def _incident(at: str, event: Event) -> Incident:
    """The fields that it has in common with its fact; a proxy's giver is its delegate."""
    fields = {name: getattr(event, name) for name in Incident.model_fields if name in type(event).model_fields}
    if isinstance(event, ProxyGiven | ProxyWithdrawn):
        fields["delegate"] = event.giver
    return Incident.model_validate({"at": at, "what": _INCIDENTS[type(event)], **fields})


_INCIDENTS: dict[type[Event], str] = {
    SeatLockedOut: "seat-locked",
    SeatReadmitted: "seat-readmitted",
    QuorumOverridden: "quorum-overridden",
    ProxyGiven: "proxy-given",
    ProxyWithdrawn: "proxy-withdrawn",
}


# The course of the meeting --------------------------------------------------------------------------------------------


def _in_order(minutes: Minutes) -> list[Item]:
    """Items as the meeting turned to them, then those it only voted on, then those it never came to."""
    voted = (b.opened.item for b in minutes.ballots.values())
    agenda = (item.id for item in minutes.convened.agenda)
    order = dict.fromkeys([*(item for _, item in minutes.taken_up), *voted, *agenda])
    return [found for name in order if (found := minutes.item(name)) is not None]


def _item(minutes: Minutes, item: Item) -> ItemRecord:
    return ItemRecord(
        item=item.id,
        title=item.title,
        question=item.question,
        documents=item.documents,
        spans=tuple(_spans(minutes, item.id)),
        notes=_notes(minutes, item.id),
        ballots=tuple(ballot_record(b, number) for number, b in enumerate(minutes.ballots_on(item.id), 1)),
        conclusion=_conclusion(minutes, item.id),
    )


def _spans(minutes: Minutes, item: str) -> Iterator[ItemSpan]:
    """Each time the meeting turned to the item; turning again to the one at hand begins nothing."""
    turns = [turn for before, turn in pairwise([("", ""), *minutes.taken_up]) if turn[1] != before[1]]
    for (begin, name), (end, _) in pairwise([*turns, (minutes.ended_at or "", "")]):
        if name == item:
            yield ItemSpan(begin=begin, end=end, changes=tuple(_changes(minutes.roll, begin, end)))


def _changes(roll: Roll, begin: str, end: str) -> Iterator[Change]:
    """Who of those that came to the meeting was not there for all of a span; nobody while it lasts, or of no length."""
    if not end or moment(begin) >= moment(end):
        return
    for delegate, stays in roll.intervals.items():
        much = attendance.stay(roll, delegate, begin, end)
        if stays and much is not Stay.WHOLE:
            arrived = tuple(s.arrived.at for s in stays if _within(s.arrived.at, begin, end))
            left = tuple(s.left_at for s in stays if s.left_at is not None and _within(s.left_at, begin, end))
            yield Change(delegate=delegate, stay=much, arrived=arrived, left=left)


def _within(at: str, begin: str, end: str) -> bool:
    return moment(begin) < moment(at) < moment(end)


def _notes(minutes: Minutes, item: str) -> tuple[Noted, ...]:
    return tuple(Noted(at=note.at, text=note.text) for note in minutes.proceedings if note.item == item)


def _conclusion(minutes: Minutes, item: str) -> str:
    note = minutes.conclusions.get(item)
    return note.text if note is not None else ""
