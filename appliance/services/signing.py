"""What the box signs by itself, once the facts for it are durable: counts of boxes, results, rulings, minutes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from appliance import __version__, config, minutes_document, minutes_statement, record, results, slips
from appliance.ballot import Ballot
from appliance.config import Configuration
from appliance.errors import DeviceError
from appliance.events import (
    BallotAnnulled,
    BallotClosed,
    Event,
    HandsCounted,
    MeetingEnded,
    MinutesConfirmed,
    MinutesSigned,
    PartFailed,
    ResultSigned,
    SlipClosed,
    TieDecided,
)
from appliance.journal import Fact, Follower, Instant
from appliance.journal import Writer as JournalWriter
from appliance.minutes import Minutes
from appliance.record import Signer
from appliance.services.boxes import Boxes
from appliance.slips import Slip
from appliance.values import Voting

ENDINGS = (
    BallotAnnulled,
    BallotClosed,
    HandsCounted,
    MeetingEnded,
    MinutesConfirmed,
    SlipClosed,
    TieDecided,
)
"""After which facts there may be something to count, to sign or to destroy."""


BOX = "ballot-box"


class Signing:
    """Looks at what has ended and is neither counted nor signed. Safe to repeat: each fact has its own id.

    A crash may come between any two of these facts; `settle` goes on where it was.
    """

    def __init__(
        self,
        writer: JournalWriter,
        follower: Follower,
        signer: Signer,
        boxes: Boxes,
        *,
        configuration: Configuration,
        models: Mapping[str, str],
    ) -> None:
        self._writer, self._follower, self._signer, self._boxes = writer, follower, signer, boxes
        self.configuration = configuration
        self._models = models

    def settle(self, when: Instant) -> None:
        """Count, sign, and destroy what was counted. Each fact is appended by itself: a result names the head then."""
        for minutes in self._follower.meetings:
            for ballot in minutes.ballots.values():
                if self._boxes.key_is_known:
                    self._open(ballot, when)
        for fact_id, make in list(self._due()):
            self._append(make(), fact_id, when)
        self._boxes.clear(
            {b.id for m in self._follower.meetings for b in m.ballots.values() if b.is_open or b.awaits_count}
        )
        latest = self._follower.minutes
        if latest is None or latest.ended_at is not None:
            self._boxes.forget()

    def _open(self, ballot: Ballot, when: Instant) -> None:
        """A damaged box ends no service: the journal says once what is wrong, and the ballot waits to be annulled."""
        try:
            if ballot.awaits_count:
                self._append(self._boxes.count(ballot), f"{ballot.id}/count", when)
            elif ballot.is_open and ballot.opened.method is Voting.SECRET and not self._boxes.knows_all(ballot.opened):
                self._boxes.recall(ballot.opened)
        except DeviceError as error:
            fault = PartFailed(part=BOX, symptom=str(error)[:500], remedy="annul the ballot and hold a new one")
            if self._missing(fact_id := f"{ballot.id}/damaged"):
                self._append(fault, fact_id, when)

    def box(self) -> results.Box:
        """Who signs, and the head of the journal as it is."""
        box = self.configuration.box
        return results.Box(
            site=box.site,
            device=box.device,
            public_key=self._signer.public_key,
            software=__version__,
            configuration=config.digest(self.configuration),
            models=self._models,
            head_seq=self._follower.seq,
            head_hash=self._follower.hash,
        )

    def minutes_digest(self, minutes: Minutes) -> str:
        """SHA-256 of the minutes of an ended meeting as a document: what chair and secretary confirm."""
        return minutes_document.digest(self._document(minutes))

    def manifest(self, minutes: Minutes, files: Mapping[str, str], at: str) -> str:
        """The sealed manifest of a meeting's papers; `files`: name → SHA-256."""
        statement = minutes_statement.manifest(minutes, self.box(), files, self.minutes_digest(minutes), at)
        return record.seal(record.MANIFEST, statement, self._signer).decode()

    def _document(self, minutes: Minutes) -> minutes_document.Document:
        announced = [s for s in self._follower.slips.values() if minutes.id in s.announced]
        return minutes_document.document(minutes, announced)

    def _due(self) -> Iterator[tuple[str, Callable[[], Event]]]:
        """What is to be signed, by the id of its fact. Made one by one: each names the head that the last one left."""
        for minutes in self._follower.meetings:
            for ballot in minutes.ballots.values():
                if ballot.has_result and self._missing(fact_id := _fact_id(ballot)):
                    yield fact_id, partial(self._result, minutes.id, ballot.id)
            if minutes.is_confirmed and minutes.envelope is None:
                yield f"{minutes.id}/minutes", partial(self._minutes, minutes.id)
        for slip in slips.unsigned(self._follower.slips):
            yield _fact_id(slip), partial(self._slip, slip.id)

    def _missing(self, fact_id: str) -> bool:
        return self._writer.by_id(fact_id) is None

    def _append(self, event: Event, fact_id: str, when: Instant) -> None:
        self._writer.append([Fact(fact_id, event)], when)
        self._follower.news()

    def _result(self, meeting: str, name: str) -> Event:
        minutes = next(m for m in self._follower.meetings if m.id == meeting)
        return self._sealed(name, results.state(minutes, minutes.ballots[name], self.box()))

    def _slip(self, name: str) -> Event:
        return self._sealed(name, results.state_slip(self._follower.slips[name], self.box()))

    def _sealed(self, name: str, statement: dict[str, Any]) -> Event:
        return ResultSigned(ballot=name, envelope=record.seal(record.RESULT, statement, self._signer).decode())

    def _minutes(self, meeting: str) -> Event:
        minutes = next(m for m in self._follower.meetings if m.id == meeting)
        statement = minutes_statement.signed_minutes(minutes, self.box())
        return MinutesSigned(meeting=meeting, envelope=record.seal(record.MINUTES, statement, self._signer).decode())


def _fact_id(one: Ballot | Slip) -> str:
    """Of its result, or of the second one after the chair decided a tie."""
    return f"{one.id}/result" if one.tie is None else f"{one.id}/ruling"
