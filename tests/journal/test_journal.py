"""The spine: append-only, chained, one order for all writers, readable while it is written."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance import record
from appliance.errors import JournalError
from appliance.events import BoxClaimed, FaceNotIdentified, PartRestored
from appliance.events import Writer as Name
from appliance.journal import Fact, Follower, Instant, Reader, Writer
from appliance.values import Choice
from tests import assembly

NOW = Instant("2026-11-22T01:00:00.000Z", True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal" / "journal.sqlite"


@pytest.fixture
def writer(path: Path) -> Iterator[Writer]:
    made = Writer(path, Name.BALLOT)
    yield made
    made.close()


def restored(number: int) -> Fact:
    return Fact(f"fact-{number:04}", PartRestored(part=f"part-{number}"))


def test_a_new_journal_is_empty(writer: Writer):
    assert writer.head() == (0, record.GENESIS)
    assert writer.verify() == 0
    assert list(writer.after(0)) == []


def test_what_was_appended_is_read_back_by_another_process_file_and_all(writer: Writer, path: Path):
    entries = writer.append([restored(1), restored(2)], NOW)
    assert [e.seq for e in entries] == [1, 2]
    assert entries[0].prev == record.GENESIS
    assert entries[1].prev == entries[0].hash
    reader = Reader(path)
    assert list(reader.after(0)) == entries
    assert reader.head() == (2, entries[1].hash)
    assert reader.entry(2) == entries[1]
    assert reader.entry(3) is None
    assert reader.by_id("fact-0001") == entries[0]
    assert reader.by_id("fact-0003") is None
    assert list(reader.after(0, 1)) == entries[:1]
    assert reader.verify() == 2
    reader.close()


def test_the_clocks_word_about_itself_is_kept(writer: Writer):
    (entry,) = writer.append([restored(1)], Instant(NOW.at, False))
    assert (entry.at, entry.clock) == (NOW.at, "unsynchronised")


def test_the_same_fact_twice_is_one_entry(writer: Writer):
    first = writer.append([restored(1)], NOW)
    again = writer.append([restored(1), restored(2), restored(2)], Instant("2026-11-22T02:00:00.000Z", True))
    assert again[0] == first[0]
    assert again[1] == again[2]
    assert writer.head()[0] == 2


def test_one_id_for_two_facts_is_refused_and_nothing_is_written(writer: Writer):
    writer.append([restored(1)], NOW)
    with pytest.raises(JournalError, match=r"'fact-0001' already stands for another fact \(PartRestored, entry 1\)"):
        writer.append([restored(2), Fact("fact-0001", BoxClaimed())], NOW)
    assert writer.head()[0] == 1
    writer.append([restored(2)], NOW)
    assert writer.verify() == 2


def test_a_writer_states_only_what_is_its_to_state(path: Path):
    door = Writer(path, Name.DOOR)
    with pytest.raises(JournalError, match="VoteCast may not be written by 'door'"):
        door.append([restored(1), Fact("vote-0001", assembly.vote("dv-01", Choice.FOR))], NOW)
    assert door.head()[0] == 0
    door.append([Fact("face-0001", FaceNotIdentified(meeting="m", decision="unknown", looks=1))], NOW)
    door.close()


def test_two_writers_share_one_order(path: Path, writer: Writer):
    door = Writer(path, Name.DOOR)
    for number in range(1, 11):
        (writer if number % 2 else door).append([restored(number)], NOW)
    assert [e.writer for e in writer.after(0)] == ["ballot", "door"] * 5
    assert door.verify() == 10
    door.close()


def copy(seq: int, id: str, prev: str, hash: str, clock: str = "clock") -> str:
    """SQL: a new row made of entry 2, with these values in place of its own."""
    return f"INTO entry SELECT {seq}, at, {clock}, writer, kind, '{id}', body, {prev}, {hash} FROM entry WHERE seq = 2"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE entry SET at = 'x' WHERE seq = 1",
        "DELETE FROM entry WHERE seq = 2",
        "DELETE FROM entry",
        "INSERT " + copy(3, "other", "prev", "randomblob(32)"),
        "INSERT " + copy(4, "other", "hash", "randomblob(32)"),
        "INSERT " + copy(3, "other", "randomblob(32)", "randomblob(32)"),
        "INSERT " + copy(3, "other", "hash", "randomblob(32)", clock="'sundial'"),
        "INSERT OR REPLACE " + copy(3, "fact-0001", "hash", "randomblob(32)"),
        "INSERT OR REPLACE " + copy(2, "other", "prev", "randomblob(32)"),
        "INSERT OR REPLACE " + copy(3, "other", "hash", "hash"),
    ],
)
def test_the_schema_itself_forbids_changing_deleting_forking_and_skipping(writer: Writer, path: Path, sql: str):
    writer.append([restored(1), restored(2)], NOW)
    before = list(writer.after(0))
    stranger = sqlite3.connect(path, isolation_level=None)
    with pytest.raises(sqlite3.IntegrityError):
        stranger.execute(sql)
    stranger.close()
    assert list(writer.after(0)) == before


def tamper(path: Path, sql: str) -> None:
    """What somebody with the card in a laptop can do: take the triggers away first."""
    db = sqlite3.connect(path, isolation_level=None)
    for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        db.execute(f"DROP TRIGGER {name}")
    assert db.execute(sql).rowcount > 0
    db.close()


@pytest.mark.parametrize(
    ("sql", "complaint"),
    [
        ('UPDATE entry SET body = CAST(\'{"part":"x"}\' AS BLOB) WHERE seq = 2', "entry 2 was altered"),
        ("UPDATE entry SET at = '2026-01-01T00:00:00.000Z' WHERE seq = 1", "entry 1 was altered"),
        ("UPDATE entry SET writer = 'door' WHERE seq = 3", "entry 3 was altered"),
        ("DELETE FROM entry WHERE seq = 2", "entry 2 is missing"),
        ("DELETE FROM entry WHERE seq = 1", "entry 1 is missing"),
        ("UPDATE entry SET hash = randomblob(32) WHERE seq = 2", "entry 2 was altered"),
        ("UPDATE entry SET prev = randomblob(32) WHERE seq = 3", "entry 3 does not continue"),
    ],
)
def test_tampering_with_the_file_is_found_by_verify_and_stops_a_follower(path: Path, sql: str, complaint: str):
    writer = Writer(path, Name.BALLOT)
    writer.append([restored(1), restored(2), restored(3)], NOW)
    writer.close()
    tamper(path, sql)
    reader = Reader(path)
    with pytest.raises(JournalError, match=complaint):
        reader.verify()
    with pytest.raises(JournalError, match=f"damaged: {complaint}"):
        Follower(reader).news()
    reader.close()


def test_a_follower_gets_each_entry_once_and_keeps_the_meeting(path: Path, writer: Writer):
    follower = Follower(Reader(path))
    assert follower.news() == []
    facts = [Fact(e.id, e.event) for e in assembly.sat(3, present=0, votes={})]
    assert len(writer.append(facts, NOW)) == len(facts)
    assert [e.event for e in follower.news()] == [fact.event for fact in facts]
    assert follower.news() == []
    assert follower.minutes is not None
    assert follower.minutes.id == assembly.MEETING
    writer.append([Fact("next-0001", assembly.convened(assembly.members(3), meeting="m-2"))], NOW)
    follower.news()
    assert [m.id for m in follower.past] == [assembly.MEETING]
    assert follower.minutes.id == "m-2"
    assert (follower.seq, follower.hash) == writer.head()


def test_a_follower_that_stumbles_over_a_fact_of_a_later_version_stays_where_it_was(path: Path, writer: Writer):
    """Unknown kinds cannot be folded; the entries before are, and nothing is skipped silently."""
    writer.append([restored(1)], NOW)
    _, head = writer.head()
    fields: dict[str, Any] = {
        "seq": 2,
        "at": NOW.at,
        "clock": "synchronised",
        "writer": "ballot",
        "kind": "FromTheFuture",
        "id": "f-2",
    }
    new = record.Entry(**fields, body=b"{}", prev=head, hash=record.entry_hash(**fields, body=b"{}", prev=head))
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (
        new.seq, new.at, new.clock, new.writer, new.kind, new.id, new.body, new.prev, new.hash))  # fmt: skip
    db.close()
    follower = Follower(Reader(path))
    for _ in range(2):
        with pytest.raises(ValueError, match="FromTheFuture"):
            follower.news()
        assert follower.seq == 1


# Opening -------------------------------------------------------------------------------------------------------------


def test_without_a_journal_a_reader_says_who_makes_one(path: Path):
    with pytest.raises(JournalError, match="no journal here; the ballot service makes it: `appliance run`"):
        Reader(path)


@pytest.mark.parametrize("content", [b"", b"not a database at all, but a text of some length" * 100])
def test_another_file_in_its_place_is_refused_and_left_as_it_is(path: Path, content: bytes):
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(JournalError, match=path.name):
        Reader(path)
    if content:  # an empty file is an empty database: a writer makes it a journal
        with pytest.raises(JournalError, match=path.name):
            Writer(path, Name.BALLOT)
        assert path.read_bytes() == content


@pytest.mark.parametrize("pragmas", ["PRAGMA user_version = 2", "PRAGMA application_id = 7", "CREATE TABLE x (y)"])
def test_a_database_of_another_program_or_version_is_refused(path: Path, pragmas: str):
    path.parent.mkdir()
    db = sqlite3.connect(path)
    db.execute("PRAGMA application_id = 1634758762" if "version" in pragmas else "SELECT 1")
    db.execute(pragmas)
    db.commit()
    db.close()
    for open_it in (lambda: Writer(path, Name.BALLOT), lambda: Reader(path)):
        with pytest.raises(JournalError, match="not a journal of version 1"):
            open_it()


@pytest.mark.parametrize("name", ["a b", "a?mode=rw", "a#b", "a%20b", "ở đây"])
def test_a_state_directory_may_have_any_name(tmp_path: Path, name: str):
    path = tmp_path / name / "journal.sqlite"
    writer = Writer(path, Name.BALLOT)
    writer.append([restored(1)], NOW)
    reader = Reader(path)
    assert reader.head() == writer.head()
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader._db.execute("DELETE FROM entry")
    reader.close()
    writer.close()


@pytest.mark.skipif(os.getuid() != 0, reason="becomes another user, which root alone can")
def test_somebody_who_may_only_read_reads_beside_a_writer_and_is_told_why_not_without_one():
    """Web and uplink on a Pi: the journal's folder belongs to the ballot service."""
    folder = Path(tempfile.mkdtemp(prefix="appliance-"))  # the folder above tmp_path is closed to other users
    path = folder / "journal.sqlite"
    writer = Writer(path, Name.BALLOT)
    try:
        writer.append([restored(1)], NOW)
        folder.chmod(0o755)

        def as_nobody() -> str:
            child = os.fork()
            if child:
                return "read" if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0 else "refused"
            os.setgid(65534)
            os.setuid(65534)
            try:
                os._exit(0 if Reader(path).verify() == 1 else 2)
            except JournalError as error:
                os._exit(3 if "is `appliance ballot` running?" in str(error) else 4)
            finally:
                os._exit(5)

        assert as_nobody() == "read"
        writer.close()
        assert as_nobody() == "refused"
    finally:
        writer.close()
        shutil.rmtree(folder)


def test_many_processes_may_create_the_journal_at_once(path: Path):
    """First boot: door and ballot start together."""
    code = (
        "import sys; from pathlib import Path; from appliance.events import Writer as Name; "
        "from appliance.journal import Writer; sys.stdin.readline(); Writer(Path(sys.argv[1]), Name.DOOR).verify()"
    )
    words = [sys.executable, "-c", code, str(path)]
    root = Path(__file__).parents[2]
    children = [subprocess.Popen(words, stdin=subprocess.PIPE, stderr=subprocess.PIPE, cwd=root) for _ in range(6)]
    for child in children:
        assert child.stdin is not None
        child.stdin.write(b"\n")
        child.stdin.flush()
    outcomes = [child.communicate(timeout=60)[1] for child in children]
    assert [child.returncode for child in children] == [0] * 6, outcomes
