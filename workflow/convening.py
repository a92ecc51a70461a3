"""Calendars of meetings: what somebody states of a body's meetings, what then becomes true, and why not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never

from workflow.errors import Refusal
from workflow.events import CalendarEvent, MeetingsStated, PapersRuleStated, PapersRuleWithdrawn
from workflow.sammantraden import CHEFSGRUPP, PapersRule, Sammantrade

STREAM = re.compile(r"meetings:(\d{2}|-):([^\x00-\x1f]+)", re.ASCII)
"""A calendar's id, and the name of its stream: `meetings:01:RF`, `meetings:-:chefsgrupp`."""
STREAMS = "meetings:"
"""What every calendar's id begins with."""

THE_CHEFSGRUPP = "chefsgrupp"
"""The body whose meetings have CHEFSGRUPP where others have a region."""

LONGEST_RULE = 60
"""Working days. A handlingsstopp further away than a quarter is a slip of the pen."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A meeting as last stated. `revision` counts how often it has been stated anew (RFC 5545: SEQUENCE); one that is
    `cancelled` is kept, so that a calendar that others subscribe to can say so."""

    meeting: Sammantrade
    revision: int = 0
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Calendar:
    """Everything that has been stated of one body's meetings. `entries` by the meeting's first day, which is what a
    meeting is known by: one that is moved is another."""

    region: str
    body: str
    entries: Mapping[date, Entry] = field(default_factory=dict)
    rule: PapersRule | None = None

    @property
    def id(self) -> str:
        return id_of(self.region, self.body)

    def standing(self) -> list[Sammantrade]:
        """The meetings that are to be held or were, earliest first."""
        return [e.meeting for _, e in sorted(self.entries.items()) if not e.cancelled]


def id_of(region: str, body: str) -> str:
    """The id of a body's calendar."""
    return f"meetings:{region}:{body}"


def state_meetings(
    calendar: Calendar, meetings: Iterable[Sammantrade], cancelled: Iterable[date] = (), *, source: str
) -> list[CalendarEvent]:
    """What it makes true that `meetings` are as stated, and that those which begin on `cancelled` are not held; nothing
    where it is so already. `source` names the file or person that said it."""
    standing = {m.first: m for m in calendar.standing()}
    stated = tuple(m for m in sorted(meetings) if standing.get(m.first) != m)
    gone = tuple(sorted(day for day in set(cancelled) if day in standing))
    if not stated and not gone:
        return []
    return [
        MeetingsStated(region=calendar.region, body=calendar.body, meetings=stated, cancelled=gone, source=source)
    ]  # fmt: skip


def state_rule(calendar: Calendar, rule: PapersRule | None) -> list[CalendarEvent]:
    """What it makes true that a handlingsstopp follows a rule, None for no longer; nothing where it is so already."""
    if rule == calendar.rule:
        return []
    if rule is None:
        return [PapersRuleWithdrawn(region=calendar.region, body=calendar.body)]
    return [
        PapersRuleStated(
            region=calendar.region, body=calendar.body, working_days=rule.working_days, before=rule.before,
            stated_by=rule.stated_by,
        )
    ]  # fmt: skip


def evolve(calendar: Calendar | None, event: CalendarEvent, *, id: str) -> Calendar:
    """The calendar after one more event of the stream `id`; None before the first. Raises ValueError where the event is
    about another."""
    if id_of(event.region, event.body) != id:
        raise ValueError(f"{id}: {type(event).__name__} of another calendar")
    before = calendar or Calendar(event.region, event.body)
    match event:
        case MeetingsStated():
            entries = dict(before.entries)
            for day in event.cancelled:
                entries[day] = Entry(entries[day].meeting, entries[day].revision + 1, cancelled=True)
            for meeting in event.meetings:
                if (meeting.region, meeting.body) != (event.region, event.body):
                    raise ValueError(f"{id}: a meeting of another calendar")
                known = entries.get(meeting.first)
                entries[meeting.first] = Entry(meeting, known.revision + 1 if known else 0)
            return replace(before, entries=entries)
        case PapersRuleStated():
            rule = PapersRule(
                region=event.region, body=event.body, working_days=event.working_days, before=event.before,
                stated_by=event.stated_by,
            )  # fmt: skip
            return replace(before, rule=rule)
        case PapersRuleWithdrawn():
            return replace(before, rule=None)
        case _:
            assert_never(event)


def faults(meeting: Sammantrade) -> list[Refusal]:
    """Every reason why a meeting cannot be as stated."""
    wrong = []
    if (meeting.region == CHEFSGRUPP) != (meeting.body == THE_CHEFSGRUPP):
        wrong.append(Refusal.of("chefsgrupp_has_no_region", body=meeting.body))
    if meeting.last < meeting.first:
        wrong.append(Refusal.of("meeting_ends_first", first=meeting.first, last=meeting.last))
    for code, day in (("papers_after_meeting", meeting.papers_by), ("published_after_meeting", meeting.published_on)):
        if day is not None and day > meeting.first:
            wrong.append(Refusal.of(code, first=meeting.first, day=day))
    return wrong
