"""The ballot service: presses, votes and commands → facts; results signed. One turn is read → decide → append → act.

Whatever arrives together is decided in one draft and appended in one transaction (group commit), for the disk's fsync
is what limits votes. Presses go before requests, so that a vote that was pressed is not overtaken by the click that
closes the ballot. Lamps, answers and signatures come after the append has returned.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from appliance import __version__, config, secret_session
from appliance.config import Configuration
from appliance.control import Server
from appliance.events import BallotClosed, BoxClaimed, CommandAccepted, Event, ServiceStarted, Writer
from appliance.journal import Follower
from appliance.journal import Writer as JournalWriter
from appliance.keypad import Keypads
from appliance.keypad.screen import ScreenFactory
from appliance.radio import Radios
from appliance.services import installation
from appliance.services.boxes import Boxes
from appliance.services.clock import Clock
from appliance.services.desk import Counter, Desk
from appliance.services.desk import slips as desk_slips
from appliance.services.draft import Draft
from appliance.services.loop import Turn
from appliance.services.seats import Seats, failed_parts
from appliance.services.signing import ENDINGS, Signing
from appliance.services.silence import Silence
from appliance.services.state import State
from appliance.services.time_limit import BY_TIME_LIMIT, TimeLimit
from appliance.services.worker import Worker
from appliance.values import Voting
from appliance.vault import keys
from appliance.vault.credentials import Credentials

STUCK_MARGIN = 0.1
"""Seconds beyond `stuck_seconds` after which a key that says nothing is free."""


@dataclass(frozen=True)
class Devices:
    """What the service stands on. `screen`: the mock pins where keypads are on the screen; `radios` are silenced in
    secret sessions; `chance` is the operating system's unless a recorded session is replayed.
    """

    keypads: Keypads
    clock: Clock
    radios: Radios
    screen: ScreenFactory | None = None
    chance: random.Random = field(default_factory=secrets.SystemRandom)


class BallotService:
    """The only service that decides on votes and commands. Everything it remembers is in the journal and the vault."""

    def __init__(
        self,
        state: State,
        configuration: Configuration,
        devices: Devices,
        *,
        models: Mapping[str, str] | None = None,
        users: Collection[int] = (),
        uplink_users: Collection[int] = (),
        longest_wait: float = 1.0,
    ) -> None:
        """`models` are the sha256 digests that results name; `users` the uids of other services that may ask,
        `uplink_users` those of them that speak for the uplink.

        Raises `JournalError` if the journal is damaged or another box's, `DeviceError` if another ballot service runs.
        """
        self._clock, self._keypads, self._chance = devices.clock, devices.keypads, devices.chance
        self._longest_wait = longest_wait
        self._models = dict(models or {})
        self._signer = keys.signer(state.vault)
        self.credentials = Credentials(state.vault)
        self.writer = JournalWriter(state.journal, Writer.BALLOT)
        self.follower = Follower(self.writer)
        history = self.follower.news()  # from the first entry on: the whole chain is checked here
        first = installation.installed(configuration.box, self._signer.public_key)
        if history:
            installation.check(history[0], first)
        self._server = Server(state.socket("ballot"), users={*users, *uplink_users})
        self._worker = Worker()
        self._server.watch(self._keypads.fileno())
        self._server.watch(self._worker.fileno())
        self._boxes = Boxes(state.vault, self._chance)
        self._silence, self._time_limit = Silence(devices.radios), TimeLimit()
        self._told: Event | None = None  # what became of the radios, for the next turn to state
        self.seats = Seats(self._keypads, configuration.keypads.seats, self.credentials, self._boxes)
        self._signing = Signing(
            self.writer, self.follower, self._signer, self._boxes, configuration=configuration, models=self._models
        )
        self._desk = self._open_desk(state, configuration, devices.screen)
        self._counter = Counter(self._desk, self._worker, frozenset(uplink_users))
        self._recall([e.event for e in history], configuration.keypads.stuck_seconds)
        self._begin(first, new=not history)

    def _open_desk(self, state: State, configuration: Configuration, screen: ScreenFactory | None) -> Desk:
        return Desk(
            state=state,
            configuration=configuration,
            writer=self.writer,
            follower=self.follower,
            credentials=self.credentials,
            signer=self._signer,
            seats=self.seats,
            boxes=self._boxes,
            signing=self._signing,
            screen=screen,
        )

    @property
    def claim_code(self) -> str | None:
        """What the first technician types in; None once the box was claimed."""
        return self.credentials.claim_code

    @property
    def public_key(self) -> bytes:
        """The device's raw Ed25519 key: its fingerprint is what people compare."""
        return self._signer.public_key

    def minutes_digest(self) -> str:
        """What chair and secretary confirm: SHA-256 of the latest minutes as a document; empty without a meeting."""
        minutes = self.follower.minutes
        return self._signing.minutes_digest(minutes) if minutes is not None else ""

    def step(self) -> Turn:
        """One turn; waits for input for `longest_wait` seconds at the most, and for no time limit to pass unseen."""
        requests = self._server.poll(self._wait())
        self.follower.news()  # the door writes too
        draft = self._draft()
        self._end_what_is_over(draft)
        self.seats.collect(draft)
        self._counter.collect(draft)
        for request in requests:
            self._counter.take(request, draft)
        self._save(draft)
        self._act(draft)
        draft.speak()
        return Turn.RESTART if self._desk.restart_wanted else Turn.AGAIN

    def _draft(self) -> Draft:
        return Draft(self.follower, self._clock.now(), self._clock.monotonic(), self._chance)

    def _wait(self) -> float:
        minutes = self.follower.minutes
        running = minutes.running if minutes is not None else None
        left = self._time_limit.left(running, self._clock.now().at, self._clock.monotonic())
        return self._longest_wait if left is None else min(self._longest_wait, max(0.0, left))

    def _end_what_is_over(self, draft: Draft) -> None:
        """First of all in a turn: what comes after the time limit or the deadline does not count."""
        if self._told is not None:
            draft.state(self._told)
        running = draft.meeting.running if draft.meeting is not None else None
        left = self._time_limit.left(running, draft.when.at, draft.monotonic)
        if running is not None and left is not None and left <= 0:
            draft.state(BallotClosed(ballot=running.id, by=BY_TIME_LIMIT))
        if (begun := secret_session.catch_up(draft.secret_session, draft.meeting)) is not None:
            draft.state(begun)
        for closed in desk_slips.due(draft):
            draft.state(closed, f"{closed.slip}/deadline")

    def _act(self, draft: Draft) -> None:
        """After the append: lamps and radios are brought to what the journal says."""
        minutes = self.follower.minutes
        running = minutes.running if minutes is not None else None
        secret = running is not None and running.opened.method is Voting.SECRET
        took_part = self._boxes.took_part(running.opened) if running is not None and secret else frozenset()
        self.seats.refresh(minutes, took_part, draft.monotonic)
        self._told = self._silence.follow(self.follower.secret_session)

    def close(self) -> None:
        """Give back sockets, pins and files."""
        self._server.close()
        self._keypads.close()
        self._worker.close()
        self.credentials.close()
        self.writer.close()

    # Saving ----------------------------------------------------------------------------------------------------------

    def _save(self, draft: Draft) -> None:
        """Make the turn durable, boxes first: a close must not stand before the votes that it closes over."""
        self._boxes.commit()
        if draft.facts:
            self.writer.append(draft.facts, draft.when)
            self.follower.news()
        if self._boxes.opened_now() or any(isinstance(fact.event, ENDINGS) for fact in draft.facts):
            self._signing.settle(draft.when)

    # Beginning -------------------------------------------------------------------------------------------------------

    def _recall(self, history: Sequence[Event], stuck_seconds: float) -> None:
        # Numbers in the journal are used up whatever the vault remembers: a crash may have come between the two.
        accepted = (event.number for event in history if isinstance(event, CommandAccepted))
        self.credentials.use_central_number(max(accepted, default=0))
        self.seats.doubt(failed_parts(history), self._clock.monotonic() + stuck_seconds + STUCK_MARGIN)

    def _begin(self, first: Event, *, new: bool) -> None:
        draft = self._draft()
        if new:
            draft.state(first)
        draft.state(
            ServiceStarted(
                service="ballot",
                software=__version__,
                configuration=config.digest(self._desk.configuration),
                models=self._models,
            )
        )
        if self.claim_code is None and self.writer.by_id("claimed/box") is None:
            draft.state(BoxClaimed(), "claimed/box")  # the vault knew, the journal did not: a crash came between
        self._end_what_is_over(draft)
        self._save(draft)
        self._signing.settle(draft.when)  # a crash may have come between a close and its result
        self._act(draft)
