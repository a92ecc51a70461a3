"""A beredningsplan as plain rows for JSON and CSV: one name for each thing, days as ISO text."""

from __future__ import annotations

from typing import Any

from uppdrag.service.beredning import Preparation
from uppdrag.words import sentence
from uppdrag.words.beredning import change, standing, why
from workflow.beredning_fill import Row


def plan_row(shown: Preparation) -> dict[str, Any]:
    """The whole plan: its standing, the year's meetings, and its matters."""
    plan = shown.plan
    return {
        "year": plan.year, "version": plan.edition, "standing": standing(shown.decided),
        "decision": _decision(shown), "changes": [change(c) for c in shown.changes],
        "meetings": [{"date": d.isoformat(), "coming": d in shown.coming} for d in shown.days],
        "matters": [matter_row(r) for r in shown.rows],
        "handled": [
            {"date": h.day.isoformat(), "paragraph": h.paragraph, "uppdrag": h.uppdrag, "title": h.title,
             "outcome": h.outcome}
            for h in shown.handled
        ],
    }  # fmt: skip


def matter_row(row: Row) -> dict[str, Any]:
    """One matter. `meeting` is None for one that is at none; `placed`: by hand, `left_out` by hand too."""
    planned, by_hand = row.planned, row.placement
    return {
        "meeting": row.day.isoformat() if row.day else None, "key": row.key, "uppdrag": row.uppdrag, "title": row.title,
        "what": row.what, "kind": row.kind, "planned": planned.text if planned else "",
        "planned_last": planned.last.isoformat() if planned else None, "state": row.state, "why": why(row.why),
        "placed": by_hand is not None, "left_out": row.left_out, "note": by_hand.why if by_hand else "",
        "warnings": [sentence(w) for w in row.warnings],
    }  # fmt: skip


def _decision(shown: Preparation) -> dict[str, Any] | None:
    if shown.decided is None:
        return None
    ruling, tabled = shown.decided
    return {"meeting": ruling.meeting.isoformat(), "paragraph": ruling.paragraph, "version": tabled.edition}
