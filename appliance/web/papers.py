"""The papers of a meeting for whoever keeps its minutes: a preview, and all of them signed in one ZIP.

They are made in memory and kept nowhere. In a secret session these pages work as ever: nothing leaves the room's own
network by them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any

from flask import Blueprint, Response, abort, render_template
from flask_babel import lazy_gettext as _l

from appliance import meeting_record
from appliance.errors import JournalError, RecordError
from appliance.journal import Reader
from appliance.papers import bundle
from appliance.papers.pdf import pdf_bytes
from appliance.record import Entry
from appliance.rights import Who
from appliance.values import Refusal
from appliance.web import pages, room, security, words

blueprint = Blueprint("papers", __name__, url_prefix="/secretary/papers")

PAPERS_LIMIT = "12 per minute"
"""Papers of one sign-in: each takes a second or two of the processor."""

TURN_SECONDS = 20.0
"""How long a paper waits for the one before it: they are set one after another."""

BUSY = _l("The box is setting other papers just now. Try again in a moment.")
NOT_ENDED = _l("The meeting has not ended. Its papers are signed once it has; until then there is the preview.")
NO_JOURNAL = _l("The journal cannot be read just now. Try again.")

_setting = threading.Lock()


@blueprint.get("/<meeting>.zip")
@pages.only(Who.SECRETARY)
@security.limiter.limit(PAPERS_LIMIT)
def download(meeting: str) -> Any:
    """Everything of an ended meeting under its manifest, in a folder of the meeting's name."""
    ended_at = _found(meeting).minutes.ended_at
    if ended_at is None:
        return _refused(NOT_ENDED, 409)
    files = _in_turn(lambda: bundle.signed(_entries, room.ask, meeting))
    if isinstance(files, Refusal):
        return _refused(words.refusal(files), 409)
    return _file(bundle.zipped(files, meeting, ended_at), "application/zip", f'attachment; filename="{meeting}.zip"')


@blueprint.get("/<meeting>/bien-ban.pdf")
@pages.only(Who.SECRETARY)
@security.limiter.limit(PAPERS_LIMIT)
def preview(meeting: str) -> Any:
    """The minutes as they stand: a draft while the meeting is in progress."""
    found = _found(meeting)
    data = _in_turn(lambda: pdf_bytes(bundle.sheet(found)))
    return _file(data, "application/pdf", f'inline; filename="{meeting}.pdf"')


def _entries() -> Sequence[Entry]:
    """The whole journal. Raises `JournalError` where it cannot be read."""
    with closing(Reader(room.room().state.journal)) as reader:
        return list(reader.after(0))


def _found(meeting: str) -> meeting_record.MeetingRecord:
    """The meeting of that identifier, or the page that says why there is none."""
    try:
        return meeting_record.find(_entries(), meeting)
    except RecordError:
        abort(404)
    except JournalError:
        abort(_refused(NO_JOURNAL, 503))


def _in_turn(make: Callable[[], Any]) -> Any:
    if not _setting.acquire(timeout=TURN_SECONDS):
        abort(_refused(BUSY, 503))
    try:
        return make()
    finally:
        _setting.release()


def _file(data: bytes, mimetype: str, disposition: str) -> Response:
    response = Response(data, mimetype=mimetype)
    response.headers["Content-Disposition"] = disposition
    return response


def _refused(text: Any, status: int) -> Response:
    return Response(render_template("papers.html", problem=text), status=status, mimetype="text/html")
