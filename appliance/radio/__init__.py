"""The radios of the box, off and on. `Radios` is the interface; `rfkill` and `absent` are its versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Radio:
    """One transmitter as the kernel knows it. `name` as in `phy0` or `hci0`, `kind` as in `wlan` or `bluetooth`.

    `soft`: a program switched it off; `hard`: a switch of the machine did, which no program undoes. `index` is the
    number of its switch in the kernel, None where it has none: then nothing but a hand can silence it.
    """

    name: str
    kind: str
    soft: bool = False
    hard: bool = False
    index: int | None = None

    @property
    def silent(self) -> bool:
        """Whether it neither sends nor listens."""
        return self.soft or self.hard


class Radios(Protocol):
    """All radios of a box. Each call looks anew: a radio may be plugged in at any time."""

    def state(self) -> Sequence[Radio]:
        """Every radio there is now; empty means that there is none. Raises `DeviceError` if that cannot be known."""
        ...

    def block(self) -> Sequence[Radio]:
        """Silence every radio, also one that is plugged in later, and the state as it was read back afterwards.

        Raises `DeviceError`, naming each radio that is still on and what to do. What could be silenced then stays so
        until `unblock`. May be called again: after a restart, say.
        """
        ...

    def unblock(self) -> None:
        """Back to what was before the first `block`: a radio that was off then stays off.

        Without a `block` before, nothing is touched; so it may be called at every start, in case a crash came between
        the end of a session and this. Raises `DeviceError` if the switch does not answer.
        """
        ...
