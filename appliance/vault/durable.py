"""Files that are whole or not there, and files that are gone as far as that can be said of a card."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

_DRAFT = ".draft"
"""How the name of a file ends while it is written; what a power cut leaves of it is never read."""


def write(path: Path, data: bytes) -> None:
    """Replace a file by a new one of mode 0600; durable when it returns. After a power cut it is the old or the new.

    Folders that are missing are made, of mode 0700, and are as durable as the file.
    """
    _make_folder(path.parent)
    draft = path.with_name(path.name + _DRAFT)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    _sync(path.parent)


def destroy(path: Path) -> None:
    """Overwrite a file and its draft with noise and remove them. Nothing happens where there is none.

    It reaches the bytes of this file, not those of files that it replaced, and not what a card that wears its cells
    evenly keeps elsewhere: what was secret must have been encrypted, and its key with it.
    """
    for one in (path, path.with_name(path.name + _DRAFT)):
        if not one.exists():
            continue
        with open(one, "r+b") as file:
            file.write(secrets.token_bytes(one.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        one.unlink()
        _sync(one.parent)


def remove_folder(path: Path) -> None:
    """Remove an empty folder; durable when it returns."""
    path.rmdir()
    _sync(path.parent)


def _make_folder(path: Path) -> None:
    if not path.is_dir():
        _make_folder(path.parent)
        path.mkdir(mode=0o700, exist_ok=True)
        _sync(path.parent)  # the file would be lost with a folder of which nobody knows the name


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
