"""The fold of a meeting: what pages show, and what minutes and exports print."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from appliance import attendance, ballot, seating
from appliance.attendance import Roll
from appliance.ballot import Ballot
from appliance.events import (
    BallotOpened,
    ChairNamed,
    ConclusionRecorded,
    Event,
    FaceNotIdentified,
    ItemTakenUp,
    MeetingConvened,
    MeetingEnded,
    MinutesConfirmed,
    MinutesSigned,
    ProceedingNoted,
    ProxyGiven,
    ProxyWithdrawn,
    QuorumOverridden,
    ResultSigned,
    SeatLockedOut,
    SeatReadmitted,
    SecretSessionBegan,
    SecretSessionEnded,
    TaskAssigned,
    TaskWithdrawn,
)
from appliance.seating import Plan
from appliance.values import Capacity, Delegate, Item, Role, Task


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
class Note:
    """Something noted in the course of the meeting. `item` is empty where it belongs to none."""

    at: str
    item: str
    text: str


@dataclass(frozen=True)
class Confirmation:
    """Who confirmed the minutes when, and which."""

    at: str
    delegate: str
    digest: str


@dataclass(frozen=True)
class Minutes:
    """One meeting from its convening on. Times are UTC, ISO 8601.

    `ballots` is in the order of opening; `not_identified` counts visits; `taken_up` are the items in the order in which
    the meeting turned to them; `secret_sessions` spans of time, the last without an end while it lasts; `override` is a
    quorum's override that the next ballot uses up.
    """

    convened: MeetingConvened
    convened_at: str
    roll: Roll
    plan: Plan
    chair: str
    chairs: tuple[tuple[str, ChairNamed], ...] = ()
    ballots: Mapping[str, Ballot] = field(default_factory=dict)
    taken_up: tuple[tuple[str, str], ...] = ()  # when, item
    override: QuorumOverridden | None = None
    incidents: tuple[tuple[str, Event], ...] = ()  # when, a fact on a keypad, a quorum or a proxy
    secret_sessions: tuple[tuple[str, str | None], ...] = ()
    proceedings: tuple[Note, ...] = ()
    conclusions: Mapping[str, Note] = field(default_factory=dict)  # item → the last
    tasks: Mapping[str, Task] = field(default_factory=dict)
    not_identified: Mapping[str, int] = field(default_factory=dict)
    ended_at: str | None = None
    confirmations: Mapping[Capacity, Confirmation] = field(default_factory=dict)
    envelope: str | None = None

    @property
    def id(self) -> str:
        """The meeting's identifier."""
        return self.convened.meeting

    @property
    def running(self) -> Ballot | None:
        """The ballot that is open, if one is."""
        return next((b for b in self.ballots.values() if b.is_open), None)

    @property
    def uncounted(self) -> Ballot | None:
        """The secret ballot whose box waits to be opened, if one does."""
        return next((b for b in self.ballots.values() if b.awaits_count), None)

    @property
    def latest(self) -> Ballot | None:
        """The ballot opened last, open or closed."""
        return list(self.ballots.values())[-1] if self.ballots else None

    @property
    def current_item(self) -> Item | None:
        """The item that the meeting turned to last."""
        return self.item(self.taken_up[-1][1]) if self.taken_up else None

    @property
    def next_item(self) -> Item | None:
        """The first item of the agenda behind the current one that the meeting has not turned to."""
        done = {item for _, item in self.taken_up}
        agenda, current = self.convened.agenda, self.current_item
        rest = agenda[agenda.index(current) + 1 :] if current is not None else agenda
        return next((item for item in rest if item.id not in done), None)

    def item(self, item_id: str) -> Item | None:
        """An agenda item by id."""
        return next((item for item in self.convened.agenda if item.id == item_id), None)

    def at_seat(self, seat: str) -> Delegate | None:
        """The delegate who sits there in this meeting."""
        return self.roll.roster.get(self.plan.bound.get(seat, ""))

    def ballots_on(self, item_id: str) -> tuple[Ballot, ...]:
        """The ballots on one item, in order."""
        return tuple(b for b in self.ballots.values() if b.opened.item == item_id)

    @property
    def absent_members(self) -> tuple[Delegate, ...]:
        """Members who are not on the roll."""
        return tuple(d for d in self.convened.roster if d.role is Role.MEMBER and d.id not in self.roll.present)

    def confirmer(self, capacity: Capacity) -> str:
        """The delegate who confirms the minutes in that capacity; empty where the meeting names none."""
        return self.chair if capacity is Capacity.CHAIR else self.convened.secretary

    @property
    def unconfirmed(self) -> tuple[Capacity, ...]:
        """In which capacity somebody whom the meeting names has yet to confirm its minutes."""
        return tuple(c for c in Capacity if self.confirmer(c) and c not in self.confirmations)

    @property
    def is_confirmed(self) -> bool:
        """Whether everybody whom the meeting names for it has confirmed its minutes, and somebody is named."""
        return bool(self.confirmations) and not self.unconfirmed


def begin(event: MeetingConvened, at: str) -> Minutes:
    """A meeting at its convening."""
    return Minutes(event, at, attendance.convene(event), seating.convene(event), event.chair)


