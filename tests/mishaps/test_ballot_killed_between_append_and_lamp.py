"""The ballot service is killed when a vote or a close is durable and nobody was told: nothing is lost or doubled."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance import record, verification
from appliance.control import Client
from appliance.errors import ControlError
from appliance.events import BallotClosed, ResultSigned, VoteCast
from tests.worlds.room import room

KILLED_AFTER_APPEND = """
import os, signal, sys
from pathlib import Path
from appliance.journal import Writer
append = Writer.append
def append_and_die(self, facts, when):
    entries = append(self, facts, when)
    if any(entry.kind == sys.argv[2] for entry in entries):
        os.kill(os.getpid(), signal.SIGKILL)
    return entries
Writer.append = append_and_die
from tests.worlds.room import Room
room = Room(Path(sys.argv[1]))
print("ready", flush=True)
while True:
    room.step()
"""
"""The real service in a process of its own, which is killed right after the COMMIT of a fact of the kind named."""


def die_at(state: Path, kind: str, ask: Callable[[Client], object]) -> None:
    """Let the service die after appending `kind` while `ask` waits for its answer."""
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED_AFTER_APPEND, str(state), kind],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"ready\n"
        with pytest.raises(ControlError):
            ask(Client(state / "run" / "ballot.sock", timeout=60.0))
        assert process.wait(60) == -signal.SIGKILL
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
def prepared(tmp_path: Path) -> tuple[Path, dict[str, str], str]:
    """A meeting with an open ballot: state, tokens, ballot."""
    with room(tmp_path) as hall:
        hall.convene(3)
        tokens = hall.tokens()
        hall.seat_delegates(3)
        return tmp_path, tokens, hall.open()


def test_a_vote_that_was_saved_but_not_answered_is_answered_on_repeating(
    prepared: tuple[Path, dict[str, str], str],
) -> None:
    state, tokens, name = prepared
    vote = {"ballot": name, "choice": "against"}
    die_at(state, "VoteCast", lambda client: client.ask("vote", token=tokens["dv-02"], id="my-vote-1", **vote))
    with room(state) as hall:
        assert hall.lit("02") == (False, True, False)
        assert hall.done("vote", tokens["dv-02"], id="my-vote-1", **vote) == {"recorded": "against"}
        assert len(hall.facts(VoteCast)) == 1


def test_a_close_that_was_saved_gets_its_result_at_the_next_start(prepared: tuple[Path, dict[str, str], str]) -> None:
    state, _, name = prepared
    die_at(state, "BallotClosed", lambda client: client.ask("close", id="my-close-1", ballot=name))
    with room(state) as hall:
        (signed,) = hall.facts(ResultSigned)
        assert verification.check_result(
            signed.envelope.encode(), [record.fingerprint(hall.service.public_key)]
        ).trusted
        assert hall.done("close", id="my-close-1", ballot=name)["outcome"] == "lost"
        assert len(hall.facts(BallotClosed)) == 1
        sealed = hall.done("sign_checkpoint", seq=len(hall.entries()))["envelope"]
        assert verification.check_batch(record.batch(hall.entries(), sealed.encode())).intact


def test_a_result_that_was_saved_is_not_signed_twice(prepared: tuple[Path, dict[str, str], str]) -> None:
    state, _, name = prepared
    die_at(state, "ResultSigned", lambda client: client.ask("close", id="my-close-1", ballot=name))
    with room(state) as hall:
        assert len(hall.facts(ResultSigned)) == 1
