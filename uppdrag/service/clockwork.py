"""The clock: from planned times to intents, each occasion once however late, doubled or broken off the clock is.

A command only says that a track must be looked at again; the tick works out what that means. So a change of holidays,
meetings or reminder steps needs no more than another look.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import assert_never

from storage import intents, log, meeting_reminders, queries, reminders, uppdrag
from storage.database import Session
from storage.reminders import Look
from uppdrag.service import meeting_clock
from uppdrag.service.almanac import Almanac
from uppdrag.service.house import House
from uppdrag.service.wanted import cancel_unwanted
from workflow.calendar import local_date
from workflow.events import (
    Advanced,
    Changed,
    Corrected,
    Identified,
    Migrated,
    RegionAdvanced,
    RegionDecided,
    UppdragEvent,
)
from workflow.gallring_events import Gallrat
from workflow.lifecycle import Lifecycle
from workflow.message import NONE, Intent, Occasion
from workflow.model import Matter
from workflow.own_dates import unproven
from workflow.reminders import Reminder, next_morning, split
from workflow.status import StatusFilter
from workflow.workdays import WorkCalendar

BATCH = 100
Looks = Mapping[tuple[str, str], Look]
_PLANNING = frozenset({"times", "paused", "final", "round", "state", "concerned"})
_TRACK = frozenset({"planned_on", "category", "dnr", "task"})


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a tick did: tracks looked at, intents made, steps passed over."""

    looked: int
    made: int
    skipped: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A track whose next morning moved; moments in UTC, None where nothing more is to come."""

    uppdrag: str
    region: str
    before: datetime
    after: datetime | None


@dataclass(frozen=True, slots=True)
class Touched:
    """A track (`-` the uppdrag's own) that a command has touched, and the matter after it."""

    matter: Matter
    region: str


def touched(matter: Matter, events: Sequence[UppdragEvent]) -> list[Touched]:
    """The tracks that a command has changed something on that reminders follow from: one, or none."""
    tracks = {track for event in events for track in _tracks(event)}
    if NONE in tracks:
        tracks = {NONE}  # the whole uppdrag is looked at, its regions with it
    return [Touched(matter, track) for track in sorted(tracks)]


def look_again(session: Session, tracks: Iterable[Touched], now: datetime) -> None:
    """Let the next tick look at these tracks, save those that are concluded and whose protokoll has come: there nothing
    more is to come. Mails about them that nobody has claimed yet are taken back, and what they asked for is judged
    anew."""
    today = local_date(now)
    again: list[Look] = []
    over: list[tuple[str, str]] = []
    for track in tracks:
        u, region = track.matter.uppdrag, track.region
        rb = track.matter.regions[region] if region != NONE else None
        if rb is not None and rb.concluded and unproven(rb) is None:
            over.append((u.id, region))
        else:
            again.append(Look(u.id, region, now, today, u.round))
        cancel_unwanted(session, u.id, region)
    reminders.look(session, again)
    reminders.forget(session, over)


def _tracks(event: UppdragEvent) -> Iterator[str]:
    match event:
        case Identified():
            yield NONE
        case Advanced() | Changed():
            if _PLANNING & event.patch.keys():
                yield NONE
        case RegionAdvanced() | RegionDecided():
            if _TRACK & event.patch.keys():
                yield event.region
        case Corrected():
            if _PLANNING & event.patch.keys():
                yield NONE
            if event.region:
                yield event.region
        case Migrated() | Gallrat():
            yield NONE
        case _:
            assert_never(event)


def tick(house: House, calendar: WorkCalendar, *, now: datetime) -> Ticked:
    """Look at every track and every meeting whose moment has come. Late, doubled or broken-off ticks change nothing
    that is wrong.

    One transaction per uppdrag, under its lock: several clocks may run at once.
    """
    looked = made = skipped = 0
    almanac = Almanac(calendar)
    while True:
        with house.database.reading() as session:
            due, held = reminders.due(session, now, BATCH), meeting_reminders.due(session, now)
        for id in sorted({look.uppdrag for look in due}):
            with house.database.transaction() as session:
                log.lock(session, id)
                whole = False  # a look at the whole uppdrag (`-`, which sorts first) has looked at its regions
                for region, look in sorted(reminders.of_uppdrag(session, id).items()):
                    if look.next_at <= now and not (region != NONE and whole):
                        more, over = _look(house, session, almanac, look, now)
                        looked, made, skipped = looked + 1, made + more, skipped + over
                        whole = whole or region == NONE
        more, new, over = meeting_clock.tick(house, calendar, held, now=now)
        looked, made, skipped = looked + more, made + new, skipped + over
        if len(due) < BATCH:
            return Ticked(looked, made, skipped)


def _look(house: House, session: Session, almanac: Almanac, look: Look, now: datetime) -> tuple[int, int]:
    """Serve what is due on one track and set its next look. A look at the whole uppdrag renews its regions' too."""
    matter = uppdrag.load(session, look.uppdrag, seq=0, regions="*" if look.region == NONE else look.region)
    lifecycle = house.engine(session, matter.uppdrag.lifecycle, matter.uppdrag.lifecycle_version).lifecycle
    tracks = [NONE, *matter.regions] if look.region == NONE else [*matter.regions]
    since = _since(matter, tracks, reminders.of_uppdrag(session, look.uppdrag), local_date(now))
    made = skipped = 0
    for region, plan in _plans(session, lifecycle, matter, almanac, since).items():
        more, over = _serve(session, matter, region, plan, since[region], almanac.work, now)
        made, skipped = made + more, skipped + over
    return made, skipped


def _since(matter: Matter, tracks: Sequence[str], known: Mapping[str, Look], today: date) -> dict[str, date]:
    """The local day when each track's plan began: today where it begins now."""
    kept = {track: look for track in tracks if (look := known.get(track)) and look.round == matter.uppdrag.round}
    return {track: kept[track].since if track in kept else today for track in tracks}


def renew(house: House, calendar: WorkCalendar, *, now: datetime, before: Looks | None = None) -> list[Moved]:
    """Work every look out again, as when holidays, meetings or reminder steps have changed; which mornings moved.

    `before` are the looks before the change, where it has marked them already.
    """
    almanac = Almanac(calendar)
    if before is None:
        with house.database.transaction() as session:
            meeting_clock.look_at_all(session, now)
            before = reminders.every(session)
    for id in sorted({uppdrag_id for uppdrag_id, _ in before}):
        with house.database.transaction() as session:
            log.lock(session, id)
            whole = before.get((id, NONE))
            any_look = whole or next(look for (one, _), look in before.items() if one == id)
            _look(house, session, almanac, replace(any_look, region=NONE), now)
    with house.database.reading() as session:
        after = reminders.every(session)
    return [
        Moved(id, region, look.next_at, after[id, region].next_at if (id, region) in after else None)
        for (id, region), look in before.items()
        if look.next_at > now and (after[id, region].next_at if (id, region) in after else None) != look.next_at
    ]


def _plans(
    session: Session, lifecycle: Lifecycle, matter: Matter, almanac: Almanac, since: Mapping[str, date]
) -> dict[str, list[Reminder]]:
    """The reminders of the tracks in `since`, each with the day when its plan began."""
    return {
        track: almanac.of_uppdrag(session, lifecycle, matter.uppdrag)
        if track == NONE
        else almanac.of_region(session, lifecycle, matter, matter.regions[track], began)
        for track, began in since.items()
    }


def _serve(
    session: Session, matter: Matter, region: str, plan: Sequence[Reminder], since: date, calendar: WorkCalendar,
    now: datetime,
) -> tuple[int, int]:  # fmt: skip
    u, today = matter.uppdrag, local_date(now)
    served = _served(session, u.id, region, plan)
    chosen = split(plan, served, since=since, today=today)
    if now < calendar.opens_on(today) or not calendar.may_send_on(today):
        chosen = split((), (), since=since, today=today)
    made = intents.add(session, (_intent(r, "vantar") for r in chosen.send), now)
    skipped = intents.add(session, (_intent(r, "overhoppad") for r in chosen.skip), now)
    served |= {r.occasion for r in (*chosen.send, *chosen.skip)}
    morning = next_morning(plan, served, since=since)
    if morning is None:
        reminders.forget(session, [(u.id, region)])
    else:
        opens = calendar.opens_on(morning)
        reminders.look(session, [Look(u.id, region, max(opens, calendar.next_opening(now)), since, u.round)])
    return made, skipped


def _served(session: Session, id: str, region: str, plan: Sequence[Reminder]) -> set[Occasion]:
    rounds = {r.occasion.round for r in plan}
    return {intent.occasion for round in rounds for intent in intents.of_track(session, id, region, round)}


def _intent(r: Reminder, status: str) -> Intent:
    return Intent(
        id=intents.id_of(r.occasion), occasion=r.occasion, template=r.template, send_on=r.send_on, due=r.due,
        expires_on=r.due if r.counts_down else None, reason=r.why,
        status="vantar" if status == "vantar" else "overhoppad",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A reminder as it would leave on a day, with the uppdrag it belongs to."""

    reminder: Reminder
    matter: Matter


def foresee(house: House, session: Session, calendar: WorkCalendar, *, day: date, today: date) -> list[Foreseen]:
    """What would leave on a day, were nothing to change until then. Changes nothing.

    For today that includes what should have left before; for a later day only what falls on it.
    """
    found = [
        Foreseen(r, matter)
        for matter, region, plan, since in _every_plan(house, session, calendar, today)
        for r in _leaving(session, matter, region, plan, since, day, today)
    ]
    return sorted(found, key=_in_time)


def foresee_until(
    house: House, session: Session, calendar: WorkCalendar, *, last: date, today: date
) -> list[Foreseen]:  # fmt: skip
    """What would leave after today and until a day, that one included, were nothing to change."""
    found = []
    for matter, region, plan, since in _every_plan(house, session, calendar, today):
        coming = [r for r in plan if max(today, since) < r.send_on <= last]
        served = _served(session, matter.uppdrag.id, region, coming) if coming else set()
        found += [Foreseen(r, matter) for r in coming if r.occasion not in served]
    return sorted(found, key=_in_time)


def _in_time(f: Foreseen) -> tuple[date, Occasion]:
    return f.reminder.send_on, f.reminder.occasion


def _every_plan(
    house: House, session: Session, calendar: WorkCalendar, today: date
) -> Iterator[tuple[Matter, str, list[Reminder], date]]:
    """Each track that is still reminded of: its matter, its region or `-`, its reminders, and when the plan began."""
    looks: dict[str, dict[str, Look]] = {}
    for (id, track), look in reminders.every(session).items():
        looks.setdefault(id, {})[track] = look
    almanac = Almanac(calendar)
    for row in queries.status(session, StatusFilter(today=today)):
        if row.paused or (row.final and row.id not in looks):  # a protokoll may still be missing
            continue
        matter = uppdrag.load(session, row.id, seq=0, regions="*")
        lifecycle = house.engine(session, row.lifecycle, row.lifecycle_version).lifecycle
        since = _since(matter, [NONE, *matter.regions], looks.get(row.id, {}), today)
        for region, plan in _plans(session, lifecycle, matter, almanac, since).items():
            yield matter, region, plan, since[region]


def to_come(house: House, session: Session, calendar: WorkCalendar, id: str, *, today: date) -> list[Foreseen]:
    """The reminders of one uppdrag that have not left, in order of their mornings, were nothing to change."""
    matter = uppdrag.load(session, id, seq=0, regions="*")
    u = matter.uppdrag
    lifecycle = house.engine(session, u.lifecycle, u.lifecycle_version).lifecycle
    since = _since(matter, [NONE, *matter.regions], reminders.of_uppdrag(session, id), today)
    found = []
    for region, plan in _plans(session, lifecycle, matter, Almanac(calendar), since).items():
        served = _served(session, id, region, plan)
        first = max(since[region], today)
        found += [Foreseen(r, matter) for r in plan if r.occasion not in served and r.send_on >= first]
    return sorted(found, key=lambda f: (f.reminder.send_on, f.reminder.occasion))


def _leaving(
    session: Session, matter: Matter, region: str, plan: Sequence[Reminder], since: date, day: date, today: date
) -> Sequence[Reminder]:  # fmt: skip
    served = _served(session, matter.uppdrag.id, region, plan)
    if day <= today:
        return split(plan, served, since=since, today=day).send
    return [r for r in plan if r.send_on == day and r.occasion not in served and r.send_on >= since]
