"""The process dies between, before or in an append: what was acknowledged is there, the chain holds, and work goes on.

A killed process keeps what the kernel already has, so this proves the order of acknowledging, not that the card keeps
its promise: `synchronous=FULL` for that is checked as a setting.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from appliance.events import PartRestored
from appliance.events import Writer as Name
from appliance.journal import Fact, Instant, Reader, Writer

ROOT = Path(__file__).parents[2]
NOW = Instant("2026-11-22T01:00:00.000Z", True)

CHILD = """
import sys
from pathlib import Path
from appliance.events import PartRestored, Writer as Name
from appliance.journal import Fact, Instant, Writer

writer = Writer(Path(sys.argv[1]), Name(sys.argv[2]))
writer._db.execute("PRAGMA busy_timeout = 100000")  # nobody who votes appends without a pause: here one may starve
now = Instant("2026-11-22T01:00:00.000Z", True)
for number in range(1_000_000):
    name = f"{sys.argv[2]}-{sys.argv[3]}-{number:06}"
    group = [Fact(f"{name}-{part}", PartRestored(part=f"p-{number}")) for part in range(3)]
    entries = writer.append(group, now)
    print(entries[-1].seq, entries[-1].hash.hex(), flush=True)
"""


def child(path: Path, name: Name, life: int) -> subprocess.Popen[str]:
    """A process that appends threes and acknowledges each group on stdout after `append` has returned."""
    words = [sys.executable, "-c", CHILD, str(path), name.value, str(life)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def acknowledged(process: subprocess.Popen[str], count: int) -> dict[int, str]:
    """Wait for `count` acknowledgements, kill the process in the middle of its work, and collect all it still said."""
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(count)]
    process.kill()
    lines += process.stdout.readlines()
    assert process.wait() == -signal.SIGKILL
    whole = [line.split() for line in lines if line.endswith("\n")]
    return {int(seq): digest for seq, digest in whole}


@pytest.mark.timeout(110)
def test_killed_between_appends_no_acknowledged_row_is_lost_and_no_group_is_torn(tmp_path: Path):
    path = tmp_path / "journal.sqlite"
    promised: dict[int, str] = {}
    for life in range(6):
        promised |= acknowledged(child(path, Name.BALLOT, life), 5 + 7 * life)
        reader = Reader(path)
        count = reader.verify()
        kept = {entry.seq: entry.hash.hex() for entry in reader.after(0)}
        reader.close()
        assert promised.items() <= kept.items()
        assert count % 3 == 0, "a group is in the journal whole or not at all"
    after = Writer(path, Name.BALLOT)
    (entry,) = after.append([Fact("afterwards", PartRestored(part="p"))], NOW)
    assert entry.seq == count + 1
    assert after.verify() == count + 1
    after.close()


@pytest.mark.timeout(110)
def test_two_processes_that_append_at_once_never_fork_and_one_may_die(tmp_path: Path):
    path = tmp_path / "journal.sqlite"
    door, ballot = child(path, Name.DOOR, 0), child(path, Name.BALLOT, 0)
    promised = acknowledged(door, 40) | acknowledged(ballot, 60)
    reader = Reader(path)
    count = reader.verify()
    entries = list(reader.after(0))
    reader.close()
    assert promised.items() <= {entry.seq: entry.hash.hex() for entry in entries}.items()
    assert {entry.writer for entry in entries} == {"door", "ballot"}
    assert len({entry.prev for entry in entries}) == count == len({entry.id for entry in entries})


def test_an_append_that_was_cut_off_before_its_commit_left_nothing(tmp_path: Path):
    """The transaction is open, the process is gone: the next writer neither waits nor sees it."""
    path = tmp_path / "journal.sqlite"
    words = "\n".join(
        [
            CHILD.split("for number", maxsplit=1)[0],
            'writer._db.execute("BEGIN IMMEDIATE")',
            'writer._append_one(Fact("half-0001", PartRestored(part="p")), now.at, "synchronised")',
            'print("in the middle", flush=True)',
            "sys.stdin.read()",
        ]
    )
    process = subprocess.Popen(
        [sys.executable, "-c", words, str(path), "ballot"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "in the middle\n"
    process.kill()
    process.wait()
    writer = Writer(path, Name.BALLOT)
    assert writer.head()[0] == 0
    (entry,) = writer.append([Fact("half-0001", PartRestored(part="p"))], NOW)
    assert entry.seq == 1, "the same id again is the first time: nothing of it was kept"
    writer.close()


def test_the_journal_waits_for_the_card(tmp_path: Path):
    writer = Writer(tmp_path / "journal.sqlite", Name.BALLOT)
    assert writer._db.execute("PRAGMA synchronous").fetchone() == (2,), "FULL"
    assert writer._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    writer.close()
