"""Secret ballots stay secret from whoever holds copies of the state directory, the MQTT capture and all logs.

What such an attacker has and has not stands in `attackers`; what chance alone would give, in `score`. Over more than
three hundred ballots every way of reading that is tried must do no better than chance: who chose what, in which order
people voted, and who of them did between two copies. The same attackers then read stores that give themselves away, and
the product with a leak put back into it: what they cannot see they do not prove.
"""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from appliance.ballot import Ballot
from appliance.events import VoteRefused
from appliance.services import boxes, seats
from appliance.services.desk import ballots as desk
from appliance.vault import passphrase
from tests.secrecy import planted, sitting, trial
from tests.secrecy.attackers import PERSON
from tests.secrecy.score import Score
from tests.secrecy.sitting import Seen, Truth
from tests.secrecy.trial import Trial
from tests.secrecy.wired import wired

pytestmark = pytest.mark.timeout(300)  # the first test waits for all ballots; beside whole rooms that takes a while

MEETINGS, BALLOTS = 19, 16
"""Of each meeting so many ballots: 304."""

BEYOND_CHANCE = 5.2
"""Standard deviations: by chance one channel in ten million gets there (normal distribution, one-sided)."""

SEED = 4


@pytest.fixture(scope="module")
def memory() -> Iterator[Path]:
    """A folder in memory where there is one: thousands of fsyncs prove nothing here."""
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shared if os.access(shared, os.W_OK) else None) as folder:
        yield Path(folder)


@pytest.fixture(scope="module", autouse=True)
def light_argon2() -> Iterator[None]:
    """A passphrase that is typed some forty times; how hard it is to guess is not what is asked here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passphrase, "MEMORY_KIB", 1024)
        patch.setattr(passphrase, "TIME_COST", 1)
        yield


@pytest.fixture(scope="module")
def ballots(memory: Path) -> Sequence[tuple[Seen, Truth]]:
    """Held once for all tests."""
    return list(sitting.hold(memory, meetings=MEETINGS, ballots=BALLOTS, seed=SEED))


@pytest.fixture(scope="module")
def real(ballots: Sequence[tuple[Seen, Truth]], memory: Path) -> Trial:
    """Every attacker on the product as it is."""
    return trial.hold(ballots, memory, SEED)


def figures(held: Trial) -> str:
    """What is told when a test fails, and with `pytest -s -rA`: every channel beside chance."""
    lines = [f"best guess from the tally alone: {held.by_tally.accuracy:.3f} of {held.by_tally.said:.0f} votes"]
    for what in ("choices", "order", "between"):
        best, score = held.best(what)
        lines.append(f"{what}: best on what is known: {best}; on the rest {_figure(score)}")
        scores = sorted(held.scores(what).items(), key=lambda one: -one[1].deviations)
        lines += [f"  {_figure(score)}  {name}" for name, score in scores if score.said]
    return "\n".join(lines)


def _figure(score: Score) -> str:
    return f"{score.accuracy:.3f} of {score.said:6.0f} (chance {score.chance:.3f}; {score.deviations:.1f} deviations)"


@pytest.mark.parametrize("what", ["choices", "order", "between"])
def test_no_channel_does_better_than_chance(real: Trial, what: str) -> None:
    print(figures(real))
    better = {n: _figure(s) for n, s in real.scores(what).items() if s.deviations > BEYOND_CHANCE}
    assert better == {}


def test_the_best_guess_of_a_choice_is_no_better_than_the_tally(real: Trial) -> None:
    """Who says nothing of somebody falls back on the tally: so whoever reads nothing does as well as that."""
    _, best = real.best("choices")
    silent = real.by_tally.said - best.said
    hits = best.hits + silent * real.by_tally.accuracy
    bound = BEYOND_CHANCE * (real.by_tally.said * 0.25) ** 0.5
    assert hits <= real.by_tally.hits + bound, figures(real)


def test_the_best_guess_of_the_order_is_a_coin(real: Trial) -> None:
    _, best = real.best("order")
    assert best.deviations <= BEYOND_CHANCE, figures(real)
    assert best.hits + (real.pairs - best.said) / 2 <= real.pairs / 2 + BEYOND_CHANCE * real.pairs**0.5, figures(real)


def test_the_trial_was_worth_something(ballots: Sequence[tuple[Seen, Truth]], real: Trial) -> None:
    """Enough ballots, copies at all moments, all that may happen, and attackers with something to say."""
    assert len(ballots) >= 300
    assert sum(len(seen.copies) for seen, _ in ballots) > 2 * len(ballots)
    assert any("segment-000002" in path for seen, _ in ballots for path in seen.copies[-1]), "no power cut in a ballot"
    assert sum(len(between) == 1 for _, truth in ballots for between in truth.between) > len(ballots) / 4
    assert all(seen.messages for seen, _ in ballots)
    told = {what: {n for n, s in real.scores(what).items() if s.said > 100} for what in ("choices", "order", "between")}
    assert {"mqtt", "list of those who took part", "bits of vault/boxes/BALLOT/segment-000001"} <= told["choices"]
    assert "raw after journal/journal.sqlite-wal ↓" in told["order"]
    assert "bits of vault/boxes/BALLOT/segment-000001" in told["between"]


def test_what_really_leaves_while_people_vote_on_real_pages_names_nobody(here: Path) -> None:
    """Captured at a real broker, with every line that pages, uplink and central server log, down to DEBUG."""
    (here / "outside").mkdir()
    diary = sitting.Diary()
    with diary.kept(), wired(here) as (hall, around):
        morning = sitting.Sitting(hall, random.Random(SEED), diary, 6, restarts=False, tablets=around.tablets)
        around.drain()
        began, before = hall.service.follower.seq, len(diary.lines)
        held = [morning.ballot() for _ in range(6)]
        around.drain()
    entries = [entry for seq, entry in around.entries().items() if seq > began]
    kinds = {entry.kind for entry in entries if PERSON.search(entry.body)}
    assert kinds <= {"BallotOpened", "SecretBallotCounted", "PartFailed", "PartRestored", "VoteRefused"}
    assert {e.event.delegate for e in entries if isinstance(e.event, VoteRefused)} <= {f"dv-{sitting.MEMBERS:02}"}
    assert sum(entry.kind == "SecretBallotCounted" for entry in entries) == len(held)
    assert [line for line in diary.lines[before:] if PERSON.search(line.encode()) or "choice" in line] == []
    assert diary.lines, "it is written down what is logged"
    assert len(around.open_tablets) >= 3


# What they can see ---------------------------------------------------------------------------------------------------


def attack(memory: Path, *, meetings: int = 2, ballots: int = 12) -> Trial:
    """The same attackers on a room with something else in it."""
    held = list(sitting.hold(memory, meetings=meetings, ballots=ballots, seed=SEED, restarts=False))
    return trial.hold(held, memory, SEED)


def reads_all(held: Trial, what: str, votes: float) -> None:
    """The channel that is believed is right about everybody in the ballots whose truth nobody told."""
    name, best = held.best(what)
    assert (best.accuracy, best.said) == (1.0, votes), f"{name}\n{figures(held)}"


@pytest.fixture
def here(memory: Path) -> Iterator[Path]:
    """A folder of one test."""
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


def test_deleted_rows_are_read_out_completely(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boxes, "BallotBox", planted.Rows)
    held = attack(here)
    reads_all(held, "choices", held.by_tally.said)
    reads_all(held, "order", held.pairs)
    after = held.scores("choices")["raw after vault/votes.sqlite ↑"]
    assert (after.accuracy, held.scores("order")["raw after vault/votes.sqlite ↑"].accuracy) == (1.0, 1.0), figures(
        held
    )


def test_a_log_of_sealed_votes_beside_its_key_is_read_out_completely(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boxes, "BallotBox", planted.Log)
    held = attack(here)
    reads_all(held, "choices", held.by_tally.said)
    reads_all(held, "order", held.pairs)


def test_with_the_passphrase_a_copy_from_before_the_count_is_open(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The attackers know the form of the real box: what they lack is a key."""
    monkeypatch.setattr(boxes, "BallotBox", planted.KeyBeside)
    held = attack(here)
    reads_all(held, "choices", held.by_tally.said)
    assert held.best("order")[1].deviations < BEYOND_CHANCE


