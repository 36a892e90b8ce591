"""A box whose kernel has no radio switch, because it has no radio: a statement, and checked each time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from appliance.radio import Radio, census


class NoRadios:
    """Implements `Radios` where there is no /dev/rfkill. A radio that turns up all the same cannot be silenced."""

    def __init__(self, classes: Path = census.CLASSES) -> None:
        """`classes` is /sys/class."""
        self._classes = classes

    def state(self) -> Sequence[Radio]:
        """Empty, as stated; otherwise what was plugged in since, and is on."""
        return tuple(radio for radio, _ in census.known(self._classes))

    def block(self) -> Sequence[Radio]:
        """Nothing to silence. Raises `DeviceError` naming what was plugged in since."""
        return census.all_silent(self.state())

    def unblock(self) -> None:
        """Nothing to restore."""
