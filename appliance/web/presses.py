"""What the journal says of each delegate's last press: its way in, or why it did not count. Never what it chose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from appliance.events import MeetingConvened, VoteCast, VoteEntered, VoteRefused
from appliance.record import Entry
from appliance.values import Channel

V = TypeVar("V")


@dataclass(frozen=True)
class Cast:
    """Through what, and when, a delegate's counting vote arrived. `at` is UTC, ISO 8601. Not what it says."""

    channel: Channel
    at: str


@dataclass(frozen=True)
class Refused:
    """A press that did not count, after all that did: through what, when, and why (a refusal's code)."""

    channel: Channel
    at: str
    reason: str


@dataclass(frozen=True)
class Presses:
    """The presses of one meeting, each keyed by (ballot, delegate)."""

    casts: Mapping[tuple[str, str], Cast] = field(default_factory=dict)
    refusals: Mapping[tuple[str, str], Refused] = field(default_factory=dict)

    def after(self, entry: Entry) -> Presses:
        """With one more entry of the journal; the same value where it is no press."""
        one = entry.event
        if isinstance(one, MeetingConvened):
            return Presses()
        if isinstance(one, VoteCast):
            key = (one.ballot, one.delegate)
            return Presses({**self.casts, key: Cast(one.channel, entry.at)}, _without(self.refusals, key))
        if isinstance(one, VoteEntered):  # it takes the place of a press: there is no way in to tell of
            key = (one.ballot, one.delegate)
            return Presses(_without(self.casts, key), _without(self.refusals, key))
        if isinstance(one, VoteRefused):
            refused = Refused(one.channel, entry.at, one.reason)
            return replace(self, refusals={**self.refusals, (one.ballot, one.delegate): refused})
        return self

    def of(self, ballot: str, delegate: str) -> tuple[Cast | None, Refused | None]:
        """This delegate's in this ballot."""
        return self.casts.get((ballot, delegate)), self.refusals.get((ballot, delegate))


def _without(mapping: Mapping[tuple[str, str], V], key: tuple[str, str]) -> dict[tuple[str, str], V]:
    return {k: v for k, v in mapping.items() if k != key}
