"""Chefsgruppen's meetings as plain rows for JSON and CSV: one name for each thing, days as ISO text."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from uppdrag.service.agenda import Agenda
from uppdrag.service.chefsgrupp import Held
from uppdrag.words.chefsgrupp import why
from workflow.agenda_form import AgendaForm
from workflow.meeting import AgendaItem, Meeting, Minutes, Note
from workflow.people import Holder


def meeting_row(held: Held) -> dict[str, Any]:
    """One meeting: its dates, where, how far it has come, and who belongs to it."""
    at, who = held.meeting.arrangement, held.attendance
    return {
        "date": held.date.first.isoformat(),
        "form": "per_capsulam" if held.meeting.circulation else "mote", "starts": at.starts, "ends": at.ends,
        "place": at.place, "link": at.link,
        "papers_by": _iso(held.date.papers_by), "summons_on": _iso(held.date.published_on),
        "adjust_by": _iso(at.adjust_by), "status": held.meeting.status, "version": held.meeting.version,
        "example": held.date.example, "chair": _people(who.chair), "members": _people(who.members),
        "substitutes": _people(who.substitutes), "adjungerade": _people(who.adjungerade),
    }  # fmt: skip


def agenda_row(agenda: Agenda) -> dict[str, Any]:
    """An agenda: the meeting, its items, and what has come since the kallelse."""
    meeting = agenda.held.meeting
    more = {"agenda_version": meeting.agenda_version, "summoned_on": _iso(meeting.summoned_on)}
    return {
        "meeting": {**meeting_row(agenda.held), **more},
        "items": [item_row(i, agenda.form) for i in agenda.items],
        "waiting": [item_row(i, agenda.form) for i in agenda.waiting],
    }  # fmt: skip


def item_row(item: AgendaItem, form: AgendaForm) -> dict[str, Any]:
    """One item. `number` is 0 for what is not on the agenda; `step` is what a bifall takes; `covers` are the uppdrag of
    an item about several."""
    return {
        "number": item.number, "title": item.title, "uppdrag": item.uppdrag, "dnr": item.dnr, "kind": item.kind,
        "presenter": item.presenter, "proposal": item.proposal, "documents": list(item.documents),
        "why": why(item.why), "section": form.label(item.section), "minutes": item.minutes, "step": item.trigger,
        "covers": list(item.covers), "late": item.late, "withdrawn": item.withdrawn, "key": item.key,
    }  # fmt: skip


def _people(holders: Iterable[Holder]) -> list[str]:
    return [h.name or h.email for h in holders]


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def minutes_row(meeting: Meeting) -> dict[str, Any]:
    """The minutes as they stand: who was there, and each item with what was decided on it and its §."""
    minutes = meeting.minutes or Minutes()
    told = {n.item: n for n in minutes.notes}
    return {
        "date": meeting.day.isoformat(), "status": meeting.status, "version": meeting.version, "chair": minutes.chair,
        "secretary": minutes.secretary, "adjusters": list(minutes.adjusters),
        "present": [{"name": p.name, "left": p.left} for p in minutes.present],
        "adjungerade": [{"name": p.name, "left": p.left} for p in minutes.adjungerade], "digest": meeting.digest,
        "items": [_note_row(meeting, i, told.get(i.key, Note(item=i.key))) for i in meeting.items if not i.withdrawn],
    }  # fmt: skip


def _note_row(meeting: Meeting, item: AgendaItem, note: Note) -> dict[str, Any]:
    approval = meeting.approval(note.paragraph) if note.paragraph else None
    return {
        "number": item.number, "paragraph": note.paragraph or None, "title": item.title, "uppdrag": item.uppdrag,
        "dnr": item.dnr, "proposal": item.proposal, "outcome": note.outcome, "decision": note.decision,
        "dissent": list(note.dissent),
        "actions": [{"what": a.what, "owner": a.owner, "due": _iso(a.due)} for a in note.actions],
        "approved_on": _iso(approval.on) if approval else None, "digest": approval.digest if approval else "",
    }  # fmt: skip
