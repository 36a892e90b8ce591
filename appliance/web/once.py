"""Slips and letters are the answer to a form, shown once: a reload sends the form again and must not issue new PINs."""

from __future__ import annotations

from hashlib import blake2b
from secrets import token_hex
from typing import Any

from flask import render_template, request, url_for

from appliance.values import Refusal
from appliance.web import pages
from appliance.web.pages import Page

ANEW = "anew"
"""The field that makes the same wish a new one, after the reader was told that it was done already."""


def form_id() -> str:
    """The id of the form as it was sent, or nothing where it carries no token of its own.

    A page's CSRF token is signed with the time at which that page was made. So the form of a page that is opened anew
    has another id; a reload has the same, and the ballot service, which knows it from the journal, refuses it.
    """
    if not request.form.get("csrf_token"):
        return ""
    sent = [request.path, *sorted(request.form.items(multi=True))]
    return blake2b(repr(sent).encode(), digest_size=16).hexdigest()


def not_issued(page: Page, refusal: Refusal, title: str) -> Any:
    """Why nothing was issued. Of a reload its own page says so: no PIN is kept that could be shown again.

    One press there issues new ones; another leads back to `page`, where the form stands.
    """
    if refusal.code != "already-issued":
        return pages.refuse(page, refusal)
    again = [(name, value) for name, value in request.form.items(multi=True) if name not in ("csrf_token", ANEW)]
    return render_template(
        "issued.html", title=title, back=url_for(page.endpoint), fields=[*again, (ANEW, token_hex(16))]
    ), 409
