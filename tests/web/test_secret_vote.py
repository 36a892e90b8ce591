"""A secret vote on the page: what is sent and what comes back is as long for every choice, so that TLS hides it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from tests.browser.house import House
from tests.web.conftest import Browser, token


@pytest.fixture
def ballot(house: House) -> Iterator[str]:
    """A secret one that runs."""
    house.do("passphrase", passphrase="bốn con trâu gặm cỏ")
    name = str(house.do("open", item="noi-dung-1", voting="secret")["ballot"])
    yield name
    house.do("close", ballot=name)


def buttons(client: FlaskClient) -> list[str]:
    """What the three keys of the page send."""
    return [
        html.unescape(value) for value in re.findall(r'name="choice" value="([^"]*)"', client.get("/delegate").text)
    ]


def test_every_choice_is_sent_and_answered_in_as_many_bytes(house: House, browser: Browser, ballot: str) -> None:
    client = browser(house.links["dv-02"])
    sent = buttons(client)
    assert [value.strip() for value in sent] == ["for", "against", "abstain"]
    assert len({len(value) for value in sent}) == 1
    headers, answers = token(client, "/delegate"), []
    for n, choice in enumerate([*sent, *sent]):
        form = {"ballot": ballot, "choice": choice, "id": f"{n:032x}"}
        answer = client.post("/delegate/vote", data=form, headers=headers)
        assert answer.get_json()["ok"] is True
        answers.append(len(answer.data))
    assert len(set(answers[1:])) == 1, "the first one is the first: the page then says that a vote is recorded"
