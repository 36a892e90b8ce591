"""Tablets voting over HTTP: real pages and a real ballot service, each a process of its own as in a room.

Every delegate opens the personal link, keeps the page open with its stream of news, and presses once, at a time drawn
from the window, with the form, the cookie and the CSRF token of that page. What is timed is what a delegate waits for:
from the press to the end of the answer that says "recorded". It asks over sockets alone and reads the journal; the
tablets are threads of this process, on the same machine, so their own work is in the figures.
"""

from __future__ import annotations

import http.client
import json
import random
import re
import secrets
import selectors
import socket
import sys
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from appliance.control import Client
from appliance.errors import ControlError
from appliance.journal import Reader
from appliance.minutes import fold
from appliance.services.children import Children
from appliance.services.figures import fsync_ms, recorded, shares
from appliance.services.state import State
from appliance.uplink.private_broker import free_port
from appliance.values import Choice, Refusal

HOST = "127.0.0.1"

PATIENCE = 60.0
"""Seconds after which an answer that has not come counts as none."""

PASSPHRASE = "bench: many words that nobody types"


def measure(
    tablets: int, window: float, *, secret: bool = False, folder: Path | None = None, seed: int = 1
) -> dict[str, Any]:
    """`tablets` members vote once each within `window` seconds. Times in milliseconds; see the bench contract.

    `shown_ms`: from the command that opens the ballot until the last tablet has its question. `folder` is where the
    journal lies, on the disk that is meant; a temporary folder otherwise. Raises `ControlError` if a service stays
    silent or a page is not as it should be.
    """
    with tempfile.TemporaryDirectory(dir=folder) as root:
        state, port = State(Path(root)), free_port()
        fsync = fsync_ms(state.root)
        state.configuration_file.write_text(f'[web]\nhost = "{HOST}"\nport = {port}\n', "utf-8")
        children = Children(_say, {"APPLIANCE_STATE": root})
        try:
            children.verb("ballot")
            children.wait_for_answer("ballot", state.socket("ballot"))
            children.verb("web")
            _wait_for_pages(port, children)
            figures = _run(state, port, tablets, window, secret, random.Random(seed))
        finally:
            children.stop()
    return {"tablets": tablets, "window_s": window, "secret": secret, **figures, "fsync_ms": fsync}


def _run(state: State, port: int, count: int, window: float, secret: bool, draw: random.Random) -> dict[str, Any]:
    desk = Client(state.socket("ballot"), timeout=PATIENCE)
    links = _convene(desk, count)
    people = [Tablet(port, delegate, link) for delegate, link in links.items()]
    news = News(people)
    try:
        began = time.monotonic()
        ballot = str(_ask(desk, "open", item="i", voting="secret" if secret else "open")["ballot"])
        news.wait_for(ballot)
        shown_ms = round((time.monotonic() - began) * 1000, 2)
        _press(people, ballot, window, draw)
        _ask(desk, "close", ballot=ballot)
    finally:
        news.end()
    reader = Reader(state.journal)
    minutes = fold(reader.after(0))
    reader.close()
    meant = {tablet.delegate: tablet.meant for tablet in people}
    waits = [tablet.waited * 1000 for tablet in people if tablet.waited is not None]
    # Recorded without having been told is lost, too: nobody would rely on it.
    right = min(recorded(minutes.latest if minutes is not None else None, meant), len(waits))
    return {"accepted": right, "lost": count - right, **shares(waits), "shown_ms": shown_ms}


def _convene(desk: Client, count: int) -> dict[str, str]:
    """Delegate → the secret part of the personal link; everybody is on the roll, nobody has a keypad."""
    roster = [{"id": f"dv-{n:03}", "name": f"Đại biểu Mẫu {n:03}"} for n in range(1, count + 1)]
    _ask(desk, "convene", meeting="bench", title="bench", roster=roster, agenda=[{"id": "i", "title": "bench"}])
    for delegate in roster:
        _ask(desk, "check_in", delegate=delegate["id"], reason="bench")
    _ask(desk, "passphrase", passphrase=PASSPHRASE)
    return {slip["delegate"]: slip["link"] for slip in _ask(desk, "issue_pins")}


def _ask(desk: Client, do: str, **args: Any) -> Any:
    answer = desk.ask(do, **args)
    if isinstance(answer, Refusal):
        raise ControlError(f"{do}: {answer.message}")
    return answer


