"""Central's pages: rooms online, rolls, results with their verification, alarms. They show; nothing is changed here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, abort, jsonify, render_template, request
from flask_babel import Babel, get_locale
from flask_talisman import Talisman

from appliance import __version__, rules
from appliance.central import words
from appliance.central.views import Views, attended
from appliance.uplink.broker import Condition
from appliance.values import Role

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
COOKIE = "language"

CONTENT = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
"""Nothing inline, nothing from elsewhere, no form: there is nothing to send."""


def create(views: Views, condition: Callable[[], Condition], public_key: str, language: str) -> Flask:
    """The application. `condition`: the broker's as the service sees it; `public_key`: central's own, hexadecimal."""
    app = Flask("appliance.central")
    app.config.update(BABEL_DEFAULT_LOCALE=language, BABEL_TRANSLATION_DIRECTORIES="translations")
    Babel(app, locale_selector=lambda: _language(language))
    # TLS ends at a proxy in front, or the page is for this machine alone: it listens on loopback by default.
    Talisman(app, force_https=False, strict_transport_security=False, content_security_policy=CONTENT)
    app.after_request(_remember)

    @app.context_processor
    def _common() -> dict[str, Any]:
        return {
            "language": str(get_locale()),
            "languages": LANGUAGES,
            "version": __version__,
            "public_key": public_key,
            "condition": condition(),
            "words": words,
            "Role": Role,
            "rule": rules.preset,
            "attended": attended,
        }

    @app.get("/")
    def rooms() -> str:
        return render_template("rooms.html", rooms=views.rooms(), alarms=views.alarms())

    @app.get("/room/<site>/<device>")
    def room(site: str, device: str) -> str:
        found = views.room(f"{site}/{device}")
        if found is None:
            abort(404)
        return render_template("room.html", room=found, commands=views.commands(found.name))

    @app.get("/api/summary.json")
    def summary() -> Response:
        return jsonify(views.summary())

    @app.errorhandler(404)
    def unknown(_: Exception) -> tuple[str, int]:
        return render_template("unknown.html"), 404

    return app


def _language(default: str) -> str:
    """What the address asks for, then what this browser chose before, then the configured one."""
    for wanted in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if wanted in LANGUAGES:
            return str(wanted)
    return default


def _remember(response: Response) -> Response:
    wanted = request.args.get("lang")
    if wanted in LANGUAGES:
        response.set_cookie(COOKIE, str(wanted), max_age=365 * 86400, httponly=True, samesite="Lax")
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response
