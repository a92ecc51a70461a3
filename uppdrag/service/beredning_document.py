"""A beredningsplan as a document, which chefsgruppen decides on: meeting by meeting, so that it fits a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time

from uppdrag.documents.document import Block, Bullets, Document, Heading, Labelled, Paragraph, Table
from uppdrag.service.beredning import Preparation
from uppdrag.service.papers_agenda import ABOVE, AUTHOR
from uppdrag.words import sentence
from uppdrag.words.beredning import change, counted, standing, why
from uppdrag.words.chefsgrupp import OUTCOMES
from uppdrag.words.papers import day_in_words
from workflow.beredning_fill import Row
from workflow.calendar import STOCKHOLM, local_date

_HEADINGS = ("Ärende", "Behandling", "Planerad tid", "Anmärkning")
_WIDTHS = (14, 8, 7, 11)


def document(shown: Preparation, *, now: datetime) -> Document:
    """The plan as it stands on the local day of `now`, an aware moment: the same day and facts, the same bytes."""
    today, year = local_date(now), shown.year
    title = f"Beredningsplan {year}"
    by_hand = sum(r.placement is not None for r in shown.rows)
    lines = (
        ("Version", str(shown.plan.edition)), ("Beslut", standing(shown.decided)),
        ("Visar läget", day_in_words(today)), ("Omfattar", counted(len(shown.rows), by_hand)),
    )  # fmt: skip
    return Document(
        title=title, author=AUTHOR, created=datetime.combine(today, time.min, STOCKHOLM), subject=ABOVE,
        footer=f"{title}, version {shown.plan.edition}", name=f"beredningsplan-{year}-version-{shown.plan.edition}",
        blocks=(Paragraph(ABOVE, quiet=True), Heading(title, 1), Labelled(lines), *_blocks(shown)),
    )  # fmt: skip


def _blocks(shown: Preparation) -> Iterator[Block]:
    if not shown.days:
        yield Paragraph(f"Chefsgruppen har inga möten {shown.year} än.")
    if shown.changes:
        yield Heading("Ändrat sedan beslutet")
        yield Bullets(tuple(change(c) for c in shown.changes))
    for day in shown.coming:
        yield from _meeting(day, [r for r in shown.rows if r.day == day])
    yield from _matters("Utan möte i årets plan", [r for r in shown.rows if r.day is None and not r.left_out])
    yield from _matters("Lämnat utanför årets plan", [r for r in shown.rows if r.left_out])
    if shown.handled:
        yield Heading("Behandlat under året")
        yield Table(
            caption="Ärenden som årets avslutade möten har behandlat", widths=(3, 2, 9, 4),
            headings=("Möte", "Paragraf", "Ärende", "Utfall"),
            rows=tuple(
                (h.day.isoformat(), f"§ {h.paragraph}", " ".join(filter(None, (h.uppdrag, h.title))),
                 OUTCOMES[h.outcome])
                for h in shown.handled
            ),
        )  # fmt: skip


def _meeting(day: date, rows: list[Row]) -> Iterator[Block]:
    yield Heading(f"Mötet {day_in_words(day)}")
    if rows:
        yield _table(f"Ärenden till mötet {day_in_words(day)}", rows)
    else:
        yield Paragraph("Inga ärenden än.")


def _matters(heading: str, rows: list[Row]) -> Iterator[Block]:
    if rows:
        yield Heading(heading)
        yield _table(heading, rows)


def _table(caption: str, rows: Iterable[Row]) -> Table:
    told = tuple((_title(r), r.what, r.planned.text if r.planned else "–", remark(r)) for r in rows)
    return Table(caption=caption, headings=_HEADINGS, rows=told, widths=_WIDTHS)


def _title(row: Row) -> str:
    return " ".join(filter(None, (row.uppdrag, row.title)))


def remark(row: Row) -> str:
    """What deserves to be said of a matter in one cell: what somebody has decided by hand and why, and each warning."""
    said = []
    if row.placement is not None and not row.left_out:
        said.append(f"Ställt dit för hand: {row.placement.why.rstrip('.')}." if row.placement.why else why(row.why))
    elif row.placement is not None:
        said.append(f"{row.placement.why.rstrip('.')}." if row.placement.why else "Utelämnat för hand.")
    elif row.day is None or row.why.code in ("follows", "carried", "task", "reconsider"):
        said.append(why(row.why))
    return " ".join([*said, *(sentence(w) for w in row.warnings)]) or "–"
