"""The fold of a meeting: what pages show, and what minutes and exports print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from appliance import attendance, ballot
from appliance.attendance import Roll
from appliance.ballot import Ballot
from appliance.events import (
    BallotOpened,
    Delegate,
    Event,
    FaceNotIdentified,
    Item,
    MeetingConvened,
    MeetingEnded,
    ResultSigned,
    Role,
)


class Entry(Protocol):
    """What a fold needs of a journal entry."""

    @property
    def at(self) -> str:
        """UTC, ISO 8601."""
        ...

    @property
    def event(self) -> Event:
        """The fact."""
        ...


@dataclass(frozen=True)
class Minutes:
    """One meeting from its convening on. `ballots` is in the order of opening; `not_identified` counts visits."""

    convened: MeetingConvened
    convened_at: str
    roll: Roll
    ballots: Mapping[str, Ballot] = field(default_factory=dict)
    not_identified: Mapping[str, int] = field(default_factory=dict)
    ended_at: str | None = None

    @property
    def id(self) -> str:
        """The meeting's identifier."""
        return self.convened.meeting

    @property
    def running(self) -> Ballot | None:
        """The ballot that is open, if one is."""
        return next((b for b in self.ballots.values() if b.is_open), None)

    @property
    def latest(self) -> Ballot | None:
        """The ballot opened last, open or closed."""
        return list(self.ballots.values())[-1] if self.ballots else None

    def item(self, item_id: str) -> Item | None:
        """An agenda item by id."""
        return next((item for item in self.convened.agenda if item.id == item_id), None)

    def at_seat(self, seat: str) -> Delegate | None:
        """The delegate who sits there."""
        return next((d for d in self.convened.roster if d.seat == seat), None)

    def ballots_on(self, item_id: str) -> tuple[Ballot, ...]:
        """The ballots on one item, in order."""
        return tuple(b for b in self.ballots.values() if b.opened.item == item_id)

    @property
    def absent_members(self) -> tuple[Delegate, ...]:
        """Members who are not on the roll, by name in the minutes."""
        return tuple(d for d in self.convened.roster if d.role is Role.MEMBER and d.id not in self.roll.present)


def apply(minutes: Minutes | None, event: Event, at: str) -> Minutes | None:
    """The current meeting after `event`; a meeting that is convened replaces the one before.

    After its end only a result that was still to be signed is added: the door may append a check-in in the very moment
    in which the meeting ends. A ballot begins once; a second opening of the same name changes nothing.
    """
    if isinstance(event, MeetingConvened):
        return Minutes(event, at, attendance.convene(event))
    if minutes is None or (minutes.ended_at is not None and not isinstance(event, ResultSigned)):
        return minutes
    if isinstance(event, MeetingEnded) and event.meeting == minutes.id:
        return replace(minutes, ended_at=at)
    if isinstance(event, BallotOpened) and event.meeting == minutes.id and event.ballot not in minutes.ballots:
        return replace(minutes, ballots={**minutes.ballots, event.ballot: ballot.begin(event, at)})
    if isinstance(event, FaceNotIdentified) and event.meeting == minutes.id:
        count = minutes.not_identified.get(event.decision, 0) + 1
        return replace(minutes, not_identified={**minutes.not_identified, event.decision: count})
    name = str(getattr(event, "ballot", ""))
    if name in minutes.ballots:
        return replace(minutes, ballots={**minutes.ballots, name: ballot.apply(minutes.ballots[name], event, at)})
    roll = attendance.apply(minutes.roll, event, at)
    return minutes if roll is minutes.roll else replace(minutes, roll=roll)


def fold_all(entries: Iterable[Entry]) -> list[Minutes]:
    """Every meeting in a run of entries, in order; facts before the first convening belong to none."""
    meetings: list[Minutes] = []
    for entry in entries:
        current = apply(meetings[-1] if meetings else None, entry.event, entry.at)
        if isinstance(entry.event, MeetingConvened) and current is not None:
            meetings.append(current)
        elif current is not None:
            meetings[-1] = current
    return meetings


def fold(entries: Iterable[Entry]) -> Minutes | None:
    """The latest meeting in the journal, or None where none was ever convened."""
    return next(reversed(fold_all(entries)), None)
