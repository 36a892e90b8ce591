"""The radios in a secret session: off while it is on, as they were afterwards."""

from __future__ import annotations

from appliance.errors import DeviceError
from appliance.events import PartFailed, PartRestored
from appliance.radio import Radios
from appliance.secret_session import RADIOS

REMEDY = "switch the radio off by hand, or take it out; nothing may transmit in the room"


class Silence:
    """Follows the journal's word on secret sessions. After a restart within one, radios are silenced once more."""

    def __init__(self, radios: Radios) -> None:
        self._radios = radios
        self._silent: bool | None = None  # not known: a crash may have come between a session's end and the radios
        self._failed = False

    def follow(self, secret_session: bool) -> PartFailed | PartRestored | None:
        """Switch the radios if that changed. One that stays on stops no meeting: it is a fact that everybody sees."""
        if secret_session is self._silent:
            return None
        self._silent = secret_session
        try:
            (self._radios.block if secret_session else self._radios.unblock)()
        except DeviceError as error:
            self._failed = True
            return PartFailed(part=RADIOS, symptom=str(error)[:500], remedy=REMEDY)
        restored, self._failed = self._failed, False
        return PartRestored(part=RADIOS) if restored else None
