"""A backup: one SQLite file with a database's schema and rows, what it is, and a seal over every byte of it.

The same file serves databases of both kinds. No program opens it as a database. It is written under another name, and
has its own only when it is whole.
"""

from __future__ import annotations

import errno
import fcntl
import json
import mmap
import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from sqlalchemy.exc import DBAPIError

from storage import schema, transfer
from storage.database import Database
from storage.transfer import Progress
from workflow.errors import NotFound, Refusal, Refused, StorageUnavailable

LEFT_OUT = frozenset({"web_session", "web_login", "web_draft", "heartbeat"})
"""Who is logged in or on the way in, and which processes run: none of it is true in another database."""

PART = ".uppdrag-part"
"""What a name ends with until its file is whole."""

_BLANK = "0" * 64
_TOO_LARGE = (errno.ENOSPC, errno.EDQUOT)
_OURS = "backup", "backup_seal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup is of. `taken_at` is aware UTC; `source` the kind of database; `head` the name of its newest
    checkpoint. `proved`: the log was gone through and nothing was found; False too where its schema was older than the
    program. `rows` by table."""

    taken_at: str
    program: str
    schema: str
    source: str
    streams: int
    events: int
    last_event: str
    head: str
    proved: bool
    rows: Mapping[str, int]

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.taken_at)

    @property
    def newest(self) -> datetime | None:
        """When the last event was registered, None where nothing has ever happened."""
        return datetime.fromisoformat(self.last_event) if self.last_event else None


@contextmanager
def writing(path: Path, *, replace: bool) -> Iterator[Path]:
    """The place to write a backup at, readable to us alone. `path` has it when the block ends, and nothing where it
    raises. Raises Refused where there is a file already, or another process writes it; StorageUnavailable."""
    if path.exists() and not replace:
        raise Refused([Refusal.of("backup_exists", file=path)])
    part = path.with_name(path.name + PART)
    with written(path):
        for left in path.absolute().parent.glob(f"*{PART}"):
            _forget_if_left(left)
        held = _begun(part)
        if held is None:
            raise Refused([Refusal.of("backup_going_on", file=path)])
        try:
            yield part
            os.fsync(held)
            _name(part, path, replace=replace)
        finally:
            _forget(part)
            os.close(held)


def _begun(part: Path) -> int | None:
    """A new file that is locked while we write it, None where another process writes it."""
    try:
        held = os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    except FileExistsError:
        return None
    fcntl.flock(held, fcntl.LOCK_EX)
    with suppress(FileNotFoundError):
        if part.stat().st_ino == os.fstat(held).st_ino:
            return held
    os.close(held)  # somebody took it for a file that was left
    return None


def _forget_if_left(part: Path) -> None:
    """Take away what a run that was killed has left. A run that goes on holds its lock."""
    with suppress(FileNotFoundError, BlockingIOError), part.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _forget(part)


def _forget(part: Path) -> None:
    for suffix in ("-journal", "-wal", "-shm", ""):
        Path(f"{part}{suffix}").unlink(missing_ok=True)


@contextmanager
def written(path: Path) -> Iterator[None]:
    """Where a file cannot be written, StorageUnavailable: `full` or `unwritable`, with the name that people know."""
    try:
        yield
    except OSError as wrong:
        code = "full" if wrong.errno in _TOO_LARGE else "unwritable"
        raise StorageUnavailable(code, f"{path}: {wrong.strerror}") from wrong
    except (sqlite3.Error, DBAPIError) as wrong:
        raise _of_file(path, str(wrong)) from wrong
    except StorageUnavailable as wrong:
        if "disk I/O" in wrong.detail:
            raise _of_file(path, wrong.detail) from wrong
        raise


def _of_file(path: Path, said: str) -> StorageUnavailable:
    signs = {"is full": "full", "malformed": "damaged", "not a database": "damaged", "locked": "busy"}
    code = next((code for sign, code in signs.items() if sign in said), "unwritable")
    return StorageUnavailable(code, f"{path}: {said}")


def snapshot(database: Database, part: Path, progress: Progress) -> str:
    """Copy a database as it stands at one moment, while others write; the revision that it has."""
    revision = schema.revision(database)
    if revision not in schema.REVISIONS:
        schema.check(database)  # says what it is
    if database.path:
        with closing(sqlite3.connect(database.path, timeout=30)) as source:
            source.execute("VACUUM INTO ?", (str(part),))  # reads one moment, and takes nothing deleted along
        with closing(sqlite3.connect(part)) as copy, copy:
            copy.execute("PRAGMA secure_delete = ON")
            for name in LEFT_OUT & _names(copy):
                copy.execute(f"DELETE FROM {name}")  # noqa: S608 - a name of our own
        return revision
    with closing(Database(f"sqlite:///{part}")) as target:
        schema.upgrade(target, to=revision)
        with database.reading() as session:
            tables = transfer.all_tables() if revision == schema.HEAD else transfer.older_tables(database)
            wanted = [table for table in tables if table.name not in LEFT_OUT]
            transfer.copy(session, target, wanted, progress)
    return revision


def conclude(part: Path, *, now: datetime, program: str, revision: str, source: str, proved: bool) -> Manifest:
    """Say in a copy what it is, and seal it. Nothing may be written in it after that."""
    with closing(sqlite3.connect(part, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")  # as it would become, were it opened by mistake: not a byte changes
        rows = {name: _count(db, name) for name in sorted(_names(db))}
        last = db.execute("SELECT number || '-' || head FROM checkpoint ORDER BY number DESC LIMIT 1").fetchone()
        (newest,) = db.execute("SELECT MAX(registered_at) FROM event").fetchone()
        manifest = Manifest(
            taken_at=now.isoformat(), program=program, schema=revision, source=source, streams=rows["stream"],
            events=rows["event"], last_event=f"{newest}+00:00" if newest else "", head=last[0] if last else "",
            proved=proved, rows=rows,
        )  # fmt: skip
        db.execute("BEGIN")
        db.execute("CREATE TABLE backup (manifest TEXT NOT NULL)")
        db.execute("INSERT INTO backup VALUES (?)", (json.dumps(asdict(manifest)),))
        db.execute("CREATE TABLE backup_seal (place TEXT NOT NULL)")
        place = f"uppdrag-sha256:{secrets.token_hex(16)}:"
        db.execute("INSERT INTO backup_seal VALUES (?)", (place + _BLANK,))
        db.execute("UPDATE alembic_version SET version_num = ?", (schema.BACKUP,))
        db.execute("COMMIT")
    with part.open("r+b") as file, mmap.mmap(file.fileno(), 0) as held:
        at = held.find(place.encode()) + len(place)
        held[at : at + len(_BLANK)] = _digest(held, at).encode()
        held.flush()
    return manifest


def read(path: Path) -> Manifest:
    """What a backup is of, once every byte of it was found to be as it was written. Raises NotFound and
    StorageUnavailable: `backup_damaged`."""
    if not path.is_file():
        raise NotFound("file", str(path))
    try:
        address = f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1"
        with closing(sqlite3.connect(address, uri=True)) as db:
            (said,) = db.execute("SELECT manifest FROM backup").fetchone()
            (place,) = db.execute("SELECT place FROM backup_seal").fetchone()
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as held:
            at = held.find(place.encode()) + len(place) - len(_BLANK)
            whole = at > 0 and held[at : at + len(_BLANK)] == _digest(held, at).encode()
        if whole:
            return Manifest(**json.loads(said))
    except (sqlite3.Error, ValueError, TypeError, AttributeError):
        pass  # whatever was done to it, it is no whole backup
    except OSError as wrong:
        raise StorageUnavailable("unreadable", f"{path}: {wrong.strerror}") from wrong
    raise StorageUnavailable("backup_damaged", str(path))


def unpack(path: Path, manifest: Manifest, to: Path) -> None:
    """Make a database of a backup: the same rows, in a new file that only we may read."""
    with written(to):
        with path.open("rb") as source, os.fdopen(os.open(to, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
        with closing(sqlite3.connect(to)) as db, db:
            for name in _OURS:
                db.execute(f"DROP TABLE {name}")
            db.execute("UPDATE alembic_version SET version_num = ?", (manifest.schema,))


def sync_folder(folder: Path) -> None:
    """Let the names in a folder outlive a power cut."""
    held = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)


def _name(part: Path, path: Path, *, replace: bool) -> None:
    if replace:
        part.replace(path)
    else:
        try:
            path.hardlink_to(part)  # unlike a renaming it never takes another file's place
        except FileExistsError:
            raise Refused([Refusal.of("backup_exists", file=path)]) from None
        except OSError:  # a file system without links
            with suppress(FileNotFoundError):
                part.rename(path)
    sync_folder(path.parent)


def _names(db: sqlite3.Connection) -> set[str]:
    found = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'").fetchall()
    return {str(name) for (name,) in found} - {"alembic_version"}


def _count(db: sqlite3.Connection, table: str) -> int:
    return int(db.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0])  # noqa: S608 - a name of our own


def _digest(held: mmap.mmap, at: int) -> str:
    """SHA-256 in hex over the file, with zeros where its own digest stands."""
    summed = sha256()
    with memoryview(held) as whole:
        for start, end in ((0, at), (at + len(_BLANK), len(whole))):
            with whole[start:end] as piece:
                summed.update(piece)
            if start == 0:
                summed.update(_BLANK.encode())
    return summed.hexdigest()
