"""Garbage on every page: whatever is sent to whatever address, the pages answer, and never with a crash."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.web import create_app, security
from tests.browser.house import House

SECRET = "mat-khau-thu-nghiem"
EXPECTED = {200, 204, 302, 303, 308, 400, 401, 403, 404, 405, 409, 413, 422, 429}
"""What a page may answer. Never 500; 503 would say that a service does not answer, and it does."""

FIELDS = (
    *("delegate", "pin", "ballot", "choice", "id", "item", "reason", "screen", "role", "password", "again", "toml"),
    *("do", "line", "down", "on", "code", "host", "port"),
)
SHARED_AND_SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
anything = st.characters(exclude_categories=["Cs"])
text = st.text(max_size=60) | st.sampled_from(
    ["dv-01", "noi-dung-1", "for", "hall", "technician", "\x00", "../../x", "1", "é" * 300]
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A ballot service with a meeting."""
    one = House(tmp_path_factory.mktemp("house"))
    try:
        one.start("ballot")
        one.sit(3, present=3)
        yield one
    finally:
        one.close()


@pytest.fixture(scope="module")
def app(house: House) -> Iterator[Flask]:
    """The pages over it, with limits out of the way: here everything shall arrive."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("APPLIANCE_SOCKETS", str(house.socket("ballot").parent))
        made = create_app(house.state, house.state.configuration())
        made.config["PROPAGATE_EXCEPTIONS"] = True  # a crash fails the test with its traceback
        security.limiter.enabled = False
        yield made
        security.limiter.enabled = True


@pytest.fixture(scope="module")
def everybody(app: Flask, house: House) -> FlaskClient:
    """One browser that is signed in as everybody at once, so that every page is behind no door."""
    client = app.test_client()
    for address in (house.links["dv-01"], house.screen("hall"), house.screen("door")):
        client.get(address.removeprefix(house.url))
    for role in ("secretary", "technician"):
        house.password(role, SECRET)
        client.get(f"/sign-in/{role}")
        client.post(f"/sign-in/{role}", data={"password": SECRET}, headers=csrf(client))
    return client


def csrf(client: FlaskClient) -> dict[str, str]:
    """The token, as a page carries it."""
    found = re.search(r'<meta name="csrf" content="([^"]+)"', client.get("/nothing").text)
    assert found
    return {"X-CSRFToken": found[1]}


def addresses(app: Flask, method: str) -> list[str]:
    """Every rule of the application that takes the method."""
    rules = [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ())]
    return sorted(rule.rule for rule in rules if not rule.rule.startswith(("/static", "/live")))


@settings(max_examples=150, suppress_health_check=SHARED_AND_SLOW)
@given(data=st.data())
def test_any_form_to_any_page(everybody: FlaskClient, app: Flask, data: Any) -> None:
    rule = data.draw(st.sampled_from(addresses(app, "POST")))
    form = data.draw(st.dictionaries(st.sampled_from(FIELDS), text, max_size=6))
    if rule.endswith("/end"):
        return  # the meeting is needed by the examples that follow
    address = re.sub(r"<[^>]+>", lambda _: data.draw(st.sampled_from(["secretary", "technician", "x", "%00"])), rule)
    headers = {**csrf(everybody), **data.draw(st.sampled_from([{}, {"X-Requested-With": "page"}]))}
    if rule.endswith("/access/password") or "sign-out" in rule:
        form.pop("role", None)  # signed in we stay
        address = address.replace("technician", "x").replace("/x/access", "/technician/access")
    assert everybody.post(address, data=form, headers=headers).status_code in EXPECTED


@settings(max_examples=150, suppress_health_check=SHARED_AND_SLOW)
@given(data=st.data())
def test_any_address(everybody: FlaskClient, app: Flask, data: Any) -> None:
    rule = data.draw(st.sampled_from([*addresses(app, "GET"), "/<x>", "/live/<x>x"]))
    path = re.sub(r"<[^>]+>", lambda _: data.draw(st.text(anything, min_size=1, max_size=30)), rule)
    query = data.draw(st.dictionaries(st.sampled_from(["lang", "done", "refused", "role"]), text, max_size=3))
    # As a server hands it over: Flask's test client would read `//x` as the name of a host, and refuse odd ones.
    environ = {"PATH_INFO": path.encode().decode("latin-1")}
    # No door runs here: the page that only the door can fill says so.
    expected = EXPECTED | {503} if path.startswith("/gallery-report") else EXPECTED
    assert everybody.get("/", query_string=query, environ_overrides=environ).status_code in expected


@settings(max_examples=60, suppress_health_check=SHARED_AND_SLOW)
@given(host=st.text(st.characters(min_codepoint=33, max_codepoint=255), min_size=1, max_size=40))
def test_any_host(everybody: FlaskClient, host: str) -> None:
    for address in ("/delegate", "//x/y", "/hall"):
        environ = {"HTTP_HOST": host, "PATH_INFO": address}
        assert everybody.get("/", environ_overrides=environ).status_code in EXPECTED


@pytest.mark.parametrize("cookie", ["", "garbage", "a.b.c", "\x7f" * 20, "x" * 5000])
def test_any_cookie_is_nobody(app: Flask, cookie: str) -> None:
    client = app.test_client()
    client.set_cookie("appliance", cookie)
    assert client.get("/delegate").status_code == 302
    assert client.get("/hall").status_code == 401


@pytest.mark.parametrize("tokens", [None, [], "x", {"delegate": 5}, {"hall": "not.a.token"}, {"secretary": "x" * 9000}])
def test_any_signed_session_with_wrong_tokens_is_nobody(app: Flask, tokens: Any) -> None:
    client = app.test_client()
    with client.session_transaction() as session:
        session["tokens"] = tokens
    for address in ("/delegate", "/secretary", "/technician"):
        assert client.get(address).status_code in (302, 400)
    assert client.get("/hall").status_code in (400, 401)
    assert client.get("/").status_code == 200


def test_a_body_too_large_is_refused(everybody: FlaskClient) -> None:
    answer = everybody.post("/technician/configuration", data={"toml": "x" * (3 << 20)}, headers=csrf(everybody))
    assert answer.status_code == 413


def test_a_method_nobody_expects(everybody: FlaskClient) -> None:
    for method in ("PUT", "DELETE", "PATCH", "TRACE"):
        assert everybody.open("/delegate", method=method, headers=csrf(everybody)).status_code == 405
