"""The histories of uppdrag, one after the other, as far as they had been registered by a moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from sqlalchemy import bindparam, func, select
from sqlmodel import col

from storage import log
from storage.database import Session
from storage.statements import Statement
from storage.tables import EventRow, UppdragRow, columns
from workflow.errors import Refusal, Refused
from workflow.events import Recorded
from workflow.gallring_events import Emptied, Gallrat

_COLUMNS = columns(EventRow)
# As in `storage.asof`: what had been registered by a moment is everything up to the last event with an earlier one.
_known = (
    select(func.max(EventRow.seq).label("last"), col(EventRow.stream).label("name"))
    .join(UppdragRow, col(UppdragRow.id) == col(EventRow.stream))
    .where(
        (col(UppdragRow.changed_at) >= bindparam("since")) | ~col(UppdragRow.final),
        col(EventRow.registered_at) < bindparam("settled_by"),
    )
    .group_by(col(EventRow.stream))
    .subquery()
)
_histories = Statement(
    select(*_COLUMNS)
    .join(_known, (_known.c.name == col(EventRow.stream)) & (col(EventRow.seq) <= _known.c.last))
    .order_by(col(EventRow.stream), col(EventRow.seq))
)
_many = Statement(select(func.count()).select_from(_known))


def histories(session: Session, *, since: datetime, by: datetime) -> Iterator[list[Recorded]]:
    """Each uppdrag's events, in order of its id, as registered before `by` (aware); read as they are asked for.

    Left out are uppdrag where nothing more is expected and nothing has been registered since `since` (aware), and those
    that had been gallrade by then. Raises Refused where what would have to be told has been emptied later.
    """
    rows = session.each(_histories, {"since": since, "settled_by": by})
    for id, events in groupby(map(log.recorded, rows), key=attrgetter("stream")):
        told = list(events)
        if not any(isinstance(e.event, Emptied) for e in told):
            yield told
        elif not any(isinstance(e.event, Gallrat) and e.event.uppdrag for e in told):
            raise Refused([Refusal.of("emptied_since", uppdrag=id)])


def count(session: Session, *, since: datetime, by: datetime) -> int:
    """How many histories there are to read."""
    row = session.one(_many, {"since": since, "settled_by": by})
    return row[0] if row else 0
