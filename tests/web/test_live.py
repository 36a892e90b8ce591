"""The journal as the pages follow it: not there yet is no damage, damage is."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from appliance.events import PartRestored
from appliance.events import Writer as Name
from appliance.journal import Fact, Instant, Writer
from appliance.web.live import Feed

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
