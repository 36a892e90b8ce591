"""What the broker keeps for whoever comes later: how far the journal has gone, and the current meeting's results."""

from __future__ import annotations

from collections.abc import Iterator

from appliance import __version__
from appliance.events import MeetingConvened, ResultSigned
from appliance.record import Entry, canonical
from appliance.release import Head
from appliance.uplink.topics import Address

ANNOUNCE_SECONDS = 1.0
"""The state is renewed at most this often while the journal grows."""


class Retained:
    """Says each thing once to a connection. Nothing is said of an entry that may not leave."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._results: dict[str, tuple[int, str]] = {}  # ballot → the entry that signed its result, the envelope
        self._said: dict[str, int] = {}  # ballot → the entry whose result this connection has
        self._announced: tuple[Head, int] | None = None
        self._announced_at = 0.0

    def hear(self, entry: Entry, sendable: int) -> None:
        """A new entry; `sendable` as it stands with it. A new meeting begins with no results, but for those held."""
        if isinstance(entry.event, ResultSigned):
            self._results[entry.event.ballot] = (entry.seq, entry.event.envelope)
        elif isinstance(entry.event, MeetingConvened):
            self._results = {ballot: one for ballot, one in self._results.items() if one[0] > sendable}

    def begin_anew(self) -> None:
        """Another connection: the broker may have lost what it retained."""
        self._said.clear()
        self._announced = None

    def results(self, sendable: int) -> Iterator[tuple[str, bytes]]:
        """Topic and payload of each result that may leave and was not said yet."""
        for ballot, (seq, envelope) in self._results.items():
            if seq <= sendable and self._said.get(ballot) != seq:
                self._said[ballot] = seq
                yield self._address.result(ballot), envelope.encode()

    def state(self, sendable: Head, acknowledged: int, now: float) -> bytes | None:
        """Birth, then whenever the journal has grown or more was receipted. `now` in monotonic seconds.

        Its head is the last entry that may leave: the number of votes, and their hash, would tell of an open ballot.
        """
        standing = (sendable, acknowledged)
        if standing == self._announced or (self._announced and now - self._announced_at < ANNOUNCE_SECONDS):
            return None
        self._announced, self._announced_at = standing, now
        head = {"hash": sendable.hash.hex(), "seq": sendable.seq}
        return canonical({"acknowledged": acknowledged, "head": head, "online": True, "software": __version__})
