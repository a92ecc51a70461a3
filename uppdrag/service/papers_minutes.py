"""A protokoll and a protokollsutdrag, put together from what was noted at a meeting or decided per capsulam."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from uppdrag.documents.document import (
    Block,
    Document,
    Entry,
    Heading,
    Labelled,
    Notice,
    Paragraph,
    Signatures,
    Simple,
    Table,
)
from uppdrag.service.papers_agenda import ABOVE, AUTHOR, listed, section_of
from uppdrag.service.papers_neutral import Neutral
from uppdrag.words.after_meetings import ANSWERS
from uppdrag.words.chefsgrupp import OUTCOMES
from uppdrag.words.papers import UNKNOWN, about, action, background, day_in_words, place_of, time_of
from workflow.agenda_form import AgendaForm
from workflow.holding import noted
from workflow.meeting import AgendaItem, Approval, Meeting, Minutes, Note

_REGISTRIES = "registratorn i varje berörd region, för regionens eget beslut"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the papers of a meeting that is being held or has been are made from. `to_regions`: the steps by which a
    proposal goes to the regions; `changed`: aware, when any of it last did."""

    meeting: Meeting
    form: AgendaForm
    neutral: Neutral
    to_regions: frozenset[str]
    changed: datetime

    @property
    def minutes(self) -> Minutes:
        return self.meeting.minutes or Minutes()


def protokoll(held: Held) -> Document:
    """The whole protokoll; it says that it is a draft until every § is justerad."""
    m = held.meeting
    of = f"Protokoll över beslut per capsulam {day_in_words(m.decided_on)}"
    title = of if m.circulation else f"Protokoll från chefsgruppens möte {day_in_words(m.day)}"
    draft = [] if m.digest else [Notice(f"UTKAST. {_not_yet(m)}")]
    return Document(
        title=title, author=AUTHOR, created=held.changed, subject=ABOVE, name=f"protokoll-{m.day}",
        footer=title if m.digest else f"UTKAST · {title}",
        blocks=(
            Paragraph(ABOVE, quiet=True), Heading(title, 1), *draft, Labelled((*_head(held), *_numbers(m))),
            *_people(held), *_paragraphs(held), *_withdrawn(held),
            Heading("Justering"), *_adjusted(m, held.minutes),
        ),
    )  # fmt: skip


def utdrag(held: Held, paragraph: int) -> Document:
    """One §, which is there, and who was at the meeting."""
    m = held.meeting
    item, note = next((item, note) for item, note in noted(m) if note.paragraph == paragraph)
    approval = m.approval(paragraph)
    of = f"beslut per capsulam {day_in_words(m.decided_on)}"
    held_on = of if m.circulation else f"chefsgruppens möte {day_in_words(m.day)}"
    title = f"Protokollsutdrag § {paragraph}, {held_on}"
    draft = [] if approval else [Notice(f"EJ JUSTERAD. § {paragraph} är inte justerad och kan ändras.")]
    return Document(
        title=title, author=AUTHOR, created=held.changed, subject=ABOVE,
        name=f"protokollsutdrag-{m.day}-{paragraph}", footer=title if approval else f"EJ JUSTERAD · {title}",
        blocks=(
            Paragraph(f"NSPL · {held_on[:1].upper()}{held_on[1:]}", quiet=True),
            Heading(f"Protokollsutdrag § {paragraph}", 1), *draft, Labelled(tuple(_head(held))), *_people(held),
            Heading("Beslut"), _entry(held, item, note, 3), Heading("Intyg"),
            Signatures("Utdraget stämmer med protokollet.", (("[Namn]", AUTHOR),)),
        ),
    )  # fmt: skip


