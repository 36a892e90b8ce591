"""The blocks of the printed minutes as a page shows them: points gathered to lists, each table under a name.

Nothing is left out and nothing is worded here: what people confirm on a page is what DOCX and PDF print.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from appliance.papers.sheet import Block, Heading, Look, Paragraph, Table, printable


@dataclass(frozen=True)
class Points:
    """Points that follow one another: one list."""

    points: tuple[Paragraph, ...]


@dataclass(frozen=True)
class Rows:
    """A table. `about` is the heading that it stands under. The first of `headings` is empty where rows have names.

    Headings do not break: on a narrow screen they keep the columns wide enough to be read, and the table is scrolled.
    """

    about: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Part = Heading | Paragraph | Points | Rows

Named = tuple[str, Part]
"""A part with the name of its kind, by which a template chooses."""


def parts(blocks: Iterable[Block]) -> tuple[Named, ...]:
    """The same blocks in the same order; their texts are as `printable` as on paper."""
    return tuple((type(part).__name__, part) for part in _parts(blocks))


def _parts(blocks: Iterable[Block]) -> Iterator[Part]:
    about = ""
    for listed, group in groupby(blocks, key=_is_point):
        if listed:
            yield Points(tuple(_paragraph(block) for block in group if isinstance(block, Paragraph)))
            continue
        for block in group:
            if isinstance(block, Heading):
                about = printable(block.text)
                yield replace(block, text=about)
            elif isinstance(block, Table):
                yield _rows(about, block)
            else:
                yield _paragraph(block)


def _is_point(block: Block) -> bool:
    return isinstance(block, Paragraph) and block.look is Look.POINT


def _rows(about: str, table: Table) -> Rows:
    """Numbers whose rows have names are wide and flat on paper; turned, a narrow screen has them without scrolling."""
    lines = [table.headings, *table.rows]
    headings, *rows = lines if table.headings[0] else zip(*lines, strict=True)
    unbroken = tuple(text.replace(" ", "\N{NO-BREAK SPACE}") for text in headings)
    return Rows(about, unbroken, tuple(tuple(printable(cell) for cell in row) for row in rows))


def _paragraph(block: Paragraph) -> Paragraph:
    return replace(block, runs=tuple(replace(run, text=printable(run.text)) for run in block.runs))
