"""Live pages: one place follows the journal, every open page hears of it through server-sent events.

A page is a value (`view`) and a template. The stream compares values and renders only when the value changed, so a
hundred votes a second cost a delegate's tablet nothing.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from appliance import release, secret_session
from appliance.errors import JournalError
from appliance.events import ConfigurationChanged
from appliance.journal import Follower, Reader
from appliance.minutes import Minutes
from appliance.record import Entry
from appliance.release import Release
from appliance.slips import Slips
from appliance.web.presses import Presses

HEARTBEAT = 4.0
"""Seconds without news after which a stream says that it is alive. Pages give a stream up after three of them."""

PACE = 0.2
"""Seconds that a stream rests before it looks again: a hundred votes in a second are not a hundred looks of a hundred
pages, which would keep the votes waiting (measured).
"""


@dataclass(frozen=True)
class Now:
    """The journal folded as far as it was read. `damage` says what is wrong with it; `silent` who does not answer.

    `held` are the names of all meetings so far; `slips` are all opinion slips; `secret_session` whether one is on,
    `radios` why one could not be switched off or on; `release` what of the journal may leave the box.
    """

    version: int = 0
    seq: int = 0
    minutes: Minutes | None = None
    held: tuple[str, ...] = ()
    slips: Slips = field(default_factory=dict)
    secret_session: bool = False
    radios: str = ""
    release: Release = field(default_factory=Release)
    presses: Presses = field(default_factory=Presses)
    damage: str | None = None
    silent: tuple[str, ...] = ()
    configured: int = 0  # entry of the latest change of the configuration


class _FromAnyThread(Reader):
    """A reader that opens the file for each look: SQLite ties a connection to the thread that made it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def after(self, seq: int, limit: int = -1) -> Iterator[Entry]:
        """Entries behind `seq`; none while there is no journal to open."""
        try:
            reader = Reader(self.path)
        except JournalError:
            # Not made yet, or being made; or ballot and door are both down: a write-ahead log cannot be opened for
            # reading alone while nobody writes. Damage is what the chain shows, not this.
            return iter(())
        with closing(reader):
            return reader.after(seq, limit)

    def close(self) -> None:
        """Nothing stays open between looks."""


class Feed:
    """The journal, followed by whoever calls `look`, and heard by every thread that calls `wait`."""

    def __init__(self, path: Path) -> None:
        self._follower = Follower(_FromAnyThread(path))
        self._changed = threading.Condition()
        self._looking = threading.Lock()
        self.now = Now()
        self._ended = threading.Event()

    @property
    def over(self) -> bool:
        """Whether the service stops: streams are to finish."""
        return self._ended.is_set()

    def end(self) -> None:
        """Let every stream finish: the service stops."""
        with self._changed:
            self._ended.set()
            self._changed.notify_all()

    def look(self) -> Now:
        """Read what is new, wake those who wait; the state after it. A damaged journal is stated, not read further."""
        with self._looking:
            if self.now.damage is not None:
                return self.now
            try:
                entries = self._follower.news()
            except JournalError as error:
                self._publish(damage=str(error))
                return self.now
            presses, held, radios = self.now.presses, self.now.release, self.now.radios
            for entry in entries:
                presses, held = presses.after(entry), release.apply(held, entry)
                radios = secret_session.still_sending(radios, entry.event)
            if entries:
                self._publish(
                    seq=entries[-1].seq,
                    minutes=self._follower.minutes,
                    held=tuple(minutes.id for minutes in self._follower.meetings),
                    slips=self._follower.slips,
                    secret_session=self._follower.secret_session,
                    radios=radios,
                    release=held,
                    presses=presses,
                    configured=max(
                        [e.seq for e in entries if isinstance(e.event, ConfigurationChanged)],
                        default=self.now.configured,
                    ),
                )
            return self.now

    def say_silent(self, services: tuple[str, ...]) -> None:
        """State which services do not answer; wakes pages only when that changed."""
        with self._looking:
            if services != self.now.silent:
                self._publish(silent=services)

    def wait(self, version: int, timeout: float) -> Now:
        """The state once it is past `version`, or as it is after `timeout` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self.over or self.now.version > version, timeout)
            return self.now

    def rest(self, seconds: float) -> None:
        """Let so much time pass, unless the service stops."""
        self._ended.wait(seconds)  # not the condition: news wake nobody who rests

    def _publish(self, **changes: Any) -> None:
        with self._changed:
            self.now = replace(self.now, version=self.now.version + 1, **changes)
            self._changed.notify_all()


def event(name: str, data: Mapping[str, Any]) -> str:
    """One server-sent event (WHATWG HTML, 9.2): a name and one line of JSON."""
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
