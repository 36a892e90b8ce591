"""When something is wrong: which service does not answer and what to do; every HTTP error, for people and scripts."""

from __future__ import annotations

from typing import Any

from flask import Flask, jsonify, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import BadHost, HTTPException

from appliance.errors import ControlError
from appliance.rights import Who
from appliance.web import pages, room, words

TEXTS = {
    400: (_l("That was not understood"), _l("Go back, reload the page and try again.")),
    401: (_l("Please sign in"), _l("This page needs a sign-in. A screen is opened with the link its secretary made.")),
    403: (_l("Not permitted"), _l("This sign-in may not open that.")),
    404: (_l("There is no such page"), _l("The address may be misspelt, or it belongs to an older meeting.")),
    405: (_l("That was not understood"), _l("Go back, reload the page and try again.")),
    413: (_l("The file is too large"), _l("At most 2 MB are accepted.")),
    429: (_l("Too many attempts"), _l("Wait a minute, then try again.")),
    503: (_l("Too many screens at once"), _l("This page tries again by itself.")),
}
"""Status → title and text."""

UNEXPECTED = (_l("Something went wrong in this box"), _l("The page is tried again by itself. Tell the technician."))


def register(app: Flask) -> None:
    """Install the handlers and the check of the journal."""
    app.before_request(_stop_over_damage)
    app.register_error_handler(CSRFError, _no_token)
    app.register_error_handler(ControlError, _silent)
    app.register_error_handler(HTTPException, _http)
    app.add_url_rule("/favicon.ico", "favicon", lambda: app.send_static_file("favicon.svg"))


def _say(title: Any, text: Any, status: int, *, retry: bool = False) -> Any:
    if pages.by_script():
        return jsonify(ok=False, notice=f"{title}. {text}"), status
    return render_template("trouble.html", title=title, text=text, retry=retry), status


def _http(error: HTTPException) -> Any:
    if (error.code is not None and error.code < 400) or isinstance(error, BadHost):
        return error  # with a host that is none no page can be linked, not even the one that says so
    title, text = TEXTS.get(error.code or 500, UNEXPECTED)
    return _say(title, text, error.code or 500, retry=error.code == 503)


def _no_token(_error: CSRFError) -> Any:
    return _say(_("This form is out of date"), _("Reload the page and try again. Nothing was done."), 400)


def _silent(error: ControlError) -> Any:
    """A service does not answer: name it, say what whoever reads it can do, and try again."""
    name = str(error).split(" ", 1)[0]  # `control.Client` begins its sentence with the service
    title, remedy = words.SERVICES.get(name, (name, ""))
    sentence = _("%(service)s does not answer", service=title)
    # At a first start nobody is signed in: then whoever looks is the one who sets the box up.
    theirs = room.token(Who.TECHNICIAN) or not any(room.token(who) for who in Who)
    do = remedy if theirs else _("Tell the technician.")
    text = f"{words.CONSEQUENCES.get(name, '')} {do}"
    return _say(sentence, text, 503, retry=True)


def _stop_over_damage() -> Any:
    """Nobody goes on over a damaged journal."""
    damage = room.room().feed.now.damage
    if damage is None or request.endpoint in ("static", "favicon"):
        return None
    stop = _("No vote and no command can be trusted now. Stop, keep the card, call the technician.")
    return _say(_("The journal of this box is damaged"), f"{stop} {damage}", 503)
