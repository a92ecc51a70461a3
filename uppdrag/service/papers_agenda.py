"""A dagordning and a kallelse, put together from what is known of the meeting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from uppdrag.documents.document import Block, Document, Entry, Heading, Labelled, Paragraph, Simple, Table
from uppdrag.service.agenda import Agenda
from uppdrag.words.papers import (
    CLOSING_LABEL,
    LATE_LABEL,
    OPENING_LABEL,
    about,
    background,
    day_in_words,
    place_of,
    time_of,
)
from workflow.agenda_form import CLOSING, OPENING, AgendaForm
from workflow.meeting import AgendaItem
from workflow.people import Holder

AUTHOR = "NSPL:s kansli"
ABOVE = "NSPL · Chefsgruppen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """What a meeting's papers are made from. `items` as they may be told; `regions`: short names by länskod;
    `answers_to`: the kansli's address, empty where none is known; `changed`: aware, when any of it last did."""

    agenda: Agenda
    items: tuple[AgendaItem, ...]
    regions: Mapping[str, str]
    answers_to: str
    today: date
    changed: datetime


def dagordning(known: Called) -> Document:
    """The agenda on its own."""
    held = known.agenda.held
    day, summoned = held.meeting.day, held.meeting.summoned_on
    title = f"Dagordning för chefsgruppens möte {day_in_words(day)}"
    stands = (
        f"Kallelsen gick ut {day_in_words(summoned)}. Numren ligger fast."
        if summoned else f"Förslag {day_in_words(known.today)}. Kallelsen har inte gått ut, så numren kan ändras."
    )  # fmt: skip
    return Document(
        title=title, author=AUTHOR, created=known.changed, subject=ABOVE, footer=title, name=f"dagordning-{day}",
        blocks=(
            Paragraph(ABOVE, quiet=True), Heading(title, 1),
            Labelled((("Tid", time_of(day, held.meeting.arrangement)), *place_of(held.meeting.arrangement))),
            Paragraph(stands, quiet=True), *matters(known.items, known.agenda.form, level=2),
        ),
    )  # fmt: skip


def kallelse(known: Called) -> Document:
    """The kallelse: who is called, when and where, what to do if one cannot come, and the agenda."""
    held = known.agenda.held
    day, at = held.meeting.day, held.meeting.arrangement
    title = f"Kallelse till chefsgruppens möte {day_in_words(day)}"
    lines = [("Tid", time_of(day, at)), *place_of(at)]
    if held.date.papers_by:
        lines.append(("Handlingar senast", day_in_words(held.date.papers_by)))
    if held.meeting.summoned_on:
        lines.append(("Kallelsen gick ut", day_in_words(held.meeting.summoned_on)))
    address = f", {known.answers_to}," if known.answers_to else ""
    instead = " Då kan en ersättare kallas." if held.attendance.substitutes else ""
    return Document(
        title=title, author=AUTHOR, created=known.changed, subject=ABOVE, footer=title, name=f"kallelse-{day}",
        blocks=(
            Paragraph(ABOVE, quiet=True), Heading(title, 1), Labelled(tuple(lines)),
            Paragraph(f"Kan du inte komma? Meddela {AUTHOR}{address} så snart du vet.{instead}"),
            Heading("Dagordning"), *matters(known.items, known.agenda.form, level=3),
            Heading("Kallade"), *_called(known),
        ),
    )  # fmt: skip


def matters(items: Sequence[AgendaItem], form: AgendaForm, *, level: int) -> Iterator[Block]:
    """The items in their order under the headings of their sections, which are of a level."""
    before = ""
    for item in items:
        label = section_of(item, form)
        if label and label != before:
            yield Heading(label, level)
        before = label
        yield Entry(
            number=f"{item.number}.", title=item.title, level=level + 1, mark=mark_of(item),
            blocks=() if item.withdrawn else tuple(_about(item)),
        )  # fmt: skip
    if not items:
        yield Paragraph("Dagordningen är tom.")


def section_of(item: AgendaItem, form: AgendaForm) -> str:
    """The heading that an item stands under."""
    if item.late:
        return LATE_LABEL
    return {OPENING: OPENING_LABEL, CLOSING: CLOSING_LABEL}.get(item.section) or form.label(item.section)


def mark_of(item: AgendaItem) -> str:
    """What has happened with an item since the kallelse."""
    return ", ".join(word for word, on in (("tillkommande", item.late), ("utgår", item.withdrawn)) if on).capitalize()


def _about(item: AgendaItem) -> Iterator[Simple]:
    if told := about(item):
        yield Paragraph(told, quiet=True)
    lines = (
        ("Bakgrund", background(item)), ("Förslag till beslut", item.proposal),
        ("Omfattar", ", ".join(item.covers)), ("Handlingar", "; ".join(item.documents)),
    )  # fmt: skip
    yield Labelled(tuple((label, text) for label, text in lines if text))


def _called(known: Called) -> Iterator[Block]:
    who = known.agenda.held.attendance
    chairs = {_key(h) for h in who.chair}
    rows = [
        *(_row(known, h, "Ordförande") for h in who.chair if _key(h) not in set(map(_key, who.members))),
        *(_row(known, h, "Ledamot, ordförande" if _key(h) in chairs else "Ledamot") for h in who.members),
        *(_row(known, h, "Ersättare") for h in who.substitutes),
        *(_row(known, h, "Adjungerad") for h in who.adjungerade),
    ]  # fmt: skip
    if rows:
        yield Table(caption=_counted(known), headings=("Namn", "Region", "Som"), rows=tuple(rows), widths=(5, 4, 4))
    else:
        yield Paragraph("Inga ledamöter är registrerade på mötets dag.")


def _counted(known: Called) -> str:
    who = known.agenda.held.attendance
    counts = (
        (len(who.members), "ledamot", "ledamöter"), (len(who.substitutes), "ersättare", "ersättare"),
        (len(who.adjungerade), "adjungerad", "adjungerade"),
    )  # fmt: skip
    return ", ".join(f"{n} {one if n == 1 else many}" for n, one, many in counts if n) or "Kallade"


def _row(known: Called, holder: Holder, role: str) -> tuple[str, str, str]:
    acting = ", tf" if holder.capacity == "tf" else ""
    return holder.name or holder.email, known.regions.get(holder.region, holder.region) or "–", f"{role}{acting}"


def _key(holder: Holder) -> str:
    return (holder.email or holder.name).casefold()


def listed(names: Iterable[str]) -> str:
    """`Eva Ek, Bo Bo och Ada Ö`."""
    *first, last = [*names] or [""]
    return " och ".join(filter(None, (", ".join(first), last)))
