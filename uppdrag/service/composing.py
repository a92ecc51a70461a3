"""From intents to messages: what is still missing, to whoever holds the office, at most one mail a week to an address.

What comes due while a reminder to the same address waits unclaimed is written together with it, anew, in one mail.

The week's rule: an address that had a reminder less than seven days ago, or has one on its way, waits until seven days
have passed, and what comes due meanwhile goes into the same digest. Only where the first morning after that comes
after the day that something counts down to does the mail leave at once; it then lists everything that is due, and the
seven days begin anew. Introductions, and notices to the kansli that mail does not arrive, are not reminders. What
chefsgruppen's meetings ask of the kansli is told on its day, in a mail of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from definitions.holidays import work_calendar
from notifications.catalogue import KANSLI
from notifications.compose import Missing, template_for
from storage import intents, log, mailed, people
from storage import queries as stored
from storage.database import Session
from uppdrag.service import missing
from uppdrag.service.addressing import Addresses
from uppdrag.service.house import SYSTEM_STREAM, House
from uppdrag.service.meeting_duties import day_of
from uppdrag.service.present import Present
from uppdrag.service.wanted import gather, take_back_overdue
from uppdrag.service.writing import Writer
from uppdrag.settings import Settings
from workflow.calendar import local_date
from workflow.lifecycle import Lifecycle
from workflow.message import NONE, Intent, Message, Occasion
from workflow.model import Matter
from workflow.people import Holder
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
        self._session, self._calendar, self._now = session, calendar, now
        self.today = local_date(now)
        self.tally = _Tally()
        self._not_before = calendar.next_opening(now)
        self._leaves_on = local_date(self._not_before)
        self._addresses = Addresses(people.all_holders(session), house.regions(session), self._leaves_on)
        self._present = Present(house, session, calendar)
        self._writer = Writer(session, settings, self._addresses, self._present, now=now, not_before=self._not_before)
        self._to: dict[str, list[Intent]] = {}
        self._holders: dict[str, Holder] = {}
        self._meetings: dict[tuple[str, str], Intent] = {}
        self._not_begun = mailed.not_begun(session)
        self._last: dict[str, datetime] = {}

    def write(self, waiting: Sequence[Intent]) -> None:
        """Write what can be written, and say why the rest was not."""
        notices = [i for i in waiting if i.template == "studs"]
        self._present.read_uppdrag(self.today)
        for intent in waiting:
            if intent.template not in ("studs", "introduktion"):
                self._sort(intent)
        self._present.read_threads(waiting, self.today)
        self._last = mailed.last_reminded(
            self._session, self._not_before - WEEK - timedelta(days=1), self._not_before
        )  # fmt: skip
        for intent in waiting:
            if intent.template == "introduktion":
                self._introduce(intent)
        for listed in self._to.values():
            self._remind(listed)
        for intent in self._meetings.values():
            self._tell_of_meeting(intent)
        self._tell_the_kansli([*notices, *self._alarms()])
        self.tally.messages = self._writer.keep()

    def _sort(self, intent: Intent) -> None:
        """Put a reminder to what else goes to its address, with what waits there and nobody has claimed."""
        if not self._still_due(intent):
            return
        if day_of(intent.occasion.uppdrag):
            self._put_to_its_meeting(intent)
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
        reminder = self._present.in_plan(intent, self.today)
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

    def _put_to_its_meeting(self, intent: Intent) -> None:
        """Of what one thing about a meeting has been put off to, only the latest is told."""
        at = intent.occasion
        known = self._meetings.setdefault((at.uppdrag, at.deadline), intent)
        if known is not intent:
            earlier, later = sorted((known, intent), key=lambda i: i.send_on)
            intents.skip(self._session, [earlier])
            self.tally.skipped += 1
            self._meetings[at.uppdrag, at.deadline] = later

    def _tell_of_meeting(self, intent: Intent) -> None:
        """One mail about one thing that a meeting asks for."""
        holder = self._addresses.of(intent, None)
        if holder is None:
            self.tally.unreachable[intent.occasion.office, NONE] = None
        elif why := self._writer.write(intent.template, holder, [intent], ()):
            self._park([intent], why)

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
        rows = self._writer.rows(by_thing.values())
        why = self._write(_mail_about(rows), holder, chosen, rows)
        if why and len(chosen) > 1:
            self._remind_without_poison(holder, chosen, why)
        elif why:
            self._park(chosen, why)

    def _remind_without_poison(self, holder: Holder, chosen: Sequence[Intent], why: str) -> None:
        """Write what can be written of a mail that cannot, and park the rest; all of it where each can by itself."""
        alone = {i.id: self._writer.why_not(holder, i) for i in chosen}
        fine = [i for i in chosen if not alone[i.id]]
        rows = self._writer.rows(fine)
        if not fine or len(fine) == len(chosen) or self._write(_mail_about(rows), holder, fine, rows):
            fine = []
        for intent in chosen:
            if intent not in fine:
                self._park([intent], alone[intent.id] or why)

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

    def _write(self, template: str, holder: Holder, served: Sequence[Intent], rows: tuple[Missing, ...]) -> str:
        """Write a mail, which counts in its address's week. Why not, where it cannot be written; else empty."""
        why = self._writer.write(template, holder, served, rows)
        if not why and template != "studs":
            self._last[holder.email.casefold()] = self._not_before
        return why

    def _introduce(self, intent: Intent) -> None:
        """Tell a successor what is open: in the region, or everywhere for a national office."""
        holder = self._addresses.holder(intent.occasion.step.partition(":")[2])
        if holder is None:
            self.tally.unreachable[intent.occasion.office, intent.occasion.region] = None
            return
        if why := self._write("introduktion", holder, [intent], self._open_to(holder)):
            self._park([intent], why)

    def introduction(self, holder: Holder) -> Message:
        """What a successor is told. Raises whatever a template does."""
        at = Occasion(region=holder.region or NONE, step="introduktion", office=holder.office)
        intent = Intent(id="forhandsvisning", occasion=at, template="introduktion", send_on=self.today)
        return self._writer.composed("introduktion", holder, [intent], self._open_to(holder))[0]

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
            if why := self._write("studs", holder, notices, ()):
                self._park(notices, why)


def _mail_about(rows: tuple[Missing, ...]) -> str:
    if len(rows) > 1 and all(row.template in KANSLI for row in rows):
        return "samlat_kansliet"
    return template_for(rows)
