"""Reminders seen before they leave, and written by hand: what a tick would do, to whom, and why that day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from definitions.holidays import work_calendar
from storage import intents, people
from uppdrag.service import clockwork, composing, letters, meeting_clock
from uppdrag.service.addressing import Addresses
from uppdrag.service.house import House
from uppdrag.settings import Settings
from workflow.calendar import local_date
from workflow.message import NONE, Intent
from workflow.model import Matter
from workflow.reminders import Reminder


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeseenReminder:
    """A reminder that would leave on `send_on` (local date): `due` is the day it counts to. `recipient` is empty where
    nobody holds the office or mail does not reach them. `uppdrag` is the stream of chefsgruppen's meeting
    (`mote:2026-04-24`) where it is about one."""

    uppdrag: str
    region: str
    step: str
    office: str
    recipient: str
    due: date
    send_on: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What one round made: steps, mails, and the offices (office, länskod) that no mail reaches."""

    made: int
    messages: int
    unreachable: tuple[tuple[str, str], ...]


def foreseen(house: House, *, day: date, now: datetime) -> list[ForeseenReminder]:
    """What would leave on a day, were nothing to change until then. Changes nothing."""
    calendar, today = work_calendar(), local_date(now)
    with house.database.reading() as session:
        addresses = Addresses(people.all_holders(session), house.regions(session), day)
        found = [
            _row(addresses, f.matter, _intent_of(f.reminder)) for f in
            clockwork.foresee(house, session, calendar, day=day, today=today)
        ]  # fmt: skip
        found += [_row(addresses, None, _intent_of(r)) for r in
                  meeting_clock.coming(session, calendar, day, day, today=today)]  # fmt: skip
        if day == today:
            found += [
                _row(addresses, None, intent) for intent in intents.waiting(session, today) if intent.due is not None
            ]
    return found


def coming(house: House, *, last: date, now: datetime) -> list[ForeseenReminder]:
    """What would leave after today and until a local day, were nothing to change. Changes nothing."""
    today = local_date(now)
    with house.database.reading() as session:
        holders, regions = people.all_holders(session), house.regions(session)
        by_day: dict[date, Addresses] = {}
        found = []
        calendar = work_calendar()
        leaving: list[tuple[Reminder, Matter | None]] = [
            (f.reminder, f.matter) for f in clockwork.foresee_until(house, session, calendar, last=last, today=today)
        ]
        tomorrow = today + timedelta(days=1)
        leaving += [(r, None) for r in meeting_clock.coming(session, calendar, tomorrow, last, today=today)]
        for r, matter in sorted(leaving, key=lambda one: (one[0].send_on, one[0].occasion)):
            addresses = by_day.setdefault(r.send_on, Addresses(holders, regions, r.send_on))
            found.append(_row(addresses, matter, _intent_of(r)))
    return found


def of_uppdrag(house: House, id: str, *, now: datetime) -> list[ForeseenReminder]:
    """What is to leave about one uppdrag from today on, were nothing to change. Raises NotFound."""
    today = local_date(now)
    with house.database.reading() as session:
        addresses = Addresses(people.all_holders(session), house.regions(session), today)
        left = clockwork.to_come(house, session, work_calendar(), id, today=today)
        return [_row(addresses, f.matter, _intent_of(f.reminder)) for f in left]


def run(house: House, settings: Settings, *, now: datetime) -> Written:
    """One round of the clock: what is due becomes mail in the outbox."""
    calendar = work_calendar()
    ticked = clockwork.tick(house, calendar, now=now)
    letters.draft_due(house, calendar, now=now)
    composed = composing.compose_due(house, now=now, settings=settings, calendar=calendar)
    return Written(made=ticked.made, messages=len(composed.messages), unreachable=composed.unreachable)


def _intent_of(r: Reminder) -> Intent:
    return Intent(
        id=intents.id_of(r.occasion), occasion=r.occasion, template=r.template, send_on=r.send_on, due=r.due,
        reason=r.why,
    )  # fmt: skip


def _row(addresses: Addresses, matter: Matter | None, intent: Intent) -> ForeseenReminder:
    at = intent.occasion
    holder = addresses.of(intent, matter.uppdrag if matter else None, matter.regions.get(at.region) if matter else None)
    return ForeseenReminder(
        uppdrag=at.uppdrag, region="" if at.region == NONE else at.region, step=at.step, office=at.office,
        recipient=holder.email if holder else "", due=intent.due or intent.send_on, send_on=intent.send_on,
        reason=intent.reason,
    )  # fmt: skip
