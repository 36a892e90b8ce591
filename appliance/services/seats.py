"""The seats of a room: what a press becomes, and what each seat's lamps say."""

from __future__ import annotations

from collections.abc import Iterable

from appliance import attendance, ballot
from appliance.events import (
    Channel,
    CheckedIn,
    Choice,
    Delegate,
    Event,
    Method,
    PartFailed,
    PartRestored,
    VoteCast,
    VoteRefused,
)
from appliance.keypad import Keypads, Lamp, Press, Stuck
from appliance.keypad.lamps import KEYS
from appliance.minutes import Minutes
from appliance.services.draft import Draft
from appliance.vault.credentials import Credentials
from appliance.vault.secret_words import KEY_CODE_LENGTH

CODE_PAUSE = 10.0
"""Seconds between two presses of a key code, after which it begins anew."""

REFUSAL_SECONDS = 1.0
"""How long a refusal is shown, and how often at most one is recorded for a seat."""

WELCOME_SECONDS = 2.0
"""How long the lamp stays on after a check-in at the seat."""

PART_PREFIX = "keypad-"

Shown = tuple[Lamp, Choice | None]
DARK: Shown = (Lamp.OFF, None)


class RefusalLimit:
    """A refused press is recorded at most once a second for each seat or tablet: leaning on a key fills no journal."""

    def __init__(self) -> None:
        self._last: dict[str, float] = {}

    def allows(self, place: str, monotonic: float) -> bool:
        """Whether this one is recorded."""
        if monotonic - self._last.get(place, float("-inf")) < REFUSAL_SECONDS:
            return False
        self._last[place] = monotonic
        return True


