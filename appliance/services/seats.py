"""The seats of a room: what a press becomes. What their lamps say is in `seat_lamps`."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from appliance import attendance, ballot, seating, secret_session
from appliance.ballot import Ballot
from appliance.events import CheckedIn, Event, PartFailed, PartRestored, VoteRefused
from appliance.keypad import Keypads, KeySwitch, Lamp, Press, Stuck
from appliance.keypad.lamps import KEYS
from appliance.minutes import Minutes
from appliance.services.boxes import Boxes
from appliance.services.draft import Draft
from appliance.services.seat_lamps import SeatLamps, Shown
from appliance.values import Channel, Choice, Method, Refusal, Seating, Voting
from appliance.vault.credentials import Credentials
from appliance.vault.secret_words import KEY_CODE_LENGTH

CODE_PAUSE = 10.0
"""Seconds between two presses of a key code, after which it begins anew."""

REFUSAL_SECONDS = 1.0
"""How long a refusal is shown, and how often at most one is recorded for a seat."""

WELCOME_SECONDS = 2.0
"""How long the lamp stays on after a check-in at the seat."""

PART_PREFIX = "keypad-"

UNNAMED = "unnamed"
"""What is told of a stuck key instead of which one it is: `_had_secret` says why."""

REMEDY = "free the key or exchange the keypad; until then the key is ignored, the tablet works"

KEY_ON_THE_BOX = "key-on-the-box"
"""Who began a secret session with the key switch."""

SEAT_LOCKED = Refusal(code="seat-locked", message="this keypad is locked out; use the tablet")


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
    """Reads presses, states facts in the turn's draft, and lets the lamps speak. One thread's."""

    def __init__(self, keypads: Keypads, names: Iterable[str], credentials: Credentials, boxes: Boxes) -> None:
        self._keypads = keypads
        self._lamps = SeatLamps(keypads, names)
        self._credentials = credentials
        self._boxes = boxes
        self.refusals = RefusalLimit()
        self._codes: dict[str, tuple[str, float]] = {}  # seat → keys pressed so far, time of the last
        self._held: set[tuple[str, Choice]] = set()
        self._failed: dict[tuple[str, Choice], str] = {}  # stuck key → the part that the journal knows as failed
        self._doubtful: dict[str, float] = {}  # part that had failed before the start → when it has proved itself
        self.walk: dict[str, list[Choice]] | None = None

    @property
    def showing(self) -> dict[str, Shown]:
        """What each seat's lamps say."""
        return self._lamps.showing

    def collect(self, draft: Draft) -> None:
        """Decide on everything that was pressed or turned since the last turn."""
        for event in self._keypads.poll(draft.monotonic):
            if isinstance(event, KeySwitch):
                _turned(event, draft)
            elif isinstance(event, Stuck):
                (self._held.add if event.held else self._held.discard)((event.seat, event.choice))
            elif self.walk is not None:
                self._walked(event)
            else:
                self._pressed(event, draft)
        running = draft.meeting.running if draft.meeting is not None else None
        if running is None or running.opened.method is not Voting.SECRET:
            self._tell_stuck(draft)

    def refresh(self, minutes: Minutes | None, took_part: Collection[str], monotonic: float) -> None:
        """After the append: bring every seat to what the journal says."""
        if self.walk is not None and minutes is not None and minutes.running is not None:
            self.end_walk()
        self._lamps.refresh(minutes, took_part, monotonic, shown=self.walk is None)

    # Presses ---------------------------------------------------------------------------------------------------------

    def _pressed(self, press: Press, draft: Draft) -> None:
        meeting = draft.meeting
        delegate = meeting.at_seat(press.seat) if meeting is not None else None
        if meeting is None or press.seat in meeting.plan.locked:
            self._refuse(press, draft)
            if meeting is not None:
                self._record_refusal(press, delegate.id if delegate else "", meeting, SEAT_LOCKED, draft)
        elif delegate is None:
            self._settle(press, meeting, draft)
        elif meeting.running is None and delegate.id not in meeting.roll.present:
            self._code(press, [delegate.id], meeting, draft)
        else:
            self._vote(press, delegate.id, meeting, draft)

    def _settle(self, press: Press, meeting: Minutes, draft: Draft) -> None:
        """A press where nobody sits: whoever just came in takes the place, or somebody says by code who they are."""
        if meeting.plan.seating is not Seating.FREE:
            self._refuse(press, draft)
            return
        delegate = seating.settling(meeting.plan, meeting.roll, draft.when.at)
        if delegate is not None and press.seat not in self._codes:
            self._bind(press, delegate, meeting, draft)
        else:
            seated = set(meeting.plan.bound.values())
            self._code(press, [d for d in meeting.roll.roster if d not in seated], meeting, draft)

    def _bind(self, press: Press, delegate: str, meeting: Minutes, draft: Draft) -> None:
        decision = seating.bind(meeting.plan, meeting.roll, press.seat, delegate, by=f"seat {press.seat}")
        if isinstance(decision, Refusal):
            self._refuse(press, draft)
            return
        draft.state(decision)
        self._welcome(press, draft)

    def _vote(self, press: Press, delegate: str, meeting: Minutes, draft: Draft) -> None:
        named = meeting.latest
        refusal = ballot.hindrance(named, meeting.roll, delegate)
        if refusal is not None or named is None:
            self._refuse(press, draft)
            if refusal is not None:
                self._record_refusal(press, delegate, meeting, refusal, draft)
        elif named.opened.method is Voting.SECRET:
            self._boxes.put(named.opened, delegate, press.choice)
            self._lamps.flash(press.seat, Lamp.RECEIVED, None, until=draft.monotonic)
        else:
            decision = ballot.cast(named, meeting.roll, delegate, press.choice, Channel.KEYPAD, seat=press.seat)
            assert isinstance(decision, Event), decision  # nothing hinders it
            draft.state(decision)
            self._lamps.flash(press.seat, Lamp.RECEIVED, press.choice, until=draft.monotonic)

    def _record_refusal(self, press: Press, delegate: str, meeting: Minutes, refusal: Refusal, draft: Draft) -> None:
        named = meeting.latest
        if named is None or not is_stated(named, delegate) or not self.refusals.allows(press.seat, draft.monotonic):
            return
        draft.state(
            VoteRefused(
                ballot=named.id, delegate=delegate, channel=Channel.KEYPAD, seat=press.seat, reason=refusal.code
            )
        )

    def _code(self, press: Press, candidates: list[str], meeting: Minutes, draft: Draft) -> None:
        """One more key of a check-in code; with the last one the code is one candidate's, or wrong."""
        begun, last = self._codes.pop(press.seat, ("", press.monotonic))
        if press.monotonic - last > CODE_PAUSE:
            begun = ""
        begun += str(KEYS.index(press.choice) + 1)
        if len(begun) < KEY_CODE_LENGTH:
            self._codes[press.seat] = (begun, press.monotonic)
            self._lamps.flash(press.seat, Lamp.RECEIVED, press.choice, until=draft.monotonic + CODE_PAUSE)
            return
        delegate = self._whose(press.seat, begun, candidates, draft)
        if delegate is None:
            self._refuse(press, draft)
            return
        decision = attendance.check_in(meeting.roll, delegate, Method.PIN, by=f"seat {press.seat}")
        if isinstance(decision, CheckedIn):
            draft.state(decision)
        if meeting.plan.bound.get(press.seat) != delegate:
            self._bind(press, delegate, meeting, draft)
        else:
            self._welcome(press, draft)

    def _whose(self, seat: str, code: str, candidates: list[str], draft: Draft) -> str | None:
        """Whose code it is. Wrong ones lock the candidate where there is one, the seat where there are many."""
        subject = candidates[0] if len(candidates) == 1 else f"seat:{seat}"
        if self._credentials.begin_attempt("code", subject, draft.utc) > 0:
            return None
        fitting = [d for d in candidates if self._credentials.is_code(d, code)]
        if len(fitting) != 1:  # nobody's; or two people's, and then neither of them is meant for certain
            return None
        self._credentials.succeed("code", subject)
        return fitting[0]

    def _welcome(self, press: Press, draft: Draft) -> None:
        until = draft.monotonic + WELCOME_SECONDS
        draft.afterwards(lambda: self._lamps.flash(press.seat, Lamp.RECORDED, press.choice, until=until))

    def _refuse(self, press: Press, draft: Draft) -> None:
        self._lamps.flash(press.seat, Lamp.REFUSED, None, until=draft.monotonic + REFUSAL_SECONDS)

    # Keys that stick, and the walk test ------------------------------------------------------------------------------

    @property
    def stuck(self) -> set[tuple[str, str]]:
        """Seat and key of those that stay down, as far as it was told; `UNNAMED` for a key that must not be."""
        return {(seat, key if part == part_name(seat, key) else UNNAMED) for (seat, key), part in self._failed.items()}

    def _tell_stuck(self, draft: Draft) -> None:
        """State which keys stay down, and which do so no longer, as far as the journal does not know it."""
        for key in sorted(self._held - self._failed.keys()):
            seat, choice = key
            known = [part for part in (part_name(seat, choice), part_name(seat, None)) if part in self._doubtful]
            part = known[0] if known else part_name(seat, None if _had_secret(draft.minutes) else choice)
            if not known and part not in self._failed.values():
                which = "a key" if part == part_name(seat, None) else f"the key '{choice}'"
                draft.state(PartFailed(part=part, symptom=f"{which} of seat {seat} stays down", remedy=REMEDY))
            self._doubtful.pop(part, None)  # it was stuck before the start, and the journal says so
            self._failed[key] = part
        for key in sorted(self._failed.keys() - self._held):
            part = self._failed.pop(key)
            if part not in self._failed.values():
                draft.state(PartRestored(part=part))
        for part in [part for part, at in self._doubtful.items() if draft.monotonic >= at]:
            del self._doubtful[part]
            draft.state(PartRestored(part=part))

    def doubt(self, parts: Iterable[str], until: float) -> None:
        """Keys that had failed when the service ended: one not found stuck again by then was freed meanwhile."""
        self._doubtful.update(dict.fromkeys(parts, until))

    def start_walk(self) -> None:
        """Every seat blinks until somebody has pressed there."""
        self.walk = {}
        self._lamps.all_to((Lamp.WALK, None))

    def end_walk(self) -> None:
        """Back to what the lamps should say."""
        self.walk = None
        self._lamps.back()

    def _walked(self, press: Press) -> None:
        assert self.walk is not None
        pressed = self.walk.setdefault(press.seat, [])
        if press.choice not in pressed:
            pressed.append(press.choice)
        self._lamps.show(press.seat, (Lamp.RECORDED, press.choice))


