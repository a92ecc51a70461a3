"""What belongs to one uppdrag beside its rows: its own log, link by link, and what was mailed and came in about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select
from sqlmodel import col

from storage import incoming, log
from storage.database import Session
from storage.mail_tables import IncomingRow, LetterRow, MessageRow
from storage.meeting_tables import MoteRow, ParagrafRow
from storage.statements import Statement
from storage.tables import EventRow, StreamRow, columns
from workflow.events import Recorded
from workflow.incoming import Incoming

_EVENT = columns(EventRow)
_NAMES = tuple(c.name for c in _EVENT)
_log = Statement(select(*_EVENT).where(col(EventRow.stream) == bindparam("of")).order_by(col(EventRow.seq)))
_head = Statement(select(col(StreamRow.seq), col(StreamRow.head)).where(col(StreamRow.name) == bindparam("of")))
_letters = Statement(
    select(col(MessageRow.id), col(MessageRow.recipient), col(MessageRow.subject), col(MessageRow.status),
           col(MessageRow.sent_at), col(MessageRow.region), col(LetterRow.raw))
    .join(LetterRow, col(LetterRow.message) == col(MessageRow.id))
    .where(col(MessageRow.uppdrag) == bindparam("of"))
    .order_by(col(MessageRow.created_at), col(MessageRow.id))
)  # fmt: skip
_registered = Statement(
    select(col(IncomingRow.id))
    .where(col(IncomingRow.uppdrag) == bindparam("of"), col(IncomingRow.status) == "registrerad")
    .order_by(col(IncomingRow.received_at), col(IncomingRow.id))
)
_paragraphs = Statement(
    select(col(MoteRow.day), col(ParagrafRow.number))
    .join(MoteRow, col(MoteRow.name) == col(ParagrafRow.mote))
    .where(col(ParagrafRow.uppdrag) == bindparam("of"))
    .order_by(col(MoteRow.day), col(ParagrafRow.number))
)


class Letter(NamedTuple):
    """A mail that has been claimed, with its bytes as they left. `sent_at` is aware UTC, None where nobody took it."""

    id: str
    recipient: str
    subject: str
    status: str
    sent_at: datetime | None
    region: str
    raw: bytes


class Line(NamedTuple):
    """An event with every column of it as stored, `event` None where a gallring decision has emptied it. `holds`: its
    link follows from the one before and from what it says."""

    columns: Mapping[str, Any]
    event: Recorded | None
    holds: bool


def told(session: Session, id: str) -> tuple[list[Line], bool]:
    """The log of one uppdrag, each link recomputed, and whether the last one is the stream's head."""
    found: list[Line] = []
    previous = log.GENESIS
    for number, row in enumerate(session.all(_log, {"of": id}), start=1):
        values = dict(zip(_NAMES, row, strict=True))
        whole = values["content"] is None or log.content_digest(values) == values["content_digest"]
        holds = whole and values["seq"] == number and log.link(previous, values) == values["chain"]
        found.append(Line(values, log.recorded(row) if values["content"] is not None else None, holds))
        previous = values["chain"]
    return found, session.one(_head, {"of": id}) == (len(found), previous)


def letters(session: Session, id: str) -> list[Letter]:
    """The mails about an uppdrag that have left or were about to, the oldest first."""
    return [Letter._make(row) for row in session.all(_letters, {"of": id})]


def answers(session: Session, id: str) -> list[Incoming]:
    """The mails that came in and were registered on an uppdrag, the oldest first."""
    found = (incoming.find(session, row[0]) for row in session.all(_registered, {"of": id}))
    return [mail for mail in found if mail is not None]


def paragraphs(session: Session, id: str) -> list[tuple[date, int]]:
    """Chefsgruppens § about an uppdrag: the meeting's day and the number."""
    return [(row[0], row[1]) for row in session.all(_paragraphs, {"of": id})]
