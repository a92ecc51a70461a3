"""Chefsgruppen's meetings: a year's dates at once, where each is held, who belongs to it, and who changed it last.

The date, the last day for papers and the day of the kallelse stand in chefsgruppen's calendar of meetings, as every
body's do; the rest of a meeting is a stream of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from definitions import loader
from definitions.agenda import agenda_form
from definitions.holidays import work_calendar
from definitions.source import Source
from storage import definitions, log, meetings, motes, people, reminders
from storage.database import Session
from uppdrag.service import clockwork
from uppdrag.service.clockwork import Moved
from uppdrag.service.commands import writing
from uppdrag.service.house import SYSTEM_STREAM, House
from uppdrag.service.persevering import persevering
from uppdrag.words.after_meetings import called
from uppdrag.words.chefsgrupp import happened
from workflow.after_duties import after
from workflow.agenda_form import AgendaForm, days_of
from workflow.calendar import STOCKHOLM, local_date
from workflow.convening import THE_CHEFSGRUPP, Calendar, id_of, state_meetings
from workflow.duties import Duty, duty
from workflow.errors import Refusal, Refused
from workflow.meeting import Arrangement, Meeting
from workflow.meeting_events import MeetingArranged, MeetingEvent
from workflow.model import Actor
from workflow.people import Holder, in_office
from workflow.sammantraden import CHEFSGRUPP, Sammantrade
from workflow.timetable import Stated, compare

CALENDAR = id_of(CHEFSGRUPP, THE_CHEFSGRUPP)
_SAID = frozenset({"papers_by", "published_on", "source"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """Who belongs to chefsgruppen on a day, as *Befattningshavare* has it."""

    chair: tuple[Holder, ...] = ()
    members: tuple[Holder, ...] = ()
    substitutes: tuple[Holder, ...] = ()
    adjungerade: tuple[Holder, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A meeting as it is told: its place in the calendar, what else is known of it, and who belongs to it."""

    date: Sammantrade
    meeting: Meeting
    attendance: Attendance


@dataclass(frozen=True, slots=True, kw_only=True)
class YearPlan:
    """A year's dates. `new` came with this; `kept` were there; `displaced` are examples that gave way; `moved` are the
    reminders that now leave on another morning."""

    new: tuple[Sammantrade, ...]
    kept: tuple[Sammantrade, ...]
    displaced: tuple[Sammantrade, ...]
    arranged: tuple[date, ...]
    moved: tuple[Moved, ...]
    warnings: tuple[Refusal, ...]
    dry_run: bool


def form_of(house: House, session: Session) -> AgendaForm:
    """The declared form of the agenda in use, for the steps that the lifecycles in use have."""
    kept = max(definitions.published(session, kind="agenda"), key=lambda d: d.version, default=None)
    source = Source(kept.file, kept.source) if kept else loader.packaged("agenda")[0]  # until `init` has run
    lifecycles = house.lifecycles(session).values()
    steps = frozenset(t.trigger for lifecycle in lifecycles for t in lifecycle.transitions)
    return agenda_form(source.file, source.text, steps)


