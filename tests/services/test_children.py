"""Services as processes of one terminal: started again when they ask or crash, put away in the end."""

import os
import signal
import sys
import time
from collections.abc import Callable

import pytest

from appliance.errors import DeviceError
from appliance.services.children import Children
from appliance.services.loop import EX_RESTART

FOREVER = "import signal; signal.pause()"


@pytest.fixture
def said():
    return []


@pytest.fixture
def children(said):
    room = Children(said.append)
    yield room
    room.stop()


def python(children: Children, name: str, code: str) -> None:
    children.start(name, [sys.executable, "-c", code])


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        os.sched_yield()


@pytest.mark.parametrize(("status", "words"), [(EX_RESTART, "asks for a new start"), (3, "ended with status 3")])
def test_a_service_that_asks_for_it_or_crashes_is_started_again(children, said, status, words):
    python(children, "ballot", f"raise SystemExit({status})")
    first = children.pid("ballot")
    until(lambda: not children.running("ballot"))
    assert children.status("ballot") == status
    children.watch()
    assert children.pid("ballot") != first
    assert words in said[0]


def test_a_service_that_crashes_at_every_start_is_started_ever_less_often(children, said, monkeypatch):
    monkeypatch.setattr("appliance.services.children.FIRST_PAUSE", 1000.0)
    monkeypatch.setattr("appliance.services.children.LAST_PAUSE", 1000.0)
    python(children, "web", "raise SystemExit(1)")
    until(lambda: not children.running("web"))
    children.watch()
    until(lambda: not children.running("web"))
    second = children.pid("web")
    children.watch()
    assert (children.pid("web"), len(said)) == (second, 1)


def test_a_recording_that_is_over_is_left_alone(children, said):
    python(children, "door", "")
    until(lambda: not children.running("door"))
    first = children.pid("door")
    children.watch()
    assert children.pid("door") == first
    assert said == []


def test_stopping_ends_every_process(children):
    python(children, "web", FOREVER)
    python(children, "uplink", FOREVER)
    children.stop()
    assert not children.running("web")
    assert not children.running("uplink")
    assert children.status("web") == -signal.SIGTERM


def test_a_process_that_does_not_hear_is_killed_and_named(children, said, monkeypatch, tmp_path):
    monkeypatch.setattr("appliance.services.children.STOP_SECONDS", 0.1)
    deaf = tmp_path / "deaf"
    ignoring = "import pathlib, signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    python(children, "door", f"{ignoring}; pathlib.Path({str(deaf)!r}).touch(); signal.pause()")
    until(deaf.exists)
    children.stop()
    assert children.status("door") == -signal.SIGKILL
    assert "door did not stop" in said[0]


def test_waiting_for_a_service_that_ends_instead_says_so(children, tmp_path):
    python(children, "ballot", "raise SystemExit(4)")
    with pytest.raises(DeviceError, match="ballot ended with status 4 before it answered"):
        children.wait_for_answer("ballot", tmp_path / "ballot.sock")
