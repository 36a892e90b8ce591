"""What the ballot service says of a secret ballot that runs. The journal tells nothing: pages have to ask.

Asked once a second while such a ballot runs and only then; kept nowhere and never logged.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from appliance.errors import ControlError
from appliance.values import Refusal, Voting
from appliance.web import room
from appliance.web.live import Now

PERIOD = 1.0
"""Seconds between two questions of one page."""


class Wait(enum.StrEnum):
    """How it stands with the passphrase of the boxes."""

    NONE = "none"  # nobody has set one yet
    SEALED = "sealed"  # set, and to be typed again: the box was without power
    OPEN = "open"


@dataclass(frozen=True)
class Turnout:
    """Of the secret ballot called `ballot`; empty where none runs. `known` is False while earlier votes are sealed.

    `waited_for` is told to staff, `mine` to a delegate; `passphrase` is None where the service does not answer.
    """

    ballot: str = ""
    cast: int | None = None
    waited_for: tuple[str, ...] = ()
    mine: bool = False
    known: bool = False
    passphrase: Wait | None = None

    @property
    def recorded(self) -> bool | None:
        """Whether the box has the asker's vote; None while earlier votes are sealed."""
        return self.mine if self.known or self.mine else None

    @property
    def sealed(self) -> bool:
        """Whether the box was without power and waits for its passphrase."""
        return self.passphrase is Wait.SEALED


def ask() -> Turnout:
    """The turnout, on behalf of whoever is signed in."""
    try:
        answer = room.ask("turnout")
    except ControlError:
        return Turnout()
    if isinstance(answer, Refusal):
        return Turnout()
    return Turnout(
        ballot=str(answer["ballot"] or ""),
        cast=answer["cast"],
        waited_for=tuple(answer["waited_for"] or ()),
        mine=bool(answer["mine"]),
        known=bool(answer["known"]),
        passphrase=Wait(answer["passphrase"]),
    )


def of_running(now: Now) -> Turnout:
    """The turnout of the secret ballot that runs in `now`; nobody is asked where none does.

    Nothing where the service has gone on to another meanwhile: its answer is not of this one.
    """
    running = now.minutes.running if now.minutes is not None else None
    if running is None or running.opened.method is not Voting.SECRET:
        return Turnout()
    answer = ask()
    return answer if answer.ballot == running.id else Turnout()


def is_secret(now: Now) -> bool:
    """Whether a secret ballot runs."""
    running = now.minutes.running if now.minutes is not None else None
    return running is not None and running.opened.method is Voting.SECRET


def period(now: Now) -> float | None:
    """How often a page that shows the turnout is built anew."""
    return PERIOD if is_secret(now) else None