def plan_year(
    house: House, year: int, days: Sequence[date], where: Arrangement, *, actor: Actor, now: datetime,
    dry_run: bool = False,
) -> YearPlan:  # fmt: skip
    """Set a year's dates: `days`, or by the declared rhythm where none are given. Doing it again changes nothing.

    Each gets its last day for papers, kallelse and justering by the rhythm; a date that is there keeps what it has.
    Raises Refused.
    """
    strangers = [day for day in days if day.year != year]
    if strangers:
        raise Refused([Refusal.of("date_of_another_year", day=day, year=year) for day in strangers])
    work = work_calendar()
    with writing(house, dry_run=dry_run) as session:
        log.lock(session, SYSTEM_STREAM)
        form = form_of(house, session)
        rhythm = form.rhythm
        wanted = sorted(set(days)) or days_of(rhythm, year, work)
        if taken := [day for day in wanted if motes.load(session, day).circulation]:
            raise Refused([Refusal.of("circulation_that_day", day=day) for day in taken])
        calendars = meetings.all_calendars(session)
        calendar = calendars.get(CALENDAR, Calendar(CHEFSGRUPP, THE_CHEFSGRUPP))
        there = {m.first: m for m in calendar.standing() if not m.example}
        stated = [
            Stated(n, Sammantrade(
                region=CHEFSGRUPP, body=THE_CHEFSGRUPP, first=day, last=day, source=f"mötestider {year}",
                papers_by=work.add_working_days(day, -rhythm.papers),
                published_on=work.add_working_days(day, -rhythm.summons),
            ), _SAID)
            for n, day in enumerate(wanted, start=1) if day not in there
        ]  # fmt: skip
        found = compare({CALENDAR: calendar}, stated, local_date(now))
        before = reminders.every(session)
        new: list[Sammantrade] = []
        displaced: list[Sammantrade] = []
        for change in found.changes:
            new, displaced = sorted(change.meetings()), change.displaced
            events = state_meetings(calendar, change.meetings(), change.gone(), source=f"mötestider {year}")
            meetings.save(session, [(calendar, events)] if events else [], actor, now)
            reminders.look_at_all(session, now)
        arranged = []
        for day in wanted:
            meeting = motes.load(session, day)
            adjust_by = work.add_working_days(day, rhythm.adjustment)
            times = replace(where, starts=where.starts or rhythm.starts, ends=where.ends or rhythm.ends)
            if not meeting.version or meeting.called_off:
                events_of = [MeetingArranged(day=day, arrangement=replace(times, adjust_by=adjust_by))]
                motes.save(session, meeting, events_of, actor, now)
                arranged.append(day)
    moved = clockwork.renew(house, work, now=now, before=before) if new and not dry_run else []
    free = [m.first for m in new if not work.is_working(m.first)]
    return YearPlan(
        new=tuple(new), kept=tuple(there[day] for day in wanted if day in there), displaced=tuple(displaced),
        arranged=tuple(arranged), moved=tuple(moved),
        warnings=tuple(Refusal.of("meeting_on_a_free_day", day=day) for day in free), dry_run=dry_run,
    )  # fmt: skip


def listed(house: House, *, year: int = 0) -> list[Held]:
    """Chefsgruppen's meetings and decisions per capsulam by day, of one year or all."""
    with house.database.reading() as session:
        known = {m.day: m for m in motes.every(session)}
        return [
            _held(session, date, known.get(date.first, Meeting(day=date.first)))
            for date in _with_circulated(session, known)
            if not year or date.first.year == year
        ]


def one(house: House, day: date) -> Held:
    """The meeting on a day, or what was put per capsulam with it as the last to answer. Raises Refused."""
    with house.database.reading() as session:
        meeting = motes.load(session, day)
        return _held(session, place_of(session, meeting), meeting)


@persevering
def arrange(
    house: House, day: date, where: Arrangement, *, actor: Actor, now: datetime, expected: int | None = None
) -> Meeting:
    """Say where and when a meeting is held; what is empty stays as it is. Raises Refused."""
    with writing(house) as session:
        _, meeting = opened(session, day, expected, or_circulated=True)
        old = meeting.arrangement
        after = Arrangement(
            place=where.place or old.place, link=where.link or old.link, starts=where.starts or old.starts,
            ends=where.ends or old.ends, adjust_by=where.adjust_by or old.adjust_by,
        )  # fmt: skip
        if after.adjust_by and after.adjust_by < day:
            raise Refused([Refusal.of("adjusted_before_meeting", day=after.adjust_by, meeting=day)])
        if after == old:
            return meeting
        return motes.save(session, meeting, [MeetingArranged(day=day, arrangement=after)], actor, now)[0]


def duties(session: Session, today: date) -> list[Duty]:
    """What there is to do on a day about the meetings that have been planned here, the nearest to being late first."""
    known = {m.day: m for m in motes.every(session)}
    dates = _with_circulated(session, known)
    own = (duty(held, known[held.first], today) for held in dates if held.first in known)
    following = (d for m in known.values() for d in after(m, today))
    return sorted((*(d for d in own if d is not None), *following), key=lambda d: (d.due, d.meeting, d.about))


