"""The few kinds of surprise. Each is also a builtin kind, names the thing, and says what to do.

An expected outcome (a late press, a stranger at the door) is a value, never one of these: see `Refusal` in `values`.
"""

from __future__ import annotations

from collections.abc import Sequence


class ApplianceError(Exception):
    """Anything the appliance raises on purpose. `str()` is a sentence for the person who runs the box."""


class ConfigurationError(ApplianceError, ValueError):
    """A configuration, a roster or a meeting file cannot be used. `problems` lists every error, not the first."""

    def __init__(self, source: str, problems: Sequence[str]) -> None:
        self.source = source
        self.problems = tuple(problems)
        super().__init__(f"{source}: " + "; ".join(self.problems))


class DeviceError(ApplianceError, OSError):
    """A camera, a GPIO line, a key or a model file is missing or does not answer."""


class RecordError(ApplianceError, ValueError):
    """Bytes that should be a signed record, an event or a message are not."""


class JournalError(ApplianceError, RuntimeError):
    """The journal is not what it should be: a broken chain, a writer that may not write, a foreign schema."""


class ControlError(ApplianceError, ConnectionError):
    """A service did not answer on its Unix socket."""


class RefusedError(ApplianceError, RuntimeError):
    """The ballot service will not do what a command line asked for, which ends with it. Elsewhere that is a value."""
