"""How each region fits the time that is planned for it: the verdict and the handlingsstopp beside every open cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from definitions.holidays import work_calendar
from storage.asof import Standing
from storage.database import Session
from uppdrag.service.house import House
from uppdrag.service.planning import REMEMBERED, of_region
from workflow.calendar import Span
from workflow.following import window_of
from workflow.model import PlannedTime
from workflow.planning import RegionPlan
from workflow.sammantraden import Sammantradesplan
from workflow.status import Cell, StatusRow

Outlook = Mapping[tuple[str, str], RegionPlan]
"""The backward plan by uppdrag and region; nothing where the region has concluded, or no time is planned for it."""


def calendars(standing: Standing, today: date) -> Mapping[str, Sammantradesplan]:
    """The meetings, by region, that a plan made on a local day looks at."""
    return standing.calendars(today - REMEMBERED)


def outlook(
    house: House, session: Session, standing: Standing, rows: Iterable[StatusRow], cells: Iterable[Cell], *,
    today: date, known: Mapping[str, Sammantradesplan] | None = None,
    planned: Mapping[str, Sequence[PlannedTime]] | None = None,
) -> Outlook:  # fmt: skip
    """How the cells fit, as seen on a local day by what is, or was, known of the meetings.

    `known`: what `calendars` gave, where somebody has it already; `planned` the planned times by uppdrag.
    """
    work, times = work_calendar(), standing.times() if planned is None else planned
    held = calendars(standing, today) if known is None else known
    windows: dict[str, tuple[Span, tuple[str, int]]] = {}
    for row in rows:
        lifecycle = house.engine(session, row.lifecycle, row.lifecycle_version).lifecycle
        window = window_of(lifecycle, times.get(row.id, ()))
        if window is not None:
            windows[row.id] = window.span, (row.lifecycle, row.lifecycle_version)
    found: dict[tuple[str, str], RegionPlan] = {}
    alike: dict[object, RegionPlan] = {}  # regions of which the same is known have the same plan
    for cell in cells:
        if cell.category or cell.uppdrag not in windows:
            continue
        span, follows = windows[cell.uppdrag]
        key = cell.region, cell.planned_on, cell.planned_body, follows, span.first, span.last
        plan = alike.get(key)
        if plan is None:
            track = house.engine(session, *follows).lifecycle.track
            calendar = held.get(cell.region) or Sammantradesplan(cell.region)
            plan = alike[key] = of_region(calendar, cell, track, span, today=today, work=work)
        found[cell.uppdrag, cell.region] = plan
    return found
