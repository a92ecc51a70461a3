"""Whether a mail should still leave: what it asks for is still missing, and the uppdrag goes on."""

from __future__ import annotations

from datetime import datetime

from definitions.holidays import work_calendar
from storage import intents, mailed, outbox, uppdrag
from storage.database import Session
from workflow.calendar import local_date
from workflow.errors import NotFound
from workflow.message import NONE, Intent, Queued
from workflow.model import Matter, Regionbeslut
from workflow.reminders import silent_until, still_missing

LATE = "Det gick inte i väg i tid. Det som fortfarande saknas skrivs på nytt."
CHANGED = "Läget har ändrats. Det som fortfarande saknas skrivs på nytt."


def still_wanted(session: Session, queued: Queued, now: datetime) -> bool:
    """Whether everything that a message lists is still missing, and asked of nobody who is to be left in peace. Reads
    only; a mail that no intent asked for is wanted.

    Where it says no, the sender takes the message back, and what is still missing waits to be written anew.
    """
    known: dict[tuple[str, str], Matter | None] = {}
    for intent in intents.of_message(session, queued.id):
        at = intent.occasion
        if at.uppdrag == NONE:
            continue
        key = (at.uppdrag, at.region)
        if key not in known:
            known[key] = _load(session, intent)
        matter = known[key]
        rb = matter.regions.get(at.region) if matter else None
        if matter is None or not still_missing(at, matter.uppdrag, rb) or _in_peace(rb, now):
            return False
    return True


def next_morning(session: Session, queued: Queued, now: datetime) -> datetime:
    """`now`, or for what an intent asked for the next moment (UTC) at which such mail leaves: also after an outage of
    the sender or the relay a reminder comes on a morning when its recipient can act."""
    calendar = work_calendar()
    if calendar.is_open(now) or not intents.of_message(session, queued.id):
        return now
    return calendar.next_opening(now)


def cancel_unwanted(session: Session, uppdrag: str, region: str) -> int:
    """Take back the mails about a track that nobody has claimed yet; how many they were.

    `region` is a länskod, or `-` for the whole uppdrag. What they asked for waits again, and the next `compose_due`
    writes what is still missing: a digest without the region that has answered, and nothing where nothing is left.
    """
    taken = [id for id in mailed.unclaimed(session, uppdrag, region) if outbox.cancel(session, id, CHANGED)]
    for id in taken:
        intents.release(session, id)
    return len(taken)


def take_back_overdue(session: Session, before: datetime) -> int:
    """The same for the reminders that should have left before a moment, as when no sender ran; how many they were.

    So each address gets one mail about the latest step, however long the outage.
    """
    taken = [id for id in mailed.overdue(session, before) if outbox.cancel(session, id, LATE)]
    for id in taken:
        intents.release(session, id)
    return len(taken)


def _in_peace(rb: Regionbeslut | None, now: datetime) -> bool:
    until = silent_until(rb, work_calendar()) if rb else None
    return until is not None and local_date(now) <= until


def _load(session: Session, intent: Intent) -> Matter | None:
    at = intent.occasion
    try:
        return uppdrag.load(session, at.uppdrag, seq=0, regions=None if at.region == NONE else at.region)
    except NotFound:
        return None
