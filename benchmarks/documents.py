"""A kallelse with 40 ärenden as PDF, against typst alone on the same source."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.resources import files
from itertools import count
from pathlib import Path

import typst

from benchmarks.measure import Bar, take_turns
from uppdrag.documents import pdf
from uppdrag.documents.document import Block, Bullets, Clauses, Document, Heading, Labelled, Paragraph, Table

ITEMS = 40
WRITTEN = datetime(2026, 3, 13, 9, tzinfo=UTC)


def measure(_: Path, rounds: int) -> list[Bar]:
    """Each turn writes a kallelse that nobody has written before: typst remembers what it has laid out."""
    template = files("uppdrag.documents").joinpath("templates/document.typ").read_bytes()
    fonts = pdf._fonts()
    numbers = count()
    document, source = kallelse(-1), ""

    def write_another() -> None:
        nonlocal document, source
        document = kallelse(next(numbers))
        source = pdf.described(document)

    def ours() -> bytes:
        return pdf.render(document)

    def bare() -> object:
        compiler = typst.Compiler(font_paths=fonts, ignore_system_fonts=True)
        return compiler.compile(
            template, format="pdf", pdf_standards=["ua-1", "a-2a"], sys_inputs={"document": source}, timestamp=WRITTEN
        )

    write_another()
    if ours() != bare():
        raise AssertionError("typst alone writes something else")
    turns = take_turns(rounds, {"ours": ours, "bare": bare}, before_each=write_another)
    return [turns.time(f"kallelse med {ITEMS} ärenden som PDF mot bara typst", "ours", "bare", at_most=1.5)]


def kallelse(number: int) -> Document:
    """A kallelse whose texts no other number has."""
    return Document(
        title=f"Kallelse {number}", author="NSPL:s kansli", created=WRITTEN, footer=f"Kallelse {number}",
        blocks=(
            Heading(f"Kallelse {number} till chefsgruppens möte", 1),
            Labelled((("Tid", "27 mars 2026 klockan 9.00–12.00"), ("Plats", "[lokal och länk]"))),
            Heading("Dagordning"),
            Table(
                caption="Ärenden", headings=("Nr", "Ärende", "Föredragande", "Tid"), widths=(1, 8, 4, 2),
                rows=tuple((str(n), _title(number, n), f"Föredragande {n}", "10 min") for n in range(1, ITEMS + 1)),
            ),
            *(block for n in range(1, ITEMS + 1) for block in _item(number, n)),
        ),
    )  # fmt: skip


def _title(number: int, n: int) -> str:
    return f"Plan {number} för läkemedelsförsörjning och sjukvårdsförstärkningsresurser, del {n}"


def _item(number: int, n: int) -> tuple[Block, ...]:
    return (
        Heading(f"{n}. {_title(number, n)}"),
        Labelled((("Uppdrag", f"U2026-{n:02}"), ("Diarienummer", f"RK{number}-{n:05}"), ("Tid", "10 minuter"))),
        Paragraph(
            f"Uppdrag {n} i omgång {number} redovisades för chefsgruppen i februari. Förslaget innebär att regionerna "
            "planerar tillsammans, och att varje region beslutar själv. Det ryms för 16 av 21 regioner."
        ),
        Clauses("Förslag till beslut", (f"att godkänna förslag {n} av {number}, och", "att skicka det vidare.")),
        Bullets((f"Bilaga {n}: förslaget", f"Bilaga {n}: konsekvensanalys {number}")),
    )  # fmt: skip
