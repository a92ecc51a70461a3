"""*Läget i regionerna*: every region on every uppdrag, remembered from one look to the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, NamedTuple, TypeVar

from storage import listing, queries
from storage.asof import Standing
from storage.database import Session
from uppdrag.service.following import asking
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
SHOWN = 200
"""Uppdrag that are looked at together."""
_KEPT, _LOOKS = 5 * SHOWN, 4
"""Of how many uppdrag the cells are kept, and of how many looks the answer."""


@dataclass(frozen=True, slots=True)
class Looked(Generic[T]):
    """Some of the `many` uppdrag that were asked for, each with what its cells come to by länskod, and the regions by
    länskod. `page`, of `pages`: which ones, from 1."""

    many: int
    page: int
    pages: int
    rows: tuple[tuple[StatusRow, Mapping[str, T]], ...]
    regions: tuple[Region, ...]


class _Known(NamedTuple, Generic[T]):
    link: str
    day: date
    meetings: tuple[str, ...]
    row: StatusRow
    cells: Mapping[str, T]


class Overview(Generic[T]):
    """The uppdrag × regions of a house. Safe to share between threads and to lose.

    What the cells of an uppdrag come to is kept with the last link of its chain, and of the calendars'. A link is a
    salted digest of everything that has happened: where it is still the stream's last, so is what is kept.
    """

    def __init__(self, house: House, seen: Seen[T]) -> None:
        self._house = house
        self._seen = seen
        self._kept: dict[str, _Known[T]] = {}
        self._last: dict[tuple[bool, int], tuple[object, Looked[T]]] = {}
        self._calendars: tuple[tuple[str, ...], date, Mapping[str, Sammantradesplan]] | None = None

    def look(self, today: date, *, every: bool = False, page: int = 1) -> Looked[T]:
        """A page of the uppdrag that lie with the regions, or of `every` one that has regions, as they stand on a local
        day; the last page where there are not so many.

        Where nothing at all has happened since the last look, it is the same.
        """
        with self._house.database.reading() as session:
            meetings, links = queries.links(session)
            regions = tuple(self._house.regions(session))
            seen = today, meetings, links, regions
            last = self._last.get((every, page))
            if last is None or last[0] != seen:
                for old in [*self._last][: max(0, len(self._last) + 1 - _LOOKS)]:
                    self._last.pop(old, None)
                ids = listing.with_regions(session) if every else listing.lying(session, asking(self._house, session))
                pages = max(1, -(-len(ids) // SHOWN))
                at = min(page, pages)
                rows = self._rows(session, today, ids[(at - 1) * SHOWN : at * SHOWN], meetings, links)
                last = self._last[every, page] = seen, Looked(len(ids), at, pages, rows, regions)
            return last[1]

    def _rows(
        self, session: Session, today: date, ids: Sequence[str], meetings: tuple[str, ...], links: Mapping[str, str]
    ) -> tuple[tuple[StatusRow, Mapping[str, T]], ...]:
        """Some uppdrag with their cells, what is known of them as it is kept."""
        known = {
            id: kept
            for id in ids
            if (kept := self._kept.get(id)) and kept[:3] == (links[id], today, meetings)
        }  # fmt: skip
        known |= self._read(session, [id for id in ids if id not in known], links, meetings, today)
        return tuple((known[id].row, known[id].cells) for id in ids)

    def _read(
        self, session: Session, ids: Sequence[str], links: Mapping[str, str], meetings: tuple[str, ...], today: date
    ) -> dict[str, _Known[T]]:
        """What the cells of some uppdrag come to, which is then kept."""
        if not ids:
            return {}
        missed = {id: queries.status(session, StatusFilter(today=today, id=id))[0] for id in ids}
        cells = [cell for id in ids for cell in queries.cells(session, id)]
        known = self._meetings(session, meetings, today)
        standing = Standing(session)
        planned = standing.times_of(id for id, row in missed.items() if not row.final)
        fits = outlook(
            self._house, session, standing, missed.values(), cells, today=today, known=known, planned=planned
        )
        shown: dict[str, dict[str, T]] = {id: {} for id in ids}
        for cell in cells:
            row = missed[cell.uppdrag]
            lifecycle = self._house.engine(session, row.lifecycle, row.lifecycle_version).lifecycle
            plan = fits.get((cell.uppdrag, cell.region))
            shown[cell.uppdrag][cell.region] = self._seen(cell, lifecycle, row.state, plan)
        for old in [*self._kept][: max(0, len(self._kept) + len(ids) - _KEPT)]:
            self._kept.pop(old, None)
        read = {id: _Known(links[id], today, meetings, missed[id], shown[id]) for id in ids}
        self._kept |= read
        return read

    def _meetings(
        self, session: Session, links: tuple[str, ...], today: date
    ) -> Mapping[str, Sammantradesplan]:  # fmt: skip
        if self._calendars is None or self._calendars[:2] != (links, today):
            self._calendars = links, today, calendars(Standing(session), today)
        return self._calendars[2]
