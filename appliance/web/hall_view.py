"""The screens on the wall as values: what the hall reads from its last row, and who may check in at the door."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.minutes import Minutes
from appliance.slips import Slip, Slips
from appliance.values import Delegate, Item
from appliance.web import slips_view, view
from appliance.web.slips_view import Announced
from appliance.web.view import BallotView, Head


@dataclass(frozen=True)
class HallView:
    """The hall's screen: of item, ballot and announced slip the one that came last."""

    head: Head | None
    item: Item | None = None
    ballot: BallotView | None = None
    slip: Announced | None = None


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
        shown = view.ballot(minutes, latest, cast=view.votes_cast(latest, cast))
    newest = slip is not None and slip.announced[minutes.id] > max(taken_up, ballot_at)
    running = latest is not None and latest.is_open
    return HallView(
        head=view.head(minutes),
        item=minutes.current_item,
        ballot=shown,
        slip=slips_view.announced(slip) if slip is not None and newest and not running else None,
    )


def _item_id(minutes: Minutes) -> str:
    current = minutes.current_item
    return current.id if current is not None else ""


def _announced(minutes: Minutes, slips: Slips) -> Slip | None:
    """The slip that was announced last at this meeting."""
    told = [slip for slip in slips.values() if minutes.id in slip.announced]
    return max(told, key=lambda slip: slip.announced[minutes.id], default=None)


def door(minutes: Minutes | None) -> DoorView:
    """The door's screen: who may check in by PIN, in the order of the seats."""
    if minutes is None or minutes.ended_at is not None:
        return DoorView(view.head(minutes), ())
    return DoorView(view.head(minutes), tuple(sorted(minutes.convened.roster, key=view.by_seat)))
