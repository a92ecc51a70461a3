"""The question of a decision per capsulam as a document: each matter with what the members are to answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from uppdrag.documents.document import Document, Heading, Labelled, Paragraph
from uppdrag.service.papers_agenda import ABOVE, AUTHOR, matters
from uppdrag.words.papers import day_in_words
from workflow.agenda_form import AgendaForm
from workflow.meeting import AgendaItem, Meeting


def question(meeting: Meeting, items: Sequence[AgendaItem], form: AgendaForm, changed: datetime) -> Document:
    """The matters, whose `items` are as they may be told; `changed`: aware, when they were put."""
    title = f"Beslut per capsulam, svar senast {day_in_words(meeting.day)}"
    asked = meeting.circulation.asked if meeting.circulation else ()
    lines = [("Svara senast", day_in_words(meeting.day)), ("Till", ", ".join(asked))]
    if meeting.summoned_on:
        lines.insert(0, ("Sänt", day_in_words(meeting.summoned_on)))
    return Document(
        title=title, author=AUTHOR, created=changed, subject=ABOVE, footer=title, name=f"per-capsulam-{meeting.day}",
        blocks=(
            Paragraph(ABOVE, quiet=True), Heading(title, 1), Labelled(tuple(lines)),
            Paragraph("Svara på varje ärende: bifall, avslag, eller att du vill ta det på ett möte."),
            Heading("Ärenden"), *matters(items, form, level=3),
        ),
    )  # fmt: skip
