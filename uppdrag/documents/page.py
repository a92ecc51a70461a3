"""A document → HTML for a page on the web: escaped, and with the meaning of each piece in its element."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import assert_never

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
    orderly,
    parts,
    plain,
)

_LAST_LEVEL = 6


def render(document: Document, *, top: int = 1) -> str:
    """The document as a piece of HTML whose own heading is `h{top}`. What is to be filled in is marked."""
    written = "\n".join(_block(block, top) for block in orderly(document.blocks))
    return f'<article class="handling" lang="sv-SE">\n{written}\n</article>'


def _block(block: Block, top: int) -> str:
    match block:
        case Heading():
            level = min(block.level + top - 1, _LAST_LEVEL)
            return f"<h{level}>{_said(block.text)}</h{level}>"
        case Paragraph():
            return f'<p class="tyst">{_said(block.text)}</p>' if block.quiet else f"<p>{_said(block.text)}</p>"
        case Labelled():
            lines = (f"<div><dt>{_said(label)}</dt><dd>{_said(text)}</dd></div>" for label, text in block.lines)
            return f'<dl class="uppgifter">{"".join(lines)}</dl>'
        case Bullets():
            return f"<ul>{_items(block.items)}</ul>"
        case Clauses():
            return f'<p>{_said(block.lead)}</p>\n<ul class="att-satser">{_items(block.clauses)}</ul>'
        case Table():
            return _table(block)
        case Figure():
            seen = f'<div role="img" aria-label="{escape(plain(block.alt))}">{block.svg}</div>'
            return f"<figure>{seen}<figcaption>{_said(block.caption)}</figcaption></figure>"
        case _:
            assert_never(block)


def _items(texts: Iterable[str]) -> str:
    return "".join(f"<li>{_said(text)}</li>" for text in texts)


def _table(block: Table) -> str:
    """The table in a box of its own, which scrolls where the page is narrow, also by the keyboard."""
    head = "".join(f'<th scope="col">{_said(heading)}</th>' for heading in block.headings)
    rows = "".join(f"<tr>{_cells(row)}</tr>" for row in block.rows)
    return (
        f'<div class="rulla" role="region" tabindex="0" aria-label="{escape(plain(block.caption))}">'
        f'<table class="ds-table"><caption>{_said(block.caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _cells(texts: Iterable[str]) -> str:
    return "".join(f"<td>{_said(text)}</td>" for text in texts)


def _said(text: str) -> str:
    pieces = ((escape(piece), to_fill_in) for piece, to_fill_in in parts(text))
    return "".join(f"<mark>{piece}</mark>" if to_fill_in else piece for piece, to_fill_in in pieces)
