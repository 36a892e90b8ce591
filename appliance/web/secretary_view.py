"""The secretary's desk as a value: what is to be done next, the ballot, the agenda, the seats. Who voted, never how."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from appliance import opening, rules
from appliance import slips as opinion_slips
from appliance.ballot import Ballot
from appliance.minutes import Minutes
from appliance.slips import Slips
from appliance.values import Delegate, Item, Role, Voting
from appliance.web import view
from appliance.web.turnout import Turnout, Wait
from appliance.web.view import BallotView, Head


class Seated(enum.StrEnum):
    """What the seat map may say about a place."""

    FREE = "free"  # nobody sits there in this meeting
    ABSENT = "absent"
    PRESENT = "present"
    WAITED_FOR = "waited-for"  # may vote in the open ballot and has not
    VOTED = "voted"
    GUEST = "guest"  # present, without a vote


class Do(enum.StrEnum):
    """The next step, in the one place where it always stands."""

    CONVENE = "convene"
    TAKE_UP = "take-up"
    OPEN = "open"
    CLOSE = "close"
    RESUME = "resume"
    COUNT_HANDS = "count-hands"
    PASSPHRASE = "passphrase"
    END = "end"
    MINUTES = "minutes"


@dataclass(frozen=True)
class Step:
    """What is to be done next. `hindrance` is the code of a refusal that it would meet just now; empty: none.

    `following` is the item after `item`, where the meeting may also go on without a ballot.
    """

    do: Do
    item: Item | None = None
    ballot: str = ""
    hindrance: str = ""
    following: Item | None = None


@dataclass(frozen=True)
class Place:
    """One seat of the map. `locked`: its keypad does not count."""

    seat: str
    delegate: str
    name: str
    state: Seated
    locked: bool


@dataclass(frozen=True)
class AgendaLine:
    """One item: where the meeting is with it, how it is decided, and the ballots held on it, oldest first."""

    number: int
    item: Item
    current: bool
    done: bool
    majority: dict[str, str]
    needed: int | None
    ballots: tuple[BallotView, ...]


@dataclass(frozen=True)
class SecretaryView:
    """The secretary's desk. `witnesses` can vouch for what the secretary enters; `voters` may vote just now.

    `secrets_ahead`: the agenda has secret ballots that were not held; `announceable`: slips that no session heard of,
    `slips_tied` those whose tie waits for a chair.
    """

    head: Head | None
    step: Step
    running: BallotView | None = None
    latest: BallotView | None = None
    tied: tuple[BallotView, ...] = ()
    uncounted: BallotView | None = None
    agenda: tuple[AgendaLine, ...] = ()
    places: tuple[Place, ...] = ()
    waited_for: tuple[Delegate, ...] = ()
    witnesses: tuple[Delegate, ...] = ()
    voters: tuple[Delegate, ...] = ()
    members: tuple[Delegate, ...] = ()
    passphrase: Wait | None = None
    secrets_ahead: bool = False
    override: str = ""
    announceable: int = 0
    slips_tied: int = 0
    absences: int = 0

    @property
    def passphrase_wanted(self) -> bool:
        """Whether somebody should type it, now or before a ballot that is to come."""
        sealed = self.uncounted is not None or (self.running is not None and self.running.method is Voting.SECRET)
        return self.passphrase in (Wait.NONE, Wait.SEALED) and (self.secrets_ahead or sealed)

    @property
    def passphrase_urgent(self) -> bool:
        """Whether something stands still until it is typed."""
        waits = self.step.do is Do.PASSPHRASE or self.step.hindrance == "passphrase-needed"
        return self.passphrase is Wait.SEALED or waits or self.running is None


def secretary(minutes: Minutes | None, slips: Slips, turnout: Turnout) -> SecretaryView:
    """The secretary's desk."""
    if minutes is None:
        return SecretaryView(None, Step(Do.CONVENE))
    running, latest, roll = minutes.running, minutes.latest, minutes.roll
    took_part = _took_part(running, turnout)
    waited = frozenset(view.waited_for(minutes, running, took_part)) if running and _known(running, turnout) else None
    seated = sorted(roll.roster.values(), key=view.by_seat)
    ahead = [i for i in minutes.convened.agenda if i.voting is Voting.SECRET and not minutes.ballots_on(i.id)]
    shown = {b.id: _ballot(minutes, b, turnout) for b in minutes.ballots.values()}
    tied = [b for b in shown.values() if b.result is not None and b.result.undecided]
    return SecretaryView(
        head=view.head(minutes),
        step=step(minutes, turnout.passphrase),
        running=shown[running.id] if running else None,
        latest=shown[latest.id] if latest else None,
        tied=tuple(tied),
        uncounted=shown[minutes.uncounted.id] if minutes.uncounted else None,
        agenda=_agenda(minutes, shown),
        places=_places(minutes, running, waited),
        waited_for=tuple(d for d in seated if waited is not None and d.id in waited),
        witnesses=tuple(d for d in seated if d.id in roll.present and d.id != minutes.convened.secretary),
        voters=tuple(d for d in seated if running and d.id in running.opened.present and d.id in roll.present),
        members=tuple(d for d in seated if d.role is Role.MEMBER),
        passphrase=turnout.passphrase,
        secrets_ahead=bool(ahead) and minutes.ended_at is None,
        override=minutes.override.reason if minutes.override else "",
        announceable=sum(not s.is_open and not s.announced for s in slips.values()),
        slips_tied=len(opinion_slips.undecided(slips)),
        absences=sum(a.accepted is None for a in roll.absences.values()),
    )


