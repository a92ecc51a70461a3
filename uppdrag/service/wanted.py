"""Whether a mail should still leave: what it asks for is still missing, the uppdrag goes on, and whom it is addressed
to still holds the office."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache

from definitions.holidays import work_calendar
from storage import definitions, intents, mailed, outbox, people, uppdrag
from storage.database import Session
from uppdrag.service.addressing import Addresses
from uppdrag.service.meeting_duties import day_of, rhythm
from workflow.calendar import local_date
from workflow.errors import NotFound
from workflow.message import NONE, Intent, Queued
from workflow.model import Matter, Region, Regionbeslut, Uppdrag
from workflow.own_dates import OWN_DATES
from workflow.people import Holder
from workflow.reminders import silent_until, still_missing

ASKED = "be_om_uppgift"
"""The mail by which somebody at the kansli asks how it goes."""
LATE = "Det gick inte i väg i tid. Det som fortfarande saknas skrivs på nytt."
GATHERED = "Det kom mer till samma adress. Allt som saknas skrivs i ett mejl."
ELSEWHERE = "Mottagaren är en annan nu. Det som fortfarande saknas skrivs på nytt."
CHANGED = "Läget har ändrats. Det som fortfarande saknas skrivs på nytt."


class Wanted:
    """What a sender asks of its messages in one transaction, at one moment. Reads only, and everything once."""

    def __init__(self, session: Session, now: datetime, messages: Sequence[Queued]) -> None:
        self._session, self._now = session, now
        self._served = intents.of_messages(session, [queued.id for queued in messages])
        self._matters: dict[tuple[str, str], Matter | None] = {}
        self._posts = _Posts(session, local_date(now))

    def still(self, queued: Queued) -> bool:
        """Whether everything that a message lists is still missing, and asked of nobody who is to be left in peace or
        has left the office. A mail that no intent asked for is wanted.

        Where it says no, the sender takes the message back, and what is still missing waits to be written anew.
        """
        return all(self._asks_rightly(intent, queued.recipient) for intent in self._served[queued.id])

    def morning(self, queued: Queued) -> datetime:
        """The moment itself, or for what an intent asked for the next one (UTC) at which such mail leaves: also after
        an outage of the sender or the relay a reminder comes on a morning when its recipient can act."""
        calendar = work_calendar()
        if calendar.is_open(self._now) or not self._served[queued.id]:
            return self._now
        return calendar.next_opening(self._now)

    def _asks_rightly(self, intent: Intent, recipient: str) -> bool:
        at = intent.occasion
        if at.uppdrag == NONE:
            return self._posts.reached(intent, None, recipient)
        if (day := day_of(at.uppdrag)) is not None:
            known = rhythm(self._session, day, work_calendar(), today=local_date(self._now))
            due = known is not None and any(r.occasion == at for r in known.reminders)
            return due and self._posts.reached(intent, None, recipient)
        matter = self._matter(intent)
        rb = matter.regions.get(at.region) if matter else None
        if intent.template == ASKED:  # asked by hand, whatever was planned: until the region has answered
            return matter is not None and rb is not None and _still_asked(matter.uppdrag, rb, self._now)
        if matter is None or not still_missing(at, matter.uppdrag, rb):
            return False
        if at.deadline not in OWN_DATES and _in_peace(rb, self._now):
            return False
        return self._posts.reached(intent, matter, recipient)

    def _matter(self, intent: Intent) -> Matter | None:
        key = intent.occasion.uppdrag, intent.occasion.region
        if key not in self._matters:
            self._matters[key] = _load(self._session, intent)
        return self._matters[key]


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


def gather(session: Session, ids: Sequence[str]) -> list[Intent]:
    """Take back messages that nobody has claimed; the intents that they served, which wait again."""
    waiting = []
    for id in ids:
        if outbox.cancel(session, id, GATHERED):
            waiting += [replace(one, status="vantar", message="") for one in intents.of_message(session, id)]
            intents.release(session, id)
    return waiting


def readdress(session: Session, now: datetime) -> int:
    """Take back what waits to go to somebody who does not hold the office on the day it would leave, and what did not
    arrive at an address that has been corrected; how many messages. The next `compose_due` writes it to whoever does.
    """
    taken = 0
    for id in mailed.may_go_elsewhere(session):
        kept = outbox.find(session, id)
        if kept is None or not _goes_elsewhere(session, kept.queued, local_date(max(kept.queued.not_before, now))):
            continue
        if kept.queued.status == "koad":
            gone = outbox.cancel(session, id, ELSEWHERE)
        else:
            gone = outbox.move(session, id, {"kraver_atgard"}, "avbruten", response=ELSEWHERE) == "kraver_atgard"
        if gone:
            intents.release(session, id)
            taken += 1
    return taken


def _goes_elsewhere(session: Session, queued: Queued, day: date) -> bool:
    """Whether somebody else is to have a message on a day; of one that did not arrive, whether mail reaches them."""
    posts = _Posts(session, day)
    for intent in intents.of_message(session, queued.id):
        holder = posts.addressee(intent, _load(session, intent))
        elsewhere = holder is None or holder.email.casefold() != queued.recipient.casefold()
        if elsewhere and (holder is not None or queued.status == "koad"):
            return True
    return False


class _Posts:
    """Whom intents go to on a day, as one transaction sees it."""

    def __init__(self, session: Session, day: date) -> None:
        self._session, self._day = session, day
        self._addresses: Addresses | None = None

    def reached(self, intent: Intent, matter: Matter | None, recipient: str) -> bool:
        """Whether an intent goes to this address."""
        holder = self.addressee(intent, matter)
        return holder is not None and holder.email.casefold() == recipient.casefold()

    def addressee(self, intent: Intent, matter: Matter | None) -> Holder | None:
        if self._addresses is None:
            self._addresses = _addresses(
                tuple(people.all_holders(self._session)), tuple(definitions.all_regions(self._session)), self._day
            )
        if intent.template == "introduktion":
            return self._addresses.holder(intent.occasion.step.partition(":")[2])
        rb = matter.regions.get(intent.occasion.region) if matter else None
        return self._addresses.of(intent, matter.uppdrag if matter else None, rb)


@lru_cache(maxsize=2)  # the next batch finds the same people in office
def _addresses(holders: tuple[Holder, ...], regions: tuple[Region, ...], day: date) -> Addresses:
    return Addresses(holders, regions, day)


def _still_asked(u: Uppdrag, rb: Regionbeslut, now: datetime) -> bool:
    return not (rb.concluded or u.final or u.paused or _in_peace(rb, now))


def _in_peace(rb: Regionbeslut | None, now: datetime) -> bool:
    until = silent_until(rb, work_calendar()) if rb else None
    return until is not None and local_date(now) <= until


def _load(session: Session, intent: Intent) -> Matter | None:
    """What an intent is about, where that is an uppdrag that there is."""
    at = intent.occasion
    if at.uppdrag == NONE or day_of(at.uppdrag):
        return None
    try:
        return uppdrag.load(session, at.uppdrag, seq=0, regions=None if at.region == NONE else at.region)
    except NotFound:
        return None
