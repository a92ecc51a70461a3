"""A document → HTML, as a piece of a page or a page of its own: escaped, the meaning of each piece in its element."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from html import escape
from importlib.resources import files
from typing import assert_never
from urllib.parse import quote

from uppdrag.documents import charts_svg
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

UNTITLED = "Dokument"
_LAST_LEVEL = 6
_WIDE = 400.0
"""Points: a picture that is wider scrolls in a box of its own where the page is narrow."""
_UNBROKEN = re.compile(r"\b(?:\d{4}-\d{2}-\d{2}|U\d{4}-\d{2,6})\b", re.ASCII)
_WHOLE = r'<span class="helt">\g<0></span>'


def render(document: Document, *, top: int = 1) -> str:
    """The document as a piece of a page whose own heading is `h{top}`; pictures take the page's colours. What is to be
    filled in is marked."""
    blocks = (replace(b, svg=charts_svg.on_page(b.svg)) if isinstance(b, Figure) else b for b in document.blocks)
    return _article(replace(document, blocks=tuple(blocks)), top)


def _article(document: Document, top: int = 1) -> str:
    written = "\n".join(_block(block, top) for block in orderly(document.blocks))
    return f'<article class="handling" lang="sv-SE">\n{written}\n</article>'


def whole(document: Document, *, links: Sequence[tuple[str, str]] = ()) -> bytes:
    """The document as a page of its own, which needs nothing from the net: UTF-8, its looks within it.

    `links` are the files that lie beside it: the path to each, and what it is.
    """
    title, author = escape(plain(document.title).strip() or UNTITLED), escape(plain(document.author))
    foot = f"<footer>{escape(plain(document.footer))}</footer>\n" if plain(document.footer).strip() else ""
    written = (
        f'<!doctype html>\n<html lang="sv-SE">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="author" content="{author}">'
        f"\n<style>\n{_looks()}</style>\n</head>\n<body>\n<main>\n{_article(document)}{_beside(links)}\n</main>\n{foot}</body>\n</html>\n"
    )
    return written.encode()


def _beside(links: Sequence[tuple[str, str]]) -> str:
    if not links:
        return ""
    items = "".join(f'<li><a href="{escape(quote(path))}">{escape(plain(text))}</a></li>' for path, text in links)
    return f"\n<h2>Filer</h2>\n<ul>{items}</ul>"


@cache
def _looks() -> str:
    return files("uppdrag.documents").joinpath("templates/page.css").read_text(encoding="utf-8")


def _block(block: Block, top: int) -> str:
    match block:
        case Notice():
            return f'<p class="viktigt"><strong>{_said(block.text)}</strong></p>'
        case Entry():
            return _entry(block, top)
        case Signatures():
            lines = (
                f'<div class="underskrift"><p>{_said(who)}</p><p>{_said(role)}</p></div>' for who, role in block.lines
            )
            return f'<p>{_said(block.lead)}</p>\n<div class="underskrifter">{"".join(lines)}</div>'
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
            alt = escape(plain(block.alt))
            seen = f'<div role="img" aria-label="{alt}">{block.svg}</div>'
            if charts_svg.width(block.svg) > _WIDE:
                seen = f'<div class="rulla" role="region" tabindex="0" aria-label="Bild: {alt}">{seen}</div>'
            return f"<figure>{seen}<figcaption>{_said(block.caption)}</figcaption></figure>"
        case _:
            assert_never(block)


def _entry(entry: Entry, top: int) -> str:
    level = min(entry.level + top - 1, _LAST_LEVEL)
    number = f'<span class="handlingsnummer">{_said(entry.number)}</span> ' if entry.number else ""
    mark = f' <span class="handlingsmark">({_said(entry.mark)})</span>' if entry.mark else ""
    held = "\n".join(_block(block, top) for block in entry.blocks)
    return f'<div class="handlingspunkt">\n<h{level}>{number}{_said(entry.title)}{mark}</h{level}>\n{held}\n</div>'


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
    """Cells in which a day or a number stays on one line: a browser would break 2026-03-27 at its hyphens."""
    return "".join(f"<td>{_UNBROKEN.sub(_WHOLE, _said(text))}</td>" for text in texts)


def _said(text: str) -> str:
    pieces = ((escape(piece), to_fill_in) for piece, to_fill_in in parts(text))
    return "".join(f"<mark>{piece}</mark>" if to_fill_in else piece for piece, to_fill_in in pieces)
