"""A sheet set as DOCX with python-docx: page, letters and head as Appendix I to Decree 30/2020 has them.

The same sheet gives the same bytes: the date of everything in the file is the sheet's own.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import datetime

import docx
from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table as DocxTable
from docx.table import _Cell as Cell
from docx.text.paragraph import Paragraph as DocxParagraph

from appliance.papers.sheet import Block, Heading, Look, Paragraph, Run, Sheet, Signature, Table, printable

FONT = "Times New Roman"
TOP, BOTTOM, LEFT, RIGHT = Mm(20), Mm(20), Mm(30), Mm(15)
WIDTH = Mm(210 - 30 - 15)
SIZE, SMALL, SMALLEST = Pt(14), Pt(13), Pt(11)

CENTRE, JUSTIFIED, TO_THE_LEFT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY, WD_ALIGN_PARAGRAPH.LEFT
Border = tuple[str, ...]


def docx_bytes(sheet: Sheet) -> bytes:
    """The file."""
    document = docx.Document()
    _page(document)
    _styles(document)
    _properties(document, sheet)
    _head(document, sheet)
    for block in sheet.blocks:
        _SET[type(block)](document, block)
    _signatures(document, sheet)
    _foot(document, sheet)
    return _fixed(document, datetime.fromisoformat(sheet.made_at))


# Page and letters ----------------------------------------------------------------------------------------------------


def _page(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = TOP, BOTTOM
    section.left_margin, section.right_margin = LEFT, RIGHT
    section.header_distance = section.footer_distance = Mm(10)
    section.different_first_page_header_footer = True
    number = section.header.paragraphs[0]
    number.alignment = CENTRE
    run = number.add_run()
    run.font.size = SMALL
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._r.append(part)


def _styles(document: Document) -> None:
    for name, size, bold, italic in (
        ("Normal", SIZE, False, False),
        ("Title", SIZE, True, False),
        ("Heading 1", SIZE, True, False),
        ("Heading 2", SIZE, True, True),
    ):
        style = document.styles[name]
        font = style.font
        font.name, font.size, font.bold, font.italic = FONT, size, bold, italic
        font.color.rgb = RGBColor(0, 0, 0)
        for border in style.element.findall(f".//{qn('w:pBdr')}"):
            border.getparent().remove(border)
        fonts = style.element.rPr.rFonts
        for attribute in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(attribute), None)
        for attribute in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
            fonts.set(qn(attribute), FONT)
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), "vi-VN")
        style.element.rPr.append(language)
        form = style.paragraph_format
        form.space_before = form.space_after = Pt(6) if name.startswith("Heading") else Pt(0)
        form.line_spacing = 1.0
        form.keep_with_next = name.startswith("Heading")


def _properties(document: Document, sheet: Sheet) -> None:
    core = document.core_properties
    made = datetime.fromisoformat(sheet.made_at).replace(tzinfo=None)
    core.created = core.modified = core.last_printed = made
    core.author = core.last_modified_by = _property(sheet.body)
    core.title, core.subject = _property(f"{sheet.kind}: {sheet.subject}"), _property(sheet.subject)
    core.language = "vi-VN"
    core.comments = core.keywords = core.category = ""
    core.revision = 1


def _property(text: str) -> str:
    """A text as a property of the file, which has at most 255 characters."""
    return printable(text)[:255]


def _write(
    paragraph: DocxParagraph, runs: tuple[Run, ...], *, size: Pt | None = None, align: WD_ALIGN_PARAGRAPH = TO_THE_LEFT
) -> DocxParagraph:
    paragraph.alignment = align
    for one in runs:
        run = paragraph.add_run(printable(one.text))
        run.bold, run.italic = one.bold or None, one.italic or None
        if size is not None:
            run.font.size = size
    return paragraph


# Blocks --------------------------------------------------------------------------------------------------------------


def _paragraph(document: Document, block: Paragraph) -> None:
    size = {Look.BODY: None, Look.POINT: None, Look.NOTE: SMALL}[block.look]
    runs = (Run("- "), *block.runs) if block.look is Look.POINT else block.runs
    paragraph = _write(document.add_paragraph(), runs, size=size, align=JUSTIFIED)
    paragraph.paragraph_format.first_line_indent = Mm(10)
    paragraph.paragraph_format.space_after = Pt(6)
    paragraph.paragraph_format.keep_with_next = block.leads


def _heading(document: Document, block: Heading) -> None:
    paragraph = document.add_paragraph(printable(block.text), style=f"Heading {block.level}")
    paragraph.paragraph_format.first_line_indent = Mm(10)


def _table(document: Document, block: Table) -> None:
    table = document.add_table(rows=0, cols=len(block.headings), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, block.widths, strict=True):
        column.width = int(WIDTH * width / sum(block.widths))
    _row(table, block, block.headings, heading=True)
    for row in block.rows:
        _row(table, block, row)
    for kept in table.rows[:-1] if block.whole else ():
        for cell in kept.cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True
    document.add_paragraph().paragraph_format.line_spacing = Pt(6)


def _row(table: DocxTable, block: Table, texts: tuple[str, ...], *, heading: bool = False) -> None:
    row = table.add_row()  # type: ignore[no-untyped-call]
    for name in ("w:cantSplit", *(("w:tblHeader",) if heading else ())):
        row._tr.get_or_add_trPr().append(OxmlElement(name))
    for column, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
        cell.width = int(WIDTH * block.widths[column] / sum(block.widths))
        centred = heading or column in block.centred
        _write(cell.paragraphs[0], (Run(text, bold=heading),), size=SMALL, align=CENTRE if centred else TO_THE_LEFT)


_SET: dict[type[Block], Callable[..., None]] = {Paragraph: _paragraph, Heading: _heading, Table: _table}


# Head and foot -------------------------------------------------------------------------------------------------------


def _head(document: Document, sheet: Sheet) -> None:
    """Two columns: whose paper it is and its number, and the nation's motto; then what paper it is."""
    left, right = _two_columns(document, 42, 58)
    _write(left.paragraphs[0], (Run(sheet.body, bold=True),), size=Pt(12), align=CENTRE)
    _rule(left, share=0.4)
    _write(left.add_paragraph(), (Run(sheet.symbol),), size=SMALL, align=CENTRE).paragraph_format.space_before = Pt(6)
    _write(right.paragraphs[0], (Run(sheet.nation, bold=True),), size=Pt(12), align=CENTRE)
    _write(right.add_paragraph(), (Run(sheet.motto, bold=True),), size=SMALL, align=CENTRE)
    _rule(right, share=0.52)
    kind = document.add_paragraph(sheet.kind, style="Title")
    kind.alignment = CENTRE
    kind.paragraph_format.space_before = Pt(18)
    _write(document.add_paragraph(), (Run(sheet.subject, bold=True),), align=CENTRE)
    _rule(document, share=0.25)
    if sheet.draft:
        _write(document.add_paragraph(), (Run(sheet.draft, italic=True),), align=CENTRE)
    document.add_paragraph()


