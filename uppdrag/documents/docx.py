"""A document → DOCX that Word and LibreOffice open for editing, the same bytes for the same document. The only user of
python-docx."""

from __future__ import annotations

from datetime import UTC
from io import BytesIO
from typing import Any, assert_never
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document as Word
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from uppdrag.documents import charts_svg, pdf
from uppdrag.documents.document import (
    Block,
    Bullets,
    Clauses,
    Document,
    Entry,
    Figure,
    Heading,
    Labelled,
    Notice,
    Paragraph,
    Signatures,
    Simple,
    Table,
    orderly,
    parts,
    plain,
)

LANGUAGE = "sv-SE"
_FONT = "Arial"
_TEXT_WIDTH = 160.0
"""Millimetres between the margins."""
_INK, _GREY = RGBColor(0x1E, 0x21, 0x25), RGBColor(0x8A, 0x91, 0x99)
_CLAUSE, _LABELLED, _QUIET, _NOTICE, _SIGNED = "Att-sats", "Uppgift", "Upplysning", "Viktigt", "Underskrift"
_LABELLED_WITHIN, _CELL, _TABLE, _CAPTION = "Uppgift i punkt", "Tabelltext", "Tabell", "Caption"
_NUMBER_COLUMN, _LABEL_COLUMN, _LABEL_COLUMN_WITHIN = 14.0, 45.0, 42.0
"""Millimetres that a number and a label have to the left of what they belong to."""
_CLAUSE_INDENT, _BULLET = 10.0, 6.0
_AFTER_BORDERS = {qn(f"w:{name}") for name in ("shd", "tabs", "spacing", "ind", "jc", "outlineLvl")}
"""What the standard wants behind a paragraph's borders (ISO 29500, CT_PPrBase); a program may refuse another order."""
_PROPERTY = 255
"""Characters that one of the file's properties may have."""
_PACKED = (1980, 1, 1, 0, 0, 0)
"""What the archive says of when its parts were packed: ZIP knows no moment before, and ours is in the properties."""


def render(document: Document) -> bytes:
    """The document as a DOCX file: A4, real headings, language and properties set, what is to be filled in marked."""
    made = Word()
    _describe(made, document)
    _style(made)
    _footer(made, plain(document.footer))
    for block in orderly(document.blocks):
        _write(made, block)
    kept = BytesIO()
    made.save(kept)
    return _packed(kept)


def _packed(made: BytesIO) -> bytes:
    """The file without the moment at which its parts were packed."""
    kept = BytesIO()
    with ZipFile(made) as before, ZipFile(kept, "w") as after:
        for part in before.infolist():
            after.writestr(ZipInfo(part.filename, _PACKED), before.read(part), ZIP_DEFLATED)
    return kept.getvalue()


def _describe(made: Any, document: Document) -> None:
    """Properties of its own: python-docx would say 2013, in English, by python-docx."""
    moment = document.created.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    properties = made.core_properties
    title, author, subject = (plain(t)[:_PROPERTY] for t in (document.title, document.author, document.subject))
    properties.title, properties.subject = title, subject
    properties.author = properties.last_modified_by = author
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
    for name, size, before in (
        ("Heading 1", 18, 6),
        ("Heading 2", 13, 16),
        ("Heading 3", 11, 12),
        ("Heading 4", 11, 12),
    ):
        heading = made.styles[name]
        _font(heading, size)
        heading.font.bold, heading.font.italic, heading.font.color.rgb = True, False, _INK
        heading.paragraph_format.space_before, heading.paragraph_format.space_after = Pt(before), Pt(4)
    _font(made.styles["Caption"], 10)
    made.styles["Caption"].font.color.rgb = _INK
    for name in (_CLAUSE, _LABELLED, _LABELLED_WITHIN, _CELL, _QUIET, _NOTICE, _SIGNED):
        made.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = normal
    made.styles[_CLAUSE].paragraph_format.left_indent = Mm(_CLAUSE_INDENT)
    for name, column, indent in (
        (_LABELLED, _LABEL_COLUMN, 0.0),
        (_LABELLED_WITHIN, _LABEL_COLUMN_WITHIN, _NUMBER_COLUMN),
    ):
        labelled = made.styles[name].paragraph_format
        labelled.space_after, labelled.keep_together = Pt(3), True
        _hang(labelled, column, indent)
    made.styles[_CELL].font.size = Pt(10)
    made.styles[_CELL].paragraph_format.space_before = made.styles[_CELL].paragraph_format.space_after = Pt(3)
    made.styles[_QUIET].font.size = Pt(9.5)
    made.styles[_NOTICE].font.bold = True
    _frame(made.styles[_NOTICE].element, ("top", "left", "bottom", "right"))
    _rule(made)
    signed = made.styles[_SIGNED].paragraph_format
    signed.space_before, signed.right_indent = Pt(44), Mm(_TEXT_WIDTH - 80)
    signed.keep_together = True
    _frame(made.styles[_SIGNED].element, ("top", "between"))


def _hang(format: Any, column: float, indent: float = 0.0) -> None:
    """Let what comes after a tab stand in a column of its own, `column` mm from where the line begins."""
    format.left_indent, format.first_line_indent = Mm(indent + column), Mm(-column)
    format.tab_stops.add_tab_stop(Mm(indent + column))


def _rule(made: Any) -> None:
    """A style of tables with a line under each row, as in the PDF; python-docx has none of its own."""
    made.styles.add_style(_TABLE, WD_STYLE_TYPE.TABLE).base_style = made.styles["Normal Table"]
    properties, borders = OxmlElement("w:tblPr"), OxmlElement("w:tblBorders")
    for side in ("bottom", "insideH"):
        borders.append(_line(side, _GREY))
    properties.append(borders)
    made.styles[_TABLE].element.append(properties)


