"""Calendars to subscribe to: a region's meetings and planned dates, or those of all regions for the kansli.

The same facts give the same bytes: what a calendar holds changes only when something has been registered.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from storage import log, meetings
from storage.asof import Standing
from storage.database import Session
from uppdrag import words
from uppdrag.intake import icalendar
from uppdrag.intake.icalendar import Occurrence
from uppdrag.service.house import House
from uppdrag.settings import Settings
from uppdrag.words.meetings import body_name, heading
from workflow.calendar import local_date
from workflow.convening import Calendar
from workflow.events import MeetingsStated
from workflow.following import window_of
from workflow.model import Region
from workflow.sammantraden import CHEFSGRUPP
from workflow.status import Cell, StatusFilter, StatusRow

REMEMBERED = timedelta(days=90)
"""How far back a calendar shows meetings."""


def calendar(house: House, settings: Settings, region: str, *, now: datetime) -> bytes:
    """The calendar of a region, or of the kansli where it is empty, as iCalendar (RFC 5545).

    A sensitive uppdrag stands with its number and its neutral title.
    """
    today = local_date(now)
    with house.database.reading() as session:
        regions = {r.lanskod: r for r in house.regions(session)}
        standing = Standing(session)
        rows = {row.id: row for row in standing.status(StatusFilter(today=today, region=region)) if not row.final}
        found = _meetings(session, region or CHEFSGRUPP, regions, today)
        found += [
            _planned(rows[c.uppdrag], c, regions, settings.url)
            for c in standing.cells(region=region)
            if c.uppdrag in rows and c.planned_on and not c.category
        ]
        times = standing.times()
        for id, row in rows.items():
            lifecycle = house.engine(session, row.lifecycle, row.lifecycle_version).lifecycle
            window = window_of(lifecycle, times.get(id, ()))
            if window is not None:
                found.append(_window(row, window.span.last, settings.url))
    name = f"Uppdrag: {regions[region].name}" if region else "Uppdrag: kansliet"
    return icalendar.feed(name, sorted(found, key=lambda one: (one.first, one.name)))


def _meetings(session: Session, of: str, regions: Mapping[str, Region], today: date) -> list[Occurrence]:
    """Meetings as last stated; one that is not held after all says so."""
    found = []
    for calendar in meetings.all_calendars(session).values():
        if calendar.region != of:
            continue
        stated = _stated(session, calendar)
        for entry in calendar.entries.values():
            m = entry.meeting
            if m.last < today - REMEMBERED:
                continue
            title = heading(m.region, m.body, regions)
            found.append(
                Occurrence(
                    name=f"{calendar.id}:{m.first}", first=m.first, last=m.last, revision=entry.revision,
                    summary=f"EXEMPEL: {title}" if m.example else title, changed_at=stated[m.first],
                    cancelled=entry.cancelled, example=m.example,
                    about=f"Handlingsstopp: {m.papers_by}." if m.papers_by else "",
                )
            )  # fmt: skip
    return found


def _stated(session: Session, calendar: Calendar) -> dict[date, datetime]:
    """When each meeting was last stated, or cancelled, by its first day."""
    at: dict[date, datetime] = {}
    for recorded in log.read(session, calendar.id):
        if isinstance(recorded.event, MeetingsStated):
            days = [m.first for m in recorded.event.meetings] + list(recorded.event.cancelled)
            at |= dict.fromkeys(days, recorded.registered_at)
    return at


def _planned(row: StatusRow, c: Cell, regions: Mapping[str, Region], url: str) -> Occurrence:
    day = c.planned_on or date.max
    body = f", {body_name(words.BODIES.get(c.planned_body, c.planned_body))}" if c.planned_body else ""
    return Occurrence(
        name=f"{row.id}:{c.region}:planerat", first=day, last=day, revision=c.version,
        summary=f"{row.id} {words.region(regions, c.region)}: planerat beslut{body}", changed_at=row.changed_at,
        about=row.shown_title, url=f"{url}/uppdrag/{row.id}",
    )  # fmt: skip


def _window(row: StatusRow, last: date, url: str) -> Occurrence:
    return Occurrence(
        name=f"{row.id}:planerad-tid", first=last, last=last, revision=_since_the_beginning(row.changed_at),
        summary=f"{row.id}: planerad tid för regionernas beslut går ut", changed_at=row.changed_at,
        about=row.shown_title, url=f"{url}/uppdrag/{row.id}",
    )  # fmt: skip


def _since_the_beginning(moment: datetime) -> int:
    """Seconds since 2026, which rise with each change as SEQUENCE must."""
    return max(0, int((moment - datetime(2026, 1, 1, tzinfo=UTC)).total_seconds()))
