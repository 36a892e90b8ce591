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


def seconds(text: str) -> float:
    """A time that passes: more than nothing, and an end to it."""
    try:
        found = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds") from None
    if not math.isfinite(found) or found <= 0:
        raise argparse.ArgumentTypeError(f"{text} is no time that passes; write more than 0")
    return found


def reason(text: str) -> str:
    """Why somebody does it, for the record: not blank."""
    if not text.strip():
        raise argparse.ArgumentTypeError("is empty; say why, it is kept in the journal")
    return text


def share(text: str) -> float:
    """Between 0 and 1, neither of the two."""
    try:
        found = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no share; write 0.01 for one in a hundred") from None
    if not 0 < found < 1:
        raise argparse.ArgumentTypeError(f"{text} is no share between 0 and 1; write 0.01 for one in a hundred")
    return found
