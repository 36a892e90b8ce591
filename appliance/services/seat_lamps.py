"""What each seat's lamps say: the steady state that follows from the journal, and what flashes over it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from appliance.keypad import Keypads, Lamp
from appliance.minutes import Minutes
from appliance.values import Choice, Voting

Shown = tuple[Lamp, Choice | None]
DARK: Shown = (Lamp.OFF, None)


class SeatLamps:
    """Sets lamps through the keypads. `showing` is what each seat's lamps say now."""

    def __init__(self, keypads: Keypads, names: Iterable[str]) -> None:
        self._keypads = keypads
        self._names = tuple(names)
        self._steady: dict[str, Shown] = dict.fromkeys(self._names, DARK)
        self._flashing: dict[str, float] = {}  # seat → when the steady lamps come back
        self._looked_at: tuple[Minutes | None, Collection[str]] = (None, ())
        self.showing: dict[str, Shown] = dict(self._steady)

    def refresh(self, minutes: Minutes | None, took_part: Collection[str], monotonic: float, *, shown: bool) -> None:
        """Bring every seat to what the journal says. `took_part`: in a secret ballot, who has voted, as far as known.

        `shown`: whether it may be seen just now; a walk test has the lamps for itself.
        """
        changed = set()
        if (minutes, took_part) != self._looked_at:
            self._looked_at = (minutes, took_part)
            steady = steady_lamps(minutes, self._names, took_part)
            changed = {seat for seat in self._names if steady[seat] != self._steady[seat]}
            self._steady = steady
        over = {seat for seat, until in self._flashing.items() if monotonic >= until}
        for seat in changed | over:
            self._flashing.pop(seat, None)
            if shown:
                self.show(seat, self._steady[seat])

    def flash(self, seat: str, lamp: Lamp, choice: Choice | None, *, until: float) -> None:
        """Say something until then; a seat without a keypad is none of ours."""
        if seat in self._steady:
            self._flashing[seat] = until
            self.show(seat, (lamp, choice))

    def all_to(self, shown: Shown) -> None:
        """The same for every seat."""
        for seat in self._names:
            self.show(seat, shown)

    def back(self) -> None:
        """Every seat to its steady lamps."""
        for seat in self._names:
            self.show(seat, self._steady[seat])

    def show(self, seat: str, shown: Shown) -> None:
        """Set one seat's lamps."""
        self.showing[seat] = shown
        self._keypads.show(seat, *shown)


def steady_lamps(minutes: Minutes | None, seats: Iterable[str], took_part: Collection[str] = ()) -> dict[str, Shown]:
    """What the lamps say while nothing happens: dark, or the ballot that runs and what each seat cast in it.

    In a secret ballot they say that somebody voted and nothing else: the same lamps for every choice.
    """
    running = minutes.running if minutes is not None else None
    lamps = dict.fromkeys(seats, DARK)
    if minutes is None or running is None or running.is_held or running.opened.method is Voting.HANDS:
        return lamps
    # Those whose vote `ballot.cast` would take; asked one by one it would search the electorate for each seat.
    entitled = set(running.opened.present) & set(minutes.roll.present)
    for seat, delegate in minutes.plan.bound.items():
        if seat not in lamps or delegate not in entitled or seat in minutes.plan.locked:
            continue
        if running.opened.method is Voting.SECRET:
            lamps[seat] = (Lamp.RECORDED, None) if delegate in took_part else (Lamp.READY, None)
        else:
            choice = running.votes.get(delegate)
            lamps[seat] = (Lamp.READY, None) if choice is None else (Lamp.RECORDED, choice)
    return lamps
