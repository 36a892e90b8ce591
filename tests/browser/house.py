"""A whole room for a browser: real ballot service and real pages as processes, a door that the test drives."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from appliance.control import Client, Server
from appliance.errors import ControlError
from appliance.services.state import State
from appliance.uplink.private_broker import free_port
from appliance.values import Refusal

SEATS = 6
DEADLINE = 60.0
PATIENCE = 30.0
"""Seconds for an answer of the ballot service: the machine may be busy with other tests."""


def until(condition: Callable[[], Any], what: str, seconds: float = DEADLINE) -> Any:
    """The first true value of `condition`; an error that says what was waited for."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.05)  # real processes: there is nothing to be woken by
    raise AssertionError(f"waited {seconds:.0f} s for {what}")


def configuration(port: int, *, language: str = "vi", seats: int = SEATS, camera: str = "") -> str:
    """A room with keypads on the screen."""
    lines = [
        '[box]\nsite = "tinh-mau"\ndevice = "phong-1"\nroom = "Phòng họp Mẫu"',
        f'language = "{language}"\n[camera]\nsource = "{camera}"\n[web]\nport = {port}\n[keypads]\nfactory = "mock"',
    ]
    for n in range(seats):
        keys, lamps = [6 * n, 6 * n + 1, 6 * n + 2], [6 * n + 3, 6 * n + 4, 6 * n + 5]
        lines.append(f"[keypads.seats.S{n + 1:02}]\nkeys = {keys}\nlamps = {lamps}")
    return "\n".join(lines) + "\n"


def meeting(members: int = SEATS, *, guests: int = 0) -> dict[str, Any]:
    """The arguments of `convene` for a plainly fictitious council."""
    roster = [
        {
            "id": f"dv-{n:02}",
            "name": f"Đại biểu Mẫu {n:02}",
            "seat": f"S{n:02}",
            "unit": f"Đơn vị Mẫu {(n - 1) % 4 + 1}",
            "role": "member" if n <= members else "guest",
        }
        for n in range(1, members + guests + 1)
    ]
    agenda = [
        {"id": "noi-dung-1", "title": "Kế hoạch năm 2027", "question": "Thông qua kế hoạch phát triển năm 2027?"},
        {"id": "noi-dung-2", "title": "Dự toán", "question": "Phê duyệt dự toán ngân sách bổ sung?"},
    ]
    return {
        "meeting": "m-2026-11",
        "title": "Phiên họp thường kỳ tháng 11 năm 2026",
        "body": "Ủy ban nhân dân tỉnh Mẫu",
        "place": "Phòng họp Mẫu",
        "chair": "dv-01",
        "roster": roster,
        "agenda": agenda,
    }


class House:
    """Processes in one state directory. Commands go in as the console's: the test is the same user."""

    def __init__(self, root: Path, *, seats: int = SEATS, language: str = "vi", camera: str = "") -> None:
        self.state = State(root / "state")
        self.state.root.mkdir(parents=True)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        text = configuration(self.port, language=language, seats=seats, camera=camera)
        self.state.configuration_file.write_text(text, "utf-8")
        # A socket's path has at most 107 bytes; pytest's folders are longer.
        self._sockets = Path(f"/tmp/appliance-test-{os.getpid()}-{self.port}")
        self._sockets.mkdir(mode=0o700)
        self._environment = {**os.environ, "APPLIANCE_SOCKETS": str(self._sockets), "APPLIANCE_ALLOW_ROOT": "1"}
        self._logs = root / "logs"
        self._logs.mkdir()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.links: dict[str, str] = {}
        self.pins: dict[str, str] = {}

    def socket(self, service: str) -> Path:
        """Where a service of this house listens."""
        return self._sockets / f"{service}.sock"

    def start(self, verb: str) -> None:
        """Start `appliance VERB` and wait until it answers."""
        log = (self._logs / f"{verb}.log").open("ab")
        command = [sys.executable, "-m", "appliance", verb, "--state", str(self.state.root)]
        self._processes[verb] = subprocess.Popen(command, env=self._environment, stderr=log, stdout=log)
        until(lambda: self._answers(verb), f"{verb} to answer; it said: {self.log(verb)}")

    def stop(self, verb: str, number: int = signal.SIGTERM) -> None:
        """End a process that this house started."""
        process = self._processes.pop(verb)
        process.send_signal(number)
        process.wait(timeout=DEADLINE)

    def close(self) -> None:
        """End everything, newest first."""
        for verb in reversed(list(self._processes)):
            self.stop(verb)
        for path in self._sockets.iterdir():
            path.unlink()
        self._sockets.rmdir()

    def log(self, verb: str) -> str:
        """What a process said so far."""
        path = self._logs / f"{verb}.log"
        return path.read_text("utf-8") if path.exists() else ""

    @property
    def claim_code(self) -> str:
        """As `appliance ballot` printed it."""
        found = re.search(r"Claim code: (\S+)", self.log("ballot"))
        assert found, self.log("ballot")
        return found[1]

    def do(self, command: str, **args: Any) -> Any:
        """A console command; a refusal is an error here."""
        answer = Client(self.socket("ballot"), timeout=PATIENCE).ask(command, **args)
        assert not isinstance(answer, Refusal), answer
        return answer

    def sit(self, members: int = SEATS, *, present: int = SEATS, guests: int = 0) -> dict[str, str]:
        """Convene, check the first `present` in, issue links: delegate → personal link."""
        self.do("convene", **meeting(members, guests=guests))
        for n in range(1, present + 1):
            self.do("check_in", delegate=f"dv-{n:02}", reason="kiểm thử")
        issued = self.do("issue_pins")
        self.pins = {one["delegate"]: one["pin"] for one in issued}
        self.links = {one["delegate"]: f"{self.url}/d/{one['link']}" for one in issued}
        return self.links

    def screen(self, which: str) -> str:
        """The address of a screen."""
        return f"{self.url}/s/{self.do('issue_screen_link', screen=which)['link']}"

    def password(self, role: str, password: str = "mat-khau-thu-nghiem") -> str:
        """Set a password by the console."""
        self.do("set_password", role=role, password=password)
        return password

    def _answers(self, verb: str) -> bool:
        process = self._processes[verb]
        assert process.poll() is None, f"{verb} ended with {process.returncode}: {self.log(verb)}"
        if verb == "web":
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", self.port)) == 0
        try:
            Client(self.socket(verb)).ask("identity")
        except ControlError:
            return False
        return True


@contextmanager
def served(path: Path, answers: Mapping[str, Callable[[dict[str, Any]], Any]]) -> Iterator[None]:
    """A small service on a control socket: each question is answered by its function of the arguments."""
    server, stop = Server(path), threading.Event()

    def turn() -> None:
        while not stop.is_set():
            for request in server.poll(0.05):
                answer = answers[request.do](request.args)
                if isinstance(answer, Refusal):
                    request.refuse(answer)
                else:
                    request.reply(answer)

    thread = threading.Thread(target=turn)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        server.close()
