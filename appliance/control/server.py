"""The answering side of a control socket: polled from a service's own loop, no threads."""

from __future__ import annotations

import fcntl
import json
import os
import selectors
import socket
import struct
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from appliance.errors import DeviceError
from appliance.values import Refusal, explain

LINE_LIMIT = 1 << 20
"""Bytes a request may have; a longer one is refused and the peer disconnected."""

UNREAD_LIMIT = 8 << 20
"""Bytes of answers that a peer may leave unread before it is disconnected."""

WAITING_LIMIT = 256
"""Connections that may wait to be accepted, and that one turn accepts at the most."""

PEERS_LIMIT = 512
"""Connections at a time; the next is turned away, so that no flood takes the service's file descriptors."""


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(min_length=8, max_length=128, pattern=r"^[A-Za-z0-9._:-]+$")
    do: str = Field(min_length=1, max_length=64)
    token: str = Field(default="", max_length=4096)
    args: dict[str, Any] = {}


@dataclass
class _Peer:
    connection: socket.socket
    uid: int
    received: bytearray = field(default_factory=bytearray)
    unsent: bytearray = field(default_factory=bytearray)


@dataclass(frozen=True)
class Request:
    """One command or question, to be answered once with `reply` or `refuse`."""

    id: str
    do: str
    token: str
    args: dict[str, Any]
    uid: int  # of the peer, as the kernel says
    _server: Server = field(repr=False)
    _peer: _Peer = field(repr=False)

    def reply(self, result: Any = None) -> None:
        """Answer with a JSON value."""
        self._server.send(self._peer, {"ok": True, "result": result})

    def refuse(self, refusal: Refusal) -> None:
        """Answer with why not."""
        self._server.send(self._peer, {"ok": False, "refusal": refusal.model_dump()})


class Server:
    """Listens on one socket. `poll` also wakes for files that the service watches itself."""

    def __init__(self, path: Path, *, users: Collection[int] = (), mode: int = 0o660) -> None:
        """`users`: uids that are answered beside our own and root. Raises `DeviceError` if another service listens."""
        self._users = {os.getuid(), 0, *users}
        self._path = path
        if len(os.fsencode(path)) > 107:
            raise DeviceError(f"{path}: too long for a socket (107 bytes); set APPLIANCE_SOCKETS to a shorter folder")
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = _only_one(path)
        path.unlink(missing_ok=True)  # of a service that was killed: nobody holds its lock any more
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(path))
        os.chmod(path, mode)
        self._listener.listen(WAITING_LIMIT)
        self._listener.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ, None)

    def watch(self, fd: int) -> None:
        """Let `poll` return when this file descriptor becomes readable; its owner reads it."""
        self._selector.register(fd, selectors.EVENT_READ, "watched")

    def unwatch(self, fd: int) -> None:
        """Not any more; to be called before it is closed."""
        self._selector.unregister(fd)

    def poll(self, timeout: float) -> list[Request]:
        """Requests that arrived complete, waiting at most `timeout` seconds for the first event."""
        requests: list[Request] = []
        for key, events in self._selector.select(timeout):
            if key.data is None:
                for peer in self._accept():
                    requests.extend(self._receive(peer))
            elif isinstance(key.data, _Peer):
                if events & selectors.EVENT_WRITE:
                    self._flush(key.data)
                if events & selectors.EVENT_READ:
                    requests.extend(self._receive(key.data))
        return requests

    def send(self, peer: _Peer, answer: dict[str, Any]) -> None:
        """Queue an answer; used by `Request`."""
        if peer.connection.fileno() < 0:
            return  # the peer left before it was answered: what was decided stands
        peer.unsent += json.dumps(answer).encode() + b"\n"
        self._flush(peer)
        if len(peer.unsent) > UNREAD_LIMIT:
            self._drop(peer)

    def close(self) -> None:
        """Stop listening and drop all peers."""
        for key in list(self._selector.get_map().values()):
            if isinstance(key.fileobj, socket.socket):
                key.fileobj.close()
        self._selector.close()
        self._path.unlink(missing_ok=True)
        os.close(self._lock)

    def _accept(self) -> Iterator[_Peer]:
        """Everybody who waits at the door: were it one a turn, a hundred pages would wait for a hundred fsyncs."""
        for _ in range(WAITING_LIMIT):
            try:
                connection, _address = self._listener.accept()
            except BlockingIOError:
                return
            except ConnectionAbortedError:
                continue  # the peer left before its turn
            _, uid, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
            if uid not in self._users or len(self._selector.get_map()) > PEERS_LIMIT:
                connection.close()
                continue
            connection.setblocking(False)
            peer = _Peer(connection, uid)
            self._selector.register(connection, selectors.EVENT_READ, peer)
            yield peer

    def _receive(self, peer: _Peer) -> Sequence[Request]:
        try:
            data = peer.connection.recv(65536)
        except BlockingIOError:
            return ()
        except OSError:
            data = b""
        if not data:
            self._drop(peer)
            return ()
        peer.received += data
        *lines, rest = bytes(peer.received).split(b"\n")
        peer.received = bytearray(rest)
        if len(rest) > LINE_LIMIT:
            self._reject(peer, f"a request has at most {LINE_LIMIT} bytes")
            return ()
        requests = []
        for line in lines:
            request = self._parse(peer, line)
            if request is None:
                break  # refused and disconnected: what came behind the garbage is not obeyed
            requests.append(request)
        return requests

    def _parse(self, peer: _Peer, line: bytes) -> Request | None:
        try:
            form = _Form.model_validate_json(line)
        except ValidationError as error:
            self._reject(peer, explain(error)[:500])
            return None
        return Request(form.id, form.do, form.token, form.args, peer.uid, self, peer)

    def _reject(self, peer: _Peer, message: str) -> None:
        refusal = Refusal(code="malformed", message=message)
        self.send(peer, {"ok": False, "refusal": refusal.model_dump()})
        self._drop(peer)

    def _flush(self, peer: _Peer) -> None:
        try:
            sent = peer.connection.send(peer.unsent) if peer.unsent else 0
        except BlockingIOError:
            sent = 0
        except OSError:
            self._drop(peer)
            return
        del peer.unsent[:sent]
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if peer.unsent else 0)
        self._selector.modify(peer.connection, wanted, peer)

    def _drop(self, peer: _Peer) -> None:
        if peer.connection.fileno() >= 0:
            self._selector.unregister(peer.connection)
            peer.connection.close()


def _only_one(path: Path) -> int:
    """Hold the lock beside a socket for as long as this process lives; the kernel lets go of it, however we end."""
    lock = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(lock)
        raise DeviceError(f"{path}: another process answers here; stop it first") from error
    return lock
