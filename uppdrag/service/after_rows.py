"""Decisions per capsulam and what follows on a meeting as plain rows: one name for each thing, days as ISO text."""

from __future__ import annotations

from typing import Any

from uppdrag.service.handing_on import Followed
from workflow.actions import Promise
from workflow.concluding import suggestion
from workflow.handing_on import Passed
from workflow.meeting import Meeting


def passed_row(p: Passed) -> dict[str, Any]:
    """One § that was handed on to a body, and what came back; `outcome` is empty while nothing has."""
    came = p.returned
    return {
        "meeting": p.meeting.isoformat(), "decided_on": p.day.isoformat(), "paragraph": p.handed.paragraph,
        "title": p.item.title, "uppdrag": p.item.uppdrag, "dnr": p.item.dnr, "body": p.handoff.body,
        "label": p.handoff.label, "handed_on": p.handoff.on.isoformat(),
        "meets_on": p.handoff.meets_on and p.handoff.meets_on.isoformat(), "presenter": p.handoff.presenter,
        "asks": p.handed.asks, "outcome": came.outcome if came else "", "text": came.text if came else "",
        "returned_on": came and came.on.isoformat(), "reference": came.reference if came else "",
    }  # fmt: skip


def followed_row(f: Followed) -> dict[str, Any]:
    """One § of a meeting and where it has gone; `regions` is None where it does not lead to them."""
    r = f.regions
    return {
        "paragraph": f.note.paragraph, "title": f.item.title, "uppdrag": f.item.uppdrag, "justerad": f.justerad,
        "regions": r and {
            "version": r.version, "concerned": r.concerned, "sent": r.sent, "first": r.first and r.first.isoformat(),
            "last": r.last and r.last.isoformat(),
        },
        "handed_on": [passed_row(p) for p in f.passed],
    }  # fmt: skip


def action_row(p: Promise) -> dict[str, Any]:
    """One action. `settled` is empty while it is open; else `klar` or `behovs_inte`."""
    mark = None if p.open else p.settled
    return {
        "meeting": p.meeting.isoformat(), "paragraph": p.paragraph, "number": p.number, "what": p.action.what,
        "owner": p.action.owner, "due": p.action.due and p.action.due.isoformat(), "uppdrag": p.uppdrag,
        "open": p.open, "settled": mark.how if mark else "", "on": mark and mark.on.isoformat(),
        "by": mark.by if mark else "", "note": mark.note if mark else "",
    }  # fmt: skip


def circulation_row(meeting: Meeting) -> dict[str, Any]:
    """What was put per capsulam, and who has answered what. Empty lists for a meeting."""
    asked = meeting.circulation
    items = [i for i in meeting.items if not i.withdrawn] if asked else []
    return {
        "answer_by": meeting.day.isoformat(), "asked_on": meeting.summoned_on and meeting.summoned_on.isoformat(),
        "status": meeting.status, "version": meeting.version, "asked": list(asked.asked) if asked else [],
        "items": [
            {"number": i.number, "title": i.title, "uppdrag": i.uppdrag, "dnr": i.dnr, "proposal": i.proposal,
             "step": i.trigger, "silent": list(asked.silent([i.key])) if asked else [],
             "suggested_outcome": suggestion(meeting, i) or ""}
            for i in items
        ],
        "replies": [
            {"number": i.number, "title": i.title, "member": r.member, "answer": r.answer, "on": r.on.isoformat(),
             "channel": r.channel, "words": r.words}
            for i in items for r in (asked.of(i.key) if asked else ())
        ],
    }  # fmt: skip
