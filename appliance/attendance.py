"""The roll: who is present, since when, by what evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from appliance.events import CheckedIn, CheckInRevoked, Delegate, Event, MeetingConvened, Method, Refusal, Role


@dataclass(frozen=True)
class Attendance:
    """One delegate on the roll. `at` is UTC, ISO 8601; `by` who vouched: `door`, the delegate, or a secretary."""

    delegate: str
    at: str
    method: Method
    by: str
    reason: str = ""


@dataclass(frozen=True)
class Roll:
    """The roll of one meeting: a fold of its facts."""

    meeting: str
    roster: Mapping[str, Delegate] = field(default_factory=dict)
    present: Mapping[str, Attendance] = field(default_factory=dict)
    revoked: frozenset[str] = frozenset()  # taken off by the secretary: a face alone does not bring them back

    @property
    def members(self) -> tuple[str, ...]:
        """Ids of all members in the order of the roster: N of the rule."""
        return tuple(d.id for d in self.roster.values() if d.role is Role.MEMBER)

    @property
    def members_present(self) -> tuple[str, ...]:
        """Ids of the members on the roll, in the order of the roster."""
        return tuple(d for d in self.members if d in self.present)


def convene(event: MeetingConvened) -> Roll:
    """The empty roll of a meeting that begins."""
    return Roll(event.meeting, {delegate.id: delegate for delegate in event.roster})


def apply(roll: Roll, event: Event, at: str) -> Roll:
    """The roll after `event`; facts of other meetings and other kinds leave it as it is. The first check-in stands.

    A face that the door appended in the very moment in which its delegate was taken off does not bring them back.
    """
    if isinstance(event, CheckedIn) and event.meeting == roll.meeting:
        if event.delegate in roll.present or event.delegate not in roll.roster:
            return roll
        if event.method is Method.FACE and event.delegate in roll.revoked:
            return roll
        mark = Attendance(event.delegate, at, event.method, event.by, event.reason)
        return replace(roll, present={**roll.present, event.delegate: mark})
    if isinstance(event, CheckInRevoked) and event.meeting == roll.meeting:
        still = {k: v for k, v in roll.present.items() if k != event.delegate}
        return replace(roll, present=still, revoked=roll.revoked | {event.delegate})
    return roll


def check_in(
    roll: Roll,
    delegate: str,
    method: Method,
    *,
    by: str,
    reason: str = "",
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
        evidence=dict(evidence or {}),
    )


def revoke(roll: Roll, delegate: str, *, by: str, reason: str) -> CheckInRevoked | Refusal:
    """Decide on taking a delegate off the roll."""
    if delegate not in roll.present:
        return Refusal(code="not-present", message=f"{delegate} is not on the roll")
    if not reason.strip():
        return Refusal(code="reason-missing", message="taking somebody off the roll needs a reason")
    return CheckInRevoked(meeting=roll.meeting, delegate=delegate, by=by, reason=reason.strip())
