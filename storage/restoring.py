"""What becomes of work in hand in a database that was made of a backup: mail is held, and nobody is logged in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import bindparam, func, select, text, update
from sqlmodel import col

from storage import codec, mail_acts, mail_queue
from storage.backup_file import LEFT_OUT
from storage.database import Session
from storage.mail_acts import MailAct
from storage.mail_queue import QueueState
from storage.mail_tables import IntentRow, MailActRow, MessageRow, ReminderRow
from storage.statements import Statement
from storage.tables import EventRow
from storage.token_tables import ApiTokenRow
from workflow.calendar import local_date
from workflow.events import Restored

_KEY = "aterstalld:"
_WAITING = text("status IN ('koad', 'tagen', 'osaker')")
_waiting = Statement(
    select(col(MessageRow.id), col(MessageRow.not_before)).where(_WAITING).order_by(col(MessageRow.not_before))
)
_hold = Statement(update(MessageRow).where(_WAITING).values(status="hallen", response=bindparam("why")))
_at_restore = func.substr(col(MailActRow.key), 1, len(_KEY)) == _KEY
_held = Statement(
    select(col(MessageRow.id))
    .where(text("message.status = 'hallen'"), col(MessageRow.id).in_(select(col(MailActRow.about)).where(_at_restore)))
    .order_by(col(MessageRow.not_before), col(MessageRow.id))
)
_looks = Statement(select(func.count()).select_from(ReminderRow).where(col(ReminderRow.next_at) <= bindparam("now")))
_unwritten = Statement(
    select(func.count())
    .select_from(IntentRow)
    .where(text("status = 'vantar'"), col(IntentRow.send_on) <= bindparam("day"))
)
_keys = Statement(select(func.count()).select_from(ApiTokenRow).where(col(ApiTokenRow.revoked_at).is_(None)))
_last = Statement(
    select(col(EventRow.registered_at), col(EventRow.content))
    .where(col(EventRow.stream) == bindparam("of"), col(EventRow.kind) == Restored.__name__)
    .order_by(col(EventRow.seq).desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Held:
    """What may have left already: messages that waited, from when to when they should have gone (aware UTC, None where
    there were none), and reminders whose moment has passed and which the clock will write anew. `keys`: how many keys
    of other systems are good, among them such as may have been revoked since."""

    messages: int
    first: datetime | None
    last: datetime | None
    reminders: int
    keys: int


def hold(session: Session, *, who: str, why: str, now: datetime) -> Held:
    """Stop the queue, hold each message that waits until a person releases it, and log everybody out."""
    waiting = session.all(_waiting, {})
    batch = f"{_KEY}{now.astimezone(UTC).isoformat()}:"
    for id, _ in waiting:
        mail_acts.note(session, MailAct(at=now, about=id, act="hall", who=who, why=why), key=f"{batch}{id}")
    session.run(_hold, {"why": why})
    mail_queue.put(session, QueueState(why, now, None))
    mail_acts.note(session, MailAct(at=now, about=mail_acts.QUEUE, act="pausa", who=who, why=why), key=f"{batch}kon")
    for table in sorted(LEFT_OUT):
        session.connection.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own
    return Held(
        messages=len(waiting), first=waiting[0][1] if waiting else None, last=waiting[-1][1] if waiting else None,
        reminders=_number(session, _looks, now=now) + _number(session, _unwritten, day=local_date(now)),
        keys=_number(session, _keys),
    )  # fmt: skip


def held(session: Session) -> list[str]:
    """The messages that a restore held and nobody has released or cancelled, in the order in which they should have
    gone."""
    return [id for (id,) in session.all(_held, {})]


def last(session: Session, stream: str) -> tuple[datetime, Restored] | None:
    """When (aware UTC) the database was last made of a backup, and of which; None where it never was."""
    row = session.one(_last, {"of": stream})
    return None if row is None or row[1] is None else (row[0], codec.decode(row[1], Restored))


def _number(session: Session, statement: Statement, **params: object) -> int:
    row = session.one(statement, params)
    return int(row[0]) if row else 0
