"""Whatever a permitted user pours into a control socket, the service goes on and obeys none of it."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.control import Request, Server
from appliance.control.server import LINE_LIMIT

GOOD = json.dumps({"id": "request-0001", "do": "open"}).encode() + b"\n"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("garbage") / "s.sock"


@pytest.fixture(scope="module")
def server(path: Path) -> Iterator[Server]:
    made = Server(path)
    yield made
    made.close()


def poured(server: Server, path: Path, data: bytes) -> tuple[list[Request], bytes]:
    """Send it all while the server turns; the requests it took for such, and what it said."""
    requests: list[Request] = []
    said = bytearray()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
        peer.connect(str(path))
        peer.setblocking(False)
        sent = 0
        for _ in range(4000):
            requests += server.poll(0)
            try:
                sent += peer.send(data[sent : sent + 65536]) if sent < len(data) else 0
            except BlockingIOError:
                pass
            except OSError:
                break
            if sent == len(data):
                break
        for _ in range(50):
            requests += server.poll(0)
        try:
            while part := peer.recv(65536):
                said += part
        except OSError:
            pass
    server.poll(0)
    return requests, bytes(said)


def still_well(server: Server, path: Path) -> bool:
    requests, _ = poured(server, path, GOOD)
    return [request.do for request in requests] == ["open"]


@pytest.mark.parametrize(
    "garbage",
    [
        b"\n",
        b"\x00\n",
        b"\xff\xfe\n",
        b"hello\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"null\n",
        b"[]\n",
        b"{}\n",
        b'"' + b"x" * 1000 + b'"\n',
        b"[" * 100_000 + b"\n",
        b'{"id":"short","do":"open"}\n',
        b'{"id":"request-0001","do":""}\n',
        b'{"id":"request/0001","do":"open"}\n',
        b'{"id":"request-0001","do":5}\n',
        b'{"id":"request-0001","do":"open","args":[]}\n',
        b'{"id":"request-0001","do":"open","extra":1}\n',
        b'{"id":"request-0001","do":"open","token":"\\ud800"}\n',
        b'{"id":"request-0001","do":"open","uid":0}\n',
        json.dumps({"id": "request-0001", "do": "x" * 65}).encode() + b"\n",
        json.dumps({"id": "request-0001", "do": "open", "token": "x" * 5000}).encode() + b"\n",
    ],
)
def test_a_malformed_line_is_refused_and_what_follows_it_is_not_obeyed(server: Server, path: Path, garbage: bytes):
    requests, said = poured(server, path, garbage + GOOD)
    assert requests == []
    (first,) = said.splitlines()
    assert json.loads(first)["refusal"]["code"] == "malformed"
    assert still_well(server, path)


def test_a_line_without_an_end_is_cut_off(server: Server, path: Path):
    requests, said = poured(server, path, b"x" * (LINE_LIMIT + 200_000))
    assert requests == []
    assert str(LINE_LIMIT).encode() in said or said == b"", "the refusal, or the connection was reset while pouring"
    assert still_well(server, path)


def test_what_came_before_the_garbage_was_a_request_and_stays_one(server: Server, path: Path):
    requests, _ = poured(server, path, GOOD + b"garbage\n" + GOOD)
    assert len(requests) == 1
    requests[0].reply("the peer is gone: nobody hears this, nothing breaks")
    assert still_well(server, path)


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=300)
    | st.lists(st.sampled_from([GOOD, GOOD[:-1], b"\n", b"{", b"\xff"]), max_size=6).map(b"".join)
)
def test_any_bytes_leave_the_service_well(server: Server, path: Path, data: bytes):
    for request in poured(server, path, data)[0]:
        assert request.do == "open"
    assert still_well(server, path)
