"""Questions: load → think → show. Read in a transaction that cannot write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from definitions import loader
from definitions.source import Source
from storage import checkpoints, definitions, log, proof, queries, uppdrag
from storage.checkpoints import Checkpoint
from storage.proof import Report
from storage.retold import Finding
from uppdrag.service.house import House
from workflow.calendar import local_date
from workflow.engine import Option
from workflow.errors import NotFound
from workflow.events import Recorded
from workflow.lifecycle import Lifecycle
from workflow.model import Matter, Region
from workflow.status import Cell, StatusFilter, StatusRow


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
    """Uppdrag × regions: the uppdrag that have regions, the regions by länskod, a cell for each concerned."""

    rows: tuple[StatusRow, ...]
    regions: tuple[Region, ...]
    cells: dict[tuple[str, str], Cell]


def status(house: House, wanted: StatusFilter) -> list[StatusRow]:
    """The uppdrag that a filter asks for, in order of id."""
    with house.database.reading() as session:
        return queries.status(session, wanted)


def labels(house: House) -> dict[tuple[str, str], str]:
    """What people call each state of each lifecycle, in its newest version."""
    with house.database.reading() as session:
        known = house.lifecycles(session)
    return {(lc.id, s.id): s.label for lc in known.values() for s in lc.states}


def detail(house: House, id: str, *, now: datetime) -> Detail:
    """One uppdrag in full. Raises NotFound."""
    with house.database.reading() as session:
        rows = queries.status(session, StatusFilter(today=local_date(now), id=id))
        if not rows:
            raise NotFound("uppdrag", id)
        matter = uppdrag.load(session, id, seq=0, regions="*")
        u = matter.uppdrag
        return Detail(
            row=rows[0], matter=matter, cells=tuple(queries.cells(session, id)),
            lifecycle=house.engine(session, u.lifecycle, u.lifecycle_version).lifecycle,
            history=tuple(log.read(session, id)),
        )  # fmt: skip


def lifecycle_of(house: House, id: str) -> Lifecycle | None:
    """The lifecycle version that an uppdrag follows, or None where there is no such uppdrag."""
    with house.database.reading() as session:
        try:
            u = uppdrag.load(session, id, seq=0).uppdrag
        except NotFound:
            return None
        return house.engine(session, u.lifecycle, u.lifecycle_version).lifecycle


def matrix(house: House, wanted: StatusFilter) -> Matrix:
    """Where each region stands on each uppdrag that has regions."""
    with house.database.reading() as session:
        rows = [row for row in queries.status(session, wanted) if row.regions.concerned]
        ids = {row.id for row in rows}
        cells = {(c.uppdrag, c.region): c for c in queries.cells(session) if c.uppdrag in ids}
        return Matrix(rows=tuple(rows), regions=tuple(house.regions(session)), cells=cells)


def next_steps(house: House, id: str, *, role: str | None) -> tuple[Matter, Lifecycle, list[Option]]:
    """What can happen next with an uppdrag, for whom, what it takes, and why not. Raises NotFound."""
    with house.database.reading() as session:
        matter = uppdrag.load(session, id, seq=0)
        u = matter.uppdrag
        engine = house.engine(session, u.lifecycle, u.lifecycle_version)
        return matter, engine.lifecycle, engine.explain(u, role=role)


def history(house: House, id: str) -> list[Recorded]:
    """What has happened with an uppdrag, in order. Raises NotFound."""
    with house.database.reading() as session:
        events = list(log.read(session, id))
    if not events:
        raise NotFound("uppdrag", id)
    return events


def regions(house: House) -> list[Region]:
    """The regions by länskod."""
    with house.database.reading() as session:
        return house.regions(session)


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
