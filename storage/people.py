"""Befattningshavare: their rows, each saved together with what happened to the holder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import col

from storage import log
from storage.database import Session
from storage.statements import Row, Statement
from storage.tables import HolderRow, columns
from storage.writes import Table, Writes, differing
from workflow.appointments import evolve
from workflow.events import HolderEvent
from workflow.model import Actor
from workflow.people import Holder

_COLUMNS = columns(HolderRow)
_NAMES = tuple(c.name for c in _COLUMNS)
_all = Statement(select(*_COLUMNS).order_by(col(HolderRow.id)))
_at_post = Statement(
    select(*_COLUMNS)
    .where(col(HolderRow.office) == bindparam("of"), col(HolderRow.region) == bindparam("at"))
    .order_by(col(HolderRow.id))
)
_HOLDER = Table(HolderRow, "id")


def all_holders(session: Session) -> list[Holder]:
    """Everybody who holds, has held or will hold an office, by id."""
    return list(map(_holder, session.all(_all, {})))


def at_post(session: Session, office: str, region: str) -> list[Holder]:
    """The same of one office in one region (länskod, empty where the office has none)."""
    return list(map(_holder, session.all(_at_post, {"of": office, "at": region})))


def save(
    session: Session, id: str, before: Holder | None, events: Sequence[HolderEvent], actor: Actor, now: datetime
) -> Holder:
    """Append what happened to a holder, and keep the row as it then is. `before` is None for a new holder.

    Raises VersionConflict where the stream has moved since it was read.
    """
    after = before
    for event in events:
        after = evolve(after, event, id=id)
    if after is None:
        raise ValueError(f"{id}: nothing happened")
    entries = [log.Entry(event=event, state="", actor=actor) for event in events]
    log.append(session, id, log.peek(session, id), entries, now)
    writes = Writes(_HOLDER)
    if before is None:
        writes.insert(_HOLDER, holder_row(after))
    else:
        writes.update(_HOLDER, (id,), differing(holder_row(before), holder_row(after)))
    writes.run(session)
    return after


def keep(session: Session, before: Holder, after: Holder) -> None:
    """Keep the row as it now is, where what happened has been appended."""
    writes = Writes(_HOLDER)
    writes.update(_HOLDER, (after.id,), differing(holder_row(before), holder_row(after)))
    writes.run(session)


@lru_cache(maxsize=10_000)  # everybody is read again for every batch of mails
def _holder(row: Row) -> Holder:
    return Holder(**dict(zip(_NAMES, row, strict=True)))


def holder_row(holder: Holder) -> dict[str, Any]:
    """The columns of a holder."""
    return {name: getattr(holder, name) for name in _NAMES}
