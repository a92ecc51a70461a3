"""What people read of a beredningsplan: why a matter stands where it does, what somebody changed, and its standing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import assert_never

from uppdrag.words import chefsgrupp
from workflow.beredning import Ruling, Tabled
from workflow.beredning_events import Change
from workflow.meeting import Why
from workflow.paper_events import (
    MatterAdded,
    MatterPlaced,
    MatterReleased,
    PreparationDecided,
    PreparationEvent,
    PreparationTabled,
)

NOWHERE = "utan möte"


_WHY = {
    "plan": "Ställt dit för hand.", "no_time": "Ingen planerad tid är angiven.", "left_out": "Utelämnat för hand.",
    "no_meeting": "Inget möte är kvar i år.", "not_placed": "Inte ställt till något möte än.",
}  # fmt: skip
"""Where no more has to be said."""


def why(w: Why) -> str:
    """Why a matter stands where it does."""
    f = w.facts
    match w.code:
        case "follows":
            return f"Följer på {_lower(f['what'])} {f['day']}."
        case "unready":
            return f"Läget är {f['state']}. Kansliet bereder det först."
        case "later":
            return f"Planerad tid är {f['text']}, efter årets möten."
        case "later_plan":
            return f"Ställt till mötet {f['day']}, i ett senare års plan."
        case "deadline":
            return f"Planerat: {f['text']}. {'Den tiden har gått' if f['passed'] else 'Sista mötet inom den tiden'}."
        case "state":
            return f"Läget är {f['state']}, så nästa möte kan ta upp det."
        case _:
            return _WHY.get(w.code) or chefsgrupp.why(w)


def happened(event: PreparationEvent) -> str:
    """What an event made of a plan."""
    match event:
        case MatterPlaced():
            why_so = f" ({event.why.rstrip('.')})" if event.why else ""
            if event.day is None:
                return f"{event.title} lämnades utanför planen{why_so}"
            return f"{event.title} ställdes till {event.day}{why_so}"
        case MatterReleased():
            return f"{event.title} följer planerad tid igen"
        case MatterAdded():
            return f"{event.title} lades till, {event.day or NOWHERE}"
        case PreparationTabled():
            return f"planen lades till dagordningen för mötet {event.meeting}"
        case PreparationDecided():
            return f"chefsgruppen beslutade om planen {event.meeting}, § {event.paragraph}"
        case _:
            assert_never(event)


def standing(decided: tuple[Ruling, Tabled] | None) -> str:
    """`Beslutad § 12, 2026-03-27, version 3`, or that it is not."""
    if decided is None:
        return "Inte beslutad av chefsgruppen"
    ruling, tabled = decided
    return f"Beslutad § {ruling.paragraph}, {ruling.meeting}, version {tabled.edition}"


def change(c: Change) -> str:
    """One thing that is otherwise than when the plan was decided."""
    match c.code:
        case "new":
            return f"Nytt: {c.title}, {_at(c.after)}."
        case "moved":
            return f"Flyttat: {c.title}, från {_at(c.before)} till {_at(c.after)}."
        case "gone":
            return f"Inte kvar: {c.title} ({_at(c.before)}). Behandlat, eller inte aktuellt längre."
        case _:
            assert_never(c.code)


def counted(rows: int, moved: int) -> str:
    """How many matters, and how many of them somebody has put by hand."""
    by_hand = f", {moved} {'ändrat' if moved == 1 else 'ändrade'} för hand" if moved else ""
    return f"{rows} {'ärende' if rows == 1 else 'ärenden'}{by_hand}"


def listed(days: Sequence[date]) -> str:
    """Days after one another."""
    return ", ".join(day.isoformat() for day in days) or "inga"


def _at(day: date | None) -> str:
    return day.isoformat() if day else NOWHERE


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
