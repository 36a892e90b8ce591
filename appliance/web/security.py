"""Sessions, CSRF, rate limits and headers, all from libraries; here is only how they are set.

TLS ends at a proxy in front of the box, or nowhere: forcing HTTPS here would lock a room out that has none. Where the
configured address begins with https, the cookie is marked Secure and browsers are told to stay with HTTPS.
"""

from __future__ import annotations

import os
import secrets
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, request, session
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_talisman import Talisman
from flask_wtf import CSRFProtect

from appliance.config import Configuration
from appliance.errors import DeviceError
from appliance.services.state import State

CONTENT = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
"""No inline script or style, nothing from elsewhere."""

PERMISSIONS = dict.fromkeys(("camera", "microphone", "geolocation", "browsing-topics"), "()")

SIGN_IN_LIMIT = "30 per minute"
"""Passwords, PINs and claim codes tried from one address. The ballot service also locks each of them by itself."""

LINK_LIMIT = "300 per minute"
"""Links opened from one address: 192 random bits are not guessed, and a hall may sit behind one address."""

ACTION_LIMIT = "240 per minute"
"""Votes and commands of one sign-in: far above any hand, far below what would slow the others."""


def _asker() -> str:
    """Whose requests are counted together: one sign-in where there is one, else one address."""
    tokens = session.get("tokens")
    # The digest: what is refused is logged by its key, and a token in a log would sign anybody in who reads it.
    return sha256(repr(sorted(tokens.items())).encode()).hexdigest() if tokens else get_remote_address()


csrf = CSRFProtect()
limiter = Limiter(_asker, storage_uri="memory://", strategy="moving-window", headers_enabled=True)
by_address = limiter.shared_limit(SIGN_IN_LIMIT, scope="sign-in", key_func=get_remote_address)
by_link = limiter.shared_limit(LINK_LIMIT, scope="link", key_func=get_remote_address)
by_person = limiter.shared_limit(ACTION_LIMIT, scope="action")


def protect(app: Flask, state: State, configuration: Configuration) -> None:
    """Put everything in place."""
    https = configuration.web.base_url.startswith("https://")
    app.config.update(
        SECRET_KEY=_session_secret(state.root / "web" / "session.key"),
        SESSION_COOKIE_NAME="appliance",
        # The cookie carries sign-ins; how long each stands says the ballot service, and a screen's stands until its
        # link is made anew. Browsers keep no cookie longer than this.
        PERMANENT_SESSION_LIFETIME=timedelta(days=400),
        # Only an answer that changes the session sets it: a slow stream's would put back what a later page changed.
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_TIME_LIMIT=None,  # a hall's screen stays open all day; the token ends with the session
        RATELIMIT_HEADERS_ENABLED=True,
    )
    Talisman(
        app,
        force_https=False,
        strict_transport_security=https,
        session_cookie_secure=https,
        session_cookie_http_only=True,
        session_cookie_samesite="Lax",
        frame_options="DENY",
        referrer_policy="same-origin",
        content_security_policy=CONTENT,
        permissions_policy=PERMISSIONS,
    )
    csrf.init_app(app)
    limiter.init_app(app)
    app.after_request(_keep_nothing)


def _keep_nothing(response: Response) -> Response:
    """Pages are never kept by browser or proxy: a tablet passes from hand to hand."""
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response


def _session_secret(path: Path) -> bytes:
    """The key that signs cookies: made on first use, readable by its owner alone. Raises `DeviceError`."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Whole or not at all: after a power cut half a key would keep everybody out until somebody deletes it.
        draft = path.with_suffix(".draft")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    key = path.read_bytes()
    if len(key) != 32:
        raise DeviceError(
            f"{path}: has {len(key)} bytes, the key of sessions has 32; delete the file, everybody signs in anew"
        )
    return key
