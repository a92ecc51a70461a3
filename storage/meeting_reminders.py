"""When the clock looks at a meeting of chefsgruppen again, by the meeting's day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from storage.database import Session
from storage.mail_tables import MeetingReminderRow
from storage.statements import Statement

_R = MeetingReminderRow


def _upsert(dialect: str) -> Statement:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    new = insert(_R)
    return Statement(new.on_conflict_do_update(index_elements=["day"], set_={"next_at": new.excluded.next_at}))


_look = {"sqlite": _upsert("sqlite"), "postgresql": _upsert("postgresql")}
_forget = Statement(delete(_R).where(col(_R.day) == bindparam("of")))
_due = Statement(select(col(_R.day)).where(col(_R.next_at) <= bindparam("now")).order_by(col(_R.next_at), col(_R.day)))
_one = Statement(select(col(_R.next_at)).where(col(_R.day) == bindparam("of")))
_first = Statement(select(func.min(col(_R.next_at))))


def look(session: Session, days: Iterable[date], at: datetime) -> None:
    """Look at the meetings on these days at an aware moment."""
    rows = [{"day": day, "next_at": at.astimezone(UTC)} for day in days]
    session.run_many(_look[session.dialect.name], rows)


def forget(session: Session, day: date) -> None:
    """Nothing more is to come about the meeting on a day."""
    session.run(_forget, {"of": day})


def due(session: Session, now: datetime) -> list[date]:
    """The meetings whose moment has come. Nothing is locked: look again under the calendar's lock."""
    return [row[0] for row in session.all(_due, {"now": now.astimezone(UTC)})]


def next_look(session: Session, day: date) -> datetime | None:
    """The moment of the next look at the meeting on a day; None where none is to come."""
    row = session.one(_one, {"of": day})
    return row[0] if row else None


def first(session: Session) -> datetime | None:
    """The moment of the first look to come."""
    row = session.one(_first, {})
    return row[0] if row else None
