"""The ballot service: presses, votes and commands → facts; results signed. One turn is read → decide → append → act.

Whatever arrives together is decided in one draft and appended in one transaction (group commit), for the disk's fsync
is what limits votes. Presses go before requests, so that a vote that was pressed is not overtaken by the click that
closes the ballot. Lamps, answers and signatures come after the append has returned.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from appliance import __version__, config, record, results
from appliance.ballot import Ballot
from appliance.config import Configuration
from appliance.control import Server
from appliance.events import BallotClosed, BoxClaimed, CommandAccepted, Event, ResultSigned, ServiceStarted, Writer
from appliance.journal import Follower, Instant
from appliance.journal import Writer as JournalWriter
from appliance.keypad import Keypads
from appliance.keypad.screen import ScreenFactory
from appliance.minutes import Minutes
from appliance.services import installation
from appliance.services.clock import Clock
from appliance.services.desk import Desk
from appliance.services.draft import Draft
from appliance.services.loop import Turn
from appliance.services.seats import Seats, failed_parts
from appliance.services.state import State
from appliance.services.worker import Worker
from appliance.vault import keys
from appliance.vault.credentials import Credentials

STUCK_MARGIN = 0.1
"""Seconds beyond `stuck_seconds` after which a key that says nothing is free."""


class BallotService:
    """The only service that decides on votes and commands. Everything it remembers is in the journal and the vault."""

    def __init__(
        self,
        state: State,
        configuration: Configuration,
        keypads: Keypads,
        clock: Clock,
        *,
        models: Mapping[str, str] | None = None,
        screen: ScreenFactory | None = None,
        users: Collection[int] = (),
        uplink_users: Collection[int] = (),
        longest_wait: float = 1.0,
    ) -> None:
        """`models` are the sha256 digests that results name; `screen` the mock pins where keypads are on the screen;
        `users` the uids of other services that may ask, `uplink_users` those of them that speak for the uplink.

        Raises `JournalError` if the journal is damaged or another box's, `DeviceError` if another ballot service runs.
        """
        self._clock, self._keypads, self._longest_wait = clock, keypads, longest_wait
        self._models = dict(models or {})
        self._signer = keys.signer(state.vault)
        self.credentials = Credentials(state.vault)
        self.writer = JournalWriter(state.journal, Writer.BALLOT)
        self.follower = Follower(self.writer)
        history = self.follower.news()  # from the first entry on: the whole chain is checked here
        first = installation.installed(configuration.box, self._signer.public_key)
        if (entry := self.writer.entry(1)) is not None:
            installation.check(entry, first)
        self._server = Server(state.socket("ballot"), users={*users, *uplink_users})
        self._worker = Worker()
        self._server.watch(keypads.fileno())
        self._server.watch(self._worker.fileno())
        self.seats = Seats(keypads, configuration.keypads.seats, self.credentials)
        self._desk = Desk(
            state=state,
            configuration=configuration,
            writer=self.writer,
            follower=self.follower,
            credentials=self.credentials,
            signer=self._signer,
            seats=self.seats,
            worker=self._worker,
            screen=screen,
            uplink_users=uplink_users,
        )
        self._recall([e.event for e in history], configuration.keypads.stuck_seconds)
        self._begin(first, new=entry is None)

    @property
    def claim_code(self) -> str | None:
        """What the first technician types in; None once the box was claimed."""
        return self.credentials.claim_code

    @property
    def public_key(self) -> bytes:
        """The device's raw Ed25519 key: its fingerprint is what people compare."""
        return self._signer.public_key

    def step(self) -> Turn:
        """One turn; waits for input for `longest_wait` seconds at the most."""
        requests = self._server.poll(self._longest_wait)
        self.follower.news()  # the door writes too
        draft = Draft(self.follower.minutes, self._clock.now(), self._clock.monotonic())
        self.seats.collect(draft)
        self._desk.collect(draft)
        for request in requests:
            self._desk.take(request, draft)
        self._save(draft)
        self.seats.refresh(self.follower.minutes, draft.monotonic)
        draft.speak()
        return Turn.RESTART if self._desk.restart_wanted else Turn.AGAIN

    def close(self) -> None:
        """Give back sockets, pins and files."""
        self._server.close()
        self._keypads.close()
        self._worker.close()
        self.credentials.close()
        self.writer.close()

    # Saving ----------------------------------------------------------------------------------------------------------

    def _save(self, draft: Draft) -> None:
        """Append the turn's facts together; then sign the result of whatever ballot they closed."""
        if draft.facts:
            self.writer.append(draft.facts, draft.when)
            self.follower.news()
        if any(isinstance(fact.event, BallotClosed) for fact in draft.facts):
            self._sign_results(draft.when)

    def _sign_results(self, when: Instant) -> None:
        for minutes, ballot in self._unsigned():
            draft = Draft(minutes, when, 0.0)
            draft.state(self._result(minutes, ballot), f"{ballot.id}/result")
            self.writer.append(draft.facts, when)
            self.follower.news()

    def _unsigned(self) -> list[tuple[Minutes, Ballot]]:
        meetings = [*self.follower.past, *([self.follower.minutes] if self.follower.minutes else [])]
        return [(m, b) for m in meetings for b in m.ballots.values() if b.closed_at and b.envelope is None]

    def _result(self, minutes: Minutes, ballot: Ballot) -> Event:
        box = self._desk.configuration.box
        statement = results.state(
            minutes,
            ballot,
            site=box.site,
            device=box.device,
            public_key=self._signer.public_key,
            software=__version__,
            configuration=config.digest(self._desk.configuration),
            models=self._models,
            head_seq=self.follower.seq,
            head_hash=self.follower.hash,
        )
        return ResultSigned(ballot=ballot.id, envelope=record.seal(record.RESULT, statement, self._signer).decode())

    # Beginning -------------------------------------------------------------------------------------------------------

    def _recall(self, history: Sequence[Event], stuck_seconds: float) -> None:
        # Numbers in the journal are used up whatever the vault remembers: a crash may have come between the two.
        accepted = (event.number for event in history if isinstance(event, CommandAccepted))
        self.credentials.use_central_number(max(accepted, default=0))
        self.seats.doubt(failed_parts(history), self._clock.monotonic() + stuck_seconds + STUCK_MARGIN)

    def _begin(self, first: Event, *, new: bool) -> None:
        draft = Draft(self.follower.minutes, self._clock.now(), self._clock.monotonic())
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
        self._save(draft)
        self._sign_results(draft.when)  # a crash may have come between a close and its result
        self.seats.refresh(self.follower.minutes, draft.monotonic)
