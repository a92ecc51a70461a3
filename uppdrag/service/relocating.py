"""A whole database moved to another, of either kind: the same rows, compared and proved before anybody may use them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from storage import backup_file, heartbeats, installing, schema, transfer
from storage.database import Database
from storage.proof import Report
from storage.transfer import Fingerprint
from uppdrag.service import queries
from uppdrag.service.health import SILENT_AFTER
from uppdrag.service.house import House
from workflow.errors import Refusal, Refused

Progress = Callable[[str, str, int, int], None]
"""Told of the step (`read`, `copy`, `compare`, `prove`), the table, the rows of it that are done and all its rows."""


def untold(_step: str, _table: str, _done: int, _all: int) -> None:
    """Progress that nobody asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A move that is done, unless `report` has findings: then the target stays unfinished. `target` without password.

    `found`: rows that an earlier try had copied; `anew`: such rows were thrown away, for the source had changed since.
    `repeated`: everything was there already. `alive`: clocks and senders that have just been at work in the source.
    """

    source: str
    target: str
    rows: int
    tables: int
    report: Report
    found: int = 0
    anew: bool = False
    repeated: bool = False
    alive: tuple[str, ...] = ()


def move(source_url: str, target_url: str, *, now: datetime, progress: Progress = untold) -> Moved:
    """Copy a database to an empty one, or go on where an earlier try was broken off. The source is only read.

    Raises StorageUnavailable, and Refused where the target holds something else or the source was written to.
    """
    with closing(House(source_url).database) as source, closing(House(target_url).database) as target:
        if _same(source, target):
            raise Refused([Refusal.of("move_same")])
        revision = schema.revision(source)
        if revision in schema.REVISIONS and revision != schema.HEAD:
            raise Refused([Refusal.of("move_older", source=_shown(source), found=revision, wanted=schema.HEAD)])
        schema.check(source)
        with installing.alone(target):
            moved = _already(source, target, progress) or bring(source, target, progress)
        with source.reading() as session:
            beats = [b.kind for b in heartbeats.every(session) if abs(now - b.beat_at) < SILENT_AFTER]
    return Moved(
        source=_shown(source), target=_shown(target), rows=moved.rows, tables=moved.tables, report=moved.report,
        found=moved.found, anew=moved.anew, repeated=moved.repeated, alive=tuple(sorted(set(beats))),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """How a copy went; as in Moved."""

    rows: int
    tables: int
    report: Report
    found: int = 0
    anew: bool = False
    repeated: bool = False


def bring(source: Database, target: Database, progress: Progress) -> Brought:
    """Copy, compare and prove; the target is finished only where all is well. Raises Refused."""
    writing = backup_file.written(Path(target.path)) if target.path else nullcontext()
    with writing, source.reading() as session:
        wanted = transfer.fingerprint(session, _step(progress, "read"))
        earlier = transfer.begun(target)
        anew = earlier is not None and earlier.source != wanted
        if anew:
            transfer.clear(target)
        if earlier is None or anew:
            transfer.begin(target, wanted)
        with target.reading() as there:
            tables = transfer.all_tables()
            found = sum(table.count(there) for table in tables)
        transfer.copy(session, target, tables, _step(progress, "copy"))
    with target.reading() as there:
        _equal(wanted, transfer.fingerprint(there, _step(progress, "compare")), "copy_differs")
    with source.reading() as session:
        _equal(wanted, transfer.fingerprint(session), "source_changed")
    report = _prove(target, progress)
    if not report.findings:
        transfer.finish(target)
    return Brought(rows=_rows(wanted), tables=len(wanted), report=report, found=found, anew=anew)


def _already(source: Database, target: Database, progress: Progress) -> Brought | None:
    """The move that was made earlier and found to be right; None where there is room. Raises Refused where the target
    holds something else."""
    held = transfer.names(target)
    if not held or transfer.begun(target) is not None:
        return None
    if schema.revision(target) == schema.HEAD:
        with source.reading() as session, target.reading() as there:
            wanted, found = transfer.fingerprint(session), transfer.fingerprint(there)
        if wanted == found:
            return Brought(rows=_rows(wanted), tables=len(wanted), report=_prove(target, progress), repeated=True)
    raise Refused([Refusal.of("target_holds", target=_shown(target), tables=len(held))])


def _prove(target: Database, progress: Progress) -> Report:
    progress("prove", "", 0, 1)
    house = House(target.url.render_as_string(hide_password=False))
    try:
        return queries.verify(house)
    finally:
        house.database.close()
        progress("prove", "", 1, 1)


def _equal(wanted: Fingerprint, found: Fingerprint, code: str) -> None:
    if differ := transfer.differing(wanted, found):
        raise Refused([Refusal.of(code, tables=", ".join(differ))])


def _rows(of: Fingerprint) -> int:
    return sum(count for count, _ in of.values())


def _step(progress: Progress, step: str) -> transfer.Progress:
    def told(table: str, done: int, total: int) -> None:
        progress(step, table, done, total)

    return told


def _same(one: Database, other: Database) -> bool:
    if one.path and other.path:
        return Path(one.path).resolve() == Path(other.path).resolve()
    return one.url == other.url


def _shown(database: Database) -> str:
    return database.url.render_as_string(hide_password=True)
