"""Whatever is thrown at the ballot service's socket: it answers what it can, drops the rest, and votes go on."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.control.server import LINE_LIMIT
from appliance.values import Refusal
from appliance.wire import COMMANDS
from tests.worlds.room import Room, room


@contextmanager
def at_a_ballot(folder: Path) -> Iterator[Room]:
    """Three delegates, one ballot that runs."""
    with room(folder) as hall:
        hall.convene(3)
        hall.seat_delegates(3)
        hall.open()
        yield hall


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with at_a_ballot(tmp_path_factory.mktemp("box")) as hall:
        yield hall


@pytest.fixture
def own_hall(tmp_path: Path) -> Iterator[Room]:
    """For a test that counts on what nobody before it has done to the ballot."""
    with at_a_ballot(tmp_path) as hall:
        yield hall


def throw(hall: Room, data: bytes) -> None:
    """Send bytes, let the service take two turns, and go away without reading."""
    with closing(socket.socket(socket.AF_UNIX)) as connection:
        connection.connect(str(hall.state.socket("ballot")))
        connection.sendall(data)
        hall.step()
        hall.step()


def still_answers(hall: Room) -> bool:
    return bool(hall.done("identity")["site"] == "site")


MORE = settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)


@MORE
@given(st.binary(max_size=400))
def test_bytes(hall: Room, data: bytes) -> None:
    throw(hall, data + b"\n")
    assert still_answers(hall)


@MORE
@given(st.dictionaries(st.sampled_from(["id", "do", "token", "args", "x"]), values, max_size=5))
def test_objects_that_are_no_requests(hall: Room, request_: dict[str, object]) -> None:
    throw(hall, json.dumps(request_).encode() + b"\n")
    assert still_answers(hall)


NAMES = sorted({field for command in COMMANDS.values() for field in command.model_fields})


@MORE
@given(st.sampled_from(sorted(COMMANDS)), st.dictionaries(st.sampled_from(NAMES), values, max_size=5), st.text())
def test_commands_with_any_arguments_from_nobody(hall: Room, do: str, args: dict[str, object], token: str) -> None:
    before = len(hall.entries())
    answer = hall.answer(hall.send_request(do, args, "x" + token[:50]))
    assert isinstance(answer, Refusal) or do == "identity"
    assert len(hall.entries()) == before


@MORE
@given(st.sampled_from(sorted(set(COMMANDS) - {"configure"})), st.dictionaries(st.sampled_from(NAMES), values))
def test_commands_with_any_arguments_from_the_console(hall: Room, do: str, args: dict[str, object]) -> None:
    hall.answer(hall.send_request(do, args))
    assert still_answers(hall)


def test_a_line_without_end(hall: Room) -> None:
    with closing(socket.socket(socket.AF_UNIX)) as connection:
        connection.connect(str(hall.state.socket("ballot")))
        connection.setblocking(False)
        sent = 0
        while sent <= LINE_LIMIT:
            try:
                sent += connection.send(b"x" * 65536)
            except BlockingIOError:
                hall.step()
            except OSError:
                break
        for _ in range(40):
            hall.step()
        assert b"malformed" in connection.recv(4096)
    assert still_answers(hall)


def test_peers_that_leave_before_the_answer_and_peers_that_never_read(own_hall: Room) -> None:
    silent = [own_hall.send("status") for _ in range(50)]
    for connection in silent[:25]:
        connection.close()
    own_hall.press("01", "for")
    assert own_hall.minutes.ballots["m1.i1.1"].votes["dv-01"] == "for"
    assert still_answers(own_hall)
    for connection in silent[25:]:
        connection.close()
