"""What a command may need to be decided on and answered."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.ballot import Ballot
from appliance.config import Configuration
from appliance.events import Event
from appliance.journal import Follower, Writer
from appliance.keypad.screen import ScreenFactory
from appliance.record import Signer
from appliance.services.boxes import Boxes
from appliance.services.draft import Draft
from appliance.services.seats import Seats
from appliance.services.signing import Signing
from appliance.services.state import State
from appliance.vault.credentials import Credentials


@dataclass(eq=False)
class Desk:
    """The ballot service's own things, as the commands use them. One thread's.

    `screen` are the keypads on the screen, where there are any; `restart_wanted` is set by whoever changed what only a
    new start takes up.
    """

    state: State
    configuration: Configuration
    writer: Writer
    follower: Follower
    credentials: Credentials
    signer: Signer
    seats: Seats
    boxes: Boxes
    signing: Signing
    screen: ScreenFactory | None
    restart_wanted: bool = False

    def standing(self, fact_id: str, draft: Draft) -> Event | None:
        """The fact of that id, in the journal or in this turn's draft."""
        entry = self.writer.by_id(fact_id)
        return entry.event if entry is not None else draft.stated(fact_id)

    def ballot(self, name: str) -> Ballot | None:
        """A ballot of this meeting or of an earlier one."""
        return next((m.ballots[name] for m in reversed(self.follower.meetings) if name in m.ballots), None)
