"""A document as structure: headings, paragraphs and att-satser, without a thought of how it looks.

Text in [hakparenteser] is for the reader to fill in. Whatever is put in is text only: characters that no document may
hold are taken out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff"
    "\u202a-\u202e\u2066-\u2069]"  # would show the text in another order than it is read
)
_PLACEHOLDER = re.compile(r"(\[[^\[\]]*\])")
_BREAKS = re.compile(r"[\t\r\n]+")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; `level` 1 is the document's own."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph. `quiet`: something said about the document rather than in it."""

    text: str
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """What a reader must see before anything else, such as that the document is a draft."""

    text: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """Lines of a label and what it says, such as a diarienummer."""

    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list without order."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clauses:
    """A proposal for a decision: who decides, and each att-sats (`att anta …`)."""

    lead: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table: its caption, a heading for each column, and rows of as many cells. `widths` are the columns' shares of
    the page; without them all are as wide. Raises ValueError where the cells do not fill the columns."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        many = len(self.headings)
        if not many or len(self.widths) not in (0, many) or any(len(row) != many for row in self.rows):
            raise ValueError(f"A table of {many} columns has rows or widths of another number")
        if any(width < 1 for width in self.widths):
            raise ValueError("A column's share of the page is at least 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture of ours: SVG that the program has drawn itself, never one from outside. `alt` says what it shows, to
    those who do not see it. Raises ValueError where it does not."""

    svg: str
    alt: str
    caption: str

    def __post_init__(self) -> None:
        if not plain(self.alt).strip():
            raise ValueError("A figure says what it shows")


@dataclass(frozen=True, slots=True)
class Signatures:
    """What is signed, and lines to sign on: each with whom it is for and as what. They stand on one page."""

    lead: str
    lines: tuple[tuple[str, str], ...]


Simple = Paragraph | Notice | Labelled | Bullets | Clauses | Table
"""What an entry may hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A numbered matter under a heading of its own, such as an item of an agenda or a §. `mark` is what is said of it
    beside its title: `Tillkommande`."""

    number: str
    title: str
    level: int = 3
    mark: str = ""
    blocks: tuple[Simple, ...] = ()


Block = Heading | Simple | Figure | Signatures | Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document in Swedish. `created` is an aware moment; `footer` stands on every page, before its number; `name` is
    what its file is called, without what comes after the dot."""

    title: str
    author: str
    created: datetime
    blocks: tuple[Block, ...]
    subject: str = ""
    footer: str = ""
    name: str = "dokument"


_EMPTY: tuple[Block, ...] = (Labelled(()), Bullets(()), Notice(""))


def plain(text: str) -> str:
    """A text on one line, without characters that a document may not hold."""
    return _FORBIDDEN.sub("", _BREAKS.sub(" ", text))


def parts(text: str) -> list[tuple[str, bool]]:
    """A text in the pieces it is written in, each with whether it is for the reader to fill in."""
    pieces = _PLACEHOLDER.split(plain(text))
    return [(piece, bool(_PLACEHOLDER.fullmatch(piece))) for piece in pieces if piece]


def orderly(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks as a screen reader can follow them: no empty list, and no heading more than a level below the last.

    An entry without a title has its number for one; without either only what it holds is left.
    """
    level = 0
    kept: list[Block] = []
    for block in blocks:
        if isinstance(block, Heading):
            if _says(block.text):
                level = max(1, min(block.level, level + 1))
                kept.append(replace(block, level=level))
        elif isinstance(block, Entry):
            inner = tuple(b for b in block.blocks if b not in _EMPTY)
            if not _says(block.title) and not _says(block.number):
                kept += inner
                continue
            level = max(1, min(block.level, level + 1))
            number, title = (block.number, block.title) if _says(block.title) else ("", block.number)
            kept.append(replace(block, number=number, title=title, level=level, blocks=inner))
        elif block not in _EMPTY:
            kept.append(block)
    return tuple(kept)


def _says(text: str) -> bool:
    return bool(plain(text).strip())
