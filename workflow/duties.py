"""What the kansli has to do about a meeting of chefsgruppen on a day, by the meeting's own rhythm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from workflow.meeting import Meeting
from workflow.sammantraden import Sammantrade

PAPERS_AHEAD = timedelta(days=7)
"""How long before the last day for papers the kansli is told of it."""
MISSING, LONG_MISSING = timedelta(days=3), timedelta(days=7)
"""How long after a meeting a protokoll is told of as missing, and then once more."""
HISTORY = timedelta(days=120)
"""A meeting further back than this is history: what was not registered of it then is not asked for."""
Task = Literal["papers", "summons", "protokoll", "justering"]
Following = Literal["answers", "action", "returned"]
"""What follows beside the rhythm: `workflow.after_duties`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One thing to do about the meeting on `meeting`. `due` is the local day it counts from; `pressing`: that has
    passed, and for a protokoll by a week. `about`: what of it, where it may be several things."""

    what: Task | Following
    meeting: date
    due: date
    pressing: bool
    about: str = ""


def duty(held: Sammantrade, meeting: Meeting, today: date) -> Duty | None:
    """What is next to be done about a meeting; None where nothing is due on that day."""
    if meeting.digest or today - held.first > HISTORY:
        return None
    if meeting.closed_on:
        due = meeting.arrangement.adjust_by
        return (
            Duty(what="justering", meeting=held.first, due=due, pressing=due < today) if due and due <= today else None
        )
    if meeting.circulation:
        return None
    if today > held.first:
        late = today - held.first
        if late < MISSING:
            return None
        return Duty(what="protokoll", meeting=held.first, due=held.first, pressing=late >= LONG_MISSING)
    if meeting.summoned_on:
        return None
    if held.published_on and held.published_on <= today:
        return Duty(what="summons", meeting=held.first, due=held.published_on, pressing=held.published_on < today)
    if held.papers_by and held.papers_by - PAPERS_AHEAD <= today:
        return Duty(what="papers", meeting=held.first, due=held.papers_by, pressing=held.papers_by < today)
    return None
