"""An uppdragsdirektiv as a document: one structured source for DOCX, PDF and HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from uppdrag.documents.document import Block, Bullets, Document, Heading, Labelled, Paragraph, Table
from uppdrag.service.kit import AUTHOR
from uppdrag.words.direktiv import decided
from workflow.direktiv import Carried, Decided, DirectiveText

_PARAGRAPHS = re.compile(r"\n[ \t]*\n")
_ITEM = "- "


def document(
    id: str, text: DirectiveText, carried: Iterable[Carried], *, revision: int, decision: Decided | None,
    created: datetime,
) -> Document:  # fmt: skip
    """A directive as it is read. `decision` is the one that the text was decided by, None for a draft; `created` an
    aware moment."""
    status = f"Beslutat av NSPL:s chefsgrupp {decided(decision)}" if decision else "Utkast, inte beslutat"
    lines = [
        ("Diarienummer", text.number or "[diarienummer]"), ("Beteckning", id), ("Version", str(revision)),
        ("Läge", status),
    ]  # fmt: skip
    title = text.title or "[rubrik]"
    blocks: list[Block] = [
        Paragraph("NSPL · Uppdragsdirektiv", quiet=True), Heading(title, 1), Labelled(tuple(lines)),
        *_overview(list(carried)),
    ]  # fmt: skip
    for section in text.sections:
        blocks += [Heading(section.label), *(_blocks(section.text) or [Paragraph("[Text saknas.]")])]
    number = text.number or id
    return Document(
        title=f"Uppdragsdirektiv: {title}", author=AUTHOR, created=created, blocks=tuple(blocks), subject=number,
        footer=f"Uppdragsdirektiv {number}, version {revision}{'' if decision else ', utkast'}",
        name=f"uppdragsdirektiv-{id}-v{revision}",
    )  # fmt: skip


def _overview(carried: list[Carried]) -> Iterator[Block]:
    if carried:
        yield Table(
            caption="Uppdrag som direktivet omfattar", headings=("Uppdrag", "Rubrik", "Planerad tid", "Uppdragsledare"),
            rows=tuple(
                (c.uppdrag, c.title, ". ".join(c.times) or "Uppgift saknas", c.owner or "Uppgift saknas")
                for c in carried
            ),
            widths=(3, 8, 6, 4),
        )  # fmt: skip


def _blocks(text: str) -> list[Block]:
    """A section's text as paragraphs and lists."""
    found: list[Block] = []
    for piece in _PARAGRAPHS.split(text):
        prose: list[str] = []
        items: list[str] = []
        for line in filter(None, map(str.strip, piece.split("\n"))):
            if line.startswith(_ITEM):
                found += [Paragraph(" ".join(prose))] if prose else []
                prose = []
                items.append(line.removeprefix(_ITEM).strip())
            elif items:
                items[-1] += f" {line}"  # a line of a list goes on
            else:
                prose.append(line)
        found += [Paragraph(" ".join(prose))] if prose else []
        found += [Bullets(tuple(items))] if items else []
    return found
