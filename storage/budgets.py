"""Budgets: each year's row, saved together with what became true of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import get_args

from sqlalchemy import bindparam, select
from sqlmodel import col

from storage import codec, log
from storage.database import Session
from storage.meeting_tables import BudgetRow
from storage.statements import Statement
from storage.writes import Table, Values, Writes, differing
from workflow.budget import Budget, id_of
from workflow.budget_events import BudgetEvent
from workflow.budgeting import evolve
from workflow.events import Recorded
from workflow.model import Actor

_one = Statement(select(col(BudgetRow.content)).where(col(BudgetRow.name) == bindparam("budget")))
_years = Statement(select(col(BudgetRow.year)).order_by(col(BudgetRow.year).desc()))
_BUDGET = Table(BudgetRow, "name")
_KINDS = get_args(BudgetEvent)


def load(session: Session, year: int) -> Budget:
    """A year's budget as it stands; one of which nothing has been said has version 0."""
    row = session.one(_one, {"budget": id_of(year)})
    return Budget(year=year) if row is None else codec.decode(row[0], Budget)


def years(session: Session) -> list[int]:
    """The years of which anything is known, the newest first."""
    return [row[0] for row in session.all(_years, {})]


def history(session: Session, year: int) -> list[Recorded]:
    """What has happened with a budget, in order."""
    return [r for r in log.read(session, id_of(year)) if isinstance(r.event, _KINDS)]


def save(session: Session, before: Budget, events: Sequence[BudgetEvent], actor: Actor, now: datetime) -> Budget:
    """Append what became true of a budget, as one command, and keep its row as it then is.

    Raises VersionConflict where its stream has moved since it was read.
    """
    if not events:
        return before
    name, after = id_of(before.year), before if before.version else None
    for event in events:
        after = evolve(after, event, id=name)
    entries = [log.Entry(event=event, state="", actor=actor, on=getattr(event, "on", None)) for event in events]
    log.append(session, name, log.Head(before.version, log.peek(session, name).chain), entries, now)
    writes = Writes(_BUDGET)
    if before.version:
        writes.update(_BUDGET, (name,), differing(budget_row(before), budget_row(after or before)))
    else:
        writes.insert(_BUDGET, budget_row(after or before))
    writes.run(session)
    return after or before


def budget_row(budget: Budget) -> Values:
    """The columns of a budget."""
    return {
        "name": id_of(budget.year), "year": budget.year, "version": budget.version,
        "content": codec.encode_sorted(budget),
    }  # fmt: skip
