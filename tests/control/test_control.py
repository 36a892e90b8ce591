"""The control sockets: one line, one answer; driven turn by turn, without threads in the server."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance.control import Client, Request, Server
from appliance.control.server import PEERS_LIMIT, UNREAD_LIMIT
from appliance.errors import ControlError, DeviceError
from appliance.values import Refusal


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "s.sock"


@pytest.fixture
def server(path: Path) -> Iterator[Server]:
    made = Server(path)
    yield made
    made.close()


def connected(path: Path) -> socket.socket:
    peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    peer.settimeout(10)
    peer.connect(str(path))
    return peer


def line(do: str = "ask", number: int = 1, **changes: Any) -> bytes:
    return json.dumps({"id": f"request-{number:04}", "do": do, "args": {}} | changes).encode() + b"\n"


def turns(server: Server, count: int = 1) -> list[Request]:
    """Poll until so many requests are there; everything was sent before, so nothing is waited for."""
    found: list[Request] = []
    for _ in range(100 + 4 * count):
        found += server.poll(0)
        if len(found) >= count > 0:
            break
    return found


def answer(peer: socket.socket) -> dict[str, Any]:
    with peer.makefile("rb") as lines:
        return json.loads(lines.readline())


def test_a_request_is_read_and_answered_once(server: Server, path: Path):
    with connected(path) as peer:
        peer.sendall(line("open", token="t", args={"item": "nội dung"}))
        (request,) = turns(server)
        assert (request.id, request.do, request.token) == ("request-0001", "open", "t")
        assert (request.args, request.uid) == ({"item": "nội dung"}, os.getuid())
        request.reply({"ballot": "ở"})
        assert answer(peer) == {"ok": True, "result": {"ballot": "ở"}}


def test_a_refusal_keeps_its_code(server: Server, path: Path):
    with connected(path) as peer:
        peer.sendall(line())
        (request,) = turns(server)
        request.refuse(Refusal(code="no-quorum", message="13 of 21"))
        assert answer(peer) == {"ok": False, "refusal": {"code": "no-quorum", "message": "13 of 21"}}


def test_a_request_may_arrive_in_pieces_and_several_in_one(server: Server, path: Path):
    with connected(path) as peer:
        data = line(number=1) + line(number=2) + line(number=3)[:-5]
        peer.sendall(data[:20])
        assert turns(server, 0) == []
        peer.sendall(data[20:])
        assert [r.id for r in turns(server, 2)] == ["request-0001", "request-0002"]
        peer.sendall(line(number=3)[-5:])
        assert [r.id for r in turns(server)] == ["request-0003"]


def test_an_answer_larger_than_the_sockets_buffer_arrives_whole(server: Server, path: Path):
    with connected(path) as peer:
        peer.sendall(line())
        (request,) = turns(server)
        picture = "x" * 3_000_000
        request.reply(picture)
        received = bytearray()
        while not received.endswith(b"\n"):
            server.poll(0)
            received += peer.recv(65536)
        assert json.loads(received)["result"] == picture


def test_a_peer_that_never_reads_is_dropped_and_costs_no_more_memory(server: Server, path: Path):
    with connected(path) as deaf, connected(path) as other:
        deaf.sendall(b"".join(line(number=n) for n in range(6)))
        for request in turns(server, 6):
            request.reply("x" * (UNREAD_LIMIT // 4))
        other.sendall(line(number=9))
        (request,) = turns(server)
        request.reply("heard")
        assert answer(other)["result"] == "heard"
        with pytest.raises(json.JSONDecodeError):
            answer(deaf)


def test_a_peer_that_left_before_its_answer_harms_nobody(server: Server, path: Path):
    peer = connected(path)
    peer.sendall(line())
    (request,) = turns(server)
    peer.close()
    turns(server, 0)
    request.reply("nobody hears this")
    with connected(path) as other:
        other.sendall(line(number=2))
        (request,) = turns(server)
        request.reply(2)
        assert answer(other)["result"] == 2


def test_one_loud_peer_does_not_keep_the_others_waiting(server: Server, path: Path):
    """Each peer is read once a turn: whoever pours requests in gets no more of it than 64 KiB."""
    with connected(path) as loud, connected(path) as quiet:
        turns(server, 0)
        loud.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                loud.send(line(number=1) * 100)
        quiet.sendall(line(number=7))
        assert "request-0007" in [request.id for request in server.poll(0)]


def test_connections_beyond_the_limit_are_turned_away_and_room_is_made_again(server: Server, path: Path):
    peers = []
    for _ in range(PEERS_LIMIT + 10):
        peers.append(connected(path))
        server.poll(0)
    assert len(server._selector.get_map()) <= PEERS_LIMIT + 1
    assert peers[-1].recv(1) == b""
    for peer in peers:
        peer.close()
    turns(server, 0)
    with connected(path) as peer:
        peer.sendall(line())
        assert len(turns(server)) == 1


def test_a_file_of_the_services_own_wakes_the_poll(server: Server):
    reading, writing = os.pipe()
    server.watch(reading)
    os.write(writing, b"x")
    assert server.poll(5) == []
    os.close(reading)
    os.close(writing)


def test_the_socket_is_for_its_owner_and_group(server: Server, path: Path):
    assert path.stat().st_mode & 0o777 == 0o660


def test_a_second_server_on_the_same_socket_refuses_to_start(server: Server, path: Path):
    with pytest.raises(DeviceError, match="another process answers here"):
        Server(path)


def test_a_socket_left_behind_by_a_killed_service_is_taken_over(path: Path):
    dead = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    dead.bind(str(path))
    dead.close()
    Server(path).close()
    assert not path.exists()


def test_a_folder_too_deep_for_a_socket_is_refused_with_the_way_out(tmp_path: Path):
    with pytest.raises(DeviceError, match="APPLIANCE_SOCKETS"):
        Server(tmp_path / ("x" * 120) / "s.sock")


# The asking side -----------------------------------------------------------------------------------------------------


@pytest.fixture
def served(server: Server) -> Iterator[list[Request]]:
    """The server turned in the background, echoing; what it saw."""
    seen: list[Request] = []
    stop = threading.Event()

    def loop() -> None:
        while not stop.is_set():
            for request in server.poll(0.02):
                seen.append(request)
                if request.do == "refuse":
                    request.refuse(Refusal(code="no", message="no"))
                elif request.do != "silent":
                    request.reply(request.args)

    thread = threading.Thread(target=loop)
    thread.start()
    yield seen
    stop.set()
    thread.join()


def test_a_client_asks_and_gets_the_result_or_the_refusal(served: list[Request], path: Path):
    client = Client(path)
    assert client.ask("echo", token="t", name="Đại biểu Mẫu 01") == {"name": "Đại biểu Mẫu 01"}
    assert client.ask("refuse") == Refusal(code="no", message="no")
    assert client.ask("echo", id="my-own-id-1") == {}
    assert [request.id for request in served][2] == "my-own-id-1"
    assert len({request.id for request in served}) == 3


def test_threads_may_share_a_client(served: list[Request], path: Path):
    client = Client(path)
    answers: list[Any] = []
    threads = [threading.Thread(target=lambda n=n: answers.append(client.ask("echo", n=n))) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(a["n"] for a in answers) == list(range(20))


def test_a_service_that_is_not_there_or_does_not_answer_is_named(served: list[Request], path: Path):
    with pytest.raises(ControlError, match=r"s does not answer on .*s.sock .*is the service running"):
        Client(path, timeout=0.1).ask("silent")
    with pytest.raises(ControlError, match="ballot does not answer"):
        Client(path.with_name("ballot.sock")).ask("status")
    malformed = Client(path).ask("echo", token=5)  # type: ignore[arg-type]  # on purpose
    assert isinstance(malformed, Refusal)
    assert malformed.code == "malformed"


def test_all_who_wait_at_the_door_are_heard_in_one_turn(server: Server, path: Path) -> None:
    """A turn may wait for the disk: a hundred pages that ask at once must not wait a hundred times."""
    peers = [connected(path) for _ in range(50)]
    for number, peer in enumerate(peers):
        peer.sendall(line(number=number))
    assert sorted(request.id for request in server.poll(0)) == [f"request-{n:04}" for n in range(50)]
    for peer in peers:
        peer.close()
