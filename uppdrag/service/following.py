"""Following up: what one region has in hand, and what the regions made of a proposal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from storage.asof import Standing
from storage.database import Session
from uppdrag.service import asof
from uppdrag.service.house import House
from uppdrag.service.outlook import outlook
from workflow.calendar import Span, local_date
from workflow.errors import Refusal, Refused
from workflow.following import DecisionTaken, Recommendation, counts, decisions_taken, recommendation, window
from workflow.lifecycle import Lifecycle
from workflow.model import Region
from workflow.planning import RegionPlan
from workflow.status import Cell, RegionCounts, StatusFilter, StatusRow, in_order


@dataclass(frozen=True, slots=True, kw_only=True)
class InHand:
    """One uppdrag as one region has it. `window` is the planned time for the regions, None where none is stated.

    `fits` is its backward plan, None where it has concluded or no time is planned.
    `others` counts the other concerned regions, and `adapted` holds what they adopted with an adaptation.
    """

    row: StatusRow
    cell: Cell
    lifecycle: Lifecycle
    window: Span | None
    fits: RegionPlan | None
    others: RegionCounts
    adapted: tuple[DecisionTaken, ...]

    @property
    def open(self) -> bool:
        return not self.cell.category


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionInHand:
    """A region, what it has open in the order that it is needed, and then what it has decided."""

    region: Region
    open: tuple[InHand, ...]
    decided: tuple[InHand, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Adaptations:
    """What was recommended to the regions, and what each that has decided made of it."""

    row: StatusRow
    lifecycle: Lifecycle
    recommended: Recommendation
    regions: RegionCounts
    taken: tuple[DecisionTaken, ...]


def region(house: House, lanskod: str, *, now: datetime, as_of: date | None = None) -> RegionInHand:
    """What a region has in hand, now or by what was registered by a day. Raises Refused for an unknown region."""
    today = as_of or local_date(now)
    with house.database.reading() as session:
        found = next((r for r in asof.regions(house, session, as_of) if r.lanskod == lanskod), None)
        if found is None:
            raise Refused([Refusal.of("unknown_region", region=lanskod)])
        standing = Standing(session, asof.moment(as_of))
        cells = {c.uppdrag: c for c in standing.cells(region=lanskod)}
        rows = standing.status(StatusFilter(today=today, region=lanskod))
        rows = [row for row in rows if cells[row.id].category or not row.final]
        fits = outlook(house, session, standing, rows, [cells[row.id] for row in rows], today=today)
        all_in_hand = [
            _in_hand(house, session, standing, row, cells[row.id], fits.get((row.id, lanskod))) for row in rows
        ]
    return RegionInHand(
        region=found,
        open=tuple(sorted((i for i in all_in_hand if i.open), key=_when_needed)),
        decided=tuple(i for i in all_in_hand if not i.open),
    )


def adaptations(house: House, id: str, *, now: datetime) -> Adaptations:
    """What the regions made of a proposal. Raises NotFound; Refused where regions do not decide."""
    with house.database.reading() as session:
        row, matter, _ = Standing(session).one(id, local_date(now))
        lifecycle = house.engine(session, row.lifecycle, row.lifecycle_version).lifecycle
    if lifecycle.track is None:
        raise Refused([Refusal.of("no_track", lifecycle=lifecycle.label)], subject=id)
    return Adaptations(
        row=row, lifecycle=lifecycle, recommended=recommendation(lifecycle, matter), regions=row.regions,
        taken=tuple(decisions_taken(lifecycle, matter)),
    )  # fmt: skip


def _in_hand(
    house: House, session: Session, standing: Standing, row: StatusRow, cell: Cell, fits: RegionPlan | None
) -> InHand:
    matter = standing.matter(row.id)
    lifecycle = house.engine(session, row.lifecycle, row.lifecycle_version).lifecycle
    planned = window(lifecycle, matter)
    others = (d for d in decisions_taken(lifecycle, matter) if d.region != cell.region)
    return InHand(
        row=row, cell=cell, lifecycle=lifecycle, window=planned.span if planned else None, fits=fits,
        others=counts(matter, but=cell.region), adapted=tuple(d for d in others if d.adapted),
    )  # fmt: skip


def _when_needed(item: InHand) -> tuple[date, tuple[int, int]]:
    """The handlingsstopp where it is known, else the window's end; what has neither comes last."""
    papers_by = item.fits.send_by if item.fits else None
    return papers_by or (item.window.last if item.window else date.max), in_order(item.row.id)
