"""The roll and the seats as the secretary works on them: every stay, how, from where; absences; whose keypad counts."""

from __future__ import annotations

from dataclasses import dataclass

from appliance import attendance, minutes_document, rules, seating
from appliance.attendance import Absence, Attendance, Interval
from appliance.minutes import Minutes
from appliance.values import Delegate, Seating
from appliance.web import view
from appliance.web.view import Head


@dataclass(frozen=True)
class Seat:
    """A place and whose it is in this meeting; `locked` says why its keypad does not count, empty: it does."""

    name: str
    delegate: str
    holder: str
    locked: str
    wired: bool


@dataclass(frozen=True)
class RollLine:
    """One line of the roll. `late`: whole minutes after the start that was due. Names, not ids, of other people."""

    delegate: Delegate
    attendance: Attendance | None
    stays: tuple[Interval, ...]
    late: int
    absence: Absence | None
    substitute_for: str
    substitute: str
    seat: Seat | None
    proxy: str
    presides: bool


@dataclass(frozen=True)
class RollView:
    """The roll page. `proxies`: whether the rule knows them."""

    head: Head | None
    lines: tuple[RollLine, ...] = ()
    seats: tuple[Seat, ...] = ()
    seating: Seating = Seating.FIXED
    proxies: bool = False
    visits: int = 0

    @property
    def absences(self) -> tuple[RollLine, ...]:
        """Those whose reported absence the chair has not decided."""
        return tuple(line for line in self.lines if line.absence is not None and line.absence.accepted is None)

    @property
    def unseated(self) -> tuple[RollLine, ...]:
        """Those without a place."""
        return tuple(line for line in self.lines if line.seat is None)


def roll(minutes: Minutes | None, wired: tuple[str, ...] = ()) -> RollView:
    """The roll page; `wired` are the seats that have a keypad."""
    if minutes is None:
        return RollView(None)
    seats = _seats(minutes, wired)
    by_delegate = {seat.delegate: seat for seat in seats if seat.delegate}
    return RollView(
        head=view.head(minutes),
        lines=tuple(_line(minutes, d, by_delegate.get(d.id)) for d in minutes.convened.roster),
        seats=seats,
        seating=minutes.plan.seating,
        proxies=rules.preset(minutes.convened.preset).weighted,
        visits=sum(minutes.not_identified.values()),
    )


def _seats(minutes: Minutes, wired: tuple[str, ...]) -> tuple[Seat, ...]:
    names = sorted(seating.names(minutes.plan, minutes.roll, wired), key=view.seat_order)
    return tuple(_seat(minutes, name, name in wired) for name in names)


def _seat(minutes: Minutes, name: str, wired: bool) -> Seat:
    holder = minutes.at_seat(name)
    locked = minutes.plan.locked.get(name, "")
    return Seat(name, holder.id if holder else "", holder.name if holder else "", locked, wired)


def _line(minutes: Minutes, one: Delegate, seat: Seat | None) -> RollLine:
    known = minutes.roll
    stands_in = next((d.name for d in minutes.convened.roster if d.substitute_for == one.id), "")
    return RollLine(
        delegate=one,
        attendance=known.present.get(one.id),
        stays=known.intervals.get(one.id, ()),
        late=_late(minutes, one.id),
        absence=known.absences.get(one.id),
        substitute_for=view.name_of(minutes, one.substitute_for) if one.substitute_for else "",
        substitute=stands_in,
        seat=seat,
        proxy=view.name_of(minutes, known.proxies[one.id]) if one.id in known.proxies else "",
        presides=one.id == minutes.chair,
    )


def _late(minutes: Minutes, delegate: str) -> int:
    published, _ = minutes_document.start(minutes.convened.starts_at)
    return attendance.late_minutes(minutes.roll, delegate, attendance.due(published, minutes.convened_at))
