"""Files that are whole or not there, and files that are gone as far as that can be said of a card."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def write(path: Path, data: bytes) -> None:
    """Replace a file by a new one of mode 0600; durable when it returns. After a power cut it is the old or the new."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.draft")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    _sync(path.parent)


def destroy(path: Path) -> None:
    """Overwrite a file with noise and remove it. Nothing happens if there is none.

    A card that wears its cells evenly may keep the old bytes elsewhere: what was secret must have been encrypted, and
    its key with it.
    """
    for one in (path, path.with_name(f"{path.name}.draft")):
        if not one.exists():
            continue
        with open(one, "r+b") as file:
            file.write(secrets.token_bytes(one.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        one.unlink()
        _sync(one.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