def _press(people: list[Tablet], ballot: str, window: float, draw: random.Random) -> None:
    """Everybody at their own time; returns when everybody has an answer, or will get none."""
    start = time.monotonic() + 0.5  # all threads are there by then
    plan = [(tablet, start + draw.random() * window, draw.choice(list(Choice))) for tablet in people]
    threads = [threading.Thread(target=tablet.press, args=(ballot, choice, at)) for tablet, at, choice in plan]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class Tablet:
    """One browser with one delegate signed in and the delegate's page open; the connection is kept, as browsers do."""

    def __init__(self, port: int, delegate: str, link: str) -> None:
        """Opens the link and the page."""
        self.delegate = delegate
        self.meant = Choice.ABSTAIN
        self.waited: float | None = None
        """Seconds from the press to the answer; None while there is none that says that it is recorded."""
        self._port = port
        self._cookie = ""
        self._connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE)
        self._get(f"/d/{urllib.parse.quote(link)}", expected=303)
        page = self._get("/delegate", expected=200)
        found = re.search(r'<meta name="csrf" content="([^"]+)"', page)
        if found is None:
            raise ControlError("the delegate's page carries no CSRF token")
        self._csrf = found[1]

    def listen(self) -> socket.socket:
        """Open the page's stream of news."""
        stream = socket.create_connection((HOST, self._port), timeout=PATIENCE)
        head = f"GET /live/delegate HTTP/1.1\r\nHost: {HOST}:{self._port}\r\nCookie: {self._cookie}\r\n\r\n"
        stream.sendall(head.encode())
        return stream

    def press(self, ballot: str, choice: Choice, at: float) -> None:
        """Wait until `at` (monotonic seconds), then send the page's form and read the answer."""
        self.meant = choice
        form = {"id": secrets.token_hex(16), "ballot": ballot, "choice": f"{choice.value:7}"}
        body = urllib.parse.urlencode(form)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": self._cookie,
            "X-CSRFToken": self._csrf,
            "X-Requested-With": "page",
        }
        time.sleep(max(0.0, at - time.monotonic()))
        pressed = time.monotonic()
        try:
            self._connection.request("POST", "/delegate/vote", body, headers)
            answer = json.loads(self._connection.getresponse().read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            _say(f"{self.delegate}: {error}")
            return
        if answer.get("ok"):
            self.waited = time.monotonic() - pressed
        else:
            _say(f"{self.delegate}: {answer.get('notice')}")

    def _get(self, path: str, expected: int) -> str:
        try:
            self._connection.request("GET", path, headers={"Cookie": self._cookie} if self._cookie else {})
            answer = self._connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            raise ControlError(f"the pages do not answer ({error})") from error
        if answer.status != expected:
            raise ControlError(f"the pages answered {answer.status}, not {expected}")
        for cookie in answer.headers.get_all("Set-Cookie", []):
            self._cookie = cookie.split(";", 1)[0]
        return text


class News:
    """Every tablet's stream, read as browsers would, on one thread."""

    def __init__(self, people: list[Tablet]) -> None:
        """Opens them all."""
        self._selector = selectors.DefaultSelector()
        self._heard: Mapping[socket.socket, bytearray] = {tablet.listen(): bytearray() for tablet in people}
        for stream in self._heard:
            self._selector.register(stream, selectors.EVENT_READ)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def wait_for(self, text: str) -> None:
        """Until it has come to every tablet. Raises `ControlError` if it does not."""
        deadline = time.monotonic() + PATIENCE
        while waiting := sum(text.encode() not in heard for heard in self._heard.values()):
            if time.monotonic() > deadline:
                raise ControlError(f"{waiting} of {len(self._heard)} tablets were not told of {text}")
            time.sleep(0.01)

    def end(self) -> None:
        """Close the pages."""
        self._over.set()
        self._thread.join()
        for stream in self._heard:
            stream.close()

    def _read(self) -> None:
        while not self._over.is_set():
            for key, _ in self._selector.select(0.1):
                assert isinstance(key.fileobj, socket.socket)
                data = key.fileobj.recv(65536)
                self._heard[key.fileobj].extend(data)
                if not data:
                    self._selector.unregister(key.fileobj)


def _wait_for_pages(port: int, children: Children) -> None:
    deadline = time.monotonic() + PATIENCE
    while children.running("web") and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.05)
    raise ControlError("the pages did not come up; what they said stands above")


def _say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)
