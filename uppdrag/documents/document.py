"""A document as structure: headings, paragraphs and att-satser, without a thought of how it looks.

Text in [hakparenteser] is for the reader to fill in. Whatever is put in is text only: characters that no document may
hold are taken out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
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


Block = Heading | Paragraph | Labelled | Bullets | Clauses


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document in Swedish. `created` is an aware moment; `footer` stands on every page, before its number."""

    title: str
    author: str
    created: datetime
    blocks: tuple[Block, ...]
    subject: str = ""
    footer: str = ""


def plain(text: str) -> str:
    """A text on one line, without characters that a document may not hold."""
    return _FORBIDDEN.sub("", _BREAKS.sub(" ", text))
