"""The pages. Flask behind waitress: delegate · secretary · technician · screens. Reads the journal, asks the sockets,
owns no right and no fact: the ballot service decides everything.
"""

from __future__ import annotations

from flask import Flask, request, session
from flask_babel import Babel

from appliance.config import Configuration
from appliance.services.state import State
from appliance.web import (
    ballot,
    chair,
    conclusions,
    convene,
    delegate,
    enrolment,
    fields,
    gallery_report,
    keypads,
    minutes,
    pages,
    papers,
    roll,
    room,
    said,
    screens,
    secretary,
    security,
    settings,
    signing,
    slips,
    technician,
    trouble,
    words,
)
from appliance.web.live import Feed
from appliance.web.room import Room

PAGES = (
    ballot,
    chair,
    conclusions,
    convene,
    delegate,
    enrolment,
    gallery_report,
    keypads,
    minutes,
    pages,
    papers,
    roll,
    screens,
    secretary,
    settings,
    signing,
    slips,
    technician,
)
"""Modules that own pages, each with its blueprint."""

UPLOAD_LIMIT = 2 << 20
"""Bytes a form may have: a roster of thousands of lines."""


def create_app(state: State, configuration: Configuration) -> Flask:
    """The application of one room. Does not start anything: `services/web.py` turns it."""
    app = Flask("appliance.web")
    app.config.update(
        MAX_CONTENT_LENGTH=UPLOAD_LIMIT,
        MAX_FORM_MEMORY_SIZE=UPLOAD_LIMIT,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
        BABEL_DEFAULT_LOCALE=configuration.box.language,
        BABEL_TRANSLATION_DIRECTORIES="translations",
    )
    app.extensions["room"] = Room(state, configuration, Feed(state.journal))
    Babel(app, locale_selector=lambda: _language(configuration))
    app.before_request(_remember_language)
    security.protect(app, state, configuration)
    trouble.register(app)
    for module in PAGES:
        app.register_blueprint(module.blueprint)
    app.context_processor(
        lambda: {
            "words": words,
            "enrolment": enrolment,
            "person": room.me(),
            "now_utc": room.time,
            "until": room.until,
            "reasons": fields.REASONS,
            "language": words.language(),
            "configuration": configuration,
        }
    )
    gallery_report.prepare(app)
    app.template_filter("initials")(_initials)
    app.template_filter("said")(said.translate)
    return app


def _language(configuration: Configuration) -> str:
    """What was asked for in the address, then what this browser chose before, then the box's own."""
    for wanted in (request.args.get("lang"), session.get("language")):
        if wanted in words.LANGUAGES:
            return str(wanted)
    return configuration.box.language


def _remember_language() -> None:
    wanted = request.args.get("lang")
    if wanted in words.LANGUAGES and session.get("language") != wanted:
        session["language"] = wanted


def _initials(name: str) -> str:
    """The last two words of a name in short, as a seat shows it: `Đại biểu Mẫu 01` → `M 01`."""
    parts = name.split()
    return " ".join([part[0] for part in parts[-2:-1]] + parts[-1:])
