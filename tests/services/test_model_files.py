"""`appliance models fetch`, `build` and `check`: from a server, from a stick, and from neither."""

from __future__ import annotations

import hashlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from appliance.cli import main
from appliance.config import Configuration, Door
from appliance.errors import DeviceError
from appliance.face import graph
from appliance.face.models import catalogue, yunet_path
from appliance.services import model_files
from appliance.services.bench.door import open_embedder
from appliance.services.diagnosis.finding import Use
from appliance.services.diagnosis.model_files import network
from appliance.services.state import State

FILE = bytes(range(256)) * 300
MODEL = replace(catalogue()["detector"], bytes=len(FILE), sha256=hashlib.sha256(FILE).hexdigest())

Answer = Callable[[BaseHTTPRequestHandler], None]


def sends(data: bytes, length: int | None = None, status: int = 200) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        if length is not None:
            request.send_header("Content-Length", str(length))
        request.end_headers()
        request.wfile.write(data)

    return answer


class Server:
    """A server on this machine that a test tells what to answer, and that remembers how much it could send."""

    def __init__(self) -> None:
        self.answer: Answer = sends(FILE)
        self.asked: list[str] = []
        world = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                world.asked.append(self.path)
                world.answer(self)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/{MODEL.file}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "models"


def test_the_right_file_is_kept_and_not_asked_for_again(server: Server, folder: Path) -> None:
    path = model_files.fetch(MODEL, folder, url=server.url)
    assert path.read_bytes() == FILE
    assert [other.name for other in folder.iterdir()] == [MODEL.file]
    assert path.stat().st_mode & 0o777 == 0o644
    assert model_files.fetch(MODEL, folder, url=server.url) == path
    assert len(server.asked) == 1


def test_a_damaged_file_is_replaced(server: Server, folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / MODEL.file).write_bytes(FILE[:-1])
    assert model_files.fetch(MODEL, folder, url=server.url).read_bytes() == FILE


def endless(request: BaseHTTPRequestHandler) -> None:
    """More than the file has, until the other side has had enough."""
    request.send_response(200)
    request.end_headers()
    try:
        for _ in range(1000):
            request.wfile.write(FILE)
    except OSError:
        return
    raise AssertionError("it took 77 MB for a file of 77 kB")


def another_protocol(request: BaseHTTPRequestHandler) -> None:
    request.wfile.write(b"SSH-2.0-OpenSSH\r\n\r\n")


