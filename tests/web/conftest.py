"""The pages over a real ballot service: the process is one per file, each test asks through Flask's own client."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from appliance.web import create_app, security
from tests.browser.house import House


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A ballot service with six seats and a meeting of five members present and one guest."""
    one = House(tmp_path_factory.mktemp("house"))
    try:
        one.start("ballot")
        one.links = one.sit(6, present=5, guests=1)
        yield one
    finally:
        one.close()


@pytest.fixture
def app(house: House, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application over that service; nothing counts against the limits of another test."""
    monkeypatch.setenv("APPLIANCE_SOCKETS", str(house.socket("ballot").parent))
    made = create_app(house.state, house.state.configuration())
    security.limiter.reset()
    return made


Browser = Callable[[str], FlaskClient]


@pytest.fixture
def browser(app: Flask, house: House) -> Browser:
    """A client that opened a link: `browser(house.links["dv-01"])`."""

    def open_link(link: str) -> FlaskClient:
        client = app.test_client()
        assert client.get("/" + link.split("/", 3)[3]).status_code == 303
        return client

    return open_link


def token(client: FlaskClient, address: str) -> dict[str, str]:
    """What a page's script sends along: the CSRF token of the page at `address`."""
    found = re.search(r'<meta name="csrf" content="([^"]+)"', client.get(address).text)
    assert found
    return {"X-CSRFToken": found[1], "X-Requested-With": "page"}


def cookie_of(answer: Any) -> str:
    """The session cookie as it is set."""
    return next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("appliance="))
