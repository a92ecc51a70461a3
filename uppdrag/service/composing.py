"""From intents to messages: what is still missing, to whoever holds the office, at most one mail a week to an address.

What comes due while a reminder to the same address waits unclaimed is written together with it, anew, in one mail.

The week's rule: an address that had a reminder less than seven days ago, or has one on its way, waits until seven days
have passed, and what comes due meanwhile goes into the same digest. Only where the first morning after that comes
after the day that something counts down to does the mail leave at once; it then lists everything that is due, and the
seven days begin anew. Introductions, and notices to the kansli that mail does not arrive, are not reminders.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from definitions.holidays import work_calendar
from notifications.catalogue import KANSLI
from notifications.compose import Facts, Missing, Unmailable, Unreached, compose, template_for
from storage import intents, log, mailed, outbox, people
from storage import queries as stored
from storage.database import Session
from uppdrag.service import missing
from uppdrag.service.addressing import Addresses
from uppdrag.service.house import SYSTEM_STREAM, House
from uppdrag.service.present import Present
from uppdrag.service.wanted import gather, take_back_overdue
from uppdrag.settings import Settings
from workflow.calendar import local_date
from workflow.errors import NotFound
from workflow.lifecycle import Lifecycle
from workflow.message import NONE, Intent, Message, Occasion
from workflow.model import Matter
from workflow.people import REGION_OFFICES, Holder
from workflow.status import StatusFilter
from workflow.workdays import WorkCalendar

WEEK = timedelta(days=7)
_log = logging.getLogger("uppdrag.composing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """What became of the waiting intents: ids of messages, and how many intents wait for their week, were cancelled or
    passed over. `unreachable` (office, länskod or `-`) got none: an alarm. `parked` could not be written, and why."""

    messages: tuple[str, ...] = ()
    held: int = 0
    cancelled: int = 0
    skipped: int = 0
    unreachable: tuple[tuple[str, str], ...] = ()
    parked: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class _Tally:
    messages: list[str] = field(default_factory=list)
    held: int = 0
    cancelled: int = 0
    skipped: int = 0
    unreachable: dict[tuple[str, str], None] = field(default_factory=dict)
    parked: list[tuple[str, str]] = field(default_factory=list)


def compose_due(
    house: House, *, now: datetime, settings: Settings, calendar: WorkCalendar | None = None
) -> Composed:  # fmt: skip
    """Write every intent that should have left into a message; one transaction, one composer at a time."""
    with house.database.reading() as session:
        if not intents.any_waiting(session, local_date(now)):
            return Composed()
    with house.database.transaction() as session:
        log.lock(session, SYSTEM_STREAM)  # two composers would each write the same intents into a mail of their own
        calendar = calendar or work_calendar()
        take_back_overdue(session, calendar.opens_on(local_date(now)))
        desk = _Desk(house, session, settings, calendar, now)
        desk.write(intents.waiting(session, desk.today))
        t = desk.tally
        return Composed(
            messages=tuple(t.messages), held=t.held, cancelled=t.cancelled, skipped=t.skipped,
            unreachable=tuple(t.unreachable), parked=tuple(t.parked),
        )  # fmt: skip


def introduction(house: House, holder: Holder, *, now: datetime, settings: Settings) -> Message:
    """What a successor would be told by mail of what is open, were it written now. Nothing is sent or changed.

    The successor need not be registered yet.
    """
    with house.database.reading() as session:
        return _Desk(house, session, settings, work_calendar(), now).introduction(holder)


class _Desk:
    """One composing: what is known, and the messages that come of it."""

    def __init__(
        self, house: House, session: Session, settings: Settings, calendar: WorkCalendar, now: datetime
    ) -> None:
        self._session, self._settings, self._calendar, self._now = session, settings, calendar, now
        self.today = local_date(now)
        self.tally = _Tally()
        self._not_before = calendar.next_opening(now)
        self._leaves_on = local_date(self._not_before)
        self._addresses = Addresses(people.all_holders(session), house.regions(session), self._leaves_on)
        self._present = Present(house, session, calendar)
        self._queue: list[Mapping[str, Any]] = []
        self._written: list[tuple[Intent, str]] = []
        self._to: dict[str, list[Intent]] = {}
        self._holders: dict[str, Holder] = {}
        self._not_begun = mailed.not_begun(session)
        self._taken_back: Set[str] = frozenset()
        self._last: dict[str, datetime] = {}
        self._domain, self._answers_to = settings.mail_domain, settings.mail_answers_to

    def write(self, waiting: Sequence[Intent]) -> None:
        """Write what can be written, and say why the rest was not."""
        notices = [i for i in waiting if i.template == "studs"]
        self._present.read_uppdrag(self.today)
        for intent in waiting:
            if intent.template not in ("studs", "introduktion"):
                self._sort(intent)
        self._present.read_threads(waiting, self.today)
        self._taken_back = mailed.taken_back(self._session)
        self._last = mailed.last_reminded(
            self._session, self._not_before - WEEK - timedelta(days=1), self._not_before
        )  # fmt: skip
        for intent in waiting:
            if intent.template == "introduktion":
                self._introduce(intent)
        for listed in self._to.values():
            self._remind(listed)
        self._tell_the_kansli([*notices, *self._alarms()])
        outbox.enqueue_all(self._session, self._queue)
        intents.all_written(self._session, self._written)

    def _sort(self, intent: Intent) -> None:
        """Put a reminder to what else goes to its address, with what waits there and nobody has claimed."""
        if not self._still_due(intent):
            return
        holder = self._addresses.of(intent, self._present.uppdrag(intent), self._present.region(intent))
        if holder is None:
            self.tally.unreachable[intent.occasion.office, intent.occasion.region] = None
            return
        address = holder.email.casefold()
        self._to.setdefault(address, []).append(intent)
        self._holders[intent.id] = holder
        if not intent.parked:  # what cannot be written takes nothing back
            for more in gather(self._session, self._not_begun.pop(address, ())):
                self._sort(more)

    def _still_due(self, intent: Intent) -> bool:
        """Whether it is still to be sent today: the present plan has it, and its day has not gone."""
        reminder = self._present.in_plan(intent)
        if reminder is None:
            intents.cancel(self._session, [intent])
            self.tally.cancelled += 1
        elif intent.expires_on is not None and intent.expires_on < self._leaves_on:
            intents.skip(self._session, [intent])
            self.tally.skipped += 1
        elif not reminder.counts_down and reminder.send_on > self.today:
            self.tally.held += 1  # the region has stated a date, and is left in peace until then
        else:
            return True
        return False

    def _remind(self, listed: list[Intent]) -> None:
        """One mail to one address about everything that is due to it."""
        latest: dict[tuple[str, str, str, str], Intent] = {}
        for intent in sorted(listed, key=lambda i: (i.send_on, i.due or i.send_on)):
            at = intent.occasion
            key = (at.uppdrag, at.region, at.deadline, at.office)
            if key in latest:
                intents.skip(self._session, [latest[key]])
                self.tally.skipped += 1
            latest[key] = intent
        chosen = list(latest.values())
        holder = self._holders[chosen[-1].id]
        if self._must_wait(holder.email, chosen):
            self.tally.held += len(chosen)
            return
        by_thing = {(i.occasion.uppdrag, i.occasion.region, i.occasion.deadline): i for i in chosen}
        rows = self._rows(by_thing.values())
        why = self._enqueue(_mail_about(rows), holder, chosen, rows)
        if why and len(chosen) > 1:
            self._remind_without_poison(holder, chosen, why)
        elif why:
            self._park(chosen, why)

    def _remind_without_poison(self, holder: Holder, chosen: Sequence[Intent], why: str) -> None:
        """Write what can be written of a mail that cannot, and park the rest; all of it where each can by itself."""
        alone = {i.id: self._why_not(holder, i) for i in chosen}
        fine = [i for i in chosen if not alone[i.id]]
        rows = self._rows(fine)
        if not fine or len(fine) == len(chosen) or self._enqueue(_mail_about(rows), holder, fine, rows):
            fine = []
        for intent in chosen:
            if intent not in fine:
                self._park([intent], alone[intent.id] or why)

    def _why_not(self, holder: Holder, intent: Intent) -> str:
        """Why a mail about one thing alone cannot be written; empty where it can."""
        rows = self._rows([intent])
        try:
            self._composed(rows[0].template, holder, [intent], rows)
        except Exception as wrong:  # noqa: BLE001 - the same as below
            return _reason(wrong)
        return ""

    def _rows(self, listed: Iterable[Intent]) -> tuple[Missing, ...]:
        return missing.gathered([(i, self._missing(i)) for i in listed], self._addresses)

    def _park(self, served: Sequence[Intent], why: str) -> None:
        """Say that something could not be written; it is tried again at the next composing."""
        self.tally.parked += [(i.id, why) for i in served]
        if any(i.parked != why for i in served):
            _log.error("mail_not_written", extra={"intent": served[0].id, "why": why})
            intents.park(self._session, served, why)

    def _must_wait(self, address: str, listed: Iterable[Intent]) -> bool:
        last = self._last.get(address.casefold())
        if last is None or self._leaves_on >= local_date(last) + WEEK:
            return False
        next_chance = self._calendar.later(local_date(last) + WEEK)
        return not any(i.expires_on is not None and i.expires_on < next_chance for i in listed)

    def _introduce(self, intent: Intent) -> None:
        """Tell a successor what is open: in the region, or everywhere for a national office."""
        holder = self._addresses.holder(intent.occasion.step.partition(":")[2])
        if holder is None:
            self.tally.unreachable[intent.occasion.office, intent.occasion.region] = None
            return
        if why := self._enqueue("introduktion", holder, [intent], self._open_to(holder)):
            self._park([intent], why)

    def introduction(self, holder: Holder) -> Message:
        """What a successor is told. Raises whatever a template does."""
        at = Occasion(region=holder.region or NONE, step="introduktion", office=holder.office)
        intent = Intent(id="forhandsvisning", occasion=at, template="introduktion", send_on=self.today)
        return self._composed("introduktion", holder, [intent], self._open_to(holder))[0]

    def _open_to(self, holder: Holder) -> tuple[Missing, ...]:
        rows = []
        for row in stored.status(self._session, StatusFilter(today=self.today, region=holder.region)):
            found = None if row.final or row.paused else self._present.matter(row.id)
            if found and (not holder.region or self._open(found[0], found[1], holder)):
                rows.append(missing.of_uppdrag("introduktion", found[0].uppdrag, found[0].uppdrag.due))
        return tuple(sorted(rows, key=lambda m: (m.ends is None, m.ends, m.uppdrag)))

    @staticmethod
    def _open(matter: Matter, lifecycle: Lifecycle, holder: Holder) -> bool:
        rb, track = matter.regions.get(holder.region), lifecycle.track
        return rb is not None and track is not None and not rb.concluded and matter.uppdrag.state in track.open_in

    def _alarms(self) -> list[Intent]:
        """What the kansli is told, once a week, of offices that mail to be sent does not reach."""
        year, week, _ = self.today.isocalendar()
        made = []
        for office, region in self.tally.unreachable:
            at = Occasion(
                region=region, deadline=office, step="adress_saknas", round=year * 100 + week, office="kansli"
            )
            alarm = Intent(
                id=intents.id_of(at), occasion=at, template="studs", send_on=self.today, reason="adress saknas"
            )
            if intents.add(self._session, [alarm], self._now):
                made.append(alarm)
        return made

    def _tell_the_kansli(self, notices: Sequence[Intent]) -> None:
        holder = self._addresses.kansli()
        if notices and holder is None:
            self.tally.unreachable["kansli", NONE] = None
        elif notices and holder is not None:
            notices = list(dict.fromkeys(notices))
            if why := self._enqueue("studs", holder, notices, ()):
                self._park(notices, why)

    def _composed(
        self, template: str, holder: Holder, served: Sequence[Intent], rows: tuple[Missing, ...]
    ) -> tuple[Message, str, str]:
        """A mail, and the uppdrag and the region that it is about (`-`: several). Raises whatever a template does."""
        settings = self._settings
        about = {i.occasion.uppdrag for i in served}
        regions = {i.occasion.region for i in served}
        of, at = about.pop() if len(about) == 1 else NONE, regions.pop() if len(regions) == 1 else NONE
        ids, u = tuple(i.id for i in served), self._present.uppdrag(served[0]) if of != NONE else None
        ask, ask_at = self._addresses.ask(u, holder.email, self._answers_to)
        facts = Facts(
            recipient=holder.email, occasions=ids, today=self._leaves_on, link=self._link(template, served, of, at),
            ask=ask, ask_at=ask_at, sender=settings.mail_from, domain=self._domain, missing=rows,
            unreached=tuple(map(self._unreached, served)) if template == "studs" else (),
            office=self._addresses.post(holder), reply_to=settings.mail_reply_to,
            references=self._present.thread(of, at, holder.email),
        )  # fmt: skip
        return compose(template, facts), of, at

    def _enqueue(
        self, template: str, holder: Holder, served: Sequence[Intent], rows: tuple[Missing, ...]
    ) -> str:  # fmt: skip
        """Write a mail into the outbox. Why not, where it cannot be written; else empty."""
        try:
            message, of, at = self._composed(template, holder, served, rows)
        except Exception as wrong:  # noqa: BLE001 - a poison template or title parks this mail; the others go
            return _reason(wrong)
        days = [i.expires_on for i in served if i.expires_on is not None]
        if message.id not in self._taken_back:
            kept = outbox.waiting(
                message, office=served[0].occasion.office, region=at, uppdrag=of, now=self._now,
                not_before=self._not_before, expires_on=min(days, default=None),
            )  # fmt: skip
            self._queue.append(kept)
        else:
            self._revive(message)
        if template != "studs":
            self._last[holder.email.casefold()] = self._not_before
        self._written += [(i, message.id) for i in served]
        self.tally.messages.append(message.id)
        return ""

    def _revive(self, message: Message) -> None:
        """Let a message that a command took back leave after all: what it asks for is still missing."""
        outbox.move(self._session, message.id, {"avbruten"}, "koad", now=self._not_before, response="")
        outbox.replace_draft(self._session, message)

    def _link(self, template: str, served: Sequence[Intent], of: str, at: str) -> str:
        """Where what is missing is answered: the one link of a mail. A locator, not a key."""
        pages = self._settings.url
        if template == "studs":
            return f"{pages}/befattningshavare"
        regional = at != NONE and all(i.occasion.office in REGION_OFFICES for i in served)
        if of == NONE:
            return f"{pages}/svar/{at}" if regional else f"{pages}/att-gora"
        return f"{pages}/svar/{of}/{at}" if regional else f"{pages}/uppdrag/{of}"

    def _unreached(self, notice: Intent) -> Unreached:
        at = notice.occasion
        bounced = outbox.find(self._session, at.deadline) if at.step == "studs" else None
        office = bounced.queued.office if bounced else at.deadline
        return self._addresses.unreached(office, at.region, notice.reason)

    def _missing(self, intent: Intent) -> Missing:
        found = self._present.asked(intent)
        if found is None:
            raise NotFound("uppdrag", intent.occasion.uppdrag)
        matter, lifecycle = found
        rb = matter.regions.get(intent.occasion.region)
        return missing.of_intent(intent, matter.uppdrag, rb, lifecycle, self._addresses)


def _mail_about(rows: tuple[Missing, ...]) -> str:
    if len(rows) > 1 and all(row.template in KANSLI for row in rows):
        return "samlat_kansliet"
    return template_for(rows)


def _reason(wrong: Exception) -> str:
    return f"{wrong.header}: {wrong.why}" if isinstance(wrong, Unmailable) else type(wrong).__name__
