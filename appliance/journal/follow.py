"""Following the journal: what is new since the last look, and the meeting, slips and session as they stand."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from appliance import minutes, secret_session, slips
from appliance.errors import JournalError
from appliance.events import MeetingConvened
from appliance.journal.reader import Reader, damaged
from appliance.minutes import Minutes
from appliance.record import Entry, chain_fault
from appliance.slips import Slip


def read(path: Path) -> Follower:
    """The journal as it stands, read once to its end. Raises `JournalError`."""
    with closing(Reader(path)) as reader:
        follower = Follower(reader)
        follower.news()
    return follower


class Follower:
    """Keeps a place in the journal and the folds of it. Starts at the beginning; one thread's."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.seq, self.hash = 0, bytes(32)
        self.minutes: Minutes | None = None
        self.past: list[Minutes] = []
        self.slips: dict[str, Slip] = {}
        self.secret_session = False

    @property
    def meetings(self) -> list[Minutes]:
        """Every meeting so far, in order."""
        return [*self.past, *([self.minutes] if self.minutes is not None else [])]

    def news(self) -> list[Entry]:
        """The entries since the last call, checked to continue the chain, and folded.

        Raises `JournalError` if the chain is broken: nobody should go on over a damaged journal.
        """
        entries = list(self._reader.after(self.seq))
        fault = chain_fault(entries, self.hash, self.seq + 1)
        if fault:
            raise JournalError(damaged(self._reader.path, fault))
        for entry in entries:
            if isinstance(entry.event, MeetingConvened) and self.minutes is not None:
                self.past.append(self.minutes)
            self.minutes = minutes.apply(self.minutes, entry.event, entry.at)
            self.slips = dict(slips.apply(self.slips, entry.event, entry.at))
            self.secret_session = secret_session.apply(self.secret_session, entry.event)
            self.seq, self.hash = entry.seq, entry.hash
        return entries
