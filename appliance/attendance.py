"""The roll: who is present, since when, by what evidence; who came late, left early, or is excused."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from typing import TypeVar

from appliance.events import (
    AbsenceDecided,
    AbsenceReported,
    CheckedIn,
    CheckedOut,
    CheckInRevoked,
    Event,
    MeetingConvened,
    ProxyGiven,
    ProxyWithdrawn,
)
from appliance.values import Delegate, Method, Presence, Refusal, Role

V = TypeVar("V")


@dataclass(frozen=True)
class Attendance:
    """One delegate on the roll. `at` is UTC, ISO 8601; `by` who vouched: `door`, the delegate, or a secretary."""

    delegate: str
    at: str
    method: Method
    by: str
    reason: str = ""
    presence: Presence = Presence.IN_PERSON


@dataclass(frozen=True)
class Interval:
    """One stay: from an arrival to a leaving, or None while it lasts."""

    arrived: Attendance
    left_at: str | None = None


@dataclass(frozen=True)
class Absence:
    """What was reported, and whether the chair accepted it; None while undecided."""

    reason: str
    by: str
    accepted: bool | None = None


class Stay(enum.StrEnum):
    """How much of a span of time a delegate was there."""

    WHOLE = "whole"
    LATE = "late"  # came after its beginning
    EARLY = "early"  # left before its end
    PART = "part"  # both, or went and returned
    NONE = "none"


@dataclass(frozen=True)
class Roll:
    """The roll of one meeting: a fold of its facts. `proxies`: giver → holder."""

    meeting: str
    roster: Mapping[str, Delegate] = field(default_factory=dict)
    present: Mapping[str, Attendance] = field(default_factory=dict)
    intervals: Mapping[str, tuple[Interval, ...]] = field(default_factory=dict)
    absences: Mapping[str, Absence] = field(default_factory=dict)
    proxies: Mapping[str, str] = field(default_factory=dict)
    revoked: frozenset[str] = frozenset()  # taken off by the secretary: a face alone does not bring them back

    @property
    def members(self) -> tuple[str, ...]:
        """Ids of all members in the order of the roster: N of the rule."""
        return tuple(d.id for d in self.roster.values() if d.role is Role.MEMBER)

    @property
    def members_present(self) -> tuple[str, ...]:
        """Ids of the members on the roll, in the order of the roster."""
        return tuple(d for d in self.members if d in self.present)

    @property
    def represented(self) -> Mapping[str, str]:
        """Members who are not there themselves and whose proxy's holder is: giver → holder."""
        return {g: h for g, h in self.proxies.items() if g not in self.present and h in self.present}

    def weight(self, delegates: tuple[str, ...]) -> int:
        """The sum of the weights of these delegates."""
        return sum(self.roster[d].weight for d in delegates)


def convene(event: MeetingConvened) -> Roll:
    """The empty roll of a meeting that begins."""
    return Roll(event.meeting, {delegate.id: delegate for delegate in event.roster})


def apply(roll: Roll, event: Event, at: str) -> Roll:
    """The roll after `event`; facts of other meetings and other kinds leave it as it is.

    Of two arrivals without a leaving between them the first stands. A face that the door appended in the very moment in
    which its delegate was taken off does not bring them back.
    """
    if getattr(event, "meeting", None) != roll.meeting:
        return roll
    if isinstance(event, CheckedIn):
        return _arrive(roll, event, at)
    if isinstance(event, CheckedOut):
        return _leave(roll, event.delegate, at)
    if isinstance(event, CheckInRevoked):
        still, stays = _without(roll.present, event.delegate), roll.intervals.get(event.delegate, ())
        intervals = {**roll.intervals, event.delegate: tuple(s for s in stays if s.left_at is not None)}
        return replace(roll, present=still, intervals=intervals, revoked=roll.revoked | {event.delegate})
    if isinstance(event, AbsenceReported):
        return replace(roll, absences={**roll.absences, event.delegate: Absence(event.reason, event.by)})
    if isinstance(event, AbsenceDecided) and event.delegate in roll.absences:
        decided = replace(roll.absences[event.delegate], accepted=event.accepted)
        return replace(roll, absences={**roll.absences, event.delegate: decided})
    if isinstance(event, ProxyGiven):
        return replace(roll, proxies={**roll.proxies, event.giver: event.holder})
    if isinstance(event, ProxyWithdrawn):
        return replace(roll, proxies=_without(roll.proxies, event.giver))
    return roll


def _without(mapping: Mapping[str, V], key: str) -> dict[str, V]:
    return {k: v for k, v in mapping.items() if k != key}


def _arrive(roll: Roll, event: CheckedIn, at: str) -> Roll:
    if event.delegate in roll.present or event.delegate not in roll.roster:
        return roll
    if event.method is Method.FACE and event.delegate in roll.revoked:
        return roll
    mark = Attendance(event.delegate, at, event.method, event.by, event.reason, event.presence)
    stays = (*roll.intervals.get(event.delegate, ()), Interval(mark))
    return replace(
        roll, present={**roll.present, event.delegate: mark}, intervals={**roll.intervals, event.delegate: stays}
    )


def _leave(roll: Roll, delegate: str, at: str) -> Roll:
    if delegate not in roll.present:
        return roll
    *before, last = roll.intervals[delegate]
    stays = (*before, replace(last, left_at=at))
    return replace(roll, present=_without(roll.present, delegate), intervals={**roll.intervals, delegate: stays})


# Decisions -----------------------------------------------------------------------------------------------------------


