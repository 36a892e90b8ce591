"""What a paper is made of before it is set: paragraphs and tables in order. `docx` and `pdf` set the same sheet."""

from __future__ import annotations

import enum
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass


class Look(enum.Enum):
    """How a paragraph stands on the page."""

    BODY = "body"  # justified, first line indented
    POINT = "point"  # one of several, with a dash before it
    NOTE = "note"  # smaller, below what it explains


@dataclass(frozen=True)
class Run:
    """A piece of text in one face."""

    text: str
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True)
class Paragraph:
    """Runs in one look. `leads`: it stays on the page of what follows it."""

    runs: tuple[Run, ...]
    look: Look = Look.BODY
    leads: bool = False


@dataclass(frozen=True)
class Heading:
    """A heading: level 1 is a part of the paper, 2 what stands within it."""

    text: str
    level: int


@dataclass(frozen=True)
class Table:
    """Rows under headings. `widths` are shares of the line; columns in `centred` are short: numbers, times."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    centred: frozenset[int] = frozenset()

    @property
    def whole(self) -> bool:
        """Whether it is so short that no page may end within it."""
        return len(self.rows) <= 2


Block = Paragraph | Heading | Table


@dataclass(frozen=True)
class Signature:
    """A place to sign. `note` says whether and when it was confirmed."""

    capacity: str
    note: str
    name: str


@dataclass(frozen=True)
class Sheet:
    """A whole paper. `made_at` (UTC) is its date for whoever files it; `draft` is empty on one that is final."""

    language: str
    made_at: str
    body: str
    symbol: str
    nation: str
    motto: str
    kind: str
    subject: str
    draft: str
    blocks: tuple[Block, ...]
    signatures: tuple[Signature, ...]
    recipients: tuple[str, ...]
    origin: tuple[str, ...]


_ORDER = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Would let a text be read in another order than it was typed in."""


def printable(text: str) -> str:
    """A text as it may stand on paper: without control characters, of which a line break alone remains."""
    spaced = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(c for c in spaced if c == "\n" or (unicodedata.category(c) != "Cc" and c not in _ORDER))


def said(label: str, text: str) -> Paragraph:
    """A label in bold and what it says."""
    return Paragraph((Run(f"{label}: ", bold=True), Run(text)))


def leading(label: str, text: str = "") -> Paragraph:
    """A label in bold before what is listed."""
    return Paragraph((Run(f"{label}: " if text else f"{label}:", bold=True), Run(text)), leads=True)


def line(text: str, look: Look = Look.BODY, *, italic: bool = False, leads: bool = False) -> Paragraph:
    """Plain text."""
    return Paragraph((Run(text, italic=italic),), look, leads)


def lines(texts: Sequence[str], look: Look = Look.POINT) -> list[Paragraph]:
    """One paragraph for each."""
    return [line(text, look) for text in texts]
