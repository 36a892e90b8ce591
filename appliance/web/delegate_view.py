"""A delegate's pages as values: the own vote and how it came in, and the own way through the meeting. Nobody else's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from appliance import ballot as ballots
from appliance.attendance import Absence, Attendance
from appliance.ballot import Ballot
from appliance.minutes import Minutes
from appliance.slips import Slips
from appliance.values import Choice, Delegate, Voting
from appliance.web import view
from appliance.web.presses import Cast, Presses, Refused
from appliance.web.turnout import Turnout
from appliance.web.view import BallotView, Head


@dataclass(frozen=True)
class Mine:
    """What this delegate has in a ballot. `choice` is None in a secret one: `recorded` is all that anybody learns.

    `recorded` is None where it is not known just now. `witness` vouched where the secretary entered the vote.
    `entitled`: could have voted, by presence or through whoever holds the proxy.
    """

    choice: Choice | None = None
    recorded: bool | None = False
    cast: Cast | None = None
    refused: Refused | None = None
    witness: str = ""
    entitled: bool = False


@dataclass(frozen=True)
class DelegateView:
    """The page of one delegate. `hindrance` says why the keys are not there (a refusal's code), empty: they are.

    `keypad_locked`: why the own keypad does not count, so that the vote is cast here. `slips_waiting`: opinion slips
    that this delegate has not answered. `sealed`: the box of the secret ballot waits for its passphrase.
    """

    head: Head | None
    me: Delegate | None = None
    presides: bool = False
    seat: str = ""
    keypad_locked: str = ""
    attendance: Attendance | None = None
    absence: Absence | None = None
    ballot: BallotView | None = None
    mine: Mine = Mine()
    sealed: bool = False
    hindrance: str = ""
    represented_by: str = ""
    votes_for: tuple[str, ...] = ()
    slips_waiting: int = 0


@dataclass(frozen=True)
class HistoryLine:
    """One ballot of the meeting, oldest first. `tracker` is the own one in the published list, empty: not known."""

    ballot: BallotView
    mine: Mine
    tracker: str


@dataclass(frozen=True)
class HistoryView:
    """The delegate's own history of the meeting."""

    head: Head | None
    me: Delegate | None = None
    lines: tuple[HistoryLine, ...] = ()


def delegate(
    minutes: Minutes | None,
    slips: Slips,
    presses: Presses,
    name: str,
    box: Turnout,
    *,
    secret_session: bool = False,
) -> DelegateView:
    """The page of the delegate called `name` (an id). `box`: what is known of the secret ballot that runs."""
    asked = sum(slip.is_open and name in slip.unanswered for slip in slips.values())
    me = minutes.roll.roster.get(name) if minutes else None
    if minutes is None or me is None:
        return DelegateView(view.head(minutes), slips_waiting=asked)
    latest, seat = minutes.latest, minutes.plan.seat_of(name) or ""
    holder = latest.opened.proxies.get(name, "") if latest else ""
    givers = [g for g, h in latest.opened.proxies.items() if h == name] if latest else []
    return DelegateView(
        head=view.head(minutes),
        me=me,
        presides=minutes.chair == name,
        seat=seat,
        keypad_locked=minutes.plan.locked.get(seat, ""),
        attendance=minutes.roll.present.get(name),
        absence=minutes.roll.absences.get(name),
        ballot=view.ballot(minutes, latest) if latest else None,
        mine=mine(minutes, latest, presses, name, box.recorded) if latest else Mine(),
        sealed=box.sealed,
        hindrance=_hindrance(minutes, latest, name, secret_session) if latest and latest.is_open else "",
        represented_by=view.name_of(minutes, holder) if holder else "",
        votes_for=tuple(view.name_of(minutes, g) for g in givers),
        slips_waiting=asked,
    )


def mine(minutes: Minutes, one: Ballot, presses: Presses, name: str, recorded: bool | None) -> Mine:
    """What this delegate has in a ballot: of a secret one only whether there is something."""
    cast, refused = presses.of(one.id, name)
    entitled = name in one.opened.present
    if one.opened.method is Voting.SECRET:
        took_part = name in one.counted.took_part if one.counted else recorded
        return Mine(recorded=took_part, refused=refused, entitled=entitled)
    entered = one.entered.get(name)
    # Whoever is represented learns after the close what was voted for them: before it is somebody else's choice.
    voter = name if one.is_open else one.opened.proxies.get(name, name)
    choice = one.votes.get(voter) if entitled else None
    witness = view.name_of(minutes, entered.witness) if entered else ""
    return Mine(choice, choice is not None, cast, refused, witness, entitled)


def _hindrance(minutes: Minutes, running: Ballot, name: str, secret_session: bool) -> str:
    if secret_session:
        return "keypads-only"
    refusal = ballots.hindrance(running, minutes.roll, name)
    return refusal.code if refusal is not None else ""


def history(minutes: Minutes | None, presses: Presses, name: str, trackers: Mapping[str, str]) -> HistoryView:
    """Every ballot that is over, with the own part in it. `trackers`: ballot → the own tracker, where it is known."""
    me = minutes.roll.roster.get(name) if minutes else None
    if minutes is None or me is None:
        return HistoryView(view.head(minutes))
    over = [b for b in minutes.ballots.values() if not b.is_open]
    lines = (
        HistoryLine(
            view.ballot(minutes, one), mine(minutes, one, presses, name, recorded=None), trackers.get(one.id, "")
        )
        for one in over
    )
    return HistoryView(view.head(minutes), me, tuple(lines))


def secret_ballots(minutes: Minutes | None, name: str) -> tuple[str, ...]:
    """Ids of the counted secret ballots in which the delegate took part."""
    known = minutes.ballots.values() if minutes is not None else ()
    return tuple(b.id for b in known if b.counted is not None and name in b.counted.took_part)
