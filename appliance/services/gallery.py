"""Keeping the gallery: what happened to it is stated, what has expired is forgotten, and after a meeting it is renewed.

The commands keep it whenever they open it; on a running box the door does (`Keeper`), since its user alone may write
the gallery. The door's own look at it is read-only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from appliance.events import GalleryRenewed, MeetingEnded
from appliance.face.gallery import Gallery
from appliance.journal import Fact, Writer
from appliance.record import Entry
from appliance.services.clock import Clock


def state(gallery: Gallery, writer: Writer, clock: Clock) -> None:
    """Append what the gallery has done and the journal does not say yet. The same fact twice is one fact."""
    for fact_id, event in gallery.unstated():
        writer.append([Fact(fact_id, event)], clock.now())
        gallery.stated(fact_id)


def forget(gallery: Gallery, writer: Writer, clock: Clock, delegate: str, reason: str) -> bool:
    """Destroy a delegate's templates, then state it; False if nobody of that id is enrolled."""
    gone = gallery.forget(delegate, reason)
    state(gallery, writer, clock)
    return gone


def renew(gallery: Gallery, writer: Writer, clock: Clock, reason: str) -> int:
    """Turn all templates anew, then state it; how many delegates there are."""
    count = gallery.renew(reason)
    state(gallery, writer, clock)
    return count


def tidy(gallery: Gallery, writer: Writer, clock: Clock) -> list[str]:
    """State what a crash left unstated; forget whose date has come. Who was forgotten."""
    state(gallery, writer, clock)
    lines = {line.delegate: line.expires for line in gallery.enrolments()}
    gone = gallery.expired(clock.now().at[:10])
    for delegate in gone:
        forget(gallery, writer, clock, delegate, f"expired {lines.get(delegate, '')}".strip())
    return gone


class Keeper:
    """Keeps the gallery beside a running service. It is opened for writing for as long as that takes, and no longer.

    Never adds a template: what is seen at the door does not come here.
    """

    def __init__(
        self, open_gallery: Callable[[], Gallery], writer: Writer, clock: Clock, *, renew_after_meeting: bool
    ) -> None:
        """`writer` is the gallery's own in the journal. What is due is done at once."""
        self._open, self._writer, self._clock, self._renews = open_gallery, writer, clock, renew_after_meeting
        self._kept_on = ""
        self._ended = ""
        self.turn()

    def hear(self, news: Sequence[Entry]) -> None:
        """Take in new facts of the journal, from its beginning on: has a meeting ended since the last renewal?"""
        for event in (entry.event for entry in news):
            if isinstance(event, MeetingEnded):
                self._ended, self._kept_on = event.meeting, ""
            elif isinstance(event, GalleryRenewed):
                self._ended = ""

    def turn(self) -> None:
        """Do what is due: at the start, on a new day, and after a meeting. Otherwise nothing."""
        today = self._clock.now().at[:10]
        if today == self._kept_on:
            return
        gallery = self._open()
        try:
            tidy(gallery, self._writer, self._clock)
            if self._ended and self._renews and gallery.enrolments():
                renew(gallery, self._writer, self._clock, f"meeting {self._ended} ended")
        finally:
            gallery.close()
        self._kept_on, self._ended = today, ""

    def close(self) -> None:
        """Give the journal back."""
        self._writer.close()
