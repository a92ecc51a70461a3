"""The figures of a period: the log read once, each uppdrag told, and what is counted put together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time

from definitions import planning
from definitions.source import Source
from storage import definitions, histories
from storage.asof import Standing
from storage.database import Session
from uppdrag.service.house import House
from workflow import figures
from workflow.accounts import account
from workflow.calendar import STOCKHOLM
from workflow.events import Recorded
from workflow.figures import Account, Figures, Period
from workflow.lifecycle import Lifecycle
from workflow.sammantraden import CHEFSGRUPP

Progress = Callable[[int, int], None]
"""Told how many uppdrag of how many have been read."""


def of_period(house: House, period: Period, *, known_by: datetime, progress: Progress | None = None) -> Figures:
    """The figures of a period by what had been registered before `known_by` (aware)."""
    with house.database.reading() as session:
        return within(house, session, period, known_by=known_by, progress=progress)


def within(
    house: House, session: Session, period: Period, *, known_by: datetime, progress: Progress | None = None
) -> Figures:
    """The same in a transaction that is open."""
    return figures.figures(
        period, _accounts(house, session, period, known_by, progress), _meetings(session, period, known_by),
        known_by=known_by,
    )  # fmt: skip


def _accounts(
    house: House, session: Session, period: Period, known_by: datetime, progress: Progress | None
) -> Iterator[Account]:
    since = datetime.combine(period.first, time(), STOCKHOLM)
    plan = "" if period.is_month else plan_of(session, period.first.year)

    def lifecycle(id: str, version: int) -> Lifecycle:
        return house.engine(session, id, version).lifecycle

    told: Iterator[list[Recorded]] = histories.histories(session, since=since, by=known_by)
    total = histories.count(session, since=since, by=known_by) if progress else 0
    for done, history in enumerate(told, start=1):
        yield account(history, lifecycle, plan=plan)
        if progress:
            progress(done, total)


def plan_of(session: Session, year: int) -> str:
    """The plan of a year, empty where none has been read in."""
    kept = definitions.published(session, kind="plan")
    return next((d.id for d in reversed(kept) if planning.year_of(Source(d.file, d.source)) == year), "")


def _meetings(session: Session, period: Period, known_by: datetime) -> list[date]:
    """Chefsgruppens meetings after the period, by what was known."""
    plan = Standing(session, known_by).calendars(period.last).get(CHEFSGRUPP)
    return sorted({m.first for m in plan.meetings}) if plan else []
