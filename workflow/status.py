"""What the kansli asks for, as plain rows: where each uppdrag stands, and each region in it.

The rows of a list are tuples with names: a frozen dataclass takes five times as long to make.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, NamedTuple

from workflow.calendar import STOCKHOLM
from workflow.errors import Refusal
from workflow.links import body_code
from workflow.model import SOURCES, Matter, Region, Regionbeslut

UNKNOWN = "saknas"
"""What stands for *Uppgift saknas* where one asks for a source."""


Order = Literal["", "tid", "ansvarig", "regioner", "alder"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusFilter:
    """Which uppdrag to show. `today` is the local date that *efter planerad tid* is judged by.

    `limit` and `after` (an uppdrag id) page through the list in order of id.
    """

    today: date
    id: str = ""
    state: str = ""
    lifecycle: str = ""
    region: str = ""
    owner: str = ""
    plan: str = ""
    overdue: bool = False
    due_before: date | None = None
    idle_since: datetime | None = None
    after: str = ""
    limit: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Which uppdrag, and in which order. `final`: those that are over or those that are not, None for all. `overdue`:
    after planned time on the local day `today`; `undated`: without a planned time. Empty texts ask for nothing."""

    today: date
    final: bool | None = None
    overdue: bool = False
    undated: bool = False
    state: str = ""
    lifecycle: str = ""
    region: str = ""
    owner: str = ""
    order: Order = ""


class DeadlineRow(NamedTuple):
    """The planned time next to be met: its id, the plan's words and the two local dates they are read as."""

    id: str
    text: str
    first: date
    last: date


class RegionCounts(NamedTuple):
    """How the concerned regions divide. decided = adopted + rejected + not_concerned; pending is the rest."""

    concerned: int
    adopted: int
    rejected: int
    not_concerned: int

    @property
    def decided(self) -> int:
        return self.adopted + self.rejected + self.not_concerned

    @property
    def pending(self) -> int:
        return self.concerned - self.decided


class StatusRow(NamedTuple):
    """One uppdrag in a list. `overdue`: its planned time has passed and it is neither finished nor paused."""

    id: str
    title: str
    neutral_title: str
    lifecycle: str
    lifecycle_version: int
    state: str
    final: bool
    paused: bool
    owner: str
    dnr: str
    directive: str
    section: str
    plan: str
    standing: str
    sensitive: bool
    deadline: DeadlineRow | None
    regions: RegionCounts
    overdue: bool
    changed_at: datetime

    @property
    def shown_title(self) -> str:
        """The title as it may stand in lists that leave the house: the neutral one where the uppdrag is sensitive."""
        return self.neutral_title if self.sensitive else self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One region on one uppdrag. `outcome` is empty while nothing is decided; `source` and `body` of the last word.

    `dnr` is the region's own number for the matter, `planned_body` what it has said will decide on `planned_on`.
    """

    uppdrag: str
    region: str
    state: str
    outcome: str
    category: str
    decided_on: date | None
    body: str
    paragraph: str
    source: str
    proposal_version: int
    planned_on: date | None
    version: int
    planned_body: str = ""
    dnr: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixFilter:
    """Which cells to show; what is empty asks for nothing.

    `state` is the uppdrag's or the region's own; `body` one that has decided or is planned to; `source` a Källa, or
    UNKNOWN where none is known. `samverkansregion` and `region` choose regions.
    """

    state: str = ""
    body: str = ""
    source: str = ""
    region: str = ""
    samverkansregion: str = ""

    def refusals(self, regions: Collection[Region]) -> list[Refusal]:
        """What it asks for that does not exist."""
        groups = sorted({group for region in regions for group in region.samverkansregioner})
        found = []
        if self.region and self.region not in {r.lanskod for r in regions}:
            found.append(Refusal.of("unknown_region", region=self.region))
        if self.samverkansregion and self.samverkansregion.casefold() not in groups:
            found.append(Refusal.of("unknown_group", value=self.samverkansregion, known=", ".join(groups)))
        if self.source and self.source not in (*SOURCES, UNKNOWN):
            found.append(Refusal.of("unknown_source", value=self.source, known=", ".join((*SOURCES, UNKNOWN))))
        return found

    def takes_region(self, region: Region) -> bool:
        """Whether the region is among those asked for."""
        groups = {group.casefold() for group in region.samverkansregioner}
        return (not self.region or self.region == region.lanskod) and (
            not self.samverkansregion or self.samverkansregion.casefold() in groups
        )

    def takes(self, cell: Cell, row: StatusRow) -> bool:
        """Whether the cell is asked for, whatever its region."""
        body = body_code(cell.body or cell.planned_body)
        return (
            (not self.state or self.state in (row.state, cell.state))
            and (not self.body or body_code(self.body).casefold() == body.casefold())
            and (not self.source or self.source == (cell.source or UNKNOWN))
        )


def end_of(day: date) -> datetime:
    """The moment (UTC) when a day in Stockholm is over: what was registered before it was registered by that day."""
    return datetime.combine(day + timedelta(days=1), time(), STOCKHOLM).astimezone(UTC)


def row_of(matter: Matter, changed_at: datetime, today: date) -> StatusRow:
    """The uppdrag as it stands in a list on a day. `changed_at` is the moment of its last event."""
    u = matter.uppdrag
    due, counts = u.due, u.counts
    return StatusRow(
        u.id, u.title, u.neutral_title, u.lifecycle, u.lifecycle_version, u.state, u.final, u.paused, u.owner, u.dnr,
        u.directive, u.section, u.plan, u.standing, u.sensitive,
        DeadlineRow(due.deadline, due.span.text, due.span.first, due.span.last) if due else None,
        RegionCounts(u.tracks, counts.adopted, counts.rejected, counts.not_concerned),
        bool(due and due.span.last < today and not u.final and not u.paused),
        changed_at,
    )  # fmt: skip


def cell_of(uppdrag: str, rb: Regionbeslut) -> Cell:
    """A region's track as a cell: the deciding decision says where and when."""
    last = rb.deciding
    return Cell(
        uppdrag=uppdrag, region=rb.region, state=rb.state, outcome=rb.outcome, category=rb.category,
        decided_on=last.on if last else None, body=last.body if last else "", paragraph=last.paragraph if last else "",
        source=last.source if last else "", proposal_version=last.proposal_version if last else 0,
        planned_on=rb.planned_on, version=rb.version, planned_body=rb.planned_body, dnr=rb.dnr,
    )  # fmt: skip


def passes(wanted: StatusFilter, row: StatusRow, regions: Collection[str]) -> bool:
    """Whether a filter asks for an uppdrag, `limit` aside. `regions` are those that have a track on it."""
    last = row.deadline.last if row.deadline else None
    return (
        all(
            not asked or asked == held
            for asked, held in (
                (wanted.id, row.id), (wanted.state, row.state), (wanted.lifecycle, row.lifecycle),
                (wanted.plan, row.plan), (wanted.owner.lower(), row.owner.lower()),
            )
        )
        and (not wanted.region or wanted.region in regions)
        and (not wanted.overdue or row.overdue)
        and (not wanted.due_before or (last is not None and last < wanted.due_before and not row.final))
        and (not wanted.idle_since or (row.changed_at < wanted.idle_since and not row.final))
        and (not wanted.after or in_order(row.id) > in_order(wanted.after))
    )  # fmt: skip


def in_order(id: str) -> tuple[int, int]:
    """What uppdrag are listed in order of: year and number."""
    year, _, number = id[1:].partition("-")
    return int(year), int(number)