# The next step -------------------------------------------------------------------------------------------------------


def step(minutes: Minutes, passphrase: Wait | None) -> Step:
    """The one thing that the meeting as it stands calls for; everything else is still possible beside it."""
    if minutes.ended_at is not None:
        return Step(Do.MINUTES)
    if minutes.running is not None:
        return _while_open(minutes.running)
    if minutes.uncounted is not None:
        return Step(Do.PASSPHRASE, ballot=minutes.uncounted.id)
    current, following = minutes.current_item, minutes.next_item
    if current is not None and not _is_decided(minutes, current):
        return Step(Do.OPEN, current, hindrance=_hindrance(minutes, current, passphrase), following=following)
    if following is not None:
        return Step(Do.TAKE_UP, following)
    return Step(Do.END)


def _while_open(running: Ballot) -> Step:
    if running.opened.method is Voting.HANDS:
        return Step(Do.COUNT_HANDS, ballot=running.id)
    return Step(Do.RESUME if running.is_held else Do.CLOSE, ballot=running.id)


def _is_decided(minutes: Minutes, item: Item) -> bool:
    """Whether a ballot on the item has come to a result, or was annulled: then another one is a decision of its own."""
    return bool(minutes.ballots_on(item.id))


def _hindrance(minutes: Minutes, item: Item, passphrase: Wait | None) -> str:
    head = view.head(minutes)
    if head is not None and not head.standing.has_quorum and minutes.override is None:
        return "no-quorum"
    return "passphrase-needed" if item.voting is Voting.SECRET and passphrase in (Wait.NONE, Wait.SEALED) else ""


# Its parts -----------------------------------------------------------------------------------------------------------


def _known(running: Ballot, turnout: Turnout) -> bool:
    """Whether it is known who has voted: of a box that is sealed after a power cut it is not."""
    return running.opened.method is not Voting.SECRET or (turnout.known and turnout.ballot == running.id)


def _took_part(running: Ballot | None, turnout: Turnout) -> frozenset[str] | None:
    if running is None or running.opened.method is not Voting.SECRET:
        return None
    return frozenset(running.opened.present) - frozenset(turnout.waited_for)


def _ballot(minutes: Minutes, one: Ballot, turnout: Turnout) -> BallotView:
    return view.ballot(minutes, one, cast=view.votes_cast(one, turnout.cast if turnout.ballot == one.id else None))


def _agenda(minutes: Minutes, shown: dict[str, BallotView]) -> tuple[AgendaLine, ...]:
    rule, current = rules.preset(minutes.convened.preset), minutes.current_item
    now = opening.standing(rule, minutes.roll)
    taken_up = {item for _, item in minutes.taken_up}
    return tuple(
        AgendaLine(
            number=number,
            item=item,
            current=current is not None and item.id == current.id and minutes.ended_at is None,
            done=item.id in taken_up,
            majority=dict(rule.majorities[item.majority].words),
            needed=rule.needed(item.majority, now.total, now.here),
            ballots=tuple(shown[b.id] for b in minutes.ballots_on(item.id)),
        )
        for number, item in enumerate(minutes.convened.agenda, 1)
    )


def _places(minutes: Minutes, running: Ballot | None, waited: frozenset[str] | None) -> tuple[Place, ...]:
    """Every seat that somebody has or had in this meeting, or should have by the roster."""
    seats = {*minutes.plan.bound, *minutes.plan.locked, *(d.seat for d in minutes.convened.roster if d.seat)}
    return tuple(_place(minutes, seat, running, waited) for seat in sorted(seats, key=view.seat_order))


def _place(minutes: Minutes, seat: str, running: Ballot | None, waited: frozenset[str] | None) -> Place:
    one, locked = minutes.at_seat(seat), seat in minutes.plan.locked
    if one is None:
        return Place(seat, "", "", Seated.FREE, locked)
    return Place(seat, one.id, one.name, _state(minutes, one, running, waited), locked)


def _state(minutes: Minutes, one: Delegate, running: Ballot | None, waited: frozenset[str] | None) -> Seated:
    if one.id not in minutes.roll.present:
        return Seated.ABSENT
    if one.role is not Role.MEMBER:
        return Seated.GUEST
    counted = running is not None and waited is not None and running.opened.method is not Voting.HANDS
    if not counted or running is None or one.id not in running.opened.present:
        return Seated.PRESENT
    return Seated.WAITED_FOR if waited is not None and one.id in waited else Seated.VOTED
