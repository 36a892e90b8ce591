"""Links as people meet them: the full address, and its QR code as SVG."""

from __future__ import annotations

import segno
from markupsafe import Markup

from appliance.web import room


def personal(link: str) -> str:
    """The full address of a delegate's link, beginning as the configuration says (`web.address`)."""
    return f"{room.room().configuration.web.base_url}/d/{link}"


def screen(link: str) -> str:
    """The full address of a screen's link."""
    return f"{room.room().configuration.web.base_url}/s/{link}"


def picture(text: str) -> Markup:
    """The QR code of a text, error correction M (a printed slip may be creased)."""
    code = segno.make(text, error="m", micro=False)
    return Markup(code.svg_inline(omitsize=True, border=2, svgclass="qr", lineclass=None))
