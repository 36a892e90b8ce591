"""The page of enrolment over a door that the test drives: who may see it, which text is shown, what is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from appliance.services.enrolment_session import PROBLEMS
from appliance.values import Refusal
from appliance.web import create_app, enrolment, security
from tests.browser.house import House, served
from tests.web.conftest import Browser, token

TEXTS = [
    {"name": "2025-9", "language": "vi", "text": "bản cũ", "is_template": False, "digest": "0" * 64},
    {"name": "2026-1", "language": "en", "text": "I <b>agree</b>", "is_template": False, "digest": "1" * 64},
    {"name": "2026-1", "language": "vi", "text": "Tôi đồng ý", "is_template": False, "digest": "2" * 64},
]


class World:
    """The door's side."""

    def __init__(self) -> None:
        self.state: Any = {
            "session": None,
            "result": None,
            "enrolled": [],
            "consents": TEXTS,
            "expires": "2027-11-22",
            "tomorrow": "2026-11-23",
        }
        self.given: list[dict[str, Any]] = []

    def start(self, args: dict[str, Any]) -> Any:
        self.given.append(args)
        return self.state

    def show(self, _args: dict[str, Any]) -> Any:
        return self.state


@pytest.fixture
def world(house: House) -> Iterator[World]:
    one = World()
    answers = dict.fromkeys(("enrolment", "enrolment_keep", "status", "frame"), one.show)
    with served(house.socket("door"), {**answers, "enrolment_start": one.start}):
        yield one


@pytest.fixture
def app(house: House, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """As everywhere, with a camera in the configuration."""
    monkeypatch.setenv("APPLIANCE_SOCKETS", str(house.socket("ballot").parent))
    plain = house.state.configuration()
    with_camera = plain.model_copy(update={"camera": plain.camera.model_copy(update={"source": "0"})})
    made = create_app(house.state, with_camera)
    security.limiter.reset()
    return made


@pytest.fixture
def secretary(app: Flask, house: House) -> FlaskClient:
    client = app.test_client()
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in/secretary").text)
    assert found
    answer = client.post("/sign-in/secretary", data={"password": house.password("secretary"), "csrf_token": found[1]})
    assert answer.status_code == 303
    return client


def test_staff_alone_may_see_it(app: Flask, browser: Browser, house: House, world: World) -> None:
    for client in (app.test_client(), browser(house.links["dv-01"]), browser(house.screen("door"))):
        assert client.get("/enrolment").status_code in (302, 401)
        assert client.get("/enrolment/frame.jpg", headers={"X-Requested-With": "page"}).status_code == 401
        assert client.get("/live/enrolment").status_code == 401
    assert world.given == []


def test_the_newest_text_in_the_readers_language_is_shown_and_its_digest_goes_along(
    secretary: FlaskClient, world: World
) -> None:
    page = secretary.get("/enrolment?lang=vi").text
    assert "Tôi đồng ý" in page
    assert "bản cũ" not in page
    assert f'name="digest" value="{"2" * 64}"' in page
    assert "I &lt;b&gt;agree&lt;/b&gt;" in secretary.get("/enrolment?lang=en").text, "a text is text"


def test_what_was_filled_in_reaches_the_door_with_the_box_as_it_was(secretary: FlaskClient, world: World) -> None:
    headers = token(secretary, "/enrolment")
    form = {"delegate": "dv-01", "consent": "2026-1", "language": "vi", "digest": "2" * 64, "glasses": "sometimes"}
    for ticked in ({}, {"agreed": "yes"}):
        secretary.post("/enrolment/start", data={**form, **ticked}, headers=headers)
    assert [given["agreed"] for given in world.given] == [False, True], "whether that is enough is the door's to say"
    assert world.given[1]["glasses"] == "sometimes"


def test_a_refusal_is_said_in_the_readers_language(secretary: FlaskClient, world: World) -> None:
    headers = token(secretary, "/enrolment?lang=vi")
    world.state = Refusal(code="date-past", message="expires 2020-01-01")
    answer = secretary.post("/enrolment/start", data={"delegate": "dv-01"}, headers=headers).get_json()
    assert (answer["ok"], answer["notice"]) == (False, "Ngày hết hạn phải ở trong tương lai.")


def test_who_is_enrolled_is_listed_with_what_is_missing_and_until_when(secretary: FlaskClient, world: World) -> None:
    world.state["enrolled"] = [
        {
            "delegate": "dv-02",
            "images": 2,
            "consent": "2026-1.vi sha256:ab",
            "at": "",
            "expires": "2027-01-31",
            "twin": "dv-05",
            "poor": ["few", "narrow"],
        }
    ]
    page = secretary.get("/enrolment?lang=vi").text
    for part in ("Đại biểu Mẫu 02", "2027-01-31", "ít ảnh, chỉ một hướng", "sinh đôi với dv-05"):
        assert part in re.sub(r"\s+", " ", page)


def test_a_silent_door_is_named(secretary: FlaskClient) -> None:
    assert "Dịch vụ cửa" in secretary.get("/enrolment?lang=vi").text


def test_every_problem_of_a_look_has_words_and_every_word_a_problem() -> None:
    assert set(enrolment.TOLD) == {"", *PROBLEMS}