def _head(held: Held) -> Iterator[tuple[str, str]]:
    """When and where, and who answered for the protokoll."""
    minutes, m = held.minutes, held.meeting
    if m.circulation:
        yield from _circulated(m)
    else:
        yield "Tid", time_of(m.day, m.arrangement)
        yield from place_of(m.arrangement)
    yield "Ordförande", minutes.chair or UNKNOWN
    yield "Sekreterare", minutes.secretary or UNKNOWN
    yield "Justerare", listed(minutes.adjusters) or UNKNOWN


def _numbers(m: Meeting) -> Iterator[tuple[str, str]]:
    """Which § the protokoll has."""
    given = [note.paragraph for _, note in noted(m)]
    if given:
        yield "Paragrafer", f"§ {given[0]}–{given[-1]}" if len(given) > 1 else f"§ {given[0]}"


def _circulated(m: Meeting) -> Iterator[tuple[str, str]]:
    """When matters were decided between meetings."""
    yield "Form", "Beslut per capsulam, mellan mötena"
    if m.summoned_on:
        yield "Sändes ut", day_in_words(m.summoned_on)
    yield "Svar senast", day_in_words(m.day)
    if m.closed_on:
        yield "Avslutades", day_in_words(m.closed_on)


def _people(held: Held) -> Iterator[Block]:
    """Who was at the meeting, or who was asked and when each answered."""
    asked = held.meeting.circulation
    if asked is None:
        yield Heading("Närvaro")
        yield from _present(held.minutes)
        return
    when = {r.member: day_in_words(r.on) for r in sorted(asked.replies, key=lambda r: r.on)}
    rows = tuple((name, when.get(name, "Inget svar")) for name in asked.asked)
    yield Heading("Tillfrågade ledamöter")
    yield Table(
        caption="Vilka som tillfrågades och när de svarade", headings=("Namn", "Svarade"), rows=rows, widths=(3, 2)
    )


def _present(minutes: Minutes) -> Iterator[Block]:
    people = [*((p, "Närvarande") for p in minutes.present), *((p, "Adjungerad") for p in minutes.adjungerade)]
    rows = tuple((p.name, role, f"klockan {p.left}" if p.left else "–") for p, role in people)
    if rows:
        yield Table(
            caption="Närvarande och adjungerade", headings=("Namn", "Som", "Lämnade mötet"), rows=rows, widths=(6, 4, 3)
        )
    else:
        yield Paragraph(f"Närvarande: {UNKNOWN.lower()}.")


def _paragraphs(held: Held) -> Iterator[Block]:
    """Every item that was taken up, under its § where it has one."""
    m, before = held.meeting, ""
    told = {n.item: n for n in held.minutes.notes}
    for item in m.items:
        if item.withdrawn:
            continue
        label = section_of(item, held.form)
        if label and label != before:
            yield Heading(label)
        before = label
        yield _entry(held, item, told.get(item.key, Note(item=item.key)), 3, of_whole=bool(m.digest))


def _entry(held: Held, item: AgendaItem, note: Note, level: int, *, of_whole: bool = False) -> Entry:
    """What was decided on an item. `of_whole`: the protokoll itself says that it is justerat, by one digest."""
    m = held.meeting
    shown, said = held.neutral.item(item), held.neutral.note(note)
    number = f"§ {note.paragraph}" if note.paragraph else f"{item.number}."
    approval = m.approval(note.paragraph) if note.paragraph and not of_whole else None
    late = "Tillkommande" if item.late else ""
    return Entry(
        number=number, title=shown.title, level=level, mark=late,
        blocks=tuple(_said(held, shown, said, approval)),
    )  # fmt: skip


