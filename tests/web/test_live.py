"""The journal as the pages follow it: not there yet is no damage, damage is."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from appliance.config import Configuration
from appliance.events import PartFailed, PartRestored
from appliance.events import Writer as Name
from appliance.journal import Fact, Instant, Writer
from appliance.services.state import State
from appliance.web import create_app, live, pages
from appliance.web.live import Feed, Now

NOW = Instant("2026-11-22T01:00:00.000Z", True)


def test_pages_that_start_first_wait_for_the_journal(tmp_path: Path) -> None:
    """No file; a file that the ballot service has made and not yet filled; then the journal."""
    path = tmp_path / "journal.sqlite"
    feed = Feed(path)
    assert feed.look().damage is None
    path.touch()
    assert feed.look().damage is None
    writer = Writer(path, Name.BALLOT)
    assert feed.look().damage is None
    writer.append([Fact("fact-0001", PartRestored(part="p"))], NOW)
    assert (feed.look().seq, feed.look().damage) == (1, None)
    writer.close()


def test_a_broken_chain_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    writer = Writer(path, Name.BALLOT)
    writer.append([Fact("fact-0001", PartRestored(part="p"))], NOW)
    writer.close()
    with sqlite3.connect(path) as db:
        db.execute("DROP TRIGGER entry_is_never_changed")
        db.execute("UPDATE entry SET at = '2026-11-22T02:00:00.000Z'")
    db.close()
    assert "entry 1 was altered" in str(Feed(path).look().damage)


def test_a_radio_that_stays_on_is_known_to_every_page(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    writer = Writer(path, Name.BALLOT)
    feed = Feed(path)
    failed = PartFailed(part="radios", symptom="phy0 stays on", remedy="take it out")
    writer.append([Fact("fact-0001", failed), Fact("fact-0002", PartRestored(part="p"))], NOW)
    assert feed.look().radios == "phy0 stays on"
    writer.append([Fact("fact-0003", PartRestored(part="radios"))], NOW)
    assert feed.look().radios == ""
    writer.close()


class Hurried(Feed):
    """News at every look; stops when somebody has rested three times."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.rested: list[float] = []

    def wait(self, version: int, timeout: float) -> Now:
        """At once."""
        return Now(version=version + 1)

    def rest(self, seconds: float) -> None:
        """No time passes."""
        self.rested.append(seconds)
        if len(self.rested) == 3:
            self.end()


def test_a_stream_rests_after_each_look_however_many_votes_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, feed, looks = create_app(State(tmp_path), Configuration()), Hurried(tmp_path / "journal.sqlite"), []

    def build(now: Now) -> int:
        looks.append(now.version)
        return now.version

    monkeypatch.setattr(pages, "_main", lambda *_: "")
    app.extensions["room"].feed = feed
    with app.test_request_context():
        said = list(pages._events(pages.Page("p", "p", (), build, lambda _now: None)))
    assert looks == [0, 1, 2]
    assert feed.rested == [live.PACE] * 3
    assert len(said) == 4, "each of them, and that it is over"


def test_nobody_rests_when_the_service_stops(tmp_path: Path) -> None:
    feed = Feed(tmp_path / "journal.sqlite")
    feed.end()
    feed.rest(3600.0)
    assert feed.over
