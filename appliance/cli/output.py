"""What a verb writes into a file that was named to it."""

from __future__ import annotations

from pathlib import Path

from appliance.errors import ConfigurationError


def write(path: Path, data: bytes) -> None:
    """All of it, over what stands there. Raises `ConfigurationError`."""
    _put(path, data, "wb")


def make(path: Path, data: bytes) -> None:
    """A file that was not there. Raises `ConfigurationError`, also where it exists."""
    _put(path, data, "xb")


def _put(path: Path, data: bytes, mode: str) -> None:
    try:
        with path.open(mode) as file:
            file.write(data)
    except FileExistsError as error:
        raise ConfigurationError(str(path), ["it exists; name another file"]) from error
    except OSError as error:
        raise ConfigurationError(str(path), [str(error.strerror)]) from error