def _said(held: Held, item: AgendaItem, note: Note, approval: Approval | None) -> Iterator[Simple]:
    if told := about(item, minutes=False):
        yield Paragraph(told, quiet=True)
    lines = [
        ("Ärendet", background(item)), ("Omfattar", ", ".join(item.covers)), ("Handlingar", "; ".join(item.documents)),
        ("Förslag till beslut", item.proposal), ("Svar", _replies(held, item)), ("Beslut", note.decision),
        ("Utfall", OUTCOMES[note.outcome].capitalize() if note.outcome else UNKNOWN),
    ]  # fmt: skip
    if note.reprioritised:
        lines.append(("Ny planerad tid", f"{note.reprioritised.span} för {listed(note.reprioritised.uppdrag)}"))
    lines += [("Avvikande mening", one) for one in note.dissent]
    lines += [("Åtgärd", action(a)) for a in note.actions]
    lines.append(("Skickas till", _sent_to(held, item, note)))
    if approval:
        lines.append(("Justerad", f"{day_in_words(approval.on)}, registrerad av {approval.by}"))
        lines.append(("SHA-256", approval.digest))
    yield Labelled(tuple((label, text) for label, text in lines if text))


def _replies(held: Held, item: AgendaItem) -> str:
    """What the members answered about a matter that was put to them per capsulam."""
    found = held.meeting.circulation.of(item.key) if held.meeting.circulation else ()
    return "; ".join(f"{r.member}: {ANSWERS[r.answer]} ({held.neutral.text(r.words)})" if r.words
                     else f"{r.member}: {ANSWERS[r.answer]}" for r in found)  # fmt: skip


def _sent_to(held: Held, item: AgendaItem, note: Note) -> str:
    """To whom a decision goes, as the protokoll knows it: the regions it opens the way to, and those it names."""
    step = note.trigger or (item.trigger if note.outcome == "bifall" else "")
    named = [item.presenter] if note.outcome and item.presenter and item.kind == "beslut" else []
    found = [*([_REGISTRIES] if step in held.to_regions else []), *named, *(a.owner for a in note.actions if a.owner)]
    text = "; ".join(dict.fromkeys(found))
    return text[:1].upper() + text[1:]


def _withdrawn(held: Held) -> Iterator[Block]:
    gone = [f"{i.number}. {held.neutral.item(i).title}" for i in held.meeting.items if i.withdrawn]
    if gone:
        yield Heading("Utgick ur dagordningen")
        yield Paragraph("; ".join(gone))


def _not_yet(m: Meeting) -> str:
    if not m.closed_on:
        return f"{'Beslutet' if m.circulation else 'Mötet'} är inte avslutat. Paragraferna får sina nummer sedan."
    done = [f"§ {a.paragraph}" for a in m.approvals]
    if done:
        return f"Justerat: {listed(done)}. Resten av protokollet är inte justerat och kan ändras."
    return "Protokollet är inte justerat och kan ändras."


def _adjusted(m: Meeting, minutes: Minutes) -> Iterator[Block]:
    """How far the justering has come, and lines to sign on."""
    people = (
        (minutes.secretary, "Sekreterare"), (minutes.chair, "Ordförande"),
        *((name, "Justerare") for name in minutes.adjusters or ("",)),
    )  # fmt: skip
    by = m.arrangement.adjust_by
    lead = f"{_not_yet(m)}{f' Justeringen ska vara klar senast {day_in_words(by)}.' if by else ''}"
    if m.digest:
        lead = f"Alla paragrafer är justerade{_days_of_justering(m)}. Protokollet är låst. SHA-256: {m.digest}"
    yield Signatures(lead, tuple((name or "[Namn]", role) for name, role in people))


def _days_of_justering(m: Meeting) -> str:
    """When each § was justerad, those of a day together: `: § 5 27 mars 2026, övriga 2 april 2026`. Empty of none."""
    days: dict[str, list[int]] = {}
    for a in sorted(m.approvals, key=lambda a: (a.on, a.paragraph)):
        days.setdefault(day_in_words(a.on), []).append(a.paragraph)
    last = next(reversed(days), "")
    told = [f"§ {', '.join(map(str, paragraphs))} {day}" for day, paragraphs in days.items() if day != last]
    told.append(f"övriga {last}" if told else last)
    return f": {', '.join(told)}" if last else ""
