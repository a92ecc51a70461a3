"""Which schema a database has, and bringing it up to this program's."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storage.connecting import unavailable
from storage.database import ONE_AT_A_TIME, Database
from workflow.errors import StorageUnavailable

HEAD = "0019"
"""The revision that this program works with; the newest in migrations/versions."""

REVISIONS = (
    "0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011", "0012", "0013", "0014",
    "0015", "0016", "0017", "0018", "0019",
)  # fmt: skip
"""Every revision, oldest first."""

UNFINISHED, BACKUP = "flytt", "kopia"
"""What stands in the revision's place in a copy that is not finished, and in a backup: no program opens them."""


def revision(database: Database) -> str:
    """The database's revision, empty where it has none. Raises StorageUnavailable where there is no database."""
    if database.path and database.path != ":memory:" and not Path(database.path).exists():
        raise StorageUnavailable("missing", database.path)
    try:
        with database.reading() as session:
            rows = list(session.raw("SELECT version_num FROM alembic_version"))
    except (sqlite3.OperationalError, DBAPIError, StorageUnavailable) as wrong:
        if "alembic_version" in str(wrong):
            return ""
        raise
    except Exception as wrong:
        if "alembic_version" in str(wrong):  # what PostgreSQL's driver says of a table that is not there
            return ""
        raise
    return str(rows[0][0]) if rows else ""


def check(database: Database) -> None:
    """Raises StorageUnavailable: `missing`, `older` (upgrade it), `newer` (upgrade the program), or what is no database
    to work with: `unfinished` or `backup`."""
    found = revision(database)
    if found == HEAD:
        return
    if not found:
        raise StorageUnavailable("missing", database.path)
    if found in REVISIONS:
        raise StorageUnavailable("older", f"{found} / {HEAD}")
    raise _unknown(found)


def _unknown(found: str) -> StorageUnavailable:
    kinds = {UNFINISHED: "unfinished", BACKUP: "backup"}
    return StorageUnavailable(kinds.get(found, "newer"), f"{found} / {HEAD}")


def _make_file(path: Path) -> None:
    """An empty file that nobody else on the machine may read, where there is none; what SQLite keeps beside it has the
    same rights. What cannot be made is told when it is opened."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def upgrade(database: Database, *, to: str = "", also: Sequence[str] = ()) -> list[str]:
    """Run the revisions that are missing, up to `to` where it is said, and after them `also`, where there were any, in
    one transaction. The revisions that were run, oldest first."""
    from alembic import command
    from alembic.config import Config

    if database.path:
        _make_file(Path(database.path))
    try:
        before = revision(database)
    except StorageUnavailable as wrong:
        if wrong.code != "missing":
            raise
        before = ""
    if before and before not in REVISIONS:
        raise _unknown(before)
    to = to or HEAD
    missing = list(REVISIONS[REVISIONS.index(before) + 1 if before else 0 : REVISIONS.index(to) + 1])
    if missing:
        config = Config(attributes={"connection": None})
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        with database.engine.connect() as connection:
            connection.execute(text("BEGIN IMMEDIATE" if database.path else "BEGIN"))
            try:
                if not database.path:
                    connection.execute(text(ONE_AT_A_TIME))
                config.attributes["connection"] = connection
                command.upgrade(config, to)
                for statement in also:
                    connection.exec_driver_sql(statement)
                connection.execute(text("COMMIT"))
            except BaseException as wrong:
                with suppress(DBAPIError):  # a full disk has undone it already
                    connection.execute(text("ROLLBACK"))
                if isinstance(wrong, DBAPIError):
                    raise unavailable(wrong.orig) from wrong
                raise
    return missing
