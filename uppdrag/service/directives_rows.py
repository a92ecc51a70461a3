"""Uppdragsdirektiv as plain rows for JSON and CSV: one name for each thing, days as ISO text."""

from __future__ import annotations

from typing import Any

from uppdrag.service.directives_reading import Found, Imported
from uppdrag.words.direktiv import happened
from uppdrag.words.refusals import sentence
from workflow.calendar import STOCKHOLM
from workflow.direktiv import DirectiveText
from workflow.events import Recorded
from workflow.paper_events import DirectiveEvent, DirectiveWritten


def listed_row(found: Found) -> dict[str, Any]:
    """One directive in a list; of one with a sensitive uppdrag its id stands for the title."""
    d = found.directive
    return {
        "id": d.id, "number": d.text.number, "title": found.title, "status": d.status, "revision": d.revision,
        "version": d.version, "uppdrag": list(d.text.uppdrag), "document": True,
        "decided": [
            {"revision": one.revision, "day": one.day.isoformat(), "paragraph": one.paragraph} for one in d.decisions
        ],
        "warnings": [sentence(w) for w in found.warnings],
    }  # fmt: skip


def imported_row(imported: Imported) -> dict[str, Any]:
    """A number that uppdrag follow, and of which there is no document here."""
    return {
        "id": "", "number": imported.number, "title": "", "status": "", "revision": 0, "version": 0,
        "uppdrag": list(imported.uppdrag), "document": False, "decided": [], "warnings": [],
    }  # fmt: skip


def directive_row(found: Found) -> dict[str, Any]:
    """A directive in full, for the kansli: its sections, and its uppdrag as they are or were decided."""
    d = found.directive
    return {
        **listed_row(found), "title": d.text.title, "ended": d.ended,
        "sections": [{"id": s.id, "label": s.label, "text": s.text} for s in d.text.sections],
        "carried": [
            {"uppdrag": c.uppdrag, "title": c.title, "times": list(c.times), "owner": c.owner} for c in found.carried
        ],
        "history": [
            {"version": seq, "when": when, "who": who, "what": what} for seq, when, who, what in told(found.history)
        ],
    }  # fmt: skip


def told(history: tuple[Recorded, ...]) -> list[tuple[int, str, str, str]]:
    """What has happened with a directive, in order: the version, when in Stockholm, by whom, and what."""
    before: DirectiveText | None = None
    lines = []
    for r in history:
        if isinstance(r.event, DirectiveEvent):
            moment = r.registered_at.astimezone(STOCKHOLM).strftime("%Y-%m-%d %H.%M")
            lines.append((r.seq, moment, r.actor.name, happened(r.event, before)))
            before = r.event.text if isinstance(r.event, DirectiveWritten) else before
    return lines
