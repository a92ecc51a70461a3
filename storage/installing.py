"""A database that is ready, put where another one was; that one is kept aside."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from storage.backup_file import sync_folder
from storage.database import Database, Session
from workflow.errors import Refusal, Refused

_ALONE = 20260322
_LOOKS = 20
_READY = "aterstalls"
_BESIDE = "-wal", "-shm", "-journal"
_OTHERS = f"""SELECT count(*) FROM pg_stat_activity a WHERE datname = current_database()
    AND pid <> pg_backend_pid() AND backend_type = 'client backend'
    AND NOT EXISTS (SELECT 1 FROM pg_locks l WHERE l.pid = a.pid AND locktype = 'advisory' AND objid = {_ALONE})"""  # noqa: S608 - a number of our own


@contextmanager
def alone(database: Database) -> Iterator[None]:
    """Nobody else moves or restores anything to this database meanwhile. Raises Refused where somebody does."""
    busy = Refused([Refusal.of("copy_going_on", database=database.url.render_as_string(hide_password=True))])
    if database.path:
        folder = Path(database.path).absolute().parent
        folder.mkdir(parents=True, exist_ok=True)
        held = os.open(folder, os.O_RDONLY)
        try:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise busy from None
            yield
        finally:
            os.close(held)
        return
    with database.transaction() as session:
        if not session.connection.execute(f"SELECT pg_try_advisory_xact_lock({_ALONE})").fetchone()[0]:
            raise busy
        yield


def put(ready: Path, target: Path, aside: Path) -> bool:
    """Put a closed database file in the place of another, which is then found at `aside`; whether there was one.

    The place is never empty meanwhile, where the file system has links. Raises Refused where somebody has the other
    one open.
    """
    old = target.exists() and target.stat().st_size > 0
    if old:
        _nobody_in(target)
        like = target.stat()
        try:
            aside.hardlink_to(target)
        except FileExistsError:
            raise Refused([Refusal.of("aside_refused", name=target, detail=f"{aside} finns redan")]) from None
        except OSError:  # a file system without links: for a moment there is nothing
            target.rename(aside)
    else:
        like = target.absolute().parent.stat()
    for suffix in _BESIDE:  # left there, it would be read as a part of the new one
        with suppress(FileNotFoundError):
            Path(f"{target}{suffix}").rename(f"{aside}{suffix}")
    with ready.open("rb") as file:
        os.fchmod(file.fileno(), like.st_mode & 0o777 if old else 0o600)
        with suppress(PermissionError):  # only root may give a file to the user that the service runs as
            os.fchown(file.fileno(), like.st_uid, like.st_gid)
        os.fsync(file.fileno())
    ready.replace(target)
    sync_folder(target.absolute().parent)
    return old


def free(database: Database) -> None:
    """Raises Refused where somebody else has the database open."""
    if database.path:
        database.close()  # our own connections are somebody's too
        if Path(database.path).exists():
            _nobody_in(Path(database.path))
        return
    with database.transaction() as session:
        _alone_in(session, database)


def beside(database: Database) -> Database:
    """An empty place in a PostgreSQL database, where another can be made ready while the one there stays as it is."""
    with database.transaction() as session:
        _said(
            session, f"DROP SCHEMA IF EXISTS {_READY} CASCADE", database.url.database or ""
        )  # of a run that was killed
        _said(session, f"CREATE SCHEMA {_READY}", database.url.database or "")
    options = f"{database.url.query.get('options', '')} -csearch_path={_READY}".strip()
    return Database(database.url.update_query_dict({"options": options}).render_as_string(hide_password=False))


def exchange(database: Database, aside: str) -> None:
    """Let what was made ready `beside` take the place of what is there, which is then found in the schema `aside`; all
    at once. Raises Refused where somebody else is connected."""
    with database.transaction() as session:
        _alone_in(session, database)
        name = session.connection.execute("SELECT current_schema()").fetchone()[0]
        _said(session, f'ALTER SCHEMA "{name}" RENAME TO "{aside}"', name)
        _said(session, f'ALTER SCHEMA {_READY} RENAME TO "{name}"', name)


def _said(session: Session, statement: str, name: str) -> None:
    """Change schemas. Raises Refused where they are not ours to change."""
    dbapi: Any = session.dialect.loaded_dbapi
    try:
        session.connection.execute(statement)
    except dbapi.ProgrammingError as wrong:
        raise Refused([Refusal.of("aside_refused", name=name, detail=str(wrong).partition("\n")[0])]) from wrong


def _alone_in(session: Session, database: Database) -> None:
    if not any(_nobody_else(session) for _ in range(_LOOKS)):
        raise Refused([Refusal.of("database_in_use", database=database.url.database)])


def _nobody_else(session: Session) -> bool:
    """Whether we are alone in a PostgreSQL database. Who has just left is still seen for a moment."""
    session.connection.execute("SELECT pg_stat_clear_snapshot()")
    if session.connection.execute(_OTHERS).fetchone()[0] == 0:
        return True
    time.sleep(0.1)
    return False


def _nobody_in(path: Path) -> None:
    """Raises Refused where another process has the database open; what it left beside the file comes into it."""
    try:
        with closing(sqlite3.connect(path, timeout=2, isolation_level=None)) as db:
            db.execute("PRAGMA journal_mode = DELETE")  # goes only where nobody else is
            db.execute("BEGIN EXCLUSIVE")
            db.execute("COMMIT")
    except sqlite3.OperationalError as wrong:
        if "locked" in str(wrong):
            raise Refused([Refusal.of("database_in_use", database=path)]) from None
    except sqlite3.DatabaseError:
        pass  # damaged: that is why it is replaced
