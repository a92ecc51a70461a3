"""A document → DOCX that Word and LibreOffice open for editing. The only user of python-docx."""

from __future__ import annotations

from datetime import UTC
from io import BytesIO
from typing import Any, assert_never

from docx import Document as Word
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from uppdrag.documents import pdf
from uppdrag.documents.document import (
    Block,
    Bullets,
    Clauses,
    Document,
    Figure,
    Heading,
    Labelled,
    Paragraph,
    Table,
    parts,
    plain,
)

LANGUAGE = "sv-SE"
_FONT = "Arial"
_TEXT_WIDTH = 160.0
"""Millimetres between the margins."""
_INK = RGBColor(0x1E, 0x21, 0x25)
_CLAUSE, _LABELLED, _QUIET = "Att-sats", "Uppgift", "Upplysning"


def render(document: Document) -> bytes:
    """The document as a DOCX file: A4, real headings, language and properties set, what is to be filled in marked."""
    made = Word()
    _describe(made, document)
    _style(made)
    _footer(made, plain(document.footer))
    for block in document.blocks:
        _write(made, block)
    kept = BytesIO()
    made.save(kept)
    return kept.getvalue()


def _describe(made: Any, document: Document) -> None:
    """Properties of its own: python-docx would say 2013, in English, by python-docx."""
    moment = document.created.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    properties = made.core_properties
    properties.title, properties.author = plain(document.title), plain(document.author)
    properties.last_modified_by, properties.subject = plain(document.author), plain(document.subject)
    properties.created = properties.modified = moment
    properties.language, properties.comments, properties.keywords, properties.revision = LANGUAGE, "", "", 1
    package = made.part.package
    for id in [id for id, rel in package.rels.items() if rel.reltype.endswith("/thumbnail")]:
        del package.rels[id]  # the picture of somebody else's page


def _style(made: Any) -> None:
    for language in made.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), LANGUAGE)
        language.set(qn("w:eastAsia"), LANGUAGE)
    for language in made.settings.element.iter(qn("w:themeFontLang")):
        language.set(qn("w:val"), LANGUAGE)
    for section in made.sections:
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(25)
    normal = made.styles["Normal"]
    _font(normal, 11)
    normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = Pt(6), 1.15
    for name, size, before in (("Heading 1", 17, 6), ("Heading 2", 13, 14), ("Heading 3", 11, 10)):
        heading = made.styles[name]
        _font(heading, size)
        heading.font.bold, heading.font.color.rgb = True, _INK
        heading.paragraph_format.space_before, heading.paragraph_format.space_after = Pt(before), Pt(4)
    _font(made.styles["Caption"], 10)
    made.styles["Caption"].font.color.rgb = _INK
    for name in (_CLAUSE, _LABELLED, _QUIET):
        made.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = normal
    clause, labelled = made.styles[_CLAUSE].paragraph_format, made.styles[_LABELLED].paragraph_format
    clause.left_indent = Mm(10)
    labelled.left_indent, labelled.first_line_indent, labelled.space_after = Mm(45), Mm(-45), Pt(2)
    labelled.tab_stops.add_tab_stop(Mm(45))
    made.styles[_QUIET].font.size = Pt(9.5)


def _font(style: Any, size: float) -> None:
    style.font.name, style.font.size = _FONT, Pt(size)
    fonts = style.element.rPr.rFonts
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(theme), None)  # else the theme's font stands before the one that is named
    for script in ("w:eastAsia", "w:cs"):
        fonts.set(qn(script), _FONT)


def _footer(made: Any, text: str) -> None:
    paragraph = made.sections[0].footer.paragraphs[0]
    paragraph.style = made.styles[_QUIET]
    paragraph.add_run(f"{text} · sida " if text else "Sida ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)  # python-docx has no fields of its own
    number = paragraph.add_run("1")  # what stands there until a program has counted the pages
    field.append(number._r)


def _write(made: Any, block: Block) -> None:
    match block:
        case Heading():
            made.add_heading(plain(block.text), block.level)
        case Paragraph():
            _fill(made.add_paragraph(style=_QUIET if block.quiet else None), block.text)
        case Labelled():
            for label, text in block.lines:
                line = made.add_paragraph(style=_LABELLED)
                line.add_run(f"{plain(label)}:\t").bold = True
                _fill(line, text)
        case Bullets():
            for item in block.items:
                _fill(made.add_paragraph(style="List Bullet"), item)
        case Clauses():
            lead = made.add_paragraph()
            _fill(lead, block.lead)
            lead.paragraph_format.keep_with_next = True
            for clause in block.clauses:
                _fill(made.add_paragraph(style=_CLAUSE), clause)
        case Table():
            _tabulate(made, block)
        case Figure():
            picture = made.add_picture(BytesIO(pdf.picture(block.svg)), width=Mm(_TEXT_WIDTH))
            picture._inline.docPr.set("descr", plain(block.alt))  # python-docx has no alternative texts of its own
            _fill(made.add_paragraph(style="Caption"), block.caption)
        case _:
            assert_never(block)


def _tabulate(made: Any, block: Table) -> None:
    """The table below its caption, with a first row that stands again on each page it goes on to."""
    caption = made.add_paragraph(style="Caption")
    _fill(caption, block.caption)
    caption.paragraph_format.keep_with_next = True
    table = made.add_table(rows=1 + len(block.rows), cols=len(block.headings), style="Table Grid")
    table.autofit = False
    shares = block.widths or (1,) * len(block.headings)
    widths = [Mm(round(_TEXT_WIDTH * share / sum(shares), 1)) for share in shares]
    again = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(again)  # python-docx has no header rows of its own
    for row, texts in zip(table.rows, (block.headings, *block.rows), strict=True):
        for cell, width, text in zip(row.cells, widths, texts, strict=True):
            cell.width = width
            _fill(cell.paragraphs[0], text)
    for run in (run for cell in table.rows[0].cells for run in cell.paragraphs[0].runs):
        run.font.bold = True
    made.add_paragraph()  # a program that opens the file wants one between a table and what follows


def _fill(paragraph: Any, text: str) -> None:
    """The text of a paragraph, with what is to be filled in marked."""
    for part, to_fill_in in parts(text):
        run = paragraph.add_run(part)
        if to_fill_in:
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW
