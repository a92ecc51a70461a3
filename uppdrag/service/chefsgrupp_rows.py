"""Chefsgruppen's meetings as plain rows for JSON and CSV: one name for each thing, days as ISO text."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from uppdrag.service.chefsgrupp import Held
from workflow.people import Holder


def meeting_row(held: Held) -> dict[str, Any]:
    """One meeting: its dates, where, how far it has come, and who belongs to it."""
    at, who = held.meeting.arrangement, held.attendance
    return {
        "date": held.date.first.isoformat(), "starts": at.starts, "ends": at.ends, "place": at.place, "link": at.link,
        "papers_by": _iso(held.date.papers_by), "summons_on": _iso(held.date.published_on),
        "adjust_by": _iso(at.adjust_by), "status": held.meeting.status, "version": held.meeting.version,
        "example": held.date.example, "chair": _people(who.chair), "members": _people(who.members),
        "substitutes": _people(who.substitutes), "adjungerade": _people(who.adjungerade),
    }  # fmt: skip


def _people(holders: Iterable[Holder]) -> list[str]:
    return [h.name or h.email for h in holders]


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