def check_in(
    roll: Roll,
    delegate: str,
    method: Method,
    *,
    by: str,
    reason: str = "",
    presence: Presence = Presence.IN_PERSON,
    evidence: Mapping[str, float] | None = None,
) -> CheckedIn | Attendance | Refusal:
    """Decide on a check-in: a new fact, the attendance that already stands, or why not."""
    if delegate not in roll.roster:
        return Refusal(code="not-on-roster", message=f"{delegate} is not on the roster of meeting {roll.meeting}")
    if delegate in roll.present:
        return roll.present[delegate]
    if method is Method.FACE and delegate in roll.revoked:
        return Refusal(
            code="revoked", message=f"{delegate} was taken off the roll; a PIN or the secretary brings them back"
        )
    if method is Method.HAND and not reason.strip():
        return Refusal(code="reason-missing", message="a check-in by hand needs a reason")
    return CheckedIn(
        meeting=roll.meeting,
        delegate=delegate,
        method=method,
        by=by,
        reason=reason.strip(),
        presence=presence,
        evidence=dict(evidence or {}),
    )


def check_out(roll: Roll, delegate: str, method: Method, *, by: str, reason: str = "") -> CheckedOut | Refusal:
    """Decide on a leaving."""
    if delegate not in roll.present:
        return Refusal(code="not-present", message=f"{delegate} is not on the roll")
    return CheckedOut(meeting=roll.meeting, delegate=delegate, method=method, by=by, reason=reason.strip())


def revoke(roll: Roll, delegate: str, *, by: str, reason: str) -> CheckInRevoked | Refusal:
    """Decide on taking a delegate off the roll."""
    if delegate not in roll.present:
        return Refusal(code="not-present", message=f"{delegate} is not on the roll")
    if not reason.strip():
        return Refusal(code="reason-missing", message="taking somebody off the roll needs a reason")
    return CheckInRevoked(meeting=roll.meeting, delegate=delegate, by=by, reason=reason.strip())


def report_absence(roll: Roll, delegate: str, *, by: str, reason: str) -> AbsenceReported | Refusal:
    """Decide on a reported absence; a later report takes the place of an earlier one and is decided anew."""
    if delegate not in roll.roster:
        return Refusal(code="not-on-roster", message=f"{delegate} is not on the roster of meeting {roll.meeting}")
    if not reason.strip():
        return Refusal(code="reason-missing", message="an absence is reported with its reason")
    return AbsenceReported(meeting=roll.meeting, delegate=delegate, reason=reason.strip(), by=by)


def decide_absence(roll: Roll, delegate: str, *, accepted: bool, by: str) -> AbsenceDecided | Refusal:
    """Decide on the chair's acceptance."""
    if delegate not in roll.absences:
        return Refusal(code="no-absence", message=f"no absence of {delegate} was reported")
    return AbsenceDecided(meeting=roll.meeting, delegate=delegate, accepted=accepted, by=by)


def give_proxy(roll: Roll, giver: str, holder: str, *, document: str, by: str) -> ProxyGiven | Refusal:
    """Decide on a proxy between two members; nobody passes on a proxy that they hold."""
    strangers = [d for d in (giver, holder) if d not in roll.members]
    if strangers or giver == holder:
        return Refusal(code="no-proxy", message=f"a proxy is given by one member to another, not {giver} to {holder}")
    if holder in roll.proxies or giver in roll.proxies.values():
        return Refusal(code="proxy-passed-on", message=f"{giver} or {holder} has a proxy already: none is passed on")
    return ProxyGiven(meeting=roll.meeting, giver=giver, holder=holder, document=document, by=by)


# Spans of time -------------------------------------------------------------------------------------------------------


def moment(text: str) -> datetime:
    """A time with its offset from ISO 8601; raises `ValueError` where there is none."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no offset from UTC")
    return at


def stay(roll: Roll, delegate: str, begin: str, end: str) -> Stay:
    """How much of [begin, end) the delegate was on the roll. Times are ISO 8601 with their offsets."""
    first, last = moment(begin), moment(end)
    inside = [
        (max(moment(s.arrived.at), first), min(moment(s.left_at), last) if s.left_at else last)
        for s in roll.intervals.get(delegate, ())
    ]
    inside = [(a, b) for a, b in inside if a < b]
    if not inside:
        return Stay.NONE
    late, early = inside[0][0] > first, inside[-1][1] < last
    gaps = any(b < a for (_, b), (a, _) in pairwise(inside))
    if gaps or (late and early):
        return Stay.PART
    return Stay.LATE if late else Stay.EARLY if early else Stay.WHOLE


def due(starts_at: str, convened_at: str) -> str:
    """The start against which lateness is measured: the published one, empty where there is none that can be.

    A meeting that was convened on a later day (of the published start's own local time) was put off: nobody was late by
    those days. One that was convened on an earlier day only has its roll open early.
    """
    if not starts_at:
        return ""
    start = moment(starts_at)
    return starts_at if moment(convened_at).astimezone(start.tzinfo).date() <= start.date() else ""


def late_minutes(roll: Roll, delegate: str, starts_at: str) -> int:
    """Whole minutes by which somebody first came after the start that is `due`; 0 if never, or if that is empty."""
    stays = roll.intervals.get(delegate, ())
    return whole_minutes(starts_at, stays[0].arrived.at) if stays and starts_at else 0


def whole_minutes(begin: str, end: str) -> int:
    """Whole minutes between two times, at least 0."""
    return max(0, int((moment(end) - moment(begin)).total_seconds() // 60))
