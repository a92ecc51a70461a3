"""Månadsbrev: their rows, each saved together with what became true of the letter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlmodel import col

from storage import codec, log
from storage.database import Session
from storage.letter_tables import ManadsbrevRow
from storage.statements import Statement
from storage.writes import Table, Values, Writes, differing
from workflow.events import Recorded
from workflow.letter import Letter, id_of
from workflow.lettering import evolve
from workflow.model import Actor
from workflow.paper_events import LetterEvent

_every = Statement(select(col(ManadsbrevRow.content)).order_by(col(ManadsbrevRow.month).desc()))
_one = Statement(select(col(ManadsbrevRow.content)).where(col(ManadsbrevRow.month) == bindparam("of_month")))
_before = Statement(
    select(col(ManadsbrevRow.content))
    .where(col(ManadsbrevRow.month) < bindparam("of_month"), col(ManadsbrevRow.status) == "skickat")
    .order_by(col(ManadsbrevRow.month).desc())
    .limit(1)
)
_MANADSBREV = Table(ManadsbrevRow, "name")


def load(session: Session, month: str) -> Letter:
    """What is known of a month's letter; one that has not been drafted has version 0."""
    row = session.one(_one, {"of_month": month})
    return Letter(month=month) if row is None else codec.decode(row[0], Letter)


def every(session: Session) -> list[Letter]:
    """Every letter, the newest first."""
    return [codec.decode(row[0], Letter) for row in session.all(_every, {})]


def sent_before(session: Session, month: str) -> Letter | None:
    """The last letter that was sent about an earlier month."""
    row = session.one(_before, {"of_month": month})
    return None if row is None else codec.decode(row[0], Letter)


def history(session: Session, month: str) -> list[Recorded]:
    """What has happened with a letter, in order."""
    return log.read_left(session, id_of(month))


def save(session: Session, before: Letter, events: Sequence[LetterEvent], actor: Actor, now: datetime) -> Letter:
    """Append what became true of a letter and keep its row as it then is.

    Raises VersionConflict where its stream has moved since it was read.
    """
    name = id_of(before.month)
    after: Letter | None = before if before.version else None
    for event in events:
        after = evolve(after, event, id=name)
    if after is None:
        return before
    entries = [log.Entry(event=event, state="", actor=actor) for event in events]
    log.append(session, name, log.peek(session, name), entries, now)
    writes = Writes(_MANADSBREV)
    if before.version:
        writes.update(_MANADSBREV, (name,), differing(letter_row(before), letter_row(after)))
    else:
        writes.insert(_MANADSBREV, letter_row(after))
    writes.run(session)
    return after


def letter_row(letter: Letter) -> Values:
    """The columns of a letter."""
    return {
        "name": id_of(letter.month), "month": letter.month, "status": letter.status, "version": letter.version,
        "content": codec.encode_sorted(letter),
    }  # fmt: skip
