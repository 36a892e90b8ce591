"""The journal under any order of appends, repeats, refusals, reopenings and readers."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from appliance.errors import JournalError
from appliance.events import BoxClaimed, Event, PartRestored
from appliance.events import Writer as Name
from appliance.journal import Fact, Follower, Instant, Reader, Writer
from appliance.record import Entry

NUMBERS = st.integers(0, 30)
WRITERS = st.sampled_from([Name.BALLOT, Name.DOOR])


class JournalLives(RuleBasedStateMachine):
    """Beside the real file runs a model: a list of (id, event)."""

    @initialize()
    def install(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="appliance-")
        self.path = Path(self.folder.name) / "journal.sqlite"
        self.writers = {name: Writer(self.path, name) for name in (Name.BALLOT, Name.DOOR)}
        self.follower = Follower(Reader(self.path))
        self.model: list[tuple[str, Event]] = []
        self.followed: list[Entry] = []
        self.ticks = 0

    def _now(self) -> Instant:
        self.ticks += 1
        return Instant(f"2026-11-22T01:{self.ticks // 60 % 60:02}:{self.ticks % 60:02}.000Z", self.ticks % 3 > 0)

    @rule(name=WRITERS, numbers=st.lists(NUMBERS, max_size=6))
    def append(self, name: Name, numbers: list[int]) -> None:
        facts = [Fact(f"fact-{n:04}", PartRestored(part=f"p-{n}")) for n in numbers]
        entries = self.writers[name].append(facts, self._now())
        known = dict(self.model)
        for fact in facts:
            if fact.id not in known:
                known[fact.id] = fact.event
                self.model.append((fact.id, fact.event))
        assert [(e.id, e.event) for e in entries] == [(f.id, f.event) for f in facts]

    @rule(number=NUMBERS, new=NUMBERS)
    def an_id_used_for_something_else_writes_nothing(self, number: int, new: int) -> None:
        if f"fact-{number:04}" in dict(self.model):
            with pytest.raises(JournalError):
                self.writers[Name.BALLOT].append(
                    [Fact(f"new-{new:04}", BoxClaimed()), Fact(f"fact-{number:04}", BoxClaimed())], self._now()
                )

    @rule(number=NUMBERS)
    def what_is_not_the_doors_to_state_writes_nothing(self, number: int) -> None:
        with pytest.raises(JournalError):
            self.writers[Name.DOOR].append(
                [Fact(f"new-{number:04}", PartRestored(part="p")), Fact("claimed-1", BoxClaimed())], self._now()
            )

    @rule(name=WRITERS)
    def reopen(self, name: Name) -> None:
        self.writers[name].close()
        self.writers[name] = Writer(self.path, name)

    @rule()
    def follow(self) -> None:
        self.followed += self.follower.news()

    @rule()
    def follow_anew(self) -> None:
        self.follower = Follower(Reader(self.path))
        self.followed = self.follower.news()

    @invariant()
    def the_file_is_the_model(self) -> None:
        reader = Reader(self.path)
        assert reader.verify() == len(self.model)
        assert [(e.id, e.event) for e in reader.after(0)] == self.model
        assert [(e.id, e.event) for e in self.followed] == self.model[: len(self.followed)]
        reader.close()

    def teardown(self) -> None:
        for writer in self.writers.values():
            writer.close()
        self.folder.cleanup()


TestJournalLives = JournalLives.TestCase
TestJournalLives.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
