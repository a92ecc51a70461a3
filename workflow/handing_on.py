"""Handing a § on to another body: what may be handed on, and what has come back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from workflow.aftermath import Handed, HandOff, Returned
from workflow.agenda_form import Body
from workflow.errors import Refusal
from workflow.holding import noted
from workflow.meeting import AgendaItem, Meeting, Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody wants to hand on: §§ and what is asked about each, empty for what the body is asked as declared.
    None and empty leave what was said before, or what is declared; `without` are taken away."""

    paragraphs: Mapping[int, str]
    without: tuple[int, ...] = ()
    meets_on: date | None = None
    presenter: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A § that was handed on, as it is followed: of which meeting, to whom, and what came back, None where nothing."""

    meeting: date
    day: date
    handoff: HandOff
    handed: Handed
    item: AgendaItem
    note: Note
    returned: Returned | None = None


def handed_on(meeting: Meeting, body: Body, asked: Asked, on: date) -> tuple[HandOff, list[Refusal]]:
    """The hand-off as it would be, and every reason why it cannot."""
    before = handoff_of(meeting, body.id) or HandOff(
        body=body.id, label=body.label, on=on, handed=(), presenter=body.presenter
    )
    given = [note.paragraph for _, note in noted(meeting)]
    known = ", ".join(f"§ {p}" for p in given) or "inga"
    answered = {r.paragraph for r in meeting.returned if r.body == body.id}
    refused = [Refusal.of("no_such_paragraph", paragraph=p, known=known) for p in asked.paragraphs if p not in given]
    refused += [
        Refusal.of("paragraph_not_approved", paragraph=p, day=meeting.day)
        for p in asked.paragraphs if p in given and meeting.approval(p) is None
    ]  # fmt: skip
    refused += [Refusal.of("not_handed", paragraph=p, body=body.label) for p in asked.without if before.of(p) is None]
    changed = {p for p, asks in asked.paragraphs.items() if (was := before.of(p)) and asks and asks != was.asks}
    refused += [
        Refusal.of("returned_already", paragraph=p, body=body.label)
        for p in sorted(answered & (changed | set(asked.without)))
    ]  # fmt: skip
    if asked.meets_on and asked.meets_on < meeting.decided_on:
        refused.append(Refusal.of("body_meets_before", on=asked.meets_on, day=meeting.decided_on))
    kept = {h.paragraph: h for h in before.handed if h.paragraph not in asked.without}
    for p, asks in asked.paragraphs.items():
        kept[p] = Handed(paragraph=p, asks=asks or (kept[p].asks if p in kept else body.asks))
    return replace(
        before, handed=tuple(kept[p] for p in sorted(kept)), meets_on=asked.meets_on or before.meets_on,
        presenter=asked.presenter or before.presenter,
    ), refused  # fmt: skip


def handoff_of(meeting: Meeting, body: str) -> HandOff | None:
    """What a meeting has handed on to a body; None where nothing."""
    return next((h for h in meeting.handoffs if h.body == body), None)


def passed(meetings: Iterable[Meeting]) -> list[Passed]:
    """Every § that some meetings have handed on, by meeting, body and §."""
    found = []
    for m in meetings:
        items = {note.paragraph: (item, note) for item, note in noted(m)}
        for handoff in m.handoffs:
            for handed in handoff.handed:
                item, note = items[handed.paragraph]
                returned = next(
                    (r for r in m.returned if (r.body, r.paragraph) == (handoff.body, handed.paragraph)), None
                )
                found.append(Passed(
                    meeting=m.day, day=m.decided_on, handoff=handoff, handed=handed, item=item, note=note,
                    returned=returned,
                ))  # fmt: skip
    return found


def body_named(bodies: Sequence[Body], id: str) -> Body | None:
    return next((b for b in bodies if b.id == id), None)
