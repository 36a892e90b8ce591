"""What pages show of a meeting: values made from the fold, compared before anything is rendered. Here: what they share.

No I/O. While a ballot is open somebody else's choice is in none of these values: pages cannot leak what they never had.
Each page's own value is in `secretary_view`, `roll_view`, `chair_view`, `delegate_view` and `hall_view`.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, timedelta

from appliance import ballot as ballots
from appliance import minutes_document, opening, rules
from appliance import tally as counting
from appliance.attendance import moment
from appliance.ballot import Ballot
from appliance.minutes import Minutes
from appliance.opening import Standing
from appliance.rules import Outcome, Tally, Verdict
from appliance.values import Choice, CountedVote, Delegate, Presence, Voting


@dataclass(frozen=True)
class Head:
    """The band on top of every page: the meeting and its quorum, counted over all members.

    `in_person` and `online` count everybody on the roll; `chair` is a name; `starts_at` has its offset, or is empty.
    """

    meeting: str
    title: str
    body: str
    place: str
    starts_at: str
    standing: Standing
    weighted: bool
    in_person: int
    online: int
    chair: str
    ended_at: str | None

    @property
    def ended(self) -> bool:
        """Whether the meeting is over."""
        return self.ended_at is not None


class Phase(enum.StrEnum):
    """Where a ballot is."""

    OPEN = "open"
    HELD = "held"
    SEALED = "sealed"  # secret and closed: its box waits for the passphrase
    ANNULLED = "annulled"
    CLOSED = "closed"  # with a result


@dataclass(frozen=True)
class ReadingView:
    """One way to read the rule at a tie: what it would mean, in full, and whether the chair chose it."""

    id: str
    outcome: Outcome
    sentence: Mapping[str, str]
    chosen: bool


@dataclass(frozen=True)
class Result:
    """A closed ballot in counts. `undecided`: its tie waits for the chair.

    `entered`: who voted by the secretary's hand, and who vouched, by name; `witness` who vouched for a show of hands;
    `trackers` the published list of a secret ballot.
    """

    tally: Tally
    outcome: Outcome
    sentence: Mapping[str, str]
    readings: tuple[ReadingView, ...]
    undecided: bool
    ruling: str  # the chair's own words on the tie
    entered: tuple[tuple[str, str], ...]
    witness: str
    trackers: tuple[CountedVote, ...]


@dataclass(frozen=True)
class BallotView:
    """One ballot. `result` is None until the close; `cast` counts votes and is None where nobody needs or knows it.

    `needed` is None where it depends on the votes cast. `ends_at` (UTC) is when its time is over, None without a limit
    and while it rests; then `left` are the seconds that stay. `confirmed`: whether the article's text was read.
    """

    id: str
    number: int
    item: str
    title: str
    question: str
    method: Voting
    phase: Phase
    quorum: int
    needed: int | None
    electorate: int
    present: int
    weighted: bool
    opened_at: str
    closed_at: str | None
    closed_by: str
    ends_at: str | None
    left: float | None
    cast: int | None
    result: Result | None
    replaces: bool
    reason: str
    override: str
    annulled: str
    wording: Mapping[str, Mapping[Choice, str]]
    majority: Mapping[str, str]
    article: str
    confirmed: bool

    @property
    def is_open(self) -> bool:
        """Whether it is not over yet; a ballot that is held is open."""
        return self.phase in (Phase.OPEN, Phase.HELD)


def head(minutes: Minutes | None) -> Head | None:
    """The band on top; None before any meeting."""
    if minutes is None:
        return None
    convened, roll, rule = minutes.convened, minutes.roll, rules.preset(minutes.convened.preset)
    now = opening.standing(rule, roll)
    online = sum(mark.presence is Presence.ONLINE for mark in roll.present.values())
    return Head(
        meeting=minutes.id,
        title=convened.title,
        body=convened.body,
        place=convened.place,
        starts_at=minutes_document.start(convened.starts_at)[0],
        standing=now,
        weighted=rule.weighted,
        in_person=len(roll.present) - online,
        online=online,
        chair=name_of(minutes, minutes.chair),
        ended_at=minutes.ended_at,
    )


def name_of(minutes: Minutes, delegate: str) -> str:
    """A delegate by name; whatever is not on the roster (a role, the console) as it is."""
    known = minutes.roll.roster.get(delegate)
    return known.name if known is not None else delegate


def ballot(minutes: Minutes, one: Ballot, *, cast: int | None = None) -> BallotView:
    """One ballot; `cast` how many have voted, where the page shows it (`votes_cast`)."""
    opened, rule = one.opened, rules.preset(one.opened.preset)
    majority, item = rule.majorities[opened.majority], minutes.item(opened.item)
    ends_at, left = _time(one)
    return BallotView(
        id=one.id,
        number=[b.id for b in minutes.ballots_on(opened.item)].index(one.id) + 1,
        item=opened.item,
        title=item.title if item else opened.item,
        question=opened.question,
        method=opened.method,
        phase=phase(one),
        quorum=opened.quorum,
        needed=opened.needed,
        electorate=_size(one, opened.electorate),
        present=_size(one, opened.present),
        weighted=bool(opened.weights),
        opened_at=one.opened_at,
        closed_at=one.closed_at,
        closed_by=name_of(minutes, one.closed_by),
        ends_at=ends_at,
        left=left,
        cast=cast,
        result=_result(minutes, one) if one.has_result else None,
        replaces=bool(opened.replaces),
        reason=opened.reason,
        override=opened.override,
        annulled=one.annulled.reason if one.annulled else "",
        wording=rule.wording,
        majority=majority.words,
        article=majority.citation.article,
        confirmed=majority.citation.read,
    )


def phase(one: Ballot) -> Phase:
    """Where a ballot is."""
    if one.is_open:
        return Phase.HELD if one.is_held else Phase.OPEN
    if one.annulled is not None:
        return Phase.ANNULLED
    return Phase.SEALED if one.awaits_count else Phase.CLOSED


def _size(one: Ballot, delegates: tuple[str, ...]) -> int:
    return sum(one.opened.weights.get(d, 1) for d in delegates)


def _time(one: Ballot) -> tuple[str | None, float | None]:
    """When the time of an open ballot is over, or the seconds that stay while it rests."""
    if not one.is_open or one.opened.limit_seconds is None:
        return None, None
    if one.is_held:
        return None, ballots.remaining(one, one.rests[-1][0])
    # At its opening the rests to come are still ahead: what remains then ends when its time is over.
    whole = ballots.remaining(one, one.opened_at) or 0.0
    over = moment(one.opened_at) + timedelta(seconds=whole)
    return over.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"), None


def votes_cast(one: Ballot, in_box: int | None = None) -> int | None:
    """How many votes a ballot has, a proxy's counted where they belong; None where nobody knows.

    Of a secret one that runs the journal does not tell: `in_box` is how many are in its box, where that is known.
    """
    if one.opened.method is not Voting.OPEN:
        return in_box if one.is_open and one.opened.method is Voting.SECRET else None
    here = {d for d in one.opened.present if one.opened.proxies.get(d, d) in one.votes}
    return _size(one, tuple(here))


def waited_for(minutes: Minutes, one: Ballot, took_part: frozenset[str] | None = None) -> tuple[str, ...]:
    """Ids of those who may vote, have not, and are there. `took_part` says who has in a secret ballot."""
    if one.opened.method is Voting.HANDS or not one.is_open:
        return ()
    voted = frozenset(one.votes) if took_part is None else took_part
    able = (d for d in one.opened.present if d not in one.opened.proxies and d in minutes.roll.present)
    return tuple(d for d in able if d not in voted)


def _result(minutes: Minutes, one: Ballot) -> Result:
    found, tie = counting.verdict(one), one.tie
    entered = [one.entered[d] for d in one.opened.present if d in one.entered]
    return Result(
        tally=counting.tally(one),
        outcome=found.outcome,
        sentence=found.sentence,
        readings=readings(found, tie.reading if tie else ""),
        undecided=tie is None and bool(found.readings),
        ruling=tie.reason if tie else "",
        entered=tuple((name_of(minutes, e.delegate), name_of(minutes, e.witness)) for e in entered),
        witness=name_of(minutes, one.hands.witness) if one.hands else "",
        trackers=one.counted.votes if one.counted else (),
    )


def readings(found: Verdict, chosen: str) -> tuple[ReadingView, ...]:
    """The readings of a tie, in the rule's order; `chosen` is the id of the chair's."""
    return tuple(ReadingView(r.id, r.outcome, r.sentence, r.id == chosen) for r in found.readings)


def by_seat(one: Delegate) -> tuple[int, str, str]:
    """Sort key: in the order of the seats, those without a seat last, then by id."""
    return (*seat_order(one.seat or ""), one.id)


def seat_order(seat: str) -> tuple[int, str]:
    """Sort key of seats: by their numbers (2 before 10), no seat last."""
    digits = "".join(c for c in seat if c.isdigit())
    return (0 if seat else 1, digits.rjust(6, "0") if digits else seat)
