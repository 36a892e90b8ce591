"""Slips and letters are shown once: the form, sent again by a reload, voids nobody's printed PIN."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from appliance.events import SlipReminded
from appliance.journal import Reader
from tests.browser.house import House
from tests.web.test_pages import signed_in

SLIPS = "/secretary/slips/phieu-1/letters"
LINK = re.compile(r"/d/([\w-]+)</p>")


@pytest.fixture
def desk(app: Flask, house: House) -> FlaskClient:
    """The secretary's browser, without a script."""
    return signed_in(app, house, "secretary")


@pytest.fixture(scope="module")
def asked(house: House) -> str:
    """A slip that asks three members."""
    members = [{"id": f"dv-{n:02}", "name": f"Đại biểu Mẫu {n:02}"} for n in range(1, 4)]
    slip = {"slip": "phieu-1", "title": "Trạm y tế", "question": "Đồng ý xây trạm?", "chair": "dv-01"}
    house.do("send_slip", **slip, members=members, deadline="2099-01-02T10:00:00+07:00")
    return SLIPS


def fields(page: str, action: str) -> dict[str, Any]:
    """What the form with this address carries."""
    found = next(f for f in re.findall(r"<form[^>]*>.*?</form>", page, re.S) if f'action="{action}"' in f)
    given: dict[str, Any] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', found):
        given.setdefault(name, []).append(value)
    return given


def stands(app: Flask, link: str) -> bool:
    return app.test_client().get(f"/d/{link}").status_code == 303


@pytest.mark.parametrize("what", ["everybody", "one", "letters"])
def test_a_reload_issues_nothing_and_a_press_does(
    app: Flask, desk: FlaskClient, request: pytest.FixtureRequest, what: str
) -> None:
    where = request.getfixturevalue("asked") if what == "letters" else "/secretary/pins"
    stood = {"everybody": "/secretary", "one": "/secretary/roll", "letters": "/secretary/slips"}[what]
    sent = fields(desk.get(stood).text, where)
    assert bool(sent.get("delegate")) == (what == "one")
    printed = LINK.findall(desk.post(where, data=sent).text)
    assert printed

    again = desk.post(where, data=sent)
    assert again.status_code == 409
    assert not LINK.findall(again.text)
    assert "đã hiện một lần" in again.text
    assert all(stands(app, link) for link in printed), "what was printed still counts"

    anew = fields(again.text, where)
    assert anew.get("delegate") == sent.get("delegate")
    fresh = LINK.findall(desk.post(where, data=anew).text)
    assert len(fresh) == len(printed)
    assert not any(stands(app, link) for link in printed)
    assert desk.post(where, data=anew).status_code == 409, "nor does a reload of that"
    assert all(stands(app, link) for link in fresh)


def test_another_persons_slip_is_another_wish(app: Flask, desk: FlaskClient) -> None:
    sent = fields(desk.get("/secretary/roll").text, "/secretary/pins")
    for delegate in ("dv-03", "dv-04"):
        assert LINK.findall(desk.post("/secretary/pins", data={**sent, "delegate": delegate}).text)


def test_a_reload_of_a_reminder_reminds_nobody_again(app: Flask, desk: FlaskClient, house: House, asked: str) -> None:
    where = asked.replace("letters", "remind")
    sent = {**fields(desk.get("/secretary/slips").text, where), "links": "yes"}
    printed = LINK.findall(desk.post(where, data=sent).text)
    assert len(printed) == 3
    assert desk.post(where, data=sent).status_code == 409
    assert all(stands(app, link) for link in printed)
    reader = Reader(house.state.journal)
    assert len([e for e in reader.after(0) if isinstance(e.event, SlipReminded)]) == 1
    reader.close()


def test_a_code_of_keys_is_printed_for_those_who_have_keys(desk: FlaskClient) -> None:
    sent = fields(desk.get("/secretary").text, "/secretary/pins")
    slips = desk.post("/secretary/pins", data=sent).text.split('<article class="slip">')[1:]
    keys = ["keys-code" in slip for slip in slips]
    assert keys == [True] * 6 + [False], "six members at wired seats, and a guest without a seat"