BAD: dict[str, tuple[Answer, str]] = {
    "other file": (sends(FILE[::-1]), f"sha256 is {hashlib.sha256(FILE[::-1]).hexdigest()}, models.toml says"),
    "page of a hotel's network": (sends(b"<html>Log in</html>"), f"19 bytes came, {MODEL.file} has {len(FILE)}"),
    "truncated": (sends(FILE[:1000], length=len(FILE)), "1000"),
    "nothing": (sends(b""), "0 bytes came"),
    "one byte too many": (sends(FILE + b"!"), "more bytes came"),
    "endless": (endless, "more bytes came"),
    "not there": (sends(b"no", status=404), "the server says 404 Not Found"),
    "broken server": (sends(b"", status=500), "the server says 500"),
    "no HTTP": (another_protocol, "broken off"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_not_the_file_is_refused_and_nothing_is_kept(server: Server, folder: Path, name: str) -> None:
    server.answer, sentence = BAD[name]
    with pytest.raises(DeviceError) as caught:
        model_files.fetch(MODEL, folder, url=server.url)
    assert sentence in str(caught.value)
    assert "nothing was kept" in str(caught.value)
    assert not folder.exists()


def test_without_network_it_says_how_to_bring_the_file(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens there
        with pytest.raises(DeviceError, match=r"cannot be reached: .*Connection refused") as caught:
            model_files.fetch(MODEL, folder, url=f"http://127.0.0.1:{taken.getsockname()[1]}/")
    for part in (MODEL.url, str(folder / MODEL.file), MODEL.sha256, "models fetch --from FILE"):
        assert part in str(caught.value)


def test_a_server_that_says_nothing_is_given_up(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_files, "TIMEOUT", 0.05)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(DeviceError, match="timed out"):
            model_files.fetch(MODEL, folder, url=f"http://127.0.0.1:{silent.getsockname()[1]}/")


def test_from_a_stick(folder: Path, tmp_path: Path) -> None:
    stick = tmp_path / "stick.onnx"
    stick.write_bytes(FILE)
    assert model_files.fetch(MODEL, folder, source=stick).read_bytes() == FILE


def test_a_wrong_file_on_the_stick_is_refused_with_both_values(folder: Path, tmp_path: Path) -> None:
    stick = tmp_path / "stick.onnx"
    stick.write_bytes(FILE[::-1])
    with pytest.raises(DeviceError, match=rf"stick\.onnx: sha256 is [0-9a-f]+, models\.toml says {MODEL.sha256}"):
        model_files.fetch(MODEL, folder, source=stick)
    stick.write_bytes(FILE[1:])
    with pytest.raises(DeviceError, match=rf"{len(FILE) - 1} bytes, {MODEL.file} has {len(FILE)}"):
        model_files.fetch(MODEL, folder, source=stick)
    with pytest.raises(DeviceError, match=r"gone\.onnx: No such file or directory"):
        model_files.fetch(MODEL, folder, source=tmp_path / "gone.onnx")
    assert not folder.exists()


def test_yunet_is_found_only_if_it_is_the_right_file(folder: Path) -> None:
    assert yunet_path(folder) is None
    folder.mkdir(parents=True)
    (folder / MODEL.file).write_bytes(FILE)
    with pytest.raises(DeviceError, match=rf"sha256 is {MODEL.sha256}, models\.toml says .*appliance models fetch"):
        yunet_path(folder)


# The verb ------------------------------------------------------------------------------------------------------------


def test_build_check_and_the_diagnosis_agree(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, models = tmp_path / "models", ["models", "--state", str(tmp_path)]
    assert main([*models, "check"]) == 0
    assert f"graph\tabsent\t{graph.path_in(folder)}" in capsys.readouterr().out
    assert (network(folder).ok, network(folder).state(Use.PI)) == (False, "not needed here")
    assert main([*models, "build"]) == 0
    assert capsys.readouterr().out.strip() == str(graph.path_in(folder))
    assert main([*models, "check"]) == 0
    assert f"graph\tok\t{graph.path_in(folder)}" in capsys.readouterr().out
    assert network(folder).ok
    graph.path_in(folder).write_bytes(b"another graph")
    assert main([*models, "check"]) == 1
    assert "appliance models build" in capsys.readouterr().err
    assert network(folder).state(Use.PI) == "missing"
    assert hashlib.sha256(b"another graph").hexdigest() in network(folder).detail


def test_fetch_from_a_wrong_file_fails_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stick = tmp_path / "stick.onnx"
    stick.write_bytes(b"something else")
    assert main(["models", "--state", str(tmp_path), "fetch", "--from", str(stick)]) == 1
    assert "stick.onnx: 14 bytes, face_detection_yunet_2026may.onnx has 229738" in capsys.readouterr().err


def test_whoever_needs_the_graph_makes_it_and_says_so_when_that_fails(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    state = State(tmp_path / "state")
    open_embedder(state, Configuration())
    assert graph.verified(state.models).is_file()
    other = State(tmp_path / "other")
    other.root.mkdir()
    other.models.write_text("a file where the folder should be")
    with pytest.raises(DeviceError, match=r"-[0-9a-f]{12}\.onnx: could not be made; the reason is above"):
        open_embedder(other, Configuration())
    assert "cannot be written" in capfd.readouterr().err
    open_embedder(other, Configuration(door=Door(embedder="dlib")))  # needs none
