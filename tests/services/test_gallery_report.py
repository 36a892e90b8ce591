"""The report beside the door's loop: computed once, anew after a change, never in the way of the loop."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance import __version__
from appliance.control import Request
from appliance.enrolment import Look
from appliance.events import DelegateEnrolled, Event, FaceNotIdentified
from appliance.face.gallery import Gallery
from appliance.services.gallery_report import Reporter
from tests.worlds.people import looks
from tests.worlds.room import HandClock

KEY, MODEL = bytes(range(32)), "e" * 64


class Peer:
    """Who asked: keeps the answers, as the socket would carry them."""

    def __init__(self) -> None:
        self.answers: list[dict[str, Any]] = []

    def send(self, _peer: object, answer: dict[str, Any]) -> None:
        self.answers.append(json.loads(json.dumps(answer))["result"])


class Said:
    """An entry of the journal, of which a reporter looks at the fact alone."""

    def __init__(self, event: Event) -> None:
        self.event = event


class Desk:
    """A reporter over a real gallery; the test says when a gallery may be opened."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.opened, self.gate = folder, 0, threading.Event()
        self.gate.set()
        self.peer = Peer()
        self.reporter = Reporter(self._open, looks=3, fpir=0.01, model=MODEL, clock=HandClock())

    def gallery(self, *, read_only: bool = False) -> Gallery:
        return Gallery(self.folder / "gallery.sqlite", KEY, MODEL, self.folder / "keys", read_only=read_only)

    def _open(self) -> Gallery:
        assert self.gate.wait(20)
        self.opened += 1
        return self.gallery(read_only=True)

    def enrol(self, number: int) -> None:
        gallery = self.gallery()
        gallery.enrol(
            f"dv-{number:02}", list(looks(number, 3)), consent="2026-1", at="2026-11-01T08:00:00Z",
            looks=[Look(turn, 0.9, False) for turn in (-0.2, 0.0, 0.2)],
        )  # fmt: skip
        gallery.close()
        self.hear(DelegateEnrolled(delegate=f"dv-{number:02}", model=MODEL, images=3, consent="2026-1"))

    def hear(self, event: Event) -> None:
        self.reporter.hear([Said(event)])  # type: ignore[list-item]

    def ask(self) -> None:
        self.reporter.answer(Request("question-1", "gallery_report", "t", {}, 0, self.peer, object()))  # type: ignore[arg-type]

    def finish(self) -> None:
        """Wait for the thread, then turn the loop."""
        self.reporter._worker._thread.submit(lambda: None).result(timeout=20)
        self.reporter.turn()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    one = Desk(tmp_path)
    one.gallery().close()
    yield one
    one.gate.set()
    one.reporter.close()


def test_the_answer_has_the_figures_of_the_gallery(desk: Desk) -> None:
    desk.enrol(1)
    desk.enrol(2)
    desk.ask()
    desk.finish()
    (answer,) = desk.peer.answers
    assert (answer["model"], answer["software"]) == (MODEL, __version__)
    report = answer["report"]
    assert (report["delegates"], report["pictures"], report["fpir"]) == (2, 6, 0.01)
    assert [one["looks"] for one in report["searches"]] == [3, 5]
    assert [line["covered"]["delegate"] for line in report["lines"]] == ["dv-01", "dv-02"]
    assert report["lines"][0]["consent"] == "2026-1"
    assert "images" not in json.dumps(answer), "no template leaves"


def test_it_is_computed_once_and_strangers_are_counted_on(desk: Desk) -> None:
    desk.enrol(1)
    for _ in range(3):
        desk.ask()
        desk.finish()
        desk.hear(FaceNotIdentified(meeting="m-1", decision="unknown", looks=5))
    assert [answer["strangers"]["seen"] for answer in desk.peer.answers] == [0, 1, 2]
    assert desk.opened == 1


def test_the_loop_goes_on_while_it_is_computed_and_all_who_ask_are_answered(desk: Desk) -> None:
    desk.enrol(1)
    desk.gate.clear()
    desk.ask()
    desk.ask()
    for _ in range(5):
        desk.reporter.turn()
    assert desk.peer.answers == []
    desk.gate.set()
    desk.finish()
    assert len(desk.peer.answers) == 2
    assert desk.opened == 1


def test_a_gallery_that_changes_meanwhile_is_computed_anew_before_anybody_is_answered(desk: Desk) -> None:
    desk.enrol(1)
    desk.gate.clear()
    desk.ask()
    desk.gate.set()
    desk.enrol(2)
    desk.finish()
    desk.finish()
    (answer,) = desk.peer.answers
    assert answer["report"]["delegates"] == 2


def test_an_empty_gallery_is_answered_too(desk: Desk) -> None:
    desk.ask()
    desk.finish()
    assert desk.peer.answers[0]["report"]["delegates"] == 0
