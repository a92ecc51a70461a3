"""What people took upon themselves at meetings, and marking it as done. The protokoll stays as it is justerat."""

from __future__ import annotations

from datetime import date, datetime

from storage import motes
from uppdrag.service.chefsgrupp import opened
from uppdrag.service.commands import writing
from uppdrag.service.house import House
from uppdrag.service.persevering import persevering
from uppdrag.words.after_meetings import called
from workflow.actions import Promise, outstanding, promises
from workflow.aftermath import HowSettled, Settled
from workflow.calendar import local_date
from workflow.errors import Refusal, Refused
from workflow.meeting import Meeting
from workflow.meeting_events import ActionSettled
from workflow.model import Actor


def listed(house: House, *, only_open: bool = False, owner: str = "") -> list[Promise]:
    """The actions of every closed meeting, by day and §; the open ones by the day they are due. `owner`: a part of the
    name of who took them on."""
    with house.database.reading() as session:
        meetings = motes.every(session)
    found = outstanding(meetings) if only_open else [p for m in meetings for p in promises(m)]
    return [p for p in found if owner.casefold() in p.action.owner.casefold()]


@persevering
def settle(
    house: House, day: date, paragraph: int, number: int | None, how: HowSettled, *, on: date | None = None,
    note: str = "", actor: Actor, now: datetime, expected: int | None = None,
) -> Meeting:  # fmt: skip
    """Say that an action of a § was done on a local day (None: today), is not needed, or is open again.

    `number` counts from 1 within the §; None where it has only one. `note` is cleaned. Raises Refused.
    """
    today = local_date(now)
    with writing(house) as session:
        _, meeting = opened(session, day, expected, or_circulated=True)
        found, when = _promise(meeting, paragraph, number), on or today
        if when > today:
            raise Refused([Refusal.of("date_in_future", date=when, today=today)], subject=called(meeting))
        if when < meeting.decided_on:
            no = Refusal.of("settled_before_meeting", on=when, day=meeting.decided_on)
            raise Refused([no], subject=called(meeting))
        new = Settled(
            paragraph=paragraph, number=found.number, what=found.action.what, owner=found.action.owner, how=how,
            on=when, by=actor.name, note=note,
        )  # fmt: skip
        if _said(found.settled) == _said(new):
            return meeting
        return motes.save(session, meeting, [ActionSettled(day=day, settled=new)], actor, now)[0]


def _promise(meeting: Meeting, paragraph: int, number: int | None) -> Promise:
    """The action that is meant. Raises Refused."""
    subject = called(meeting)
    if not meeting.closed_on:
        raise Refused([Refusal.of("not_closed", day=meeting.day)], subject=subject)
    every = promises(meeting)
    of_it = [p for p in every if p.paragraph == paragraph]
    if not of_it:
        known = ", ".join(dict.fromkeys(f"§ {p.paragraph}" for p in every)) or "inga"
        raise Refused([Refusal.of("no_action", paragraph=paragraph, known=known)], subject=subject)
    if number is None and len(of_it) > 1:
        told = "; ".join(f"{p.number} {p.action.what}" for p in of_it)
        raise Refused([Refusal.of("which_action", paragraph=paragraph, known=told)], subject=subject)
    found = next((p for p in of_it if p.number == (number or 1)), None)
    if found is None:
        raise Refused([Refusal.of("no_such_action", number=number, paragraph=paragraph, last=len(of_it))])
    return found


def _said(s: Settled | None) -> tuple[object, ...]:
    """What a mark says, whoever said it; an action that nothing was said of is open."""
    return ("oppen",) if s is None or s.how == "oppen" else (s.how, s.on, s.note)