def _turned(key: KeySwitch, draft: Draft) -> None:
    """The key on the box begins a secret session and ends none: a wire that breaks must not switch radios on."""
    if not key.on:
        return
    decision = secret_session.switch(draft.secret_session, draft.meeting, on=True, by=KEY_ON_THE_BOX)
    if isinstance(decision, Event):
        draft.state(decision)


def failed_parts(events: Iterable[Event]) -> set[str]:
    """The keys that the journal knows as failed and not as restored."""
    failed: set[str] = set()
    for event in events:
        if isinstance(event, PartFailed) and event.part.startswith(PART_PREFIX):
            failed.add(event.part)
        elif isinstance(event, PartRestored):
            failed.discard(event.part)
    return failed


def is_stated(named: Ballot, delegate: str) -> bool:
    """Whether a press that does not count becomes a fact: an elector's in a secret ballot does not.

    Whoever was refused while it rested, and voted, did so after the others: that would be a part of the order.
    """
    return named.opened.method is not Voting.SECRET or (delegate != "" and delegate not in named.opened.present)


def part_name(seat: str, choice: Choice | None) -> str:
    """What a key is called in facts about parts; without a choice: some key of that seat."""
    return (f"{PART_PREFIX}{seat}" if choice is None else f"{PART_PREFIX}{seat}-{choice}")[:64]


def _had_secret(minutes: Minutes | None) -> bool:
    """Whether the latest meeting had a secret ballot. Who leans on a key shows what they chose, and when.

    So while such a ballot runs nothing is told of keys that stay down, and after it the seat alone: what was pressed
    in the ballot may be found stuck when it is over.
    """
    return minutes is not None and any(b.opened.method is Voting.SECRET for b in minutes.ballots.values())
