"""What chefsgruppen hands on to another body: each § with its decision, papers and what is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from uppdrag.documents.document import Document, Entry, Heading, Labelled, Paragraph, Simple
from uppdrag.service.papers_agenda import ABOVE, AUTHOR
from uppdrag.service.papers_minutes import Held
from uppdrag.words.after_meetings import RETURNS
from uppdrag.words.papers import UNKNOWN, about, day_in_words
from workflow.aftermath import Handed, HandOff, Returned
from workflow.holding import noted
from workflow.meeting import AgendaItem, Note


def handoff(held: Held, given: HandOff) -> Document:
    """The list to one body, from the items of the meeting."""
    m = held.meeting
    title = f"Från chefsgruppen till {given.label}"
    items = {note.paragraph: (item, note) for item, note in noted(m)}
    came = {r.paragraph: r for r in m.returned if r.body == given.body}
    where = "Beslut per capsulam" if m.circulation else "Chefsgruppens möte"
    lines = (
        (where, day_in_words(m.decided_on)), ("Till", given.label),
        ("Mötesdag", day_in_words(given.meets_on) if given.meets_on else UNKNOWN),
        ("Föredragande", given.presenter or UNKNOWN),
    )  # fmt: skip
    return Document(
        title=title, author=AUTHOR, created=held.changed, subject=ABOVE, footer=title,
        name=f"{given.body}-{m.day}",
        blocks=(
            Paragraph(ABOVE, quiet=True), Heading(title, 1), Labelled(lines), Heading("Ärenden"),
            *(_entry(held, *items[h.paragraph], h, came) for h in given.handed),
        ),
    )  # fmt: skip


def _entry(held: Held, item: AgendaItem, note: Note, handed: Handed, came: Mapping[int, Returned]) -> Entry:
    shown, said = held.neutral.item(item), held.neutral.note(note)
    return Entry(
        number=f"§ {note.paragraph}", title=shown.title, level=3,
        blocks=tuple(_said(held, shown, said, handed, came.get(note.paragraph))),
    )  # fmt: skip


def _said(held: Held, item: AgendaItem, note: Note, handed: Handed, came: Returned | None) -> Iterator[Simple]:
    if told := about(item, minutes=False):
        yield Paragraph(told, quiet=True)
    lines = (
        ("Chefsgruppens beslut", note.decision), ("Efterfrågas", held.neutral.text(handed.asks)),
        ("Handlingar", "; ".join(item.documents)), ("Besked", held.neutral.text(_came(came)) if came else ""),
    )  # fmt: skip
    yield Labelled(tuple((label, text) for label, text in lines if text))


def _came(r: Returned) -> str:
    lead = ", ".join(filter(None, (f"{RETURNS[r.outcome].capitalize()} {day_in_words(r.on)}", r.reference)))
    return f"{lead}: {r.text}" if r.text else lead
