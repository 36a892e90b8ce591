"""The uplink service: signed batches out, receipts and commands in. Reads the journal, never writes it, holds no key.

One turn: what the broker brought → what the journal has that is new → sign (the ballot service does) → publish. Only
central's receipt moves the window on; a broker that took a message has only taken it. Nothing is published behind the
entry that `release` names, and during a secret session there is no connection; so the journal is read before the first.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from typing import Any

from appliance import __version__, release
from appliance.config import Configuration
from appliance.control import Client
from appliance.errors import ControlError, JournalError
from appliance.events import ConfigurationChanged, Event
from appliance.journal import Follower, Reader
from appliance.record import Entry, batch, canonical
from appliance.release import Hold, Release
from appliance.services.clock import Clock
from appliance.services.loop import Turn
from appliance.services.state import State as Folders
from appliance.services.uplink_line import Line
from appliance.services.uplink_questions import Questions
from appliance.services.uplink_retained import Retained
from appliance.uplink import condition
from appliance.uplink.broker import Acknowledged, Broker, Changed, Condition, Denied, Message, State, Will
from appliance.uplink.outbox import Outbox, Receipt
from appliance.uplink.topics import Address
from appliance.values import Refusal

IDLE_SECONDS = 0.2
"""How long a turn waits when nothing wakes it: the journal is looked at this often."""

RETRY_SECONDS = 1.0
"""How long the ballot service is left alone after it did not answer, or had made no journal."""

_log = logging.getLogger("uplink")


def will(address: Address) -> Will:
    """What the broker says when this box vanishes."""
    return Will(address.state, canonical({"online": False, "software": __version__}))


class UplinkService:
    """Built with how to open its broker (None: none is configured); `close` gives everything back."""

    def __init__(
        self,
        folders: Folders,
        configuration: Configuration,
        open_broker: Callable[[], Broker] | None,
        ballot: Client,
        clock: Clock,
        *,
        users: Collection[int] = (),
    ) -> None:
        """`users`: the uids that may ask on uplink.sock beside our own and root."""
        self._folders, self._settings = folders, configuration
        self._address = Address(configuration.box.site, configuration.box.device)
        self._ballot, self._clock = ballot, clock
        self._release = Release()
        self._questions = Questions(
            folders.socket("uplink"), self._address, self.status, lambda: not self._release.in_session, users
        )
        self._line = Line(open_broker, will(self._address), self._questions)
        self._retained = Retained(self._address)
        self._trouble = ""
        self._denied = ""
        self._silent = False  # a batch waited too long for its receipt
        self._reader: Reader | None = None
        self._follower: Follower | None = None
        self._outbox: Outbox | None = None
        self._ask_ballot_at = float("-inf")
        self._no_journal = ""
        self._open_journal_at = float("-inf")

    def step(self) -> Turn:
        """One turn; waits `IDLE_SECONDS` at its end at the most."""
        self._hear()
        self._open_journal()
        again = self._read_news()
        self._send()
        self._publish_retained()
        if self._outbox is not None:
            self._outbox.save()
        # Last: whether a connection may be tested is known only after the journal was read.
        self._questions.answer(0.0 if self._busy else IDLE_SECONDS)
        return again

    @property
    def in_flight(self) -> int:
        """Batches that were sent and have no receipt yet."""
        return self._outbox.in_flight if self._outbox is not None else 0

    def close(self) -> None:
        """Say goodbye to the broker, stop listening."""
        self._line.close()
        self._questions.close()
        if self._reader is not None:
            self._reader.close()

    # What the broker brought ------------------------------------------------------------------------------------------

    def _hear(self) -> None:
        for happening in self._line.poll():
            match happening:
                case Changed(now):
                    self._changed(now)
                case Message(topic, payload) if topic == self._address.receipt:
                    self._receipt(payload)
                case Message(topic, payload) if topic == self._address.command:
                    self._command(payload)
                case Denied(token, topic, reason):
                    self._refused(token, topic, reason)
                case Message() | Acknowledged():
                    pass

    def _changed(self, now: Condition) -> None:
        if now != self._line.condition:
            _log.info(condition.sentence(now.state, "en", now.detail))
        self._line.condition = now
        self._denied, self._silent = "", False
        self._retained.begin_anew()
        if self._outbox is not None:
            self._outbox.rewind()

    def _receipt(self, payload: bytes) -> None:
        if self._outbox is None:
            return
        outcome = self._outbox.receipt(payload, self._clock.monotonic())
        if outcome is Receipt.IGNORED:
            _log.warning("a receipt was ignored: %s", self._outbox.fault)
        elif outcome is Receipt.REWOUND:
            _log.info("central lacks a part of what was sent; sending it again")
        else:
            self._silent, self._denied = False, ""

    def _command(self, payload: bytes) -> None:
        """Hand on what came, unread: the ballot service verifies central's signature over it."""
        try:
            text = payload.decode()
            answer = self._ballot.ask("from_central", envelope=text)
        except UnicodeDecodeError:
            _log.warning("a command was dropped: it is not text")
        except ControlError as error:
            _log.warning("a command from central was not carried out: %s", error)
        else:
            if isinstance(answer, Refusal):
                _log.warning("a command from central was refused: %s (%s)", answer.message, answer.code)

    def _refused(self, token: int, topic: str, reason: str) -> None:
        self._denied = f"{topic}: {reason}"
        _log.warning("the broker refused %s", self._denied)
        if self._outbox is not None:
            self._outbox.denied(token, self._clock.monotonic())

    # What the journal has ---------------------------------------------------------------------------------------------

    def _open_journal(self) -> None:
        if self._reader is not None or self._clock.monotonic() < self._open_journal_at:
            return
        try:
            self._reader = reader = Reader(self._folders.journal)
        except JournalError as error:  # not made yet, or just being made: the ballot service does that
            self._no_journal = str(error)
            self._open_journal_at = self._clock.monotonic() + RETRY_SECONDS
            return
        self._follower = Follower(reader)
        if self._settings.uplink.central_key:
            file = self._folders.uplink / "receipt.json"
            self._outbox = Outbox(reader, file, self._settings.uplink, self._address)
            if self._outbox.fault:
                _log.warning(self._outbox.fault)

    def _read_news(self) -> Turn:
        """What is new in the journal, and whether there may be a connection."""
        if self._follower is None:
            return Turn.AGAIN
        began = self._follower.seq == 0  # what the journal held before our time was dealt with before our time
        news = self._follower.news()
        for entry in news:
            self._release = release.apply(self._release, entry)
            self._retained.hear(entry, self._release.sendable.seq)
        changed = self._line.permit(not self._release.in_session)
        if changed is not None:
            self._changed(changed)
        return Turn.RESTART if not began and any(_concerns_us(entry.event) for entry in news) else Turn.AGAIN

    def _send(self) -> None:
        now = self._clock.monotonic()
        if self._outbox is None or not self._line.online:
            return
        if self._outbox.overdue(now):
            self._silent = True
            _log.warning("no receipt within %g s; sending again", self._settings.uplink.receipt_seconds)
        # One batch a turn: between two the journal is read, where a secret session may have begun.
        entries = self._outbox.due(now, self._release.sendable.seq)
        checkpoint = self._sign(entries[-1]) if entries else None
        if checkpoint is not None:
            token = self._line.publish(self._address.events, batch(entries, checkpoint))
            self._outbox.sent(entries[0].seq, entries[-1].seq, token, now)

    def _sign(self, last: Entry) -> bytes | None:
        """The device's checkpoint over an entry, from the ballot service, which holds the key; None while it cannot."""
        if self._clock.monotonic() < self._ask_ballot_at:
            return None
        try:
            answer = self._ballot.ask("sign_checkpoint", seq=last.seq)
        except ControlError as error:
            answer = Refusal(code="no-answer", message=str(error))
        if isinstance(answer, Refusal):
            if not self._trouble:
                _log.warning("not signed: %s", answer.message)
            self._trouble = "no-ballot-service"
            self._ask_ballot_at = self._clock.monotonic() + RETRY_SECONDS
            return None
        self._trouble = ""
        return str(answer["envelope"]).encode()

    def _publish_retained(self) -> None:
        """Keep true what the broker retains: the results, and how far the journal has gone."""
        if not self._line.online:
            return
        for topic, payload in self._retained.results(self._release.sendable.seq):
            self._line.publish(topic, payload, retain=True)
        acknowledged = self._outbox.acknowledged if self._outbox is not None else 0
        state = self._retained.state(self._release.sendable, acknowledged, self._clock.monotonic())
        if state is not None:
            self._line.publish(self._address.state, state, retain=True)

    @property
    def _busy(self) -> bool:
        """Whether there is more to send at once, without waiting to be woken."""
        return (
            self._line.online
            and self._outbox is not None
            and not self._trouble
            and bool(self._outbox.due(self._clock.monotonic(), self._release.sendable.seq))
        )

    # How it is --------------------------------------------------------------------------------------------------------

    def status(self, language: str) -> dict[str, Any]:
        """How the uplink is, in `vi` or `en`; in the box's own language where another is asked for."""
        language = language if language in ("vi", "en") else self._settings.box.language
        state, detail = self._state()
        trouble = self._why_nothing_is_sent(language)
        waiting = trouble and state is State.ONLINE
        sentence = condition.CONNECTED[language] if waiting else condition.sentence(state, language, detail)
        return {
            "service": "uplink",
            "state": state.value,
            "detail": f"{sentence} {trouble}.".strip() if trouble else sentence,
            "remedy": condition.remedy(state, language),
            "acknowledged": self._outbox.acknowledged if self._outbox is not None else 0,
            "head": self._follower.seq if self._follower is not None else 0,
            "broker": f"{self._settings.broker.host}:{self._settings.broker.port}" if self._line.configured else "",
        }

    def _state(self) -> tuple[State, str]:
        if self._line.online and self._denied:
            return State.REFUSED, self._denied
        fault = self._outbox.fault if self._outbox is not None else ""
        if self._line.online and (fault or self._silent):
            return State.NO_RECEIPTS, fault
        return self._line.condition.state, self._line.condition.detail

    def _why_nothing_is_sent(self, language: str) -> str:
        code = self._trouble
        if self._reader is None:
            return f"{condition.TROUBLES['no-journal'][language]} ({self._no_journal})"
        if self._outbox is None and self._line.configured:
            code = "no-central-key"
        elif not code and self._line.configured and self._release.hold in (Hold.BALLOT, Hold.RECORD):
            code = self._release.hold.value
        return condition.TROUBLES[code][language] if code else ""


def _concerns_us(event: Event) -> bool:
    """Whether the configuration that this service was built with is no longer in force."""
    ours = ("box.", "broker.", "uplink.")
    return isinstance(event, ConfigurationChanged) and any(key.startswith(ours) for key in event.keys)
