"""The clock of chefsgruppen's meetings: from their rhythm to intents, each occasion once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from storage import intents, log, meeting_reminders, motes
from storage.database import Session
from uppdrag.service.house import SYSTEM_STREAM, House
from uppdrag.service.meeting_duties import Rhythm, rhythm
from uppdrag.service.wanted import cancel_unwanted
from workflow.calendar import local_date
from workflow.duties import HISTORY
from workflow.meeting import id_of
from workflow.message import NONE, Intent, Occasion
from workflow.reminders import Reminder, next_morning, split
from workflow.workdays import WorkCalendar


def tick(house: House, calendar: WorkCalendar, days: Iterable[date], *, now: datetime) -> tuple[int, int, int]:
    """Look at the meetings on some days whose moment has come, one transaction each, under their locks.

    How many were looked at, and how many intents were made and steps passed over.
    """
    looked = made = skipped = 0
    for day in days:
        with house.database.transaction() as session:
            log.lock(session, SYSTEM_STREAM)  # as whoever changes a meeting does
            at = meeting_reminders.next_look(session, day)
            if at is not None and at <= now:
                more, over = _look(session, day, calendar, now)
                looked, made, skipped = looked + 1, made + more, skipped + over
    return looked, made, skipped


def look_at_all(session: Session, now: datetime) -> None:
    """Let the next tick look at every meeting that something may be to come about: holidays may have changed."""
    today = local_date(now)
    meeting_reminders.look(session, [m.day for m in motes.every(session) if today - m.day <= HISTORY], now)


def coming(
    session: Session, calendar: WorkCalendar, first: date, last: date, *, today: date
) -> list[Reminder]:  # fmt: skip
    """What would leave about meetings between two local days, both included, were nothing to change.

    Where the first is today or earlier, that includes what should have left before.
    """
    found: list[Reminder] = []
    for meeting in motes.every(session):
        known = rhythm(session, meeting.day, calendar, today=today) if today - meeting.day <= HISTORY else None
        if known is None:
            continue
        served = _served(session, known)
        if first <= today:
            found += split(known.reminders, served, since=known.since, today=today).send
        found += [
            r for r in known.reminders
            if max(first, known.since, today + timedelta(days=1)) <= r.send_on <= last and r.occasion not in served
        ]  # fmt: skip
    return sorted(found, key=lambda r: (r.send_on, r.occasion))


def _look(session: Session, day: date, calendar: WorkCalendar, now: datetime) -> tuple[int, int]:
    """Serve what is due about one meeting and set the next look at it."""
    today = local_date(now)
    cancel_unwanted(session, id_of(day), NONE)  # written for the meeting as it stood: what still holds is written anew
    known = rhythm(session, day, calendar, today=today)
    if known is None:
        meeting_reminders.forget(session, day)
        return 0, 0
    plan, served = known.reminders, _served(session, known)
    chosen = split(plan, served, since=known.since, today=today)
    if now < calendar.opens_on(today) or not calendar.may_send_on(today):
        chosen = split((), (), since=known.since, today=today)
    made = intents.add(session, (_intent(r, skipped=False) for r in chosen.send), now)
    skipped = intents.add(session, (_intent(r, skipped=True) for r in chosen.skip), now)
    served |= {r.occasion for r in (*chosen.send, *chosen.skip)}
    morning = next_morning(plan, served, since=known.since)
    if morning is None:
        meeting_reminders.forget(session, day)
    else:
        meeting_reminders.look(session, [day], max(calendar.opens_on(morning), calendar.next_opening(now)))
    return made, skipped


def _served(session: Session, known: Rhythm) -> set[Occasion]:
    return set(_occasions(session, known))


def _occasions(session: Session, known: Rhythm) -> Iterator[Occasion]:
    for round in {r.occasion.round for r in known.reminders}:
        for intent in intents.of_track(session, id_of(known.held.first), NONE, round):
            yield intent.occasion


def _intent(r: Reminder, *, skipped: bool) -> Intent:
    return Intent(
        id=intents.id_of(r.occasion), occasion=r.occasion, template=r.template, send_on=r.send_on, due=r.due,
        expires_on=r.due if r.counts_down else None, reason=r.why, status="overhoppad" if skipped else "vantar",
    )  # fmt: skip
