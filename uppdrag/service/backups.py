"""Backups: taken while others write, checked, and made into a database again whose mail waits for a person."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from storage import backup_file, checkpoints, heartbeats, installing, log, outbox, restoring, schema, transfer
from storage.backup_file import Manifest
from storage.database import Database
from storage.heartbeats import Heartbeat
from storage.proof import Report
from storage.restoring import Held
from uppdrag import VERSION
from uppdrag.service import mailing, queries
from uppdrag.service.house import SYSTEM_STREAM, House
from uppdrag.service.relocating import Progress, bring, untold
from workflow.calendar import STOCKHOLM
from workflow.errors import Refusal, Refused, StorageUnavailable
from workflow.events import Restored
from workflow.message import Queued
from workflow.model import Actor

_WORK = ".aterstalls"


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup and what the proof of its log found. `report` is None where its schema is older than the program: it is
    upgraded, and then proved, when it is checked or restored. `size` in bytes."""

    manifest: Manifest
    report: Report | None
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoration:
    """A restore that is done, unless `report` has findings: then nothing has changed. `aside`: where what was there
    before is kept, empty where there was nothing. `database` is shown without password. `upgraded`: revisions that were
    run because the backup was older than the program."""

    database: str
    manifest: Manifest
    report: Report
    held: Held | None = None
    aside: str = ""
    upgraded: tuple[str, ...] = ()


def take(url: str, path: Path, *, now: datetime, replace: bool = False, progress: Progress = untold) -> Backup:
    """Write a backup of a database to a file that only its owner may read, and prove what it says.

    Raises Refused where the file exists and may not be replaced; StorageUnavailable. Then there is no new file. A
    backup whose log has findings is kept: somebody may need it to see what was done.
    """

    def told(table: str, done: int, total: int) -> None:
        progress("copy", table, done, total)

    with closing(Database(url)) as database, backup_file.writing(path, replace=replace) as part:
        revision = backup_file.snapshot(database, part, told)
        report = None
        if revision == schema.HEAD:
            progress("prove", "", 0, 1)
            report = _proof(part)
        manifest = backup_file.conclude(
            part, now=now.astimezone(UTC), program=VERSION, revision=revision, source=database.dialect.name,
            proved=report is not None and not report.findings,
        )  # fmt: skip
        size = part.stat().st_size
    if revision == schema.HEAD:
        _remember(url, path, now)
    return Backup(manifest, report, size)


def _remember(url: str, path: Path, now: datetime) -> None:
    """Note in the database that it was backed up. The backup stands, whether or not that can be written."""
    with suppress(StorageUnavailable), closing(Database(url)) as database, database.transaction() as session:
        heartbeats.beat(session, Heartbeat(heartbeats.BACKUP, heartbeats.BACKUP, now, str(path.absolute())))


def check(path: Path, *, head: str = "") -> Backup:
    """Go through a backup as a restore would, on a copy of it in the folder for temporary files. Nothing is changed.

    `head` is the name of a checkpoint that left the machine. Raises NotFound and StorageUnavailable.
    """
    manifest = backup_file.read(path)
    with tempfile.TemporaryDirectory(prefix="uppdrag-") as folder:
        work = Path(folder) / "kontroll.db"
        report, _ = _unpacked(path, manifest, work, head)
    return Backup(manifest, report, path.stat().st_size)


def restore(
    url: str, path: Path, *, now: datetime, who: str, replace: bool = False, head: str = "", progress: Progress = untold
) -> Restoration:  # fmt: skip
    """Make the database at `url` of a backup. Mail is held, nobody is logged in, and the log says what happened.

    What is there already is refused, or kept aside with `replace`. Until all is done there is what was there before, or
    where there was nothing, on PostgreSQL, a database that nothing opens. Raises NotFound, Refused and
    StorageUnavailable.
    """
    manifest = backup_file.read(path)
    with closing(Database(url)) as target, installing.alone(target):
        broken_off = not target.path and transfer.begun(target) is not None
        if not replace and not broken_off and _holds_something(target):
            raise Refused([Refusal.of("restore_over", database=_shown(target))])
        if replace:
            installing.free(target)
        with _workplace(target) as work:
            report, upgraded = _unpacked(path, manifest, work, head)
            done = Restoration(
                database=_shown(target), manifest=manifest, report=report, upgraded=tuple(upgraded)
            )  # fmt: skip
            if report.findings:
                return done
            held = _hold(work, manifest, who, now)
            return dataclasses.replace(done, held=held, aside=_install(work, target, now, progress))


