"""How a page is shown, kept live and answered to. A page is a value and two templates: `X.html`, `X_main.html`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from appliance.errors import ControlError
from appliance.rights import Who
from appliance.values import Refusal
from appliance.web import live, room, words
from appliance.web.live import Now

P = ParamSpec("P")

RECHECK = 10.0
"""Seconds after which a stream asks the ballot service again whether its sign-in still stands."""

SIGN_IN = {Who.TECHNICIAN: "session.password", Who.SECRETARY: "session.password", Who.DELEGATE: "session.start"}


@dataclass(frozen=True)
class Page:
    """One live page. `build` makes the value shown; `every` rebuilds it without news, to ask services: seconds as the
    journal stands, None: not needed.
    """

    name: str
    endpoint: str
    roles: tuple[Who, ...]
    build: Callable[[Now], Any]
    every: Callable[[Now], float | None]


pages: dict[str, Page] = {}
"""Name → page: filled by the modules that own them."""

blueprint = Blueprint("live", __name__)


Period = Callable[[Now], float | None]


def page(
    name: str, endpoint: str, *roles: Who, every: float | Period | None = None
) -> Callable[[Callable[[Now], Any]], Page]:
    """Declare a live page over the function that builds its value."""
    period: Period = every if callable(every) else lambda _now: every

    def declare(build: Callable[[Now], Any]) -> Page:
        pages[name] = Page(name, endpoint, roles, build, period)
        return pages[name]

    return declare


def only(*roles: Who) -> Callable[[Callable[P, Any]], Callable[P, Any]]:
    """Let a view run for these roles alone. Others are led to where they can sign in; a script's request gets 401."""

    def guard(view: Callable[P, Any]) -> Callable[P, Any]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
            g.person = room.find(*roles)
            if g.person.role in roles:
                return view(*args, **kwargs)
            entrance = SIGN_IN.get(roles[0])  # whom the page is for; the others may look
            if entrance is None or request.method != "GET" or by_script():
                abort(401)
            role = None if entrance == "session.start" else roles[0].value
            return redirect(url_for(entrance, role=role, ended=1 if room.token(roles[0]) else None))

        return guarded

    return guard


def by_script() -> bool:
    """Whether the page's own script asks, which reads JSON and fragments."""
    return request.headers.get("X-Requested-With") == "page"


def show(one: Page) -> str:
    """The whole page."""
    now = room.room().feed.look()
    return render_template(
        f"{one.name}.html", page=one, view=one.build(now), now=now, notice=words.notice(request.args)
    )


def answer(one: Page, outcome: Any | Refusal, done: str) -> AnyResponse:
    """Answer a form: what became of it, and the page as it now is. `done` is a key of `words.DONE`."""
    if isinstance(outcome, Refusal):
        return refuse(one, outcome)
    return _answered(one, f"done={done}", words.done(done), ok=True)


def refuse(one: Page, refusal: Refusal) -> AnyResponse:
    """Answer a form that was refused, with the page as it now is."""
    return _answered(one, f"refused={refusal.code}", words.refusal(refusal), ok=False)


def _answered(one: Page, said: str, text: str, *, ok: bool) -> AnyResponse:
    if not by_script():
        return redirect(f"{url_for(one.endpoint)}?{said}", code=303)
    now = room.room().feed.look()
    return jsonify(ok=ok, notice=text, html=_main(one, one.build(now), now), seq=now.seq, now=room.time())


def _main(one: Page, view: Any, now: Now) -> str:
    return render_template(f"{one.name}_main.html", page=one, view=view, now=now)


@blueprint.get("/live/<name>")
def stream(name: str) -> Response:
    """A page's server-sent events: `main` with the fragment when it changed, else `alive`; `over` at the end."""
    one = pages.get(name) or abort(404)
    g.person = room.find(*one.roles) if one.roles else room.NOBODY
    if one.roles and g.person.role not in one.roles:
        abort(401)
    here = room.room()
    if not here.streams.acquire(blocking=False):
        abort(503)
    response = Response(stream_with_context(_events(one)), mimetype="text/event-stream")
    response.call_on_close(here.streams.release)
    response.headers["X-Accel-Buffering"] = "no"  # a proxy in front must not collect events
    return response


def _events(one: Page) -> Iterator[str]:
    feed = room.room().feed
    now, shown = feed.look(), None
    spoke = asked = time.monotonic()
    while not feed.over:
        value = (one.build(now), now.silent, now.damage, now.secret_session, now.radios)
        if value != shown:
            yield live.event("main", {"html": _main(one, value[0], now), "seq": now.seq, "now": room.time()})
            shown, spoke = value, time.monotonic()
        elif time.monotonic() - spoke >= live.HEARTBEAT:
            yield live.event("alive", {"seq": now.seq, "now": room.time()})
            spoke = time.monotonic()
        if time.monotonic() - asked >= RECHECK:
            asked = time.monotonic()
            if not _still(one):
                break
        feed.rest(live.PACE)
        now = feed.wait(now.version, min(one.every(now) or live.HEARTBEAT, live.HEARTBEAT))
    yield live.event("over", {})


def _still(one: Page) -> bool:
    """Whether this stream's person is still signed in; a silent ballot service takes nothing away."""
    if not one.roles:
        return True
    try:
        return room.find(*one.roles) == room.me()
    except ControlError:
        current_app.logger.info("the ballot service does not answer; streams go on with whom they began")
        return True
