"""How many uppdrag are open, and how many of them are after their planned time: for a monitor, which asks often."""

from __future__ import annotations

from datetime import date

from sqlalchemy import bindparam, case, func, select
from sqlmodel import col

from storage.database import Session
from storage.statements import Statement
from storage.tables import UppdragRow

_after = (col(UppdragRow.due_last) < bindparam("today")) & ~col(UppdragRow.paused)
_open = Statement(
    select(func.count(), func.coalesce(func.sum(case((_after, 1), else_=0)), 0))
    .select_from(UppdragRow)
    .where(~col(UppdragRow.final))
)


def count(session: Session, today: date) -> tuple[int, int]:
    """Those that are not finished; those of them whose planned time has passed and that do not rest."""
    row = session.one(_open, {"today": today})
    return (int(row[0]), int(row[1])) if row else (0, 0)