def held(house: House) -> list[Queued]:
    """The mails that a restore held and nobody has released or cancelled."""
    with house.database.reading() as session:
        found = [outbox.find(session, id) for id in restoring.held(session)]
    return [kept.queued for kept in found if kept is not None]


def release_held(house: House, *, who: str, now: datetime) -> int:
    """Let them all go; how many there were."""
    waiting = held(house)
    for mail in waiting:
        mailing.release(house, mail.id, who=who, now=now)
    return len(waiting)


def cancel_held(house: House, *, why: str, who: str, now: datetime) -> int:
    """Take them all back: they have left already; how many there were."""
    waiting = held(house)
    for mail in waiting:
        mailing.cancel(house, mail.id, why=why, who=who, now=now)
    return len(waiting)


def _proof(file: Path, head: str = "") -> Report:
    house = House(f"sqlite:///{file}")
    try:
        return queries.verify(house, asked_head=head)
    finally:
        house.database.close()


def _unpacked(path: Path, manifest: Manifest, work: Path, head: str) -> tuple[Report, list[str]]:
    """Make a database of a backup beside everything else: the proof of its log, and the revisions that were run."""
    backup_file.unpack(path, manifest, work)
    with backup_file.written(work):
        with closing(Database(f"sqlite:///{work}")) as database:
            upgraded = schema.upgrade(database)
        return _proof(work, head), upgraded


def _hold(work: Path, manifest: Manifest, who: str, now: datetime) -> Held:
    """Let nothing leave a restored database until a person says so, and say in its log what it was made of."""
    taken = f"{manifest.moment.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}"
    why = f"Databasen är återställd ur en säkerhetskopia från {taken}; det som väntade kan redan ha gått"
    with (
        backup_file.written(work), closing(Database(f"sqlite:///{work}")) as database, database.transaction() as session
    ):  # fmt: skip
        held = restoring.hold(session, who=who, why=why, now=now)
        event = Restored(taken_at=manifest.moment, program=manifest.program, held=held.messages)
        entry = log.Entry(event=event, state="", actor=Actor(role="drift", name=who))
        log.append(session, SYSTEM_STREAM, log.peek(session, SYSTEM_STREAM), [entry], now)
        checkpoints.write(session, now)
    return held


def _install(work: Path, target: Database, now: datetime, progress: Progress) -> str:
    """Put a database that is ready where it is to be; where what was there is kept."""
    stamp = f"fore_aterstallning_{now.astimezone(STOCKHOLM):%Y%m%d_%H%M%S}"
    if target.path:
        aside = Path(f"{target.path}.{stamp}")
        target.close()
        with backup_file.written(Path(target.path)):
            return str(aside) if installing.put(work, Path(target.path), aside) else ""
    if transfer.begun(target) is not None:
        transfer.clear(target)
    with closing(Database(f"sqlite:///{work}")) as source:
        if not transfer.names(target):
            _bring(source, target, progress)
            return ""
        with closing(installing.beside(target)) as ready:
            _bring(source, ready, progress)
        installing.exchange(target, stamp)
    return stamp


def _bring(source: Database, target: Database, progress: Progress) -> None:
    if bring(source, target, progress).report.findings:
        raise Refused([Refusal.of("copy_differs", tables="event")])


def _holds_something(target: Database) -> bool:
    if target.path:
        file = Path(target.path)
        return file.exists() and file.stat().st_size > 0  # damaged ones too
    return bool(transfer.names(target))


@contextmanager
def _workplace(target: Database) -> Iterator[Path]:
    """Where a database is made ready: beside an SQLite file, so that it can take its place in one step."""
    if not target.path:
        with tempfile.TemporaryDirectory(prefix="uppdrag-") as folder:
            yield Path(folder) / "aterstalls.db"
        return
    work = Path(target.path + _WORK)
    try:
        _forget(work)  # of a run that was killed
        yield work
    finally:
        _forget(work)


def _forget(work: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        Path(f"{work}{suffix}").unlink(missing_ok=True)


def _shown(database: Database) -> str:
    return database.url.render_as_string(hide_password=True)
