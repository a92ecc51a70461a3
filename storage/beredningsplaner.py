"""Beredningsplaner: each year's row, saved together with what became true of the plan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlmodel import col

from storage import codec, log
from storage.database import Session
from storage.meeting_tables import BeredningsplanRow
from storage.statements import Statement
from storage.writes import Table, Values, Writes, differing
from workflow.beredning import Beredningsplan, id_of
from workflow.beredning_events import evolve
from workflow.events import Recorded
from workflow.model import Actor
from workflow.paper_events import PreparationEvent

_one = Statement(select(col(BeredningsplanRow.content)).where(col(BeredningsplanRow.name) == bindparam("plan")))
_since = Statement(
    select(col(BeredningsplanRow.content))
    .where(col(BeredningsplanRow.year) >= bindparam("earliest_year"))
    .order_by(col(BeredningsplanRow.year))
)
_PLAN = Table(BeredningsplanRow, "name")


def load(session: Session, year: int) -> Beredningsplan:
    """What has been said by hand of a year's plan; a plan of which nothing has been said has version 0."""
    row = session.one(_one, {"plan": id_of(year)})
    return Beredningsplan(year=year) if row is None else codec.decode(row[0], Beredningsplan)


def since(session: Session, year: int) -> list[Beredningsplan]:
    """The plans of a year and later ones of which something has been said, by year."""
    return [codec.decode(row[0], Beredningsplan) for row in session.all(_since, {"earliest_year": year})]


def history(session: Session, year: int) -> list[Recorded]:
    """What has happened with a plan, in order."""
    return log.read_left(session, id_of(year))


def save(
    session: Session, before: Beredningsplan, events: Sequence[PreparationEvent], actor: Actor, now: datetime,
    *, key: str = "",
) -> Beredningsplan:  # fmt: skip
    """Append what became true of a plan and keep its row as it then is. `key`: what the form was known by.

    Raises VersionConflict where its stream has moved since it was read.
    """
    id = id_of(before.year)
    after: Beredningsplan | None = before if before.version else None
    for event in events:
        after = evolve(after, event, id=id)
    if after is None or after == before:
        return before
    owned = log.owned_key(actor, key)
    pending = log.Pending(id, log.peek(session, id))
    pending.add([log.Entry(event=event, state="", actor=actor, key=owned) for event in events], now)
    pending.write(session)
    writes = Writes(_PLAN)
    if before.version:
        writes.update(_PLAN, (id,), differing(plan_row(before), plan_row(after)))
    else:
        writes.insert(_PLAN, plan_row(after))
    writes.run(session)
    return after


def plan_row(plan: Beredningsplan) -> Values:
    """The columns of a plan."""
    return {
        "name": id_of(plan.year), "year": plan.year, "version": plan.version, "content": codec.encode_sorted(plan),
    }  # fmt: skip