def due(house: House, today: date) -> list[Duty]:
    """The same, asked on its own."""
    with house.database.reading() as session:
        return duties(session, today)


def opened(
    session: Session, day: date, expected: int | None = None, *, or_circulated: bool = False
) -> tuple[Sammantrade, Meeting]:
    """A meeting that somebody is about to change, with its date; every other change waits until this is done.

    `expected`: the version that the caller saw. `or_circulated`: what is decided per capsulam will do as well. Raises
    Refused where there is no such meeting, or where somebody has changed it since, with what that was.
    """
    there = place_of(session, motes.load(session, day)) if or_circulated else date_of(session, day)
    log.lock(session, SYSTEM_STREAM)
    meeting = motes.load(session, day)
    if expected is not None and expected != meeting.version:
        since = [r for r in motes.history(session, day) if r.seq > expected]
        earlier = [r.event for r in motes.history(session, day) if r.seq <= expected]
        told = []
        for r in since:
            if isinstance(r.event, MeetingEvent):
                moment = r.registered_at.astimezone(STOCKHOLM)
                what = happened(r.event, [e for e in earlier if isinstance(e, MeetingEvent)])
                told.append(f"{r.actor.name} {moment:%Y-%m-%d %H.%M}: {what}")
                earlier.append(r.event)
        code = "meeting_changed" if since else "meeting_version_unknown"
        facts = {"seen": expected, "version": meeting.version, "what": "; ".join(told)}
        raise Refused([Refusal.of(code, **facts)], subject=called(meeting))
    return there, meeting


def date_of(session: Session, day: date) -> Sammantrade:
    """A meeting's place in the calendar. Raises Refused, naming the nearest."""
    held = _standing(session)
    found = next((m for m in held if m.first == day), None)
    if found is None and motes.load(session, day).circulation:
        raise Refused([Refusal.of("is_circulation", day=day)])
    if found is None:
        near = sorted(held, key=lambda m: abs(m.first - day))[:3]
        told = ", ".join(str(m.first) for m in sorted(near)) or "inga"
        raise Refused([Refusal.of("no_such_meeting", day=day, near=told)])
    return found


def days(session: Session) -> list[date]:
    """The days of the meetings that are to be held or were, earliest first."""
    return [m.first for m in _standing(session)]


def _standing(session: Session) -> list[Sammantrade]:
    plan = meetings.plans(session).get(CHEFSGRUPP)
    return list(plan.of(THE_CHEFSGRUPP)) if plan else []


def place_of(session: Session, meeting: Meeting) -> Sammantrade:
    """Where a meeting stands in the calendar; what is decided per capsulam stands in none. Raises Refused."""
    return _circulated(meeting) if meeting.circulation else date_of(session, meeting.day)


def _with_circulated(session: Session, known: Mapping[date, Meeting]) -> list[Sammantrade]:
    """The dates of the calendar and those of decisions per capsulam, earliest first."""
    standing = _standing(session)
    days_held = {m.first for m in standing}
    beside = [_circulated(m) for m in known.values() if m.circulation and m.day not in days_held]
    return sorted([*standing, *beside])


def _circulated(meeting: Meeting) -> Sammantrade:
    return Sammantrade(region=CHEFSGRUPP, body=THE_CHEFSGRUPP, first=meeting.day, last=meeting.day)


def _held(session: Session, date: Sammantrade, meeting: Meeting) -> Held:
    return Held(date=date, meeting=meeting, attendance=attendance(session, date.first))


def attendance(session: Session, day: date) -> Attendance:
    """Who belongs to chefsgruppen on a day."""
    holders = people.all_holders(session)
    regions = sorted({h.region for h in holders if h.office == "chefsgrupp"})
    group = [h for region in regions for h in in_office(holders, "chefsgrupp", region, day)]
    return Attendance(
        chair=tuple(in_office(holders, "ordforande", "", day)),
        members=tuple(h for h in group if h.capacity != "ersattare"),
        substitutes=tuple(h for h in group if h.capacity == "ersattare"),
        adjungerade=tuple(in_office(holders, "chefsgrupp_adjungerad", "", day)),
    )
