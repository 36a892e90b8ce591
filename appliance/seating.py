"""Who sits where in this meeting, and whose keypad counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from appliance.attendance import Roll, moment
from appliance.events import Event, MeetingConvened, SeatBound, SeatLockedOut, SeatReadmitted, SeatReleased
from appliance.values import Refusal, Seating

SETTLING_SECONDS = 120.0
"""Where seating is free: how long after a check-in one press of any key takes the place; later the key code does."""


@dataclass(frozen=True)
class Plan:
    """A fold of the facts on seats. `bound`: seat → delegate's id; `locked`: seat → why its keypad does not count."""

    meeting: str
    seating: Seating
    bound: Mapping[str, str] = field(default_factory=dict)
    locked: Mapping[str, str] = field(default_factory=dict)

    def seat_of(self, delegate: str) -> str | None:
        """Where the delegate sits."""
        return next((seat for seat, who in self.bound.items() if who == delegate), None)


def convene(event: MeetingConvened) -> Plan:
    """As the roster says where seating is fixed; empty where it is free."""
    fixed = event.seating is Seating.FIXED
    bound = {d.seat: d.id for d in event.roster if d.seat is not None} if fixed else {}
    return Plan(event.meeting, event.seating, bound)


def apply(plan: Plan, event: Event) -> Plan:
    """The plan after `event`: a delegate has one seat, a seat one delegate."""
    if getattr(event, "meeting", None) != plan.meeting:
        return plan
    if isinstance(event, SeatBound):
        others = {s: d for s, d in plan.bound.items() if d != event.delegate and s != event.seat}
        return replace(plan, bound={**others, event.seat: event.delegate})
    if isinstance(event, SeatReleased):
        return replace(plan, bound={s: d for s, d in plan.bound.items() if s != event.seat})
    if isinstance(event, SeatLockedOut):
        return replace(plan, locked={**plan.locked, event.seat: event.reason})
    if isinstance(event, SeatReadmitted):
        return replace(plan, locked={s: why for s, why in plan.locked.items() if s != event.seat})
    return plan


def names(plan: Plan, roll: Roll, wired: Iterable[str]) -> frozenset[str]:
    """Every seat there is: those with a keypad here (`wired`), and those that the meeting speaks of.

    A seat without a keypad is no mistake: another room has its own, or its delegate votes on a tablet.
    """
    return frozenset((*wired, *plan.bound, *plan.locked, *(d.seat for d in roll.roster.values() if d.seat)))


def settling(plan: Plan, roll: Roll, at: str) -> str | None:
    """The one delegate to whom a press at a free place belongs: present in person, without a seat, just checked in.

    None where several are looking for a place, or nobody: then a press alone does not say whose it is.
    """
    seated, now = set(plan.bound.values()), moment(at)
    waiting = [
        mark.delegate
        for mark in roll.present.values()
        if mark.delegate not in seated
        and mark.presence == "in-person"
        and 0 <= (now - moment(mark.at)).total_seconds() <= SETTLING_SECONDS
    ]
    return waiting[0] if plan.seating is Seating.FREE and len(waiting) == 1 else None


def bind(plan: Plan, roll: Roll, seat: str, delegate: str, *, by: str) -> SeatBound | Refusal:
    """Decide on a place for a delegate of the roster."""
    if delegate not in roll.roster:
        return Refusal(code="not-on-roster", message=f"{delegate} is not on the roster of meeting {roll.meeting}")
    holder = plan.bound.get(seat)
    if holder == delegate:
        return Refusal(code="seat-taken", message=f"{delegate} sits at {seat} already")
    if holder is not None:
        return Refusal(code="seat-taken", message=f"{holder} sits at {seat}; release the seat first")
    return SeatBound(meeting=plan.meeting, seat=seat, delegate=delegate, by=by)


def release(plan: Plan, seat: str, *, by: str, reason: str) -> SeatReleased | Refusal:
    """Decide on making a place free."""
    if seat not in plan.bound:
        return Refusal(code="seat-free", message=f"nobody sits at {seat}")
    return SeatReleased(meeting=plan.meeting, seat=seat, by=by, reason=reason)


def lock(plan: Plan, seat: str, *, by: str, reason: str) -> SeatLockedOut | Refusal:
    """Decide on a keypad that counts no longer. What its delegate has cast until now stands until they vote again."""
    if seat in plan.locked:
        return Refusal(code="seat-locked", message=f"the keypad of {seat} is locked out: {plan.locked[seat]}")
    delegate = plan.bound.get(seat, "")
    return SeatLockedOut(meeting=plan.meeting, seat=seat, delegate=delegate, by=by, reason=reason)


def readmit(plan: Plan, seat: str, *, by: str, reason: str) -> SeatReadmitted | Refusal:
    """Decide on a keypad that counts again."""
    if seat not in plan.locked:
        return Refusal(code="seat-not-locked", message=f"the keypad of {seat} counts")
    return SeatReadmitted(meeting=plan.meeting, seat=seat, by=by, reason=reason)
