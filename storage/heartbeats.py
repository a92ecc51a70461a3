"""When each clock and sender last said that it is alive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import bindparam, delete, insert, select
from sqlmodel import col

from storage.database import Session
from storage.mail_tables import HeartbeatRow
from storage.statements import Statement
from storage.tables import columns

BACKUP = "backup"
"""The worker, and the kind, of the last backup: no process that goes on, but a sign of life all the same."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A worker's name, its kind (`clock`, `sender`), its last beat (aware UTC) and a word about it."""

    worker: str
    kind: str
    beat_at: datetime
    detail: str


_drop = Statement(delete(HeartbeatRow).where(col(HeartbeatRow.worker) == bindparam("of")))
_insert = Statement(insert(HeartbeatRow))
_all = Statement(
    select(*columns(HeartbeatRow)).where(col(HeartbeatRow.kind) != BACKUP).order_by(col(HeartbeatRow.worker))
)
_backup = Statement(select(*columns(HeartbeatRow)).where(col(HeartbeatRow.worker) == bindparam("of")))


def beat(session: Session, heartbeat: Heartbeat) -> None:
    """Note that a worker is alive."""
    session.run(_drop, {"of": heartbeat.worker})
    row = {"worker": heartbeat.worker, "kind": heartbeat.kind, "beat_at": heartbeat.beat_at.astimezone(UTC),
           "detail": heartbeat.detail}  # fmt: skip
    session.run(_insert, row)


def every(session: Session) -> list[Heartbeat]:
    """The last beat of every worker."""
    return [Heartbeat(*row) for row in session.all(_all, {})]


def last_backup(session: Session) -> Heartbeat | None:
    """When the last backup was taken, and in `detail` where to; None where none has been of this database."""
    row = session.one(_backup, {"of": BACKUP})
    return None if row is None else Heartbeat(*row)