def _rule(place: Cell | Document, *, share: float) -> None:
    """A thin line, centred, that share of the width: an empty paragraph with a border and wide indents."""
    width = place.width if isinstance(place, Cell) else WIDTH
    line = place.add_paragraph()
    form = line.paragraph_format
    form.left_indent = form.right_indent = int((width or WIDTH) * (1 - share) / 2)
    form.line_spacing = Pt(4)
    borders = OxmlElement("w:pBdr")
    top = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "0"), ("color", "000000")):
        top.set(qn(f"w:{name}"), value)
    borders.append(top)
    line._p.get_or_add_pPr().append(borders)


def _two_columns(document: Document, left: int, right: int) -> tuple[Cell, Cell]:
    table = document.add_table(rows=1, cols=2)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    one, other = table.rows[0].cells
    for column, cell, share in zip(table.columns, (one, other), (left, right), strict=True):
        column.width = cell.width = int(WIDTH * share / 100)
    return one, other


def _signatures(document: Document, sheet: Sheet) -> None:
    document.add_paragraph()
    for cell, signature in zip(_two_columns(document, 50, 50), sheet.signatures, strict=True):
        _signature(cell, signature)


def _signature(cell: Cell, signature: Signature) -> None:
    _write(cell.paragraphs[0], (Run(signature.capacity, bold=True),), align=CENTRE)
    _write(cell.add_paragraph(), (Run(signature.note, italic=True),), size=SMALL, align=CENTRE)
    for _ in range(4):  # room for a hand
        cell.add_paragraph()
    _write(cell.add_paragraph(), (Run(signature.name, bold=True),), align=CENTRE)
    for paragraph in cell.paragraphs[:-1]:
        paragraph.paragraph_format.keep_with_next = True


def _foot(document: Document, sheet: Sheet) -> None:
    document.add_paragraph()
    _write(document.add_paragraph(), (Run("Nơi nhận:", bold=True, italic=True),), size=Pt(12))
    for text in sheet.recipients:
        _write(document.add_paragraph(), (Run(f"- {text}"),), size=SMALLEST)
    document.add_paragraph()
    for text in sheet.origin:
        _write(document.add_paragraph(), (Run(text, italic=True),), size=Pt(10))


# The file ------------------------------------------------------------------------------------------------------------


def _fixed(document: Document, made: datetime) -> bytes:
    """The file with its own date on every part, and without the thumbnail of python-docx's template."""
    parts = document.part.package.rels if document.part.package is not None else {}
    for name in [name for name, part in parts.items() if part.reltype.endswith("/thumbnail")]:
        del parts[name]
    raw, fixed = io.BytesIO(), io.BytesIO()
    document.save(raw)
    stamp = (made.year, made.month, made.day, made.hour, made.minute, made.second)
    with zipfile.ZipFile(raw) as before, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            part = zipfile.ZipInfo(name, stamp)
            part.compress_type, part.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            after.writestr(part, before.read(name))
    return fixed.getvalue()
