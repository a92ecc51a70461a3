"""Following up: what one region has in hand, and what the regions made of a proposal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from storage import in_hand, queries, uppdrag
from storage.asof import Standing
from storage.database import Session
from storage.in_hand import State
from uppdrag.service import asof
from uppdrag.service.house import House
from uppdrag.service.outlook import outlook
from workflow.calendar import Span, local_date
from workflow.errors import Refusal, Refused
from workflow.following import DecisionTaken, Recommendation, counts, decisions_taken, recommendation, window
from workflow.lifecycle import Lifecycle
from workflow.model import Matter, Region
from workflow.planning import RegionPlan
from workflow.status import Cell, RegionCounts, StatusFilter, StatusRow, in_order

PAGE, BESIDE = 50, 20
"""Uppdrag that are shown at a time: of those that wait, and in each list beside them."""
COUNTED = 200
"""How many uppdrag that wait are counted; beyond them it is said that there are more."""


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
class RegionPage:
    """What a region has in hand, a page of it. `waiting` have been asked for: those of the page, in the order that they
    are needed, of `many` in all, or more than so many where `at_least`; `after` is what the next page comes after,
    empty on the last. `coming` will be asked for, and `more_coming` there are others. `decided` are the latest of the
    `done` that the region is done with."""

    region: Region
    waiting: tuple[InHand, ...]
    many: int
    at_least: bool
    after: str
    coming: tuple[InHand, ...]
    more_coming: bool
    decided: tuple[InHand, ...]
    done: int


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
            _in_hand(house, session, standing.matter(row.id), row, cells[row.id], fits.get((row.id, lanskod)))
            for row in rows
        ]
    return RegionInHand(
        region=found,
        open=tuple(sorted((i for i in all_in_hand if i.open), key=_when_needed)),
        decided=tuple(i for i in all_in_hand if not i.open),
    )


def page_of_region(
    house: House, lanskod: str, *, now: datetime, after: str = "", lists: Collection[str] = ("coming", "decided")
) -> RegionPage:
    """A page of what a region has in hand, from what comes `after` an uppdrag. Costs as much however many uppdrag there
    are or have been. `lists`: what is read beside what waits. Raises Refused for an unknown region."""
    today = local_date(now)
    with house.database.reading() as session:
        found = next((r for r in house.regions(session) if r.lanskod == lanskod), None)
        if found is None:
            raise Refused([Refusal.of("unknown_region", region=lanskod)])
        asked, others = _states(house, session)
        waiting = in_hand.open_in(session, lanskod, asked, limit=COUNTED + 1)
        page = in_hand.open_in(session, lanskod, asked, after=after, limit=PAGE + 1) if after else waiting
        coming = in_hand.open_in(session, lanskod, others, limit=BESIDE + 1) if "coming" in lists else []
        decided = in_hand.decided(session, lanskod, limit=BESIDE) if "decided" in lists else []
        told = _told(house, session, lanskod, today, [*page[:PAGE], *coming[:BESIDE], *decided])
        done = in_hand.concluded(session, lanskod)
    return RegionPage(
        region=found, waiting=tuple(sorted((told[id] for id in page[:PAGE]), key=_when_needed)),
        many=min(len(waiting), COUNTED), at_least=len(waiting) > COUNTED,
        after=page[PAGE - 1] if len(page) > PAGE else "", coming=tuple(told[id] for id in coming[:BESIDE]),
        more_coming=len(coming) > BESIDE, decided=tuple(told[id] for id in decided), done=done,
    )  # fmt: skip


def by_region(house: House) -> tuple[Counter[str], Counter[str]]:
    """Of each region how many uppdrag it has been asked for and is not done with, and how many it is done with."""
    with house.database.reading() as session:
        opened, done = in_hand.by_region(session, asking(house, session))
    return Counter(opened), Counter(done)


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


def asking(house: House, session: Session) -> list[State]:
    """The states in which regions are asked."""
    return _states(house, session)[0]


def _states(house: House, session: Session) -> tuple[list[State], list[State]]:
    """The states in which regions are asked, and the others that an uppdrag of theirs can lie in before it is over."""
    asked, others = list[State](), list[State]()
    for lc in house.every_lifecycle(session):
        if lc.track is not None:
            for state in lc.states:
                kind = asked if state.id in lc.track.open_in else others
                kind += [] if state.final else [State(lc.id, lc.version, state.id)]
    return asked, others


def _told(house: House, session: Session, lanskod: str, today: date, ids: Iterable[str]) -> dict[str, InHand]:
    """Some uppdrag as a region has them, by id."""
    rows = [row for id in dict.fromkeys(ids) for row in queries.status(session, StatusFilter(today=today, id=id))]
    cells = {row.id: queries.cells(session, row.id, region=lanskod)[0] for row in rows}
    matters = {row.id: uppdrag.load(session, row.id, seq=0, regions="*") for row in rows}
    fits = outlook(
        house, session, Standing(session), rows, cells.values(), today=today,
        planned={id: m.uppdrag.times for id, m in matters.items() if not m.uppdrag.final},
    )  # fmt: skip
    return {
        row.id: _in_hand(house, session, matters[row.id], row, cells[row.id], fits.get((row.id, lanskod)))
        for row in rows
    }


def _in_hand(
    house: House, session: Session, matter: Matter, row: StatusRow, cell: Cell, fits: RegionPlan | None
) -> InHand:
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
