"""What each page shows of a meeting: values made from the fold, compared before anything is rendered.

No I/O. While a ballot is open somebody else's choice is in none of these values: pages cannot leak what they never had.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from appliance import ballot as ballots
from appliance import rules
from appliance.attendance import Attendance
from appliance.ballot import Ballot
from appliance.events import Channel, Choice, Delegate, Item, MeetingConvened, Role
from appliance.minutes import Minutes
from appliance.rules import Outcome, Rule, Tally
from appliance.web.presses import Cast, Presses, Refused


class Seated(enum.StrEnum):
    """What the seat map may say about a place."""

    ABSENT = "absent"
    PRESENT = "present"
    WAITED_FOR = "waited-for"  # may vote in the open ballot and has not
    VOTED = "voted"
    GUEST = "guest"  # present, without a vote


@dataclass(frozen=True)
class Head:
    """The band on top of every page: the meeting and its quorum, counted over all members."""

    title: str
    body: str
    place: str
    starts_at: str
    present: int
    members: int
    quorum: int
    ended: bool

    @property
    def has_quorum(self) -> bool:
        """Whether enough members are on the roll to open a ballot."""
        return self.present >= self.quorum


@dataclass(frozen=True)
class Result:
    """A closed ballot in counts."""

    tally: Tally
    outcome: Outcome
    sentence: Mapping[str, str]


@dataclass(frozen=True)
class BallotView:
    """One ballot. `result` is None until the close; `cast` counts votes and is None where nobody needs it."""

    id: str
    item: str
    title: str
    question: str
    quorum: int
    needed: int
    electorate: int
    present: int
    is_open: bool
    opened_at: str
    closed_at: str | None
    cast: int | None
    result: Result | None
    wording: Mapping[str, Mapping[Choice, str]]
    majority: Mapping[str, str]
    article: str


@dataclass(frozen=True)
class Place:
    """One seat of the map."""

    seat: str
    delegate: str
    name: str
    state: Seated


@dataclass(frozen=True)
class RollLine:
    """One line of the roll as the secretary sees it."""

    delegate: Delegate
    attendance: Attendance | None


@dataclass(frozen=True)
class AgendaLine:
    """One item with the ballots held on it, oldest first."""

    item: Item
    ballots: tuple[BallotView, ...]


@dataclass(frozen=True)
class DelegateView:
    """The page of one delegate. `mine` is this delegate's own choice; `hindrance` why the buttons are not there."""

    head: Head | None
    me: Delegate | None
    attendance: Attendance | None
    ballot: BallotView | None
    mine: Choice | None
    cast: Cast | None
    refused: Refused | None
    hindrance: str | None


@dataclass(frozen=True)
class HallView:
    """The hall's screen."""

    head: Head | None
    ballot: BallotView | None


@dataclass(frozen=True)
class SecretaryView:
    """The secretary's desk."""

    head: Head | None
    running: BallotView | None
    latest: BallotView | None
    agenda: tuple[AgendaLine, ...]
    roll: tuple[RollLine, ...]
    places: tuple[Place, ...]
    waited_for: int
    visits: int


@dataclass(frozen=True)
class DoorView:
    """What the door's screen knows without the camera."""

    head: Head | None
    delegates: tuple[Delegate, ...]


def head(minutes: Minutes | None) -> Head | None:
    """The band on top; None before any meeting."""
    if minutes is None:
        return None
    convened: MeetingConvened = minutes.convened
    members = len(minutes.roll.members)
    return Head(
        title=convened.title,
        body=convened.body,
        place=convened.place,
        starts_at=convened.starts_at,
        present=len(minutes.roll.members_present),
        members=members,
        quorum=rules.preset(convened.preset).quorum(members),
        ended=minutes.ended_at is not None,
    )


def ballot(minutes: Minutes, one: Ballot, *, count: bool) -> BallotView:
    """One ballot; `count` adds how many have voted."""
    opened, rule = one.opened, rules.preset(one.opened.preset)
    item = minutes.item(opened.item)
    return BallotView(
        id=one.id,
        item=opened.item,
        title=item.title if item else opened.item,
        question=opened.question,
        quorum=opened.quorum,
        needed=opened.needed,
        electorate=len(opened.electorate),
        present=len(opened.present),
        is_open=one.is_open,
        opened_at=one.opened_at,
        closed_at=one.closed_at,
        cast=len(set(one.votes) & set(opened.present)) if count else None,
        result=None if one.is_open else _result(one),
        wording=rule.wording,
        majority=rule.majority,
        article=_article(rule),
    )


