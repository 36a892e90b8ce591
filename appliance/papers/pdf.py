"""A sheet set as PDF by WeasyPrint, through one HTML template, in memory: nothing outside of it is opened.

The same sheet gives the same bytes on the same machine: fonts and libraries are its own. Tinos, which is as wide as
Times New Roman and has every Vietnamese letter, comes from Debian's fonts-croscore.
"""

from __future__ import annotations

import hashlib
import logging
from importlib import resources

import jinja2

from appliance.papers.sheet import Sheet, printable

_HERE = resources.files("appliance.papers")


def pdf_bytes(sheet: Sheet) -> bytes:
    """The file, tagged for screen readers."""
    text = html(sheet)
    logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)  # else it tells every step of every page
    import weasyprint  # loads Pango and takes half a second: only who wants a PDF pays for it

    nowhere = weasyprint.URLFetcher(allowed_protocols=(), fail_on_errors=True)
    document = weasyprint.HTML(string=text, url_fetcher=nowhere)
    return bytes(document.write_pdf(pdf_identifier=hashlib.sha256(text.encode()).digest()[:16], pdf_tags=True))


def _printable(value: object) -> object:
    """What a template's expression writes: a text of ours or of people, but not the style, which is markup."""
    return printable(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def html(sheet: Sheet) -> str:
    """The sheet as one HTML document with its style."""
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, finalize=_printable)
    template = environment.from_string((_HERE / "minutes.html").read_text("utf-8"))
    return template.render(
        sheet=sheet,
        blocks=[(type(block).__name__, block) for block in sheet.blocks],
        made=sheet.made_at,
        style=(_HERE / "minutes.css").read_text("utf-8"),
    )
