"""Sessions, CSRF, limits, headers: that they are on, on every page."""

from __future__ import annotations

import stat
import time
from pathlib import Path

import pytest
from flask import Flask
from itsdangerous import TimestampSigner

from appliance.errors import DeviceError
from appliance.services.state import State
from appliance.web import create_app, security
from tests.browser.house import House
from tests.web.conftest import Browser, cookie_of, token

PAGES = ["/", "/sign-in/secretary", "/technician", "/secretary", "/hall", "/door", "/delegate", "/nothing", "/keypads"]


@pytest.mark.parametrize("address", PAGES)
def test_every_answer_carries_the_headers(app: Flask, address: str) -> None:
    headers = app.test_client().get(address).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert "camera=()" in headers["Permissions-Policy"]


def test_no_page_has_script_or_style_inside(app: Flask, house: House, browser: Browser) -> None:
    client = browser(house.links["dv-01"])
    for address in ("/", "/delegate", "/sign-in/technician"):
        text = client.get(address).text
        assert "<script>" not in text
        assert " style=" not in text
        assert " onclick=" not in text
        assert "http://" not in text.replace("http://www.w3.org/2000/svg", "").replace(house.url, "")


def test_the_cookie_is_for_the_server_alone_and_holds_no_secret_of_a_person(house: House, app: Flask) -> None:
    client = app.test_client()
    answer = client.get("/" + house.links["dv-01"].split("/", 3)[3])
    cookie = cookie_of(answer)
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie  # plain HTTP in front: a Secure cookie would never come back
    client.get("/delegate?lang=en")
    with client.session_transaction() as session:
        assert set(session) <= {"tokens", "language", "csrf_token", "_permanent"}


def test_an_answer_that_changes_nothing_leaves_the_cookie_alone(house: House, browser: Browser) -> None:
    """An old page's stream may answer after the next page did: it must not put back what that one changed."""
    client = browser(house.screen("hall"))
    assert cookie_of(client.get("/hall?lang=en"))
    for address in ("/hall", "/live/hall", "/static/live.js", "/hall?lang=en"):
        with client.get(address, buffered=False) as answer:
            assert answer.status_code == 200
            assert "Set-Cookie" not in answer.headers, address
    assert cookie_of(client.get("/hall?lang=vi"))


def test_a_screen_stays_until_its_link_is_made_anew(
    house: House, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser(house.screen("hall"))
    month_later = int(time.time()) + 31 * 86400
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _self: month_later)
    assert client.get("/hall").status_code == 200
    house.screen("hall")
    assert client.get("/hall").status_code == 401


def test_behind_https_the_cookie_is_secure(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPLIANCE_SOCKETS", str(house.socket("ballot").parent))
    before = house.state.configuration()
    web = before.web.model_copy(update={"address": "https://phong-1.mau"})
    app = create_app(house.state, before.model_copy(update={"web": web}))
    answer = app.test_client().get("/?lang=en", base_url="https://phong-1.mau")
    assert "Secure" in cookie_of(answer)
    assert "max-age" in answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize("address", ["/", "/sign-in/technician", "/delegate/vote", "/technician/claim", "/door/pin"])
def test_a_form_without_its_token_is_refused(app: Flask, address: str) -> None:
    answer = app.test_client().post(address, data={"pin": "1", "delegate": "dv-01"})
    assert answer.status_code == 400
    assert "Biểu mẫu đã hết hạn" in answer.text


def test_a_vote_with_another_sessions_token_is_refused(house: House, browser: Browser) -> None:
    one, two = browser(house.links["dv-01"]), browser(house.links["dv-02"])
    headers = token(one, "/delegate")
    token(two, "/delegate")
    assert two.post("/delegate/vote", data={"choice": "for"}, headers=headers).status_code == 400


def test_guessing_passwords_meets_a_limit(app: Flask) -> None:
    client = app.test_client()
    headers = token(client, "/sign-in/secretary")
    codes = [
        client.post("/sign-in/secretary", data={"password": "x" * 12}, headers=headers).status_code for _ in range(31)
    ]
    assert set(codes[:30]) == {403}
    assert codes[30] == 429
    answer = client.post("/sign-in/secretary", data={"password": "x"}, headers=headers)
    assert "Thử quá nhiều lần" in answer.get_json()["notice"]
    assert int(answer.headers["Retry-After"]) <= 60


def test_one_sign_in_cannot_flood_the_ballot_service(
    house: House, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    client = browser(house.links["dv-01"])
    headers = token(client, "/delegate")
    with client.session_transaction() as session:
        (secret,) = session["tokens"].values()
    caplog.set_level("DEBUG")
    codes = [client.post("/delegate/vote", data={}, headers=headers).status_code for _ in range(241)]
    assert 429 not in codes[:240]
    assert codes[240] == 429
    assert "exceeded" in caplog.text
    assert secret not in caplog.text, "who reads the log could sign in"
    other = browser(house.links["dv-02"])
    headers = token(other, "/delegate")
    assert other.post("/delegate/vote", data={}, headers=headers).status_code == 200  # said no to, but heard


def test_a_power_cut_while_the_session_key_is_made_locks_nobody_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "web" / "session.key"

    def power_cut(_: int) -> bytes:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("appliance.web.security.secrets.token_bytes", power_cut)
        with pytest.raises(KeyboardInterrupt):
            security._session_secret(path)
    assert len(security._session_secret(path)) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_session_key_is_the_owners_alone_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "web" / "session.key"
    first = security._session_secret(path)
    assert security._session_secret(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_bytes(b"short")
    with pytest.raises(DeviceError, match=r"session\.key"):
        security._session_secret(path)


def test_a_first_start_without_any_state_serves_trouble_not_a_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("APPLIANCE_SOCKETS", raising=False)
    state = State(tmp_path)
    answer = create_app(state, state.configuration()).test_client().get("/")
    assert answer.status_code == 503
    assert "Dịch vụ biểu quyết không trả lời" in answer.text
    assert "appliance ballot" in answer.text
