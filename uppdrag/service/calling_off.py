"""A meeting of chefsgruppen that is not held, or is held on another day: seen first, then recorded and told.

It leaves the calendar. What somebody had put on its agenda by hand goes to the next meeting; the rest comes there by
its rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from definitions.holidays import work_calendar
from notifications.heads import stamped
from storage import meetings, motes, outbox, people, reminders
from storage.database import Session
from uppdrag.service import agenda, clockwork, heads
from uppdrag.service.addressing import Addresses
from uppdrag.service.chefsgrupp import CALENDAR, date_of, days, form_of, opened
from uppdrag.service.commands import writing
from uppdrag.service.house import House
from uppdrag.service.meeting_duties import meeting_told
from uppdrag.service.summons_letters import Letter, Writer, agenda_of, neutral_of
from uppdrag.settings import Settings
from workflow import agenda_edits
from workflow.agenda_form import CLOSING, OPENING
from workflow.calendar import local_date
from workflow.convening import state_meetings
from workflow.errors import Refusal, Refused
from workflow.meeting import BY_HAND, AgendaItem, Meeting, id_of
from workflow.meeting_events import AgendaKept, MeetingCalledOff, MeetingEvent, MeetingTakenOver
from workflow.model import Actor
from workflow.sammantraden import Sammantrade
from workflow.summons import CalledOff


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What calling a meeting off would do, as it stands in its `version`. `carried` goes to the meeting on `next_day`,
    None where none is known. `told_elsewhere`: its kallelse went out by another channel, so a person must tell."""

    day: date
    why: str
    version: int
    letters: tuple[Letter, ...]
    carried: tuple[AgendaItem, ...]
    next_day: date | None
    told_elsewhere: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What was done, and the ids of the mails queued."""

    plan: Plan
    messages: tuple[str, ...]


def plan(house: House, day: date, why: str, settings: Settings, *, now: datetime) -> Plan:
    """What would happen, and who would be told. Changes nothing. Raises Refused."""
    with house.database.reading() as session:
        return _plan(house, session, date_of(session, day), why, settings, now)[0]


def call_off(
    house: House, day: date, why: str, settings: Settings, *, actor: Actor, now: datetime, shown: Plan | None = None
) -> Done:
    """Take a meeting out of the calendar, tell those who have its kallelse, and leave its agenda to the next meeting:
    all of it, or nothing.

    `shown` is what somebody has confirmed: where it is no longer what would happen, Refused. Raises Refused where the
    minutes have been begun.
    """
    work = work_calendar()
    with writing(house) as session:
        there, meeting = opened(session, day, shown.version if shown else None)
        planned, writer = _plan(house, session, there, why, settings, now)
        if shown is not None and shown != planned:
            raise Refused([Refusal.of("call_off_changed")], subject=f"Mötet {day}")
        before = reminders.every(session)
        _state(session, [], [day], f"inställt {local_date(now)}", actor, now)
        sequence = writer.sequence if writer else 0
        called_off = MeetingCalledOff(
            day=day, called_off=CalledOff(on=local_date(now), why=why), sequence=sequence,
            withdrawn=tuple(letter.called(sequence) for letter in planned.letters),
        )  # fmt: skip
        motes.save(session, meeting, [called_off], actor, now)
        if writer is not None:
            head = heads.newest(session)
            outbox.enqueue_all(session, [
                outbox.waiting(stamped(writer.whole(letter), head), uppdrag=id_of(day), now=now, not_before=now)
                for letter in planned.letters
            ])  # fmt: skip
        _carry(house, session, planned, actor, now)
    clockwork.renew(house, work, now=now, before=before)
    return Done(plan=planned, messages=tuple(letter.message.id for letter in planned.letters))


def move(
    house: House, day: date, to: date, *, actor: Actor, now: datetime, expected: int | None = None
) -> Meeting:  # fmt: skip
    """Hold a meeting on another day, with its agenda and its kallelse; the meeting there. Nobody is told by this.

    Its last day for papers, kallelse and justering follow the rhythm of the new day. Raises Refused.
    """
    work = work_calendar()
    with writing(house) as session:
        there, meeting = opened(session, day, expected)
        new = motes.load(session, to)
        if refused := [*_held_already(meeting), *_not_there(session, day, to, new, local_date(now))]:
            raise Refused(refused, subject=f"Mötet {day}")
        rhythm = form_of(house, session).rhythm
        moved = replace(
            there, first=to, last=to, papers_by=work.add_working_days(to, -rhythm.papers),
            published_on=work.add_working_days(to, -rhythm.summons), source=f"flyttat från {day}", example=False,
        )  # fmt: skip
        before = reminders.every(session)
        _state(session, [moved], [day], f"flyttat {local_date(now)}", actor, now)
        arrangement = replace(meeting.arrangement, adjust_by=work.add_working_days(to, rhythm.adjustment))
        summons, agendas = meeting.summons, [meeting.items] if meeting.kept else []
        if summons is not None:
            if summons.agenda_version != meeting.agenda_version:  # as told first, so that what came since is seen
                agendas.insert(0, agenda_of(session, day, summons.agenda_version))
            summons = replace(summons, agenda_version=new.agenda_version + 1)
        events: list[MeetingEvent] = [
            MeetingTakenOver(
                day=to, origin=day, arrangement=arrangement, summoned_on=meeting.summoned_on, summons=summons
            )
        ]
        events += [AgendaKept(day=to, items=items, removed=meeting.removed) for items in agendas]
        after, _ = motes.save(session, new, events, actor, now)
        gone = MeetingCalledOff(day=day, called_off=CalledOff(on=local_date(now), to=to))
        motes.save(session, meeting, [gone], actor, now)
    clockwork.renew(house, work, now=now, before=before)
    return after


def _plan(
    house: House, session: Session, there: Sammantrade, why: str, settings: Settings, now: datetime
) -> tuple[Plan, Writer | None]:
    day, today = there.first, local_date(now)
    shown = agenda.read(house, session, day, now=now)
    meeting = shown.held.meeting
    if refused := _held_already(meeting):
        raise Refused(refused, subject=f"Mötet {day}")
    told, writer = meeting.summons, None
    letters: tuple[Letter, ...] = ()
    if told is not None and told.called and day >= today:
        holder = Addresses(people.all_holders(session), house.regions(session), today).kansli()
        writer = Writer(
            settings=settings, uid=told.uid, sequence=told.sequence + 1, version=meeting.version, now=now,
            told=replace(meeting_told(meeting), day=told.day, starts=told.starts, ends=told.ends, why=why),
            items=[neutral_of(session, shown.items).item(i) for i in shown.items],
            ask=(holder.name, holder.email) if holder else ("", settings.mail_answers_to),
        )  # fmt: skip
        letters = tuple(
            writer.letter("kallelse_installd", c.name, c.address, c.role, earlier=c.messages) for c in told.called
        )  # fmt: skip
    following = next(
        (d for d in days(session) if d > day and d >= today and not motes.load(session, d).closed_on), None
    )
    matters = (i for i in shown.items if i.section not in (OPENING, CLOSING) and not i.withdrawn)
    carried = tuple(i for i in matters if i.edited or i.late or i.key.startswith(BY_HAND))
    return Plan(
        day=day, why=why, version=meeting.version, letters=letters, carried=carried, next_day=following,
        told_elsewhere=meeting.summoned_on is not None and not letters and day >= today,
    ), writer  # fmt: skip


def _held_already(meeting: Meeting) -> list[Refusal]:
    if meeting.closed_on:
        return [Refusal.of("meeting_closed", day=meeting.closed_on)]
    return [Refusal.of("minutes_taken", day=meeting.day)] if meeting.minutes else []


def _not_there(session: Session, day: date, to: date, new: Meeting, today: date) -> list[Refusal]:
    """Why a meeting cannot be moved to a day."""
    if to == day:
        return [Refusal.of("same_day", day=day)]
    if to < today:
        return [Refusal.of("meeting_moved_back", day=to)]
    taken = to in days(session) or (new.version and not new.called_off)
    return [Refusal.of("day_taken", day=to)] if taken else []


def _state(
    session: Session, new: Sequence[Sammantrade], gone: Sequence[date], source: str, actor: Actor, now: datetime
) -> None:
    """Say in the calendar which meetings there are, and which are not held after all."""
    calendar = meetings.all_calendars(session)[CALENDAR]
    events = state_meetings(calendar, new, gone, source=source)
    meetings.save(session, [(calendar, events)] if events else [], actor, now)
    reminders.look_at_all(session, now)


def _carry(house: House, session: Session, planned: Plan, actor: Actor, now: datetime) -> None:
    """Put what somebody had put on the agenda by hand on that of the next meeting, where its own rules do not."""
    if planned.next_day is None or not planned.carried:
        return
    form, there = form_of(house, session), motes.load(session, planned.next_day)
    before = agenda_edits.assemble(form, there, agenda.proposal(house, session, form, there, now))
    items = list(before)
    for item in planned.carried:
        key = f"{planned.day}:{item.key}" if item.key.startswith(BY_HAND) else item.key
        again = replace(item, key=key, number=0, late=False, edited=True)
        known = next((i for i in items if i.key == key or (item.uppdrag and i.uppdrag == item.uppdrag)), None)
        if known is None:
            items = agenda_edits.added(form, there, items, again)
        elif not known.edited and not there.summoned_on:
            items = [replace(again, key=known.key) if i is known else i for i in items]
    if items != before:
        event = AgendaKept(day=there.day, items=tuple(items), removed=there.removed)
        motes.save(session, there, [event], actor, now)
