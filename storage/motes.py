"""Chefsgruppen's meetings: their rows and their §, each saved together with what became true of the meeting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlmodel import col

from storage import codec, log, meeting_reminders
from storage.database import Session
from storage.meeting_tables import MoteRow, ParagrafRow
from storage.statements import Statement
from storage.writes import Table, Values, Writes, differing
from workflow.events import Recorded
from workflow.holding import evolve, noted
from workflow.meeting import Meeting, id_of
from workflow.meeting_events import MeetingEvent
from workflow.model import Actor

_every = Statement(select(col(MoteRow.content)).order_by(col(MoteRow.day)))
_one = Statement(select(col(MoteRow.content)).where(col(MoteRow.name) == bindparam("mote")))
_last = Statement(select(func.max(ParagrafRow.number)).where(col(ParagrafRow.year) == bindparam("of_year")))
_adjusted = Statement(
    select(col(ParagrafRow.justerad), col(MoteRow.content))
    .join(MoteRow, col(MoteRow.name) == col(ParagrafRow.mote))
    .where(col(ParagrafRow.year) == bindparam("of_year"), col(ParagrafRow.number) == bindparam("paragraph"))
)
_MOTE = Table(MoteRow, "name")
_PARAGRAF = Table(ParagrafRow, "mote", "number")


def load(session: Session, day: date) -> Meeting:
    """What is known of the meeting on a day; a meeting of which nothing has been said has version 0."""
    row = session.one(_one, {"mote": id_of(day)})
    return Meeting(day=day) if row is None else codec.decode(row[0], Meeting)


def every(session: Session) -> list[Meeting]:
    """The meetings of which something has been said, by day."""
    return [codec.decode(row[0], Meeting) for row in session.all(_every, {})]


def last_paragraph(session: Session, year: int) -> int:
    """The last § that was given in a year, 0 where none has been."""
    row = session.one(_last, {"of_year": year})
    return (row[0] or 0) if row else 0


def adjusted(session: Session, day: date, paragraph: int) -> tuple[date | None, date | None]:
    """By which day the meeting is known at which a § was decided on a day, None where none was closed here with it; and
    the day of its justering."""
    row = session.one(_adjusted, {"of_year": day.year, "paragraph": paragraph})
    meeting = codec.decode(row[1], Meeting) if row else None
    return (meeting.day, row[0]) if row and meeting and meeting.decided_on == day else (None, None)


def history(session: Session, day: date) -> list[Recorded]:
    """What has happened with a meeting, in order."""
    return log.read_left(session, id_of(day))


def save(
    session: Session, before: Meeting, events: Sequence[MeetingEvent], actor: Actor, now: datetime
) -> tuple[Meeting, list[Recorded]]:
    """Append what became true of a meeting, keep its rows as they then are, and let the clock look at it.

    Raises VersionConflict where its stream has moved since it was read.
    """
    id = id_of(before.day)
    after: Meeting | None = before if before.version else None
    for event in events:
        after = evolve(after, event, id=id)
    if after is None or after == before:
        return before, []
    pending = log.Pending(id, log.peek(session, id))
    recorded = pending.add([log.Entry(event=event, state="", actor=actor) for event in events], now)
    pending.write(session)
    writes = Writes(_MOTE, _PARAGRAF)
    known = {row["number"]: row for row in paragraph_rows(before)}
    if before.version:
        writes.update(_MOTE, (id,), differing(mote_row(before), mote_row(after)))
    else:
        writes.insert(_MOTE, mote_row(after))
    for row in paragraph_rows(after):
        if row["number"] in known:
            writes.update(_PARAGRAF, (id, row["number"]), differing(known[row["number"]], row))
        else:
            writes.insert(_PARAGRAF, row)
    writes.run(session)
    meeting_reminders.look(session, [before.day], now)  # whatever it was, what is to be done next may be another
    return after, recorded


def mote_row(meeting: Meeting) -> Values:
    """The columns of a meeting."""
    return {
        "name": id_of(meeting.day), "day": meeting.day, "status": meeting.status, "version": meeting.version,
        "content": codec.encode_sorted(meeting),
    }  # fmt: skip


def paragraph_rows(meeting: Meeting) -> Iterator[dict[str, Any]]:
    """The columns of every § of a meeting."""
    for item, note in noted(meeting):
        approval = meeting.approval(note.paragraph)
        yield {
            "mote": id_of(meeting.day), "number": note.paragraph, "year": meeting.decided_on.year, "item": item.key,
            "uppdrag": item.uppdrag, "justerad": approval.on if approval else None,
        }  # fmt: skip
