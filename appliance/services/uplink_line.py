"""The line to the broker: there while it is permitted, cut for a secret session."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from appliance.uplink.broker import Broker, Condition, Happening, State, Will


class Watcher(Protocol):
    """Whoever waits for descriptors; `control.Server` does."""

    def watch(self, fd: int) -> None:
        """Wake when it is readable."""

    def unwatch(self, fd: int) -> None:
        """Not any more; before it is closed."""


class Line:
    """Holds the one connection, or none. `condition` is what is known of it; whoever hears of a change sets it."""

    def __init__(self, open_broker: Callable[[], Broker] | None, farewell: Will, watcher: Watcher) -> None:
        """`open_broker` None: no broker is configured. Nothing is opened before `permit`."""
        self._open, self._farewell, self._watcher = open_broker, farewell, watcher
        self._broker: Broker | None = None
        self._permitted: bool | None = None
        self.condition = Condition(State.OFF if open_broker is None else State.CONNECTING)

    @property
    def configured(self) -> bool:
        """Whether there is a broker to connect to."""
        return self._open is not None

    @property
    def online(self) -> bool:
        """Connected and subscribed."""
        return self.condition.state is State.ONLINE

    def permit(self, permitted: bool) -> Condition | None:
        """Open the connection, or cut it with a farewell; the new condition, None where nothing changes.

        Cutting takes as long as `Broker.close`. What was published and not yet sent is forgotten.
        """
        if self._open is None or permitted == self._permitted:
            return None
        self._permitted = permitted
        if permitted:
            self._broker = self._open()
            self._watcher.watch(self._broker.fileno())
            return Condition(State.CONNECTING)
        self.close()
        return Condition(State.SECRET_SESSION)

    def poll(self) -> Sequence[Happening]:
        """See `Broker.poll`; nothing happens on a line that is cut."""
        return self._broker.poll() if self._broker is not None else ()

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> int:
        """See `Broker.publish`. Only while online."""
        assert self._broker is not None
        return self._broker.publish(topic, payload, retain=retain)

    def close(self) -> None:
        """Say the farewell and hang up."""
        if self._broker is not None:
            self._watcher.unwatch(self._broker.fileno())
            self._broker.close(self._farewell)
        self._broker = None
