"""A document → PDF/UA-1 and PDF/A-2a, the same bytes for the same document. The only user of typst."""

from __future__ import annotations

import json
import re
from datetime import UTC
from functools import cache
from importlib.resources import files
from typing import Any, assert_never

import typst

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
    Table,
    orderly,
    parts,
    plain,
)
from uppdrag.documents.typeface import FAMILY, folder, legible, pictures

_STANDARDS: list[Any] = ["ua-1", "a-2a"]
_UNBROKEN = re.compile(r"[^\s\u00ad\u200b]{41,}")
"""A word that is longer than any that is known to be Swedish: an address, or nothing that can be hyphenated."""
_PIECE = 8
"""Characters of such a word that are not divided: as many as the narrowest column has room for."""
_TOGETHER, _LINES = 8, 300
_ENTRY = 450
"""Characters of an entry that is not divided between two pages: about a sixth of one."""
_FOOTER = 120
"""Characters that a footer may have: it has a line or two on each page."""
_PICTURE = b"""#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg")"""
_POINTS_PER_INCH = 200
_UNTITLED = "Dokument"


def render(document: Document) -> bytes:
    """The document as a PDF file: A4, tagged, in Swedish, dated when the document was, needing nothing from the net.

    A character that the typeface does not have becomes □.
    """
    compiler = typst.Compiler(
        font_paths=_fonts(drawn=any(isinstance(b, Figure) for b in document.blocks)), ignore_system_fonts=True
    )
    made = compiler.compile(
        _template(), format="pdf", pdf_standards=_STANDARDS, sys_inputs={"document": described(document)},
        timestamp=document.created.astimezone(UTC).replace(microsecond=0),
    )  # fmt: skip
    assert isinstance(made, bytes)  # noqa: S101 - a PDF is one file, whatever the types say
    return made


def picture(svg: str, *, dense: int = _POINTS_PER_INCH) -> bytes:
    """A picture of ours as PNG on white, for formats that know no other. `dense`: points per inch."""
    compiler = typst.Compiler(font_paths=_fonts(drawn=True), ignore_system_fonts=True)
    made = compiler.compile(_PICTURE, format="png", ppi=dense, sys_inputs={"svg": svg})
    assert isinstance(made, bytes)  # noqa: S101 - one page is one file
    return made


def described(document: Document) -> str:
    """The document as the template reads it: JSON, and nothing in it but texts that can be shown."""
    footer = _text(document.footer)
    author = _name(document.author)
    return json.dumps({
        "title": _name(document.title) or _UNTITLED, "author": [author] if author else [],
        "subject": _name(document.subject), "font": FAMILY,
        "footer": footer if len(footer) <= _FOOTER else f"{footer[: _FOOTER - 1]}…",
        "blocks": [_block(block) for block in orderly(document.blocks)],
    })  # fmt: skip


@cache
def _fonts(drawn: bool) -> typst.Fonts:
    """The typefaces of a document; that of pictures too, where there are any."""
    paths = [str(folder()), str(pictures())] if drawn else [str(folder())]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=paths)


@cache
def _template() -> bytes:
    return files("uppdrag.documents").joinpath("templates/document.typ").read_bytes()


def _block(block: Block) -> dict[str, object]:
    match block:
        case Heading():
            return {"kind": "heading", "level": block.level, "text": _text(block.text)}
        case Paragraph():
            return {"kind": "paragraph", "quiet": block.quiet, "text": _pieces(block.text)}
        case Labelled():
            lines = [(f"{_text(a)}:", _pieces(b)) for a, b in block.lines]
            return {"kind": "labelled", "lines": lines, "whole": _short(*(a + b for a, b in block.lines))}
        case Bullets():
            return {"kind": "bullets", "items": [_pieces(item) for item in block.items]}
        case Clauses():
            clauses = [_pieces(clause) for clause in block.clauses]
            return {
                "kind": "clauses", "lead": _pieces(block.lead), "clauses": clauses,
                "whole": _short(block.lead, *block.clauses),
            }  # fmt: skip
        case Table():
            return {
                "kind": "table", "caption": _pieces(block.caption), "headings": [_pieces(h) for h in block.headings],
                "rows": [[_pieces(cell) for cell in row] for row in block.rows],
                "widths": block.widths or [1] * len(block.headings),
            }  # fmt: skip
        case Notice():
            return {"kind": "notice", "text": _pieces(block.text)}
        case Signatures():
            signed = [(_pieces(who), _pieces(role)) for who, role in block.lines]
            return {"kind": "signatures", "lead": _pieces(block.lead), "lines": signed}
        case Entry():
            return {
                "kind": "entry", "level": block.level, "number": _text(block.number), "text": _text(block.title),
                "mark": _text(block.mark), "blocks": [_block(b) for b in block.blocks], "whole": _together(block),
            }  # fmt: skip
        case Figure():
            return {"kind": "figure", "svg": block.svg, "alt": _name(block.alt), "caption": _pieces(block.caption)}
        case _:
            assert_never(block)


def _short(*texts: str) -> bool:
    """Whether the texts are few and short enough to stand together on a page."""
    return len(texts) <= _TOGETHER and all(len(text) <= _LINES for text in texts)


def _together(entry: Entry) -> bool:
    """Whether all of an entry is short enough to stand on one page: it is read as one."""
    long = 0
    for block in entry.blocks:
        match block:
            case Paragraph() | Notice():
                long += len(block.text)
            case Labelled():
                long += sum(len(label) + len(text) for label, text in block.lines)
            case Bullets():
                long += sum(map(len, block.items))
            case Clauses():
                long += len(block.lead) + sum(map(len, block.clauses))
            case Table():
                return False
            case _:
                assert_never(block)
    return long <= _ENTRY


def _name(text: str) -> str:
    """A text as the file's properties hold it."""
    return legible(plain(text)).replace("\u200b", "").strip()


def _text(text: str) -> str:
    return _UNBROKEN.sub(_broken, legible(plain(text)))


def _pieces(text: str) -> list[tuple[str, bool]]:
    return [(_text(piece), to_fill_in) for piece, to_fill_in in parts(text)]


def _broken(word: re.Match[str]) -> str:
    """The word with places to break it, so that it stays on the page."""
    whole = word.group()
    return "\u200b".join(whole[at : at + _PIECE] for at in range(0, len(whole), _PIECE))