def apply(minutes: Minutes | None, event: Event, at: str) -> Minutes | None:
    """The current meeting after `event`; a meeting that is convened replaces the one before.

    After its end only results, confirmations and the signature are added: the door may append a check-in in the very
    moment in which the meeting ends. A ballot begins once; a second opening of the same name changes nothing.
    """
    if isinstance(event, MeetingConvened):
        return begin(event, at)
    if minutes is None or (minutes.ended_at is not None and not isinstance(event, _AFTER_THE_END)):
        return minutes
    name = str(getattr(event, "ballot", ""))
    if name in minutes.ballots and not isinstance(event, BallotOpened):
        return replace(minutes, ballots={**minutes.ballots, name: ballot.apply(minutes.ballots[name], event, at)})
    if getattr(event, "meeting", None) != minutes.id:
        return minutes
    if isinstance(event, _INCIDENTS):
        minutes = replace(minutes, incidents=(*minutes.incidents, (at, event)))
    if (fold := _FOLDS.get(type(event))) is not None:
        return fold(minutes, event, at)
    roll, plan = attendance.apply(minutes.roll, event, at), seating.apply(minutes.plan, event)
    same = roll is minutes.roll and plan is minutes.plan
    return minutes if same else replace(minutes, roll=roll, plan=plan)


_AFTER_THE_END = (ResultSigned, MinutesConfirmed, MinutesSigned)

_INCIDENTS = (SeatLockedOut, SeatReadmitted, QuorumOverridden, ProxyGiven, ProxyWithdrawn)
"""What minutes tell with its time and the state alone forgets."""


def _ended(minutes: Minutes, _event: MeetingEnded, at: str) -> Minutes:
    return replace(minutes, ended_at=at, secret_sessions=_closed(minutes.secret_sessions, at))


def _opened(minutes: Minutes, event: BallotOpened, at: str) -> Minutes:
    if event.ballot in minutes.ballots:
        return minutes
    ballots = {**minutes.ballots, event.ballot: ballot.begin(event, at)}
    return replace(minutes, ballots=ballots, override=None)


def _taken_up(minutes: Minutes, event: ItemTakenUp, at: str) -> Minutes:
    return replace(minutes, taken_up=(*minutes.taken_up, (at, event.item)))


def _chair(minutes: Minutes, event: ChairNamed, at: str) -> Minutes:
    return replace(minutes, chair=event.delegate, chairs=(*minutes.chairs, (at, event)))


def _not_identified(minutes: Minutes, event: FaceNotIdentified, _at: str) -> Minutes:
    count = minutes.not_identified.get(event.decision, 0) + 1
    return replace(minutes, not_identified={**minutes.not_identified, event.decision: count})


def _overridden(minutes: Minutes, event: QuorumOverridden, _at: str) -> Minutes:
    return replace(minutes, override=event)


def _secret_began(minutes: Minutes, _event: SecretSessionBegan, at: str) -> Minutes:
    return replace(minutes, secret_sessions=(*_closed(minutes.secret_sessions, at), (at, None)))


def _secret_ended(minutes: Minutes, _event: SecretSessionEnded, at: str) -> Minutes:
    return replace(minutes, secret_sessions=_closed(minutes.secret_sessions, at))


def _closed(spans: tuple[tuple[str, str | None], ...], at: str) -> tuple[tuple[str, str | None], ...]:
    return tuple((begin, end or at) for begin, end in spans)


def _noted(minutes: Minutes, event: ProceedingNoted, at: str) -> Minutes:
    return replace(minutes, proceedings=(*minutes.proceedings, Note(at, event.item, event.text)))


def _concluded(minutes: Minutes, event: ConclusionRecorded, at: str) -> Minutes:
    return replace(minutes, conclusions={**minutes.conclusions, event.item: Note(at, event.item, event.text)})


def _assigned(minutes: Minutes, event: TaskAssigned, _at: str) -> Minutes:
    return replace(minutes, tasks={**minutes.tasks, event.task.id: event.task})


def _withdrawn(minutes: Minutes, event: TaskWithdrawn, _at: str) -> Minutes:
    return replace(minutes, tasks={name: task for name, task in minutes.tasks.items() if name != event.task})


def _confirmed(minutes: Minutes, event: MinutesConfirmed, at: str) -> Minutes:
    mark = Confirmation(at, event.delegate, event.digest)
    return replace(minutes, confirmations={**minutes.confirmations, event.capacity: mark})


def _signed(minutes: Minutes, event: MinutesSigned, _at: str) -> Minutes:
    return replace(minutes, envelope=minutes.envelope or event.envelope)


_FOLDS: dict[type[Event], Callable[[Minutes, Any, str], Minutes]] = {
    MeetingEnded: _ended,
    BallotOpened: _opened,
    ItemTakenUp: _taken_up,
    ChairNamed: _chair,
    FaceNotIdentified: _not_identified,
    QuorumOverridden: _overridden,
    SecretSessionBegan: _secret_began,
    SecretSessionEnded: _secret_ended,
    ProceedingNoted: _noted,
    ConclusionRecorded: _concluded,
    TaskAssigned: _assigned,
    TaskWithdrawn: _withdrawn,
    MinutesConfirmed: _confirmed,
    MinutesSigned: _signed,
}


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
