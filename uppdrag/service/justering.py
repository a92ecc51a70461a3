"""What waits for a justering: nothing about what chefsgruppen decided under a § leaves before the § is justerad.

Only of meetings that are closed here is it known which § is not; a § that somebody has typed holds nothing back.
"""

from __future__ import annotations

from datetime import date

from storage import motes
from storage.database import Session
from workflow.commands import AdvanceRegion
from workflow.errors import Refusal
from workflow.following import recommendation
from workflow.lifecycle import Lifecycle
from workflow.model import Matter
from workflow.sendout import ASK, sending


def awaited(session: Session, lifecycle: Lifecycle, matter: Matter) -> list[Refusal]:
    """Each § about the uppdrag, the approval's last, that is of a meeting closed here and not justerad."""
    refused = []
    for day, paragraph in _paragraphs(lifecycle, matter):
        here, justerad = motes.adjusted(session, date.fromisoformat(day), int(paragraph))
        if here and justerad is None:
            refused.append(Refusal.of("paragraph_not_approved", paragraph=paragraph, day=here))
    return refused


def is_justerad(session: Session, lifecycle: Lifecycle, matter: Matter) -> bool:
    """Whether the § under which the regions were asked to decide is known here to be justerad."""
    approved = recommendation(lifecycle, matter)
    if not _is_known(approved.on, approved.paragraph):
        return False
    return motes.adjusted(session, date.fromisoformat(approved.on), int(approved.paragraph))[1] is not None


def holds(session: Session, lifecycle: Lifecycle, matter: Matter, command: AdvanceRegion) -> list[Refusal]:
    """Why a step on a region's track has to wait: it tells the region of a § that is not justerad."""
    step = sending(lifecycle)
    if command.trigger != ASK and (step is None or command.trigger != step.trigger):
        return []
    return awaited(session, lifecycle, matter)


def _paragraphs(lifecycle: Lifecycle, matter: Matter) -> list[tuple[str, str]]:
    """The day (ISO) and § of each step that chefsgruppen has taken with the uppdrag, as far as both were stated."""
    found = []
    for t in lifecycle.transitions:
        stated = matter.uppdrag.facts.get(t.trigger, {})
        stated_day = next((str(stated[f.name]) for f in t.facts if f.sets == "day" and f.name in stated), "")
        day = stated_day or str(stated.get("on", ""))  # a new planned time keeps the day of its decision so
        number = next((str(stated[f.name]) for f in t.facts if f.type == "paragraph" and f.name in stated), "")
        if _is_known(day, number):
            found.append((day, number))
    return list(dict.fromkeys(found))


def _is_known(day: str, paragraph: str) -> bool:
    return bool(day) and paragraph.isascii() and paragraph.isdigit()
