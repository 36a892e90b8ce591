"""A delegate's tablet without the screen: it opens the personal link and sends the page's own form, over real HTTP."""

from __future__ import annotations

import http.cookiejar
import json
import re
import secrets
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass

from appliance.errors import ControlError
from appliance.values import Choice


@dataclass(frozen=True)
class Answer:
    """What the page said to a press: whether it is recorded, and the sentence the delegate reads."""

    recorded: bool
    sentence: str


class Tablet:
    """One browser with one delegate signed in. Raises `ControlError` where the pages do not answer as they should."""

    def __init__(self, base_url: str, link: str) -> None:
        """`link` is the secret part of the personal link."""
        self._base_url = base_url
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(jar)
        page = self._fetch(f"/d/{urllib.parse.quote(link)}")
        found = re.search(r'<meta name="csrf" content="([^"]+)"', page)
        if found is None:
            raise ControlError(f"{base_url}: the delegate's page carries no CSRF token")
        self._csrf = found[1]

    def vote(self, ballot: str, choice: Choice) -> Answer:
        """Tap one of the three buttons."""
        form = {"ballot": ballot, "choice": choice.value, "id": secrets.token_hex(16)}
        answer = json.loads(self._fetch("/delegate/vote", urllib.parse.urlencode(form).encode()))
        return Answer(bool(answer["ok"]), str(answer["notice"]))

    def _fetch(self, path: str, form: bytes | None = None) -> str:
        headers = {"X-Requested-With": "page", "X-CSRFToken": self._csrf} if form is not None else {}
        request = urllib.request.Request(self._base_url + path, form, headers)
        try:
            with self._opener.open(request, timeout=15) as answer:
                return str(answer.read().decode())
        except urllib.error.URLError as error:
            raise ControlError(f"{self._base_url}{path.split('/d/', maxsplit=1)[0]}: {error}") from error
