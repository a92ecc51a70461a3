"""Questions: load → think → show. Read in a transaction that cannot write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from definitions import loader
from definitions.source import Source
from storage import checkpoints, definitions, listing, log, proof, uppdrag
from storage.asof import Standing
from storage.checkpoints import Checkpoint
from storage.listing import Page
from storage.proof import Report
from storage.retold import Finding
from uppdrag.service import asof, readings
from uppdrag.service.house import House
from uppdrag.service.outlook import Outlook, outlook
from workflow.calendar import local_date
from workflow.engine import Option
from workflow.errors import NotFound, Refused
from workflow.events import Recorded
from workflow.lifecycle import Lifecycle
from workflow.model import Matter, Region
from workflow.status import Cell, Listed, MatrixFilter, StatusFilter, StatusRow, cell_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """One uppdrag in full, with its lifecycle, regions and what has happened."""

    row: StatusRow
    matter: Matter
    lifecycle: Lifecycle
    cells: tuple[Cell, ...]
    history: tuple[Recorded, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Uppdrag × regions: the uppdrag that have regions, the regions by länskod, a cell for each concerned, and how each
    open one fits its planned time."""

    rows: tuple[StatusRow, ...]
    regions: tuple[Region, ...]
    cells: dict[tuple[str, str], Cell]
    fits: Outlook


def status(house: House, wanted: StatusFilter, *, as_of: date | None = None) -> list[StatusRow]:
    """The uppdrag that a filter asks for, in order of id: now, or by what was registered by a day (`wanted.today`)."""
    with house.database.reading() as session:
        return Standing(session, asof.moment(as_of)).status(wanted)


def listed(house: House, wanted: Listed, *, skip: int = 0, limit: int) -> Page:
    """A page of the uppdrag that are asked for, in the order that is asked for."""
    with house.database.reading() as session:
        return listing.page(session, wanted, skip=skip, limit=limit)


def owners(house: House) -> list[str]:
    """Everybody who is responsible for an uppdrag, by name."""
    with house.database.reading() as session:
        return listing.owners(session)


def labels(house: House, *, as_of: date | None = None) -> dict[tuple[str, str], str]:
    """What people call each state of each lifecycle, in the newest version of the day."""
    with house.database.reading() as session:
        known = asof.lifecycles(house, session, as_of)
    return {(lc.id, s.id): s.label for lc in known for s in lc.states}


def detail(house: House, id: str, *, now: datetime, as_of: date | None = None) -> Detail:
    """One uppdrag in full, now or by what was registered by a day. Raises NotFound; Refused where it came later."""
    with house.database.reading() as session:
        try:
            row, matter, history = Standing(session, asof.moment(as_of)).one(id, as_of or local_date(now))
        except NotFound:
            asof.refuse_later(session, id, as_of)
            raise
        u = matter.uppdrag
        if u.sensitive:
            readings.shown(id)
        return Detail(
            row=row, matter=matter, cells=tuple(cell_of(id, rb) for _, rb in sorted(matter.regions.items())),
            lifecycle=house.engine(session, u.lifecycle, u.lifecycle_version).lifecycle, history=tuple(history),
        )  # fmt: skip


def options(house: House, found: Detail) -> list[Option]:
    """What can happen next with an uppdrag as it was found, for anybody."""
    with house.database.reading() as session:
        engine = house.engine(session, found.lifecycle.id, found.lifecycle.version)
        return engine.explain(found.matter.uppdrag, role=None)


def lifecycle_of(house: House, id: str) -> Lifecycle | None:
    """The lifecycle version that an uppdrag follows, or None where there is no such uppdrag."""
    with house.database.reading() as session:
        try:
            u = uppdrag.load(session, id, seq=0).uppdrag
        except NotFound:
            return None
        return house.engine(session, u.lifecycle, u.lifecycle_version).lifecycle


def matrix(
    house: House, wanted: StatusFilter, chosen: MatrixFilter | None = None, *, as_of: date | None = None
) -> Matrix:
    """Where each region stands on each uppdrag that has regions, now or by what was registered by a day.

    `chosen` picks cells; uppdrag without any are left out, and so are regions that it does not ask for. Raises Refused
    where it asks for what does not exist.
    """
    with house.database.reading() as session:
        standing = Standing(session, asof.moment(as_of))
        rows = {row.id: row for row in standing.status(wanted) if row.regions.concerned}
        regions = asof.regions(house, session, as_of)
        cells = [c for c in standing.cells() if c.uppdrag in rows]
        if chosen:
            if refusals := chosen.refusals(regions):
                raise Refused(refusals)
            regions = [r for r in regions if chosen.takes_region(r)]
            codes = {r.lanskod for r in regions}
            cells = [c for c in cells if c.region in codes and chosen.takes(c, rows[c.uppdrag])]
            rows = {id: rows[id] for id in dict.fromkeys(c.uppdrag for c in cells)}
        fits = outlook(house, session, standing, rows.values(), cells, today=wanted.today)
    return Matrix(
        rows=tuple(rows.values()), regions=tuple(regions), cells={(c.uppdrag, c.region): c for c in cells}, fits=fits
    )


def followed(house: House, rows: Iterable[StatusRow]) -> dict[tuple[str, int], Lifecycle]:
    """The lifecycle versions that some uppdrag follow, by id and version."""
    with house.database.reading() as session:
        wanted = {(r.lifecycle, r.lifecycle_version) for r in rows}
        return {key: house.engine(session, *key).lifecycle for key in wanted}


def next_steps(house: House, id: str, *, role: str | None) -> tuple[Matter, Lifecycle, list[Option]]:
    """What can happen next with an uppdrag, for whom, what it takes, and why not. Raises NotFound."""
    with house.database.reading() as session:
        matter = uppdrag.load(session, id, seq=0, regions="*")
        u = matter.uppdrag
        if u.sensitive:
            readings.shown(id)
        engine = house.engine(session, u.lifecycle, u.lifecycle_version)
        return matter, engine.lifecycle, engine.explain(u, role=role)


def history(house: House, id: str) -> list[Recorded]:
    """What has happened with an uppdrag, in order. Raises NotFound."""
    with house.database.reading() as session:
        events = list(log.read(session, id))
        readings.about(session, [id])
    if not events:
        raise NotFound("uppdrag", id)
    return events


def regions(house: House, *, as_of: date | None = None) -> list[Region]:
    """The regions by länskod."""
    with house.database.reading() as session:
        return asof.regions(house, session, as_of)


def verify(house: House, *, asked_head: str = "") -> Report:
    """Recompute every chain, replay every stream, compare every column. `asked_head` names an earlier checkpoint."""
    with house.database.reading() as session:
        try:
            organisation = [d for d in definitions.published(session) if d.kind == "organisation"]
            declared: Sequence[Region] = ()
            if organisation:
                newest = max(organisation, key=lambda d: d.version)
                declared = loader.load_organisation(Source(newest.file, newest.source)).regions
        except Exception as wrong:  # noqa: BLE001 - whatever was done to the source, the proof goes on and says so
            unreadable = Finding("row_changed", "definition", f"source ({type(wrong).__name__})")
            report = proof.Proof(session, ()).run(asked_head)
            return replace(report, findings=(unreadable, *report.findings))
        return proof.Proof(session, declared).run(asked_head)


def seal(house: House, *, now: datetime) -> Checkpoint | None:
    """Write a checkpoint over what has changed since the last one."""
    with house.database.transaction() as session:
        return checkpoints.write(session, now)
