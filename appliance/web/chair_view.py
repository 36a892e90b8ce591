"""The chair's page as a value: who is missing, what is being decided, and what waits for the chair's word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from appliance import rules
from appliance import slips as opinion_slips
from appliance.attendance import Absence
from appliance.minutes import Minutes
from appliance.rules import Tally
from appliance.slips import Slips
from appliance.values import Choice, Delegate, Item, Voting
from appliance.web import view
from appliance.web.minutes import MinutesView
from appliance.web.view import BallotView, Head, ReadingView


@dataclass(frozen=True)
class Tie:
    """A tie that waits for the chair, of a ballot or an announced slip: both readings in full."""

    id: str
    title: str
    question: str
    method: Voting
    tally: Tally
    wording: Mapping[str, Mapping[Choice, str]]
    readings: tuple[ReadingView, ...]


@dataclass(frozen=True)
class Missing:
    """A member who is not on the roll, and what was reported. `left`: was here before."""

    delegate: Delegate
    absence: Absence | None
    left: bool


@dataclass(frozen=True)
class ChairView:
    """The chair's page. `presides` is False for everybody else: then nothing else is filled in but the head.

    `minutes` are there once the meeting has ended.
    """

    head: Head | None
    presides: bool
    me: Delegate | None = None
    item: Item | None = None
    running: BallotView | None = None
    latest: BallotView | None = None
    ties: tuple[Tie, ...] = ()
    missing: tuple[Missing, ...] = ()
    override: str = ""
    minutes: MinutesView | None = None


def chair(minutes: Minutes | None, slips: Slips, me: str, cast: int | None = None) -> ChairView:
    """The page of the delegate `me`, who presides or does not; `cast` is the turnout of a secret ballot that runs."""
    head = view.head(minutes)
    if minutes is None or me != minutes.chair or me not in minutes.roll.roster:
        return ChairView(head, presides=False)
    running, latest = minutes.running, minutes.latest
    return ChairView(
        head=head,
        presides=True,
        me=minutes.roll.roster[me],
        item=minutes.current_item,
        running=_running(minutes, cast) if running else None,
        latest=view.ballot(minutes, latest) if latest else None,
        ties=() if minutes.ended_at else (*_tied_ballots(minutes), *_tied_slips(slips)),
        missing=tuple(_missing(minutes, d) for d in minutes.absent_members),
        override=minutes.override.reason if minutes.override else "",
    )


def _running(minutes: Minutes, cast: int | None) -> BallotView | None:
    running = minutes.running
    if running is None:
        return None
    return view.ballot(minutes, running, cast=view.votes_cast(running, cast))


def _missing(minutes: Minutes, one: Delegate) -> Missing:
    return Missing(one, minutes.roll.absences.get(one.id), bool(minutes.roll.intervals.get(one.id)))


def _tied_ballots(minutes: Minutes) -> list[Tie]:
    shown = (view.ballot(minutes, b) for b in minutes.ballots.values() if b.has_result and b.tie is None)
    return [
        Tie(b.id, b.title, b.question, b.method, b.result.tally, b.wording, b.result.readings)
        for b in shown
        if b.result is not None and b.result.undecided
    ]


def _tied_slips(slips: Slips) -> list[Tie]:
    ties = []
    for slip in opinion_slips.undecided(slips):
        found, sent = opinion_slips.verdict(slip), slip.sent
        wording, tally = rules.preset(sent.preset).wording, opinion_slips.tally(slip)
        ties.append(Tie(slip.id, sent.title, sent.question, Voting.SLIP, tally, wording, view.readings(found, "")))
    return ties
