"""The gallery report as the door answers it and the command line makes it: figures only, no template leaves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from appliance import __version__, gallery_report
from appliance.control import Request
from appliance.events import DelegateEnrolled, DelegateForgotten, Event, GalleryRenewed
from appliance.face.gallery import Gallery
from appliance.gallery_report import Report, Strangers
from appliance.identification import Enrolled
from appliance.record import Entry
from appliance.services.clock import Clock
from appliance.services.visits import EMBEDDINGS
from appliance.services.worker import Worker


def plan(looks: int) -> tuple[int, ...]:
    """After how many joined looks the door searches: as configured, and when a visit has all that it may have."""
    return tuple(sorted({looks, EMBEDDINGS}))


def read(open_gallery: Callable[[], Gallery], *, plan: Sequence[int], fpir: float) -> Report:
    """The figures of a gallery. Opens and closes it; what it raises is raised."""
    gallery = open_gallery()
    try:
        templates, cohort, looks = gallery.templates(), gallery.cohort(), gallery.looks()
        lines = {
            one.delegate: gallery_report.Enrolment(looks[one.delegate], one.consent, one.at, one.expires, one.twin)
            for one in gallery.enrolments()
            if one.delegate in looks  # else enrolled this very moment: the journal is about to say so
        }
    finally:
        gallery.close()
    return gallery_report.report(Enrolled(templates), lines, cohort, plan=plan, fpir=fpir)


def document(report: Report, strangers: Strangers, *, model: str, at: str) -> dict[str, Any]:
    """What pages, papers and programs get: `{report, strangers, model, software, at}`."""
    return {
        "report": report.json(),
        "strangers": strangers.json(report.fpir),
        "model": model,
        "software": __version__,
        "at": at,
    }


class Reporter:
    """Keeps the report beside the door's loop: computed when it is asked for, at most once for each change of the
    gallery, and on a thread of its own: with 500 delegates it takes longer than several frames."""

    def __init__(
        self, open_gallery: Callable[[], Gallery], *, looks: int, fpir: float, model: str, clock: Clock
    ) -> None:
        """`open_gallery` for reading; `looks` and `fpir` as the door has them; `model`: the embedder's sha256."""
        self._open, self._plan, self._fpir, self._model, self._clock = open_gallery, plan(looks), fpir, model, clock
        self._worker = Worker()
        self._strangers = Strangers()
        self._report: Report | None = None
        self._changes = 0
        self._computing = False
        self._waiting: list[Request] = []

    def hear(self, news: Sequence[Entry]) -> None:
        """New facts, from the beginning of the journal on."""
        for event in (entry.event for entry in news):
            self._strangers.take(event)
            if _changes(event):
                self._report = None
                self._changes += 1

    def turn(self) -> None:
        """Answer whoever waits, if the figures are there by now."""
        if self._computing:
            self._worker.collect()

    def answer(self, request: Request) -> None:
        """Answer at once, or when the figures are there. The asker's right was checked before."""
        self._waiting.append(request)
        self._answer()

    def close(self) -> None:
        """Wait for the figures at hand; nobody is answered any more."""
        self._worker.close()

    def _answer(self) -> None:
        if self._report is not None:
            answer = document(self._report, self._strangers, model=self._model, at=self._clock.now().at)
            for request in self._waiting:
                request.reply(answer)
            self._waiting = []
        elif not self._computing:
            self._computing = True
            before = self._changes
            self._worker.submit(
                lambda: read(self._open, plan=self._plan, fpir=self._fpir), lambda report: self._done(report, before)
            )

    def _done(self, report: Report, before: int) -> None:
        self._computing = False
        if before == self._changes:  # else it may be of the gallery before: compute anew
            self._report = report
        if self._waiting:
            self._answer()


def _changes(event: Event) -> bool:
    return isinstance(event, DelegateEnrolled | DelegateForgotten | GalleryRenewed)