def _article(rule: Rule) -> str:
    return rule.needed_citation.article


def _result(one: Ballot) -> Result:
    verdict = ballots.verdict(one)
    return Result(ballots.tally(one), verdict.outcome, verdict.sentence)


def delegate(minutes: Minutes | None, presses: Presses, name: str) -> DelegateView:
    """The page of the delegate called `name` (an id)."""
    me = minutes.roll.roster.get(name) if minutes else None
    if minutes is None or me is None:
        return DelegateView(head(minutes), None, None, None, None, None, None, None)
    latest = minutes.latest
    shown = ballot(minutes, latest, count=False) if latest else None
    cast, refused = presses.of(latest.id, name) if latest else (None, None)
    return DelegateView(
        head=head(minutes),
        me=me,
        attendance=minutes.roll.present.get(name),
        ballot=shown,
        mine=latest.votes.get(name) if latest else None,
        cast=cast,
        refused=refused,
        hindrance=_hindrance(minutes, latest, name) if latest and latest.is_open else None,
    )


def _hindrance(minutes: Minutes, running: Ballot, name: str) -> str | None:
    # Any choice does: the core's reason does not depend on it, and nothing is recorded here.
    decided = ballots.cast(running, minutes.roll, name, Choice.ABSTAIN, Channel.TABLET)
    return getattr(decided, "code", None)


def hall(minutes: Minutes | None) -> HallView:
    """The hall's screen: the ballot opened last, with its count of votes, never how."""
    latest = minutes.latest if minutes else None
    return HallView(head(minutes), ballot(minutes, latest, count=True) if minutes and latest else None)


def door(minutes: Minutes | None) -> DoorView:
    """The door's screen: who may check in by PIN, in the order of the seats."""
    if minutes is None or minutes.ended_at is not None:
        return DoorView(head(minutes), ())
    return DoorView(head(minutes), tuple(sorted(minutes.convened.roster, key=by_seat)))


def secretary(minutes: Minutes | None) -> SecretaryView:
    """The secretary's desk."""
    if minutes is None:
        return SecretaryView(None, None, None, (), (), (), 0, 0)
    running, latest = minutes.running, minutes.latest
    places = tuple(_place(minutes, d) for d in sorted(minutes.convened.roster, key=by_seat) if d.seat)
    waited_for = [d for d in running.opened.present if d not in running.votes] if running else []
    return SecretaryView(
        head=head(minutes),
        running=ballot(minutes, running, count=True) if running else None,
        latest=ballot(minutes, latest, count=True) if latest else None,
        agenda=tuple(_agenda_line(minutes, item) for item in minutes.convened.agenda),
        roll=tuple(RollLine(d, minutes.roll.present.get(d.id)) for d in minutes.convened.roster),
        places=places,
        waited_for=len(waited_for),
        visits=sum(minutes.not_identified.values()),
    )


def _agenda_line(minutes: Minutes, item: Item) -> AgendaLine:
    return AgendaLine(item, tuple(ballot(minutes, b, count=True) for b in minutes.ballots_on(item.id)))


def _place(minutes: Minutes, one: Delegate) -> Place:
    running = minutes.running
    if one.id not in minutes.roll.present:
        state = Seated.ABSENT
    elif one.role is not Role.MEMBER:
        state = Seated.GUEST
    elif running is None or one.id not in running.opened.present:
        state = Seated.PRESENT
    else:
        state = Seated.VOTED if one.id in running.votes else Seated.WAITED_FOR
    return Place(one.seat or "", one.id, one.name, state)


def by_seat(one: Delegate) -> tuple[int, str, str]:
    """Sort key: in the order of the seats, those without a seat last, then by id."""
    return (*seat_order(one.seat or ""), one.id)


def seat_order(seat: str) -> tuple[int, str]:
    """Sort key of seats: by their numbers (2 before 10), no seat last."""
    digits = "".join(c for c in seat if c.isdigit())
    return (0 if seat else 1, digits.rjust(6, "0") if digits else seat)