def test_a_pad_that_is_always_the_same_is_learned(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boxes, "BallotBox", planted.Padded)
    held = attack(here, meetings=4)
    reads_all(held, "choices", held.by_tally.said)


def test_a_box_that_is_written_in_part_tells_who_voted_between_two_copies(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boxes, "BallotBox", planted.Patched)
    held = attack(here)
    assert held.best("between")[1].accuracy == 1.0, figures(held)
    assert held.best("order")[1].accuracy == 1.0, figures(held)
    assert held.best("choices")[1].deviations < BEYOND_CHANCE


def test_a_file_for_each_elector_tells_the_order_by_its_time(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boxes, "BallotBox", planted.OneEach)
    held = attack(here)
    assert held.scores("order")["times of files"].accuracy == 1.0, figures(held)
    assert held.best("choices")[1].deviations < BEYOND_CHANCE


def test_a_list_in_the_order_of_casting_is_an_order(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boxes, "BallotBox", planted.InOrder)
    held = attack(here)
    reads_all(held, "order", held.pairs)


def test_refused_presses_by_name_would_tell_who_voted_late(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def always(_ballot: Ballot, _delegate: str) -> bool:
        return True

    monkeypatch.setattr(seats, "is_stated", always)
    monkeypatch.setattr(desk, "is_stated", always)
    held = attack(here, meetings=8)
    assert held.scores("order")["fact VoteRefused ballot-held"].deviations > BEYOND_CHANCE, figures(held)


def test_a_stuck_key_by_name_would_tell_what_was_chosen(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seats, "_had_secret", lambda _minutes: False)
    held = attack(here, meetings=5)
    assert held.scores("choices")["fact PartFailed "].accuracy == 1.0, figures(held)
