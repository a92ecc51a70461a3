"""*Läget i regionerna*: every region on every uppdrag, remembered from one look to the next."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Generic, NamedTuple, TypeVar

from storage import queries
from storage.asof import Standing
from storage.database import Session
from uppdrag.service.house import House
from uppdrag.service.outlook import calendars, outlook
from workflow.lifecycle import Lifecycle
from workflow.model import Region
from workflow.planning import RegionPlan
from workflow.sammantraden import Sammantradesplan
from workflow.status import Cell, StatusFilter, StatusRow

T = TypeVar("T")
Seen = Callable[[Cell, Lifecycle, str, RegionPlan | None], T]
"""What somebody makes of a cell of an uppdrag in a state, and of how it fits the time that is planned for it."""
Wanted = Callable[[StatusRow, Lifecycle], bool]
"""Which uppdrag somebody wants to see. The same function, the same answer."""
_FEW = 20


@dataclass(frozen=True, slots=True)
class Looked(Generic[T]):
    """The uppdrag that have regions, each with what its cells come to by länskod, and the regions by länskod."""

    rows: tuple[tuple[StatusRow, Mapping[str, T]], ...]
    regions: tuple[Region, ...]


class _Kept(NamedTuple, Generic[T]):
    link: str
    day: date
    meetings: tuple[str, ...]
    cells: Mapping[str, T]


class Overview(Generic[T]):
    """The uppdrag × regions of a house. Safe to share between threads and to lose.

    What the cells of an uppdrag come to is kept with the last link of its chain, and of the calendars'. A link is a
    salted digest of everything that has happened: where it is still the stream's last, so is what is kept.
    """

    def __init__(self, house: House, seen: Seen[T]) -> None:
        self._house = house
        self._seen = seen
        self._kept: dict[str, _Kept[T]] = {}
        self._last: dict[Wanted, tuple[object, Looked[T]]] = {}
        self._calendars: tuple[tuple[str, ...], date, Mapping[str, Sammantradesplan]] | None = None

    def look(self, today: date, wanted: Wanted) -> Looked[T]:
        """The uppdrag that are wanted of those that have regions, as they stand on a local day.

        Where nothing at all has happened since the last look, it is the same.
        """
        with self._house.database.reading() as session:
            meetings, links = queries.links(session)
            regions = tuple(self._house.regions(session))
            seen = today, meetings, links, regions
            last = self._last.get(wanted)
            if last is None or last[0] != seen:
                looked = Looked(self._rows(session, today, wanted, meetings, links), regions)
                last = self._last[wanted] = seen, looked
            return last[1]

    def _rows(
        self, session: Session, today: date, wanted: Wanted, meetings: tuple[str, ...], links: Mapping[str, str]
    ) -> tuple[tuple[StatusRow, Mapping[str, T]], ...]:
        """The uppdrag that are wanted with their cells, what is known of them as it is kept."""
        rows = [
            row
            for row in queries.status(session, StatusFilter(today=today))
            if row.regions.concerned
            and wanted(row, self._house.engine(session, row.lifecycle, row.lifecycle_version).lifecycle)
        ]
        cells = {
            row.id: kept.cells
            for row in rows
            if (kept := self._kept.get(row.id)) and kept[:3] == (links[row.id], today, meetings)
        }
        cells |= self._read(session, [r for r in rows if r.id not in cells], links, meetings, today)
        return tuple((row, cells[row.id]) for row in rows)

    def _read(
        self, session: Session, rows: Collection[StatusRow], links: Mapping[str, str], meetings: tuple[str, ...],
        today: date,
    ) -> dict[str, dict[str, T]]:  # fmt: skip
        """What the cells of some uppdrag come to, which is then kept."""
        if not rows:
            return {}
        missed = {row.id: row for row in rows}
        cells = self._cells(session, missed)
        known = self._meetings(session, meetings, today)
        fits = outlook(self._house, session, Standing(session), missed.values(), cells, today=today, known=known)
        shown: dict[str, dict[str, T]] = {id: {} for id in missed}
        for cell in cells:
            row = missed[cell.uppdrag]
            lifecycle = self._house.engine(session, row.lifecycle, row.lifecycle_version).lifecycle
            plan = fits.get((cell.uppdrag, cell.region))
            shown[cell.uppdrag][cell.region] = self._seen(cell, lifecycle, row.state, plan)
        for id, its in shown.items():
            self._kept[id] = _Kept(links[id], today, meetings, its)
        return shown

    def _cells(self, session: Session, ids: Collection[str]) -> list[Cell]:
        if len(ids) <= _FEW:
            return [cell for id in ids for cell in queries.cells(session, id)]
        return [cell for cell in queries.cells(session) if cell.uppdrag in ids]

    def _meetings(
        self, session: Session, links: tuple[str, ...], today: date
    ) -> Mapping[str, Sammantradesplan]:  # fmt: skip
        if self._calendars is None or self._calendars[:2] != (links, today):
            self._calendars = links, today, calendars(Standing(session), today)
        return self._calendars[2]
