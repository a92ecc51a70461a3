"""What the kansli is reminded of about one meeting of chefsgruppen, as it stands now. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from notifications.compose import MeetingTold
from storage import log, meetings, motes
from storage.database import Session
from workflow.calendar import local_date
from workflow.convening import THE_CHEFSGRUPP
from workflow.duties import reminders
from workflow.meeting import STREAM, Meeting, id_of
from workflow.reminders import Reminder
from workflow.sammantraden import CHEFSGRUPP, Sammantrade
from workflow.workdays import WorkCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """A meeting with its place in the calendar and its reminders; `since` is the local day when it was first planned
    here."""

    held: Sammantrade
    meeting: Meeting
    reminders: tuple[Reminder, ...]
    since: date


def day_of(stream: str) -> date | None:
    """The day of the meeting whose stream it is; None for any other name."""
    found = STREAM.fullmatch(stream)
    return date.fromisoformat(found[1]) if found else None


def rhythm(session: Session, day: date, calendar: WorkCalendar, *, today: date) -> Rhythm | None:
    """The reminders of the meeting on a day; None where no meeting is held then, or nobody has planned it here."""
    plan = meetings.plans(session, day, day).get(CHEFSGRUPP)
    held = next((m for m in plan.of(THE_CHEFSGRUPP) if m.first == day), None) if plan else None
    meeting = motes.load(session, day)
    if held is None or not meeting.version:
        return None
    began = local_date(log.read_one(session, id_of(day), 1).registered_at)
    found = tuple(reminders(held, meeting, calendar, today))
    return Rhythm(held=held, meeting=meeting, reminders=found, since=began)


def meeting_told(meeting: Meeting, due: date | None = None) -> MeetingTold:
    """A meeting as a mail tells it; `due` is the day that a reminder counts from."""
    at = meeting.arrangement
    return MeetingTold(
        day=meeting.day, starts=at.starts, ends=at.ends, place=at.place, link=at.link, due=due,
        items=sum(not i.withdrawn for i in meeting.items),
    )  # fmt: skip
