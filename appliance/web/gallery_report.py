"""The gallery report: one template with its drawings, shown as a page, set as a PDF, written as a file.

The door computes the figures; the pages never see a template. The PDF is set in memory and kept nowhere.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources
from typing import Any

from flask import Blueprint, Flask, Response, abort, render_template
from flask_babel import Babel, force_locale, format_decimal
from flask_babel import lazy_gettext as _l

from appliance import det
from appliance.config import Box
from appliance.errors import ControlError
from appliance.rights import Who
from appliance.values import Refusal
from appliance.web import pages, room, security, words

blueprint = Blueprint("gallery_report", __name__, url_prefix="/gallery-report")

STAFF = (Who.TECHNICIAN, Who.SECRETARY)

SOON_DAYS = 30
"""A template that expires within so many days is named."""

PAPERS_LIMIT = "6 per minute"
"""PDFs of one sign-in: each takes a second or two of the processor."""

TURN_SECONDS = 20.0
"""How long a PDF waits for the one before it: they are set one after another."""

PATIENCE = 20.0
"""Seconds for the door's answer: the first after a change of a large gallery is computed then."""

REMEDIES = {
    "few": (_l("few pictures"), _l("take at least three")),
    "narrow": (_l("one side only"), _l("take the left and the right side too")),
    "soft": (_l("poor pictures"), _l("take sharper ones in even light")),
    "unmeasured": (_l("coverage unknown"), _l("enrol again, so that the pictures are measured")),
}
"""What a template lacks → its name, and what to do."""

_setting = threading.Lock()


@dataclass(frozen=True)
class Drawn:
    """One search with its drawings; `curve` is None where nothing could be counted."""

    figures: Mapping[str, Any]
    curve: det.Det | None
    strip: det.Strip


@dataclass(frozen=True)
class Shown:
    """What the template shows. `document`: as `services.gallery_report` makes it; `names`: id → name."""

    document: Mapping[str, Any]
    names: Mapping[str, str]
    box: Box
    drawn: Sequence[Drawn]
    poor: Sequence[Mapping[str, Any]]
    expiring: Sequence[Mapping[str, Any]]
    alike: Sequence[Mapping[str, Any]]

    def who(self, delegate: str) -> str:
        """A delegate as people know them."""
        name = self.names.get(delegate)
        return f"{name} ({delegate})" if name else delegate


def shown(document: Mapping[str, Any], names: Mapping[str, str], box: Box) -> Shown:
    """A report ready for the template."""
    report = document["report"]
    soon = str(date.fromisoformat(document["at"][:10]) + timedelta(days=SOON_DAYS))
    return Shown(
        document=document,
        names=names,
        box=box,
        drawn=[_draw(search) for search in report["searches"]],
        poor=[line for line in report["lines"] if line["covered"]["poor"]],
        expiring=[line for line in report["lines"] if line["expires"] and line["expires"] <= soon],
        alike=[pair for pair in report["pairs"] if not pair["twins"]],
    )


def _draw(search: Mapping[str, Any]) -> Drawn:
    curve = None
    if search["steps"]:
        curve = det.det(
            search["steps"],
            search["curve"],
            mark=(search["expected"], search["fnir"]),
            target=search["fpir"],
            interval=search["interval"],
        )
    return Drawn(search, curve, det.strip(search["stranger_columns"], search["own_columns"], search["threshold"]))


# The template --------------------------------------------------------------------------------------------------------


def prepare(app: Flask) -> None:
    """What the template needs of an application."""
    app.template_filter("digits")(_digits)
    app.template_filter("hundredths")(_hundredths)
    app.template_filter("percent")(_percent)
    app.template_filter("per_mille")(_per_mille)


def _digits(value: float, digits: int) -> str:
    return str(format_decimal(round(value, digits) + 0.0, "0." + "0" * digits))  # + 0.0: no minus before a zero


def _hundredths(share: float) -> str:
    return str(format_decimal(100 * share, "0.##"))


def _percent(share: float) -> str:
    """At most two places, and a space that does not break: 0.5 %, 0.05 %, 17.65 %."""
    return _hundredths(share) + "\N{NO-BREAK SPACE}%"


def _per_mille(share: float) -> str:
    """Out of 1,000: whole numbers from 10 on, one place below."""
    return str(format_decimal(1000 * share, "0" if share >= 0.01 else "0.#"))


def html(one: Shown) -> str:
    """A document of its own, with its style: what becomes the PDF, or a file. Needs an application's context."""
    style = (resources.files("appliance.web") / "static" / "report.css").read_text("utf-8")
    return render_template(
        "gallery_report_paper.html", view=one, remedies=REMEDIES, style=style, language=words.language()
    )


def pdf(document: str) -> bytes:
    """HTML → PDF. Nothing outside of the document is opened: a reference to it raises."""
    logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)  # else it tells every step of every page
    import weasyprint  # loads Pango and takes half a second: only who wants a PDF pays for it

    nowhere = weasyprint.URLFetcher(allowed_protocols=(), fail_on_errors=True)
    return bytes(weasyprint.HTML(string=document, url_fetcher=nowhere).write_pdf())


def standalone(one: Shown, language: str) -> str:
    """The document in that language, without any pages around: for the command line."""
    app = Flask("appliance.web")
    Babel(app, default_locale=language, default_translation_directories="translations")
    prepare(app)
    with app.app_context(), force_locale(language):
        return html(one)


# Pages ---------------------------------------------------------------------------------------------------------------


@blueprint.get("")
@pages.only(*STAFF)
def page() -> Any:
    """The report as it is now; with status 503 why there is none."""
    found = _ask()
    if isinstance(found, Shown):
        return render_template("gallery_report.html", view=found, remedies=REMEDIES, problem=None)
    return render_template("gallery_report.html", view=None, problem=found), 503


@blueprint.get("/report.pdf")
@pages.only(*STAFF)
@security.limiter.limit(PAPERS_LIMIT)
def paper() -> Response:
    """The same as a PDF."""
    found = _ask()
    if not isinstance(found, Shown):
        return Response(found, status=503, mimetype="text/plain")
    if not _setting.acquire(timeout=TURN_SECONDS):
        abort(503)
    try:
        data = pdf(html(found))
    finally:
        _setting.release()
    response = Response(data, mimetype="application/pdf")
    name = f"gallery-{found.box.device}-{found.document['at'][:10]}.pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _ask() -> Shown | str:
    """The door's report, or a sentence why there is none."""
    here = room.room()
    if not here.configuration.camera.source:
        return str(_l("There is no camera at this door."))
    mine = room.token(room.me().role) or abort(401)
    try:
        answer = here.client("door", timeout=PATIENCE).ask("gallery_report", token=mine)
    except ControlError:
        return words.refusal(Refusal(code="door-silent", message="door"))
    if isinstance(answer, Refusal):
        return words.refusal(answer)
    minutes = here.feed.look().minutes
    roster = minutes.roll.roster if minutes is not None else {}
    names = {delegate.id: delegate.name for delegate in roster.values()}
    return shown(answer, names, here.configuration.box)
