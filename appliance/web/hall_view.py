"""The screens on the wall as values: what the hall reads from its last row, and who may check in at the door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from appliance import rules
from appliance import slips as opinion_slips
from appliance.minutes import Minutes
from appliance.rules import Outcome, Tally
from appliance.slips import Slip, Slips
from appliance.values import Choice, Delegate, Item, Voting
from appliance.web import view
from appliance.web.view import BallotView, Head


@dataclass(frozen=True)
class SlipResult:
    """An opinion slip whose result was announced at this meeting. `assumed`: who counts by not having answered."""

    id: str
    title: str
    question: str
    tally: Tally
    assumed: int
    members: int
    outcome: Outcome
    sentence: Mapping[str, str]
    wording: Mapping[str, Mapping[Choice, str]]


@dataclass(frozen=True)
class HallView:
    """The hall's screen: of item, ballot and announced slip the one that came last."""

    head: Head | None
    item: Item | None = None
    ballot: BallotView | None = None
    slip: SlipResult | None = None


@dataclass(frozen=True)
class DoorView:
    """What the door's screen knows without the camera."""

    head: Head | None
    delegates: tuple[Delegate, ...]


def hall(minutes: Minutes | None, slips: Slips, cast: int | None = None) -> HallView:
    """The hall's screen; `cast` is the turnout of a secret ballot that runs, None where it is not known."""
    if minutes is None:
        return HallView(None)
    latest, slip = minutes.latest, _announced(minutes, slips)
    taken_up = minutes.taken_up[-1][0] if minutes.taken_up else ""
    ballot_at = (latest.closed_at or latest.opened_at) if latest else ""
    shown = None
    if latest is not None and (latest.is_open or latest.opened.item == _item_id(minutes) or ballot_at > taken_up):
        secret = latest.opened.method is Voting.SECRET and latest.is_open
        shown = view.ballot(minutes, latest, cast=cast if secret else view.votes_cast(latest))
    newest = slip is not None and slip.announced[minutes.id] > max(taken_up, ballot_at)
    running = latest is not None and latest.is_open
    return HallView(
        head=view.head(minutes),
        item=minutes.current_item,
        ballot=shown,
        slip=slip_result(slip) if slip is not None and newest and not running else None,
    )


def _item_id(minutes: Minutes) -> str:
    current = minutes.current_item
    return current.id if current is not None else ""


def _announced(minutes: Minutes, slips: Slips) -> Slip | None:
    """The slip that was announced last at this meeting."""
    told = [slip for slip in slips.values() if minutes.id in slip.announced]
    return max(told, key=lambda slip: slip.announced[minutes.id], default=None)


def slip_result(slip: Slip) -> SlipResult:
    """A closed slip in counts."""
    found = opinion_slips.verdict(slip)
    return SlipResult(
        id=slip.id,
        title=slip.sent.title,
        question=slip.sent.question,
        tally=opinion_slips.tally(slip),
        assumed=slip.assumed,
        members=len(slip.members),
        outcome=found.outcome,
        sentence=found.sentence,
        wording=rules.preset(slip.sent.preset).wording,
    )


def door(minutes: Minutes | None) -> DoorView:
    """The door's screen: who may check in by PIN, in the order of the seats."""
    if minutes is None or minutes.ended_at is not None:
        return DoorView(view.head(minutes), ())
    return DoorView(view.head(minutes), tuple(sorted(minutes.convened.roster, key=view.by_seat)))