class Seats:
    """Reads presses, states facts in the turn's draft, and sets lamps. One thread's."""

    def __init__(self, keypads: Keypads, names: Iterable[str], credentials: Credentials) -> None:
        self._keypads = keypads
        self._names = tuple(names)
        self._credentials = credentials
        self.refusals = RefusalLimit()
        self._codes: dict[str, tuple[str, float]] = {}  # seat → keys pressed so far, time of the last
        self._steady: dict[str, Shown] = dict.fromkeys(self._names, DARK)
        self._flashing: dict[str, float] = {}  # seat → when the steady lamps come back
        self._looked_at: Minutes | None = None
        self.showing: dict[str, Shown] = dict(self._steady)
        self.stuck: set[tuple[str, Choice]] = set()
        self._doubtful: dict[str, float] = {}  # part that had failed before the start → when it has proved itself
        self.walk: dict[str, list[Choice]] | None = None

    def collect(self, draft: Draft) -> None:
        """Decide on everything that was pressed since the last turn."""
        for event in self._keypads.poll(draft.monotonic):
            if isinstance(event, Stuck):
                self._found_stuck(event, draft)
            elif self.walk is not None:
                self._walked(event)
            else:
                self._pressed(event, draft)
        for part in [part for part, at in self._doubtful.items() if draft.monotonic >= at]:
            del self._doubtful[part]
            draft.state(PartRestored(part=part))

    # Presses ---------------------------------------------------------------------------------------------------------

    def _pressed(self, press: Press, draft: Draft) -> None:
        meeting = draft.meeting
        delegate = meeting.at_seat(press.seat) if meeting is not None else None
        if meeting is None or delegate is None:
            self._refuse(press, draft)
        elif meeting.running is None and delegate.id not in meeting.roll.present:
            self._code(press, delegate, meeting, draft)
        else:
            self._vote(press, delegate, meeting, draft)

    def _vote(self, press: Press, delegate: Delegate, meeting: Minutes, draft: Draft) -> None:
        decision = ballot.cast(meeting.latest, meeting.roll, delegate.id, press.choice, Channel.KEYPAD, seat=press.seat)
        if isinstance(decision, VoteCast):
            draft.state(decision)
            self._flash(press.seat, Lamp.RECEIVED, press.choice, until=draft.monotonic)
            return
        self._refuse(press, draft)
        if meeting.latest is not None and self.refusals.allows(press.seat, draft.monotonic):
            draft.state(
                VoteRefused(
                    ballot=meeting.latest.id,
                    delegate=delegate.id,
                    channel=Channel.KEYPAD,
                    seat=press.seat,
                    reason=decision.code,
                )
            )

    def _code(self, press: Press, delegate: Delegate, meeting: Minutes, draft: Draft) -> None:
        """One more key of a check-in code; with the last one the code is right or wrong."""
        begun, last = self._codes.pop(press.seat, ("", press.monotonic))
        if press.monotonic - last > CODE_PAUSE:
            begun = ""
        begun += str(KEYS.index(press.choice) + 1)
        if len(begun) < KEY_CODE_LENGTH:
            self._codes[press.seat] = (begun, press.monotonic)
            self._flash(press.seat, Lamp.RECEIVED, press.choice, until=draft.monotonic + CODE_PAUSE)
            return
        if self._credentials.begin_attempt("code", delegate.id, draft.utc) > 0 or not self._credentials.is_code(
            delegate.id, begun
        ):
            self._refuse(press, draft)
            return
        self._credentials.succeed("code", delegate.id)
        decision = attendance.check_in(meeting.roll, delegate.id, Method.PIN, by=f"seat {press.seat}")
        if isinstance(decision, CheckedIn):
            draft.state(decision)
        shown_until = draft.monotonic + WELCOME_SECONDS
        draft.afterwards(lambda: self._flash(press.seat, Lamp.RECORDED, press.choice, until=shown_until))

    def _refuse(self, press: Press, draft: Draft) -> None:
        self._flash(press.seat, Lamp.REFUSED, None, until=draft.monotonic + REFUSAL_SECONDS)

    # Keys that stick, and the walk test ------------------------------------------------------------------------------

    def _found_stuck(self, event: Stuck, draft: Draft) -> None:
        part = part_name(event.seat, event.choice)
        if event.held:
            self.stuck.add((event.seat, event.choice))
            if self._doubtful.pop(part, None) is not None:
                return  # it was stuck before the start, and the journal says so
            draft.state(
                PartFailed(
                    part=part,
                    symptom=f"the key '{event.choice}' of seat {event.seat} stays down",
                    remedy="free the key or exchange the keypad; until then the key is ignored, the tablet works",
                )
            )
        else:
            self.stuck.discard((event.seat, event.choice))
            draft.state(PartRestored(part=part))

    def doubt(self, parts: Iterable[str], until: float) -> None:
        """Keys that had failed when the service ended: one not found stuck again by then was freed meanwhile."""
        self._doubtful.update(dict.fromkeys(parts, until))

    def start_walk(self) -> None:
        """Every seat blinks until somebody has pressed there."""
        self.walk = {}
        for seat in self._names:
            self._show(seat, (Lamp.WALK, None))

    def end_walk(self) -> None:
        """Back to what the lamps should say."""
        self.walk = None
        for seat in self._names:
            self._show(seat, self._steady[seat])

    def _walked(self, press: Press) -> None:
        assert self.walk is not None
        pressed = self.walk.setdefault(press.seat, [])
        if press.choice not in pressed:
            pressed.append(press.choice)
        self._show(press.seat, (Lamp.RECORDED, press.choice))

    # Lamps -----------------------------------------------------------------------------------------------------------

    def refresh(self, minutes: Minutes | None, monotonic: float) -> None:
        """After the append: bring every seat to what the journal says."""
        changed = set()
        if minutes is not self._looked_at:
            self._looked_at = minutes
            steady = steady_lamps(minutes, self._names)
            changed = {seat for seat in self._names if steady[seat] != self._steady[seat]}
            self._steady = steady
            if self.walk is not None and minutes is not None and minutes.running is not None:
                self.end_walk()
        over = {seat for seat, until in self._flashing.items() if monotonic >= until}
        for seat in changed | over:
            self._flashing.pop(seat, None)
            if self.walk is None:
                self._show(seat, self._steady[seat])

    def _flash(self, seat: str, lamp: Lamp, choice: Choice | None, *, until: float) -> None:
        if seat in self._steady:
            self._flashing[seat] = until
            self._show(seat, (lamp, choice))

    def _show(self, seat: str, shown: Shown) -> None:
        self.showing[seat] = shown
        self._keypads.show(seat, *shown)


def failed_parts(events: Iterable[Event]) -> set[str]:
    """The keys that the journal knows as failed and not as restored."""
    failed: set[str] = set()
    for event in events:
        if isinstance(event, PartFailed) and event.part.startswith(PART_PREFIX):
            failed.add(event.part)
        elif isinstance(event, PartRestored):
            failed.discard(event.part)
    return failed


def part_name(seat: str, choice: Choice) -> str:
    """What a key is called in facts about parts."""
    return f"{PART_PREFIX}{seat}-{choice}"[:64]


def steady_lamps(minutes: Minutes | None, seats: Iterable[str]) -> dict[str, Shown]:
    """What the lamps say while nothing happens: dark, or the ballot that runs and what each seat cast in it."""
    running = minutes.running if minutes is not None else None
    lamps = dict.fromkeys(seats, DARK)
    if minutes is None or running is None:
        return lamps
    # Those whose vote `ballot.cast` would take; asked one by one it would search the electorate for each seat.
    entitled = set(running.opened.present) & set(minutes.roll.present)
    for delegate in minutes.convened.roster:
        if delegate.seat in lamps and delegate.id in entitled:
            choice = running.votes.get(delegate.id)
            lamps[delegate.seat] = (Lamp.READY, None) if choice is None else (Lamp.RECORDED, choice)
    return lamps
