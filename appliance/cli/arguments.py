"""Kinds of arguments. What is none of its kind is wrong usage and told before anything is begun."""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Callable
from pathlib import Path


def folder(text: str) -> Path:
    """A folder that is there and may be looked into."""
    path = Path(text)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"{text}: {'is a file, not a folder' if path.exists() else 'no such folder'}")
    if not os.access(path, os.R_OK | os.X_OK):
        raise argparse.ArgumentTypeError(f"{text}: may not be read")
    return path


def place(text: str) -> Path:
    """A folder that is there, or that can be made."""
    path = Path(text)
    if path.exists() and not path.is_dir():
        raise argparse.ArgumentTypeError(f"{text}: is a file, not a folder")
    return path


def out_file(text: str) -> Path:
    """Where a file can be written when the work is done: its folder is there."""
    path = Path(text)
    if path.is_dir():
        raise argparse.ArgumentTypeError(f"{text}: is a folder; name a file in it")
    if not os.access(path.parent, os.W_OK):
        raise argparse.ArgumentTypeError(f"{text}: {path.parent} is no folder that can be written to")
    return path


def whole(least: int = 1) -> Callable[[str], int]:
    """A whole number of at least so much."""

    def number(text: str) -> int:
        try:
            found = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number") from None
        if found < least:
            raise argparse.ArgumentTypeError(f"{text} is less than {least}")
        return found

    return number


def _number(kind: str, holds: Callable[[float], bool]) -> Callable[[str], float]:
    """A number for which something holds; nan and infinity are none."""

    def number(text: str) -> float:
        try:
            found = float(text)
        except ValueError:
            found = math.nan
        if not math.isfinite(found) or not holds(found):
            raise argparse.ArgumentTypeError(f"{text!r} is no {kind}")
        return found

    return number


seconds = _number("number of seconds above 0", lambda found: found > 0)
"""A time that passes."""

share = _number("share between 0 and 1; write 0.01 for one in a hundred", lambda found: 0 < found < 1)
"""A part of all, neither none nor the whole."""


def reason(text: str) -> str:
    """Why somebody does it, for the record: not blank."""
    if not text.strip():
        raise argparse.ArgumentTypeError("is empty; say why, it is kept in the journal")
    return text
