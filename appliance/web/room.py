"""What every page needs: the journal as it is followed, the sockets of the services, and the configuration in force."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from threading import BoundedSemaphore
from typing import Any

from flask import abort, current_app, g, request, session

from appliance.config import Configuration
from appliance.control import Client
from appliance.errors import ControlError
from appliance.rights import Who
from appliance.services.state import State
from appliance.values import Refusal
from appliance.web.live import Feed

SERVICES = ("ballot", "door", "uplink")
"""Those that answer on a socket, in the order a page lists them."""

STREAMS = 110
"""Live streams at a time. Each holds one of waitress's 128 threads; the rest answer everything else (measured.md)."""


REQUEST_ID = re.compile(r"[0-9a-f]{32}")
"""What a page's own script names an attempt by."""


@dataclass
class Room:
    """One room's world as the pages see it. Shared by all threads."""

    state: State
    configuration: Configuration
    feed: Feed
    streams: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(STREAMS))

    def client(self, service: str, timeout: float = 5.0) -> Client:
        """The asking side of a service's socket."""
        return Client(self.state.socket(service), timeout=timeout)

    def silent(self) -> tuple[str, ...]:
        """The services that do not answer just now; without a camera no door service is meant to run."""
        meant = [name for name in SERVICES if name != "door" or self.configuration.camera.source]
        return tuple(name for name in meant if not self._answers(name))

    def _answers(self, name: str) -> bool:
        question = "identity" if name == "ballot" else "status"
        try:
            self.client(name, timeout=2.0).ask(question)
        except ControlError:
            return False
        return True


@dataclass(frozen=True)
class Person:
    """Who asks, as the ballot service says. `subject` is a delegate's id where `role` is delegate."""

    role: Who
    subject: str = ""


NOBODY = Person(Who.ANYBODY)


def room() -> Room:
    """The room of the application that answers this request."""
    found: Room = current_app.extensions["room"]
    return found


def token(role: Who) -> str:
    """This browser's sign-in for a role, or nothing. One browser may show the hall's screen beside a desk."""
    tokens = session.get("tokens")
    return str(tokens.get(role.value, "")) if isinstance(tokens, dict) else ""


def remember(answer: Any) -> Person:
    """Keep the sign-in that the ballot service answered with."""
    person = Person(Who(answer["role"]), str(answer.get("subject") or ""))
    session["tokens"] = {**session.get("tokens", {}), person.role.value: answer["token"]}
    session.permanent = True
    return person


def forget(role: Who) -> None:
    """Drop this browser's sign-in for a role."""
    session["tokens"] = {name: kept for name, kept in session.get("tokens", {}).items() if name != role.value}


def find(*roles: Who) -> Person:
    """The first of these roles that this browser is signed in as; the ballot service decides. `NOBODY` if none.

    Raises `ControlError` if the ballot service does not answer.
    """
    for role in roles:
        if token(role):
            answer = room().client("ballot").ask("who_am_i", token=token(role))
            if not isinstance(answer, Refusal):
                return Person(Who(answer["role"]), str(answer.get("subject") or ""))
    return NOBODY


def time() -> str:
    """The box's clock, which countdowns on the pages follow: UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def until(at: str) -> float:
    """Seconds from now until a time (UTC, ISO 8601), at least 0."""
    return max(0.0, (datetime.fromisoformat(at) - datetime.now(UTC)).total_seconds())


def identity() -> dict[str, Any]:
    """Who this box is: everybody may ask. Raises `ControlError`."""
    return dict(room().client("ballot").ask("identity"))


def me() -> Person:
    """Whom this request is answered for: set by `pages.only`."""
    person: Person = g.get("person", NOBODY)
    return person


def ask(do: str, *, id: str = "", **args: Any) -> Any | Refusal:
    """Give a command to the ballot service in the name of whoever asks. Raises `ControlError`.

    A form that is sent again because no answer came carries the same `id`: its commands are the same facts.
    """
    mine = token(me().role)
    if not mine:
        abort(401)  # without a token the socket would take us for the console where both services are one user
    return room().client("ballot").ask(do, token=mine, id=id or _same_again(do), **args)


def _same_again(do: str) -> str:
    """The id of this command of the form that is answered; nothing where the form has none of its own."""
    given = request.form.get("id", "")
    return blake2b(f"{given} {do}".encode(), digest_size=16).hexdigest() if REQUEST_ID.fullmatch(given) else ""