def _line(side: str, colour: RGBColor, space: str = "0") -> Any:
    line = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", "6"), ("space", space), ("color", str(colour))):
        line.set(qn(f"w:{name}"), value)
    return line


def _frame(style: Any, sides: tuple[str, ...]) -> None:
    """Lines around a style's paragraphs; python-docx has none of its own."""
    borders = OxmlElement("w:pBdr")
    for side in sides:
        borders.append(_line(side, _INK, space="6"))
    properties = style.get_or_add_pPr()
    later = [child for child in properties if child.tag in _AFTER_BORDERS]
    if later:
        later[0].addprevious(borders)
    else:
        properties.append(borders)


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
    """Put a block last."""
    match block:
        case Heading():
            _paragraph(made, f"Heading {block.level}").add_run(plain(block.text))
        case Figure():
            place = _paragraph(made)
            place.paragraph_format.keep_with_next = True  # with its caption
            picture = place.add_run().add_picture(BytesIO(pdf.picture(block.svg)), width=_wide(block.svg))
            picture._inline.docPr.set("descr", plain(block.alt))  # python-docx has no alternative texts of its own
            _fill(_paragraph(made, _CAPTION), block.caption)
        case Signatures():
            lead = _paragraph(made)
            _fill(lead, block.lead)
            lead.paragraph_format.keep_with_next = True
            for n, (who, role) in enumerate(block.lines, start=1):
                line = _paragraph(made, _SIGNED)
                line.paragraph_format.keep_with_next = n < len(block.lines)
                _fill(line, who)
                line.add_run().add_break()
                _fill(line, role)
        case Entry():
            _enter(made, block)
        case _:
            _put(made, block)


def _wide(svg: str) -> Any:
    """How wide a picture is: as it was drawn, or as the text where that is less or the picture does not say."""
    drawn = charts_svg.width(svg)
    return min(Mm(_TEXT_WIDTH), Pt(drawn)) if drawn else Mm(_TEXT_WIDTH)


def _put(made: Any, block: Simple, indent: float = 0.0) -> None:
    """Put a block that an entry may hold last, `indent` mm in from the margin."""
    match block:
        case Paragraph():
            paragraph = _paragraph(made, _QUIET if block.quiet else "", indent)
            _fill(paragraph, block.text)
            if indent and block.quiet:
                paragraph.paragraph_format.keep_with_next = True
        case Notice():
            _fill(_paragraph(made, _NOTICE, indent), block.text)
        case Labelled():
            for label, text in block.lines:
                line = _paragraph(made, _LABELLED_WITHIN if indent else _LABELLED)
                line.add_run(f"{plain(label)}:\t").bold = True
                _fill(line, text)
        case Bullets():
            for item in block.items:
                _fill(_paragraph(made, "List Bullet", indent and indent + _BULLET), item)
        case Clauses():
            lead = _paragraph(made, "", indent)
            _fill(lead, block.lead)
            lead.paragraph_format.keep_with_next = True
            for clause in block.clauses:
                _fill(_paragraph(made, _CLAUSE, indent and indent + _CLAUSE_INDENT), clause)
        case Table():
            _tabulate(made, block)
        case _:
            assert_never(block)


def _enter(made: Any, entry: Entry) -> None:
    """The entry: its number hangs to the left of its title and of all that it holds."""
    heading = _paragraph(made, f"Heading {entry.level}")
    if entry.number:
        _hang(heading.paragraph_format, _NUMBER_COLUMN)
        heading.add_run(f"{plain(entry.number)}\t")
    heading.add_run(plain(entry.title))
    if entry.mark:
        mark = heading.add_run(f" ({plain(entry.mark)})")
        mark.bold, mark.font.size = False, Pt(9.5)
    for block in entry.blocks:
        _put(made, block, _NUMBER_COLUMN)


def _paragraph(made: Any, style: str = "", indent: float = 0.0) -> Any:
    """A paragraph last, `indent` mm in from the margin; without a style it has that of the text."""
    paragraph = made.add_paragraph()
    if style:
        _styled(paragraph, style)
    if indent:
        paragraph.paragraph_format.left_indent = Mm(indent)
    return paragraph


def _styled(paragraph: Any, style: str) -> None:
    """Give a paragraph a style. By its id: python-docx looks for a name in all of them, which takes longer than all the
    rest; it gives a style its name without spaces for an id."""
    paragraph._p.style = style.replace(" ", "")


def _tabulate(made: Any, block: Table) -> None:
    """The table below its caption, with a first row that stands again on each page it goes on to."""
    caption = _paragraph(made, _CAPTION)
    _fill(caption, block.caption)
    caption.paragraph_format.keep_with_next = True
    table = made.add_table(rows=1 + len(block.rows), cols=len(block.headings), style=_TABLE)
    table.autofit = False
    shares = block.widths or (1,) * len(block.headings)
    widths = [Mm(round(_TEXT_WIDTH * share / sum(shares), 1)) for share in shares]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width  # LibreOffice goes by the columns, Word by the cells
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # python-docx has no header rows of its own
    for row, texts in zip(table.rows, (block.headings, *block.rows), strict=True):
        row._tr.get_or_add_trPr().insert(0, OxmlElement("w:cantSplit"))
        for cell, width, text in zip(row.cells, widths, texts, strict=True):
            cell.width = width
            _styled(cell.paragraphs[0], _CELL)
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
