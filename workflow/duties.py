"""What the kansli has to do about a meeting of chefsgruppen on a day, by the meeting's own rhythm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from workflow.meeting import Meeting, id_of
from workflow.message import Occasion
from workflow.reminders import Reminder
from workflow.sammantraden import Sammantrade
from workflow.workdays import WorkCalendar

PAPERS_AHEAD = timedelta(days=7)
"""How long before the last day for papers the kansli is told of it."""
MISSING, LONG_MISSING = timedelta(days=3), timedelta(days=7)
"""How long after a meeting a protokoll is told of as missing, and then once more."""
HISTORY = timedelta(days=120)
"""A meeting further back than this is history: what was not registered of it then is not asked for."""
Task = Literal["papers", "summons", "protokoll", "justering"]
TEMPLATES: Mapping[Task, str] = {
    "papers": "mote_handlingar", "summons": "mote_kallelse", "protokoll": "mote_protokoll",
    "justering": "mote_justering",
}  # fmt: skip
"""The mail about each."""
Following = Literal["answers", "action", "returned"]
"""What follows beside the rhythm: `workflow.after_duties`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One thing to do about the meeting on `meeting`. `due` is the local day it counts from; `pressing`: that has
    passed, and for a protokoll by a week. `about`: what of it, where it may be several things."""

    what: Task | Following
    meeting: date
    due: date
    pressing: bool
    about: str = ""


def duty(held: Sammantrade, meeting: Meeting, today: date) -> Duty | None:
    """What is next to be done about a meeting; None where nothing is due on that day."""
    if _over(held, meeting, today):
        return None
    if meeting.closed_on:
        due = meeting.arrangement.adjust_by
        return (
            Duty(what="justering", meeting=held.first, due=due, pressing=due < today) if due and due <= today else None
        )
    if meeting.circulation:
        return None
    if today > held.first:
        late = today - held.first
        if late < MISSING:
            return None
        return Duty(what="protokoll", meeting=held.first, due=held.first, pressing=late >= LONG_MISSING)
    if meeting.summoned_on:
        return None
    if held.published_on and held.published_on <= today:
        return Duty(what="summons", meeting=held.first, due=held.published_on, pressing=held.published_on < today)
    if held.papers_by and held.papers_by - PAPERS_AHEAD <= today:
        return Duty(what="papers", meeting=held.first, due=held.papers_by, pressing=held.papers_by < today)
    return None


def reminders(held: Sammantrade, meeting: Meeting, calendar: WorkCalendar, today: date) -> list[Reminder]:
    """The mails to the kansli about a meeting as it stands, by the day each leaves.

    What counts down leaves early rather than on a free day, what follows on the meeting late. Instead of a round an
    occasion has the number of the day that it counts from: where that day is set anew, the kansli is told anew.
    """
    if _over(held, meeting, today):
        return []
    return sorted(_reminders(held, meeting, calendar, today), key=lambda r: (r.send_on, r.occasion))


def _over(held: Sammantrade, meeting: Meeting, today: date) -> bool:
    """Whether nothing more is to be done about a meeting."""
    return bool(meeting.digest or meeting.called_off) or today - held.first > HISTORY


def _reminders(held: Sammantrade, meeting: Meeting, calendar: WorkCalendar, today: date) -> Iterator[Reminder]:
    if meeting.closed_on:
        if due := meeting.arrangement.adjust_by:
            yield _reminder("justering", held, "dagen", due, calendar.earlier(due), "dagen för justering")
        return
    if not meeting.summoned_on and today <= held.first:
        if due := held.papers_by:
            ahead = calendar.earlier(due - PAPERS_AHEAD)
            yield _reminder("papers", held, "en_vecka_fore", due, ahead, "en vecka före sista dagen för handlingar")
            yield _reminder("papers", held, "dagen", due, calendar.earlier(due), "sista dagen för handlingar")
        if due := held.published_on:
            yield _reminder("summons", held, "dagen", due, calendar.earlier(due), "dagen då kallelsen ska gå ut")
    for step, late in (("tre_dagar_efter", MISSING), ("sju_dagar_efter", LONG_MISSING)):
        why = f"protokollet saknas {late.days} dagar efter mötet"
        yield _reminder("protokoll", held, step, held.first, calendar.later(held.first + late), why)


def _reminder(what: Task, held: Sammantrade, step: str, due: date, send_on: date, why: str) -> Reminder:
    occasion = Occasion(uppdrag=id_of(held.first), deadline=what, step=step, round=due.toordinal(), office="kansli")
    return Reminder(
        occasion=occasion, template=TEMPLATES[what], due=due, send_on=send_on, counts_down=what == "papers",
        why=f"{why}, {due.isoformat()}",
    )  # fmt: skip
