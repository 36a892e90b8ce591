"""What of the journal may leave the box by the network, and from which entry on it is held back.

Two things hold: a ballot that is open, from its first vote on, so that nobody anywhere sees a part of its result; and a
secret session, from its first moment until a technician has released the record that was carried out by hand. Entries
leave in order, so whatever stands behind a held entry waits with it. The hash of an entry tells what is in it to
whoever knows the rest and tries each choice: a head that is announced counts as leaving, too.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from appliance.events import (
    BallotAnnulled,
    BallotClosed,
    BallotOpened,
    HandsCounted,
    SecretRecordReleased,
    SecretSessionBegan,
    SecretSessionEnded,
    VoteCast,
    VoteEntered,
)
from appliance.record import GENESIS, Entry


class Head(NamedTuple):
    """A place in the journal: an entry's sequence and hash. Zero and `GENESIS` stand before the first."""

    seq: int = 0
    hash: bytes = GENESIS


START = Head()


class Hold(enum.StrEnum):
    """Why something is held back."""

    NOTHING = ""
    SESSION = "secret-session"  # one is on: there is no connection at all
    RECORD = "secret-record"  # it is over, and its record has not been released
    BALLOT = "ballot-open"


@dataclass(frozen=True)
class Release:
    """A fold of all entries so far. `begun`: open ballots → the place before their first vote, None without a vote."""

    head: Head = START
    begun: Mapping[str, Head | None] = field(default_factory=dict)
    secret: Head | None = None  # the place before a secret session whose record has not been released
    in_session: bool = False

    @property
    def sendable(self) -> Head:
        """The last entry that may leave, with all before it."""
        held = [head for head in (self.secret, *self.begun.values()) if head is not None]
        return min(held, default=self.head)

    @property
    def showable(self) -> Head:
        """The last entry that may be shown to anybody, also on a file that is carried out: no part of a result."""
        return min((head for head in self.begun.values() if head is not None), default=self.head)

    @property
    def hold(self) -> Hold:
        """Why `sendable` stands where it does; nothing where it is the last entry."""
        if self.in_session:
            return Hold.SESSION
        if self.sendable == self.head:
            return Hold.NOTHING
        return Hold.RECORD if self.sendable == self.secret else Hold.BALLOT


def apply(before: Release, entry: Entry) -> Release:
    """The fold with one more entry, which follows the last."""
    after = replace(before, head=Head(entry.seq, entry.hash))
    event, here = entry.event, before.head
    if isinstance(event, BallotOpened):
        return replace(after, begun={**before.begun, event.ballot: None})
    if isinstance(event, VoteCast | VoteEntered) and event.ballot in before.begun:
        return replace(after, begun={**before.begun, event.ballot: before.begun[event.ballot] or here})
    if isinstance(event, BallotClosed | BallotAnnulled | HandsCounted):
        return replace(after, begun={b: head for b, head in before.begun.items() if b != event.ballot})
    if isinstance(event, SecretSessionBegan):
        return replace(after, secret=before.secret or here, in_session=True)
    if isinstance(event, SecretSessionEnded):
        return replace(after, in_session=False)
    if isinstance(event, SecretRecordReleased) and not before.in_session:
        return replace(after, secret=None)
    return after


def fold(entries: Iterable[Entry]) -> Release:
    """Of a journal from its beginning."""
    state = Release()
    for entry in entries:
        state = apply(state, entry)
    return state
