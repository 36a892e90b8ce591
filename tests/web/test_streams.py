"""A hundred live pages at a time over the real service, and what happens to the hundred-and-eleventh."""

from __future__ import annotations

import json
import re
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.web.room import STREAMS
from tests.browser.house import House

SECONDS = 30.0


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Ballot service and pages as processes."""
    one = House(tmp_path)
    try:
        one.start("ballot")
        one.start("web")
        one.sit()
        yield one
    finally:
        one.close()


class Stream:
    """One page's server-sent events, read by hand."""

    def __init__(self, house: House, cookie: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", house.port), timeout=SECONDS)
        request = f"GET /live/hall HTTP/1.1\r\nHost: 127.0.0.1:{house.port}\r\nCookie: {cookie}\r\n\r\n"
        self._socket.sendall(request.encode())
        self._lines = self._socket.makefile("rb")
        self.status = int(self._lines.readline().split()[1])

    def main(self, having: str = "") -> str:
        """The next fragment that says so; other events are passed over."""
        for line in self._lines:
            if line.startswith(b'data: {"html"') and having in (html := str(json.loads(line[6:])["html"])):
                return html
        raise AssertionError("the stream ended")

    def close(self) -> None:
        """Leave."""
        self._lines.close()
        self._socket.close()


def cookie_of(house: House, link: str) -> str:
    """Open a link, keep the cookie."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_args: object, **_more: object) -> None:
            return None

    try:
        urllib.request.build_opener(Stay).open(link)
    except urllib.error.HTTPError as answer:
        found = re.search(r"appliance=[^;]+", answer.headers["Set-Cookie"])
        assert found
        return found[0]
    raise AssertionError("a link leads on")


def test_every_stream_hears_of_a_ballot_and_one_too_many_is_told(house: House) -> None:
    cookie = cookie_of(house, house.screen("hall"))
    streams = [Stream(house, cookie) for _ in range(STREAMS)]
    try:
        assert {stream.status for stream in streams} == {200}
        assert all(stream.main("6/6") for stream in streams)
        one_more = Stream(house, cookie)
        assert one_more.status == 503
        one_more.close()
        ballot = house.do("open", item="noi-dung-1")["ballot"]
        assert all(stream.main("4/6") for stream in streams)
        with urllib.request.urlopen(house.url + "/", timeout=SECONDS) as page:
            assert page.status == 200, "other pages are still answered"
        house.do("close", ballot=ballot)
        assert all(stream.main("verdict") for stream in streams)
    finally:
        for stream in streams:
            stream.close()


def test_a_replaced_link_ends_the_stream_of_the_old_one(house: House) -> None:
    stream = Stream(house, cookie_of(house, house.screen("hall")))
    assert stream.main("6/6")
    house.screen("hall")
    with pytest.raises(AssertionError, match="ended"):
        stream.main("what no page says")
    stream.close()


def test_the_service_stops_at_once_with_pages_open(house: House) -> None:
    stream = Stream(house, cookie_of(house, house.screen("hall")))
    stream.main()
    house.stop("web")
    stream.close()
