"""The items of an agenda that tell what has happened since the meeting before it."""

from __future__ import annotations

from collections.abc import Sequence

from workflow.actions import Promise
from workflow.agenda_form import Section
from workflow.holding import noted
from workflow.meeting import AgendaItem, Meeting, Why

_AT_MOST = 12
"""So many actions are named; the rest are counted."""


def of_circulated(section: Section, meetings: Sequence[Meeting]) -> list[AgendaItem]:
    """What was decided per capsulam: one item, however many decisions."""
    if not meetings:
        return []
    named = [f"{m.decided_on}, {_paragraphs(m)}" for m in meetings]
    return [_item(section, Why.of("circulated", told="; ".join(named)), [f"Protokoll per capsulam {n}" for n in named])]


def of_promises(section: Section, promises: Sequence[Promise]) -> list[AgendaItem]:
    """The actions that are open: one item, however many."""
    if not promises:
        return []
    told = "; ".join(p.told for p in promises[:_AT_MOST])
    more = max(len(promises) - _AT_MOST, 0)
    return [_item(section, Why.of("promises", count=len(promises), told=told, more=more), [])]


def _item(section: Section, why: Why, documents: Sequence[str]) -> AgendaItem:
    return AgendaItem(
        key=section.id, section=section.id, kind=section.kind, title=section.label, why=why, proposal=section.proposal,
        documents=tuple(documents), minutes=section.minutes,
    )  # fmt: skip


def _paragraphs(meeting: Meeting) -> str:
    numbers = [note.paragraph for _, note in noted(meeting)]
    return f"§ {numbers[0]}" if len(numbers) == 1 else f"§§ {numbers[0]}–{numbers[-1]}"
