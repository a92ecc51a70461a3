"""Every row of one database into another, of either kind: resumable, counted and compared.

Until the last step the target is marked as unfinished, so that nothing else opens it. Values pass through Python, and
each database writes them in its own way.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import DateTime, LargeBinary, MetaData, Table, bindparam, func, insert, select, tuple_, update
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime

from storage import letter_tables, mail_tables, meeting_tables, privacy_tables, schema, tables, token_tables, web_tables
from storage.database import Database, Session
from storage.statements import Statement
from workflow.errors import Refusal, Refused

BATCH, HEAVY = 2_000, 20
"""Rows in one transaction; of tables that hold files, which may be large, far fewer."""

# Importing them fills the metadata.
_filled_by = tables, letter_tables, mail_tables, meeting_tables, privacy_tables, token_tables, web_tables

Progress = Callable[[str, int, int], None]
"""Told of each batch: the table, the rows of it that are done, and how many it has."""

Fingerprint = Mapping[str, tuple[int, str]]
"""By table: how many rows it has, and a digest over them that does not depend on their order."""

_STATE = "copying"


@dataclass(frozen=True, slots=True)
class Begun:
    """An unfinished copy: the fingerprint of what it is a copy of, as it was when it began."""

    source: Fingerprint


class Copied:
    """One table: how its rows are read in order of their key, and written."""

    def __init__(self, table: Table) -> None:
        self.name = table.name
        self._names = tuple(c.name for c in table.columns)
        key = tuple(table.primary_key.columns)
        self._key = tuple(self._names.index(c.name) for c in key)
        self._after = tuple(f"after_{n}" for n in range(len(key)))
        self._batch = HEAVY if any(isinstance(c.type, LargeBinary) for c in table.columns) else BATCH
        first = select(*table.columns).order_by(*key).limit(bindparam("at_most"))
        beyond = tuple_(*key) > tuple_(*(bindparam(n, type_=c.type) for n, c in zip(self._after, key, strict=True)))
        self._first, self._next = Statement(first), Statement(first.where(beyond))
        self._nth = Statement(select(*key).order_by(*key).limit(1).offset(bindparam("before")))
        self._count = Statement(select(func.count()).select_from(table))
        self._insert = Statement(insert(table).values({name: bindparam(name) for name in self._names}))
        # A row may point to another of the same table that comes later: what points is written when all are there.
        self.pointers = tuple(
            c.name for c in table.columns if c.nullable and any(f.column.table is table for f in c.foreign_keys)
        )
        self._point = Statement(
            update(table)
            .where(*(c == bindparam(n) for n, c in zip(self._after, key, strict=True)))
            .values({name: bindparam(f"to_{name}") for name in self.pointers})
        )
        counted = table.autoincrement_column
        self.counter = "" if counted is None or counted.autoincrement is False else counted.name

    def count(self, session: Session) -> int:
        row = session.one(self._count, {})
        return int(row[0]) if row else 0

    def batches(self, session: Session, skipped: int = 0) -> Iterator[list[dict[str, Any]]]:
        """The rows in order of their key, all but the first `skipped`."""
        last = session.one(self._nth, {"before": skipped - 1}) if skipped else None
        while True:
            params: dict[str, Any] = {"at_most": self._batch}
            if last is not None:
                params |= zip(self._after, last, strict=True)
            try:
                rows = session.all(self._first if last is None else self._next, params)
            except ValueError as wrong:  # a day that is none
                raise Refused([Refusal.of("row_unreadable", table=self.name, detail=wrong)]) from wrong
            if rows:
                last = tuple(rows[-1][i] for i in self._key)
                yield [dict(zip(self._names, row, strict=True)) for row in rows]
            if len(rows) < self._batch:
                return

    def write(self, session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write rows, what points within the table left out."""
        empty = dict.fromkeys(self.pointers)
        session.run_many(self._insert, [{**row, **empty} for row in rows] if empty else rows)

    def point(self, session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write what points within the table."""
        pointing = [row for row in rows if any(row[name] is not None for name in self.pointers)]
        keys = [self._names[i] for i in self._key]
        session.run_many(self._point, [
            {**{n: row[k] for n, k in zip(self._after, keys, strict=True)},
             **{f"to_{name}": row[name] for name in self.pointers}}
            for row in pointing
        ])  # fmt: skip


def all_tables() -> list[Copied]:
    """Every table of this program's schema, each after those that it points to."""
    return [Copied(table) for table in SQLModel.metadata.sorted_tables]


def older_tables(database: Database) -> list[Copied]:
    """The same of a database whose schema is older, as it stands there."""
    found = MetaData()
    found.reflect(database.engine)
    for table in found.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, DateTime):
                column.type = UTCDateTime()
    return [Copied(table) for table in found.sorted_tables if table.name != "alembic_version"]


def fingerprint(session: Session, progress: Progress = lambda _name, _done, _all: None) -> Fingerprint:
    """What a database holds. The same rows have the same fingerprint in a database of either kind."""
    found = {}
    for table in all_tables():
        total, count, summed = table.count(session), 0, 0
        for rows in table.batches(session):
            for row in rows:
                summed += int.from_bytes(sha256(repr([_plain(value) for value in row.values()]).encode()).digest())
            count += len(rows)
            progress(table.name, count, total)
        found[table.name] = (count, f"{summed % 2**256:064x}")
    return found


def differing(one: Fingerprint, other: Fingerprint) -> list[str]:
    """The tables in which two databases differ."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def names(database: Database) -> list[str]:
    """The tables that a database has, anybody's; none where there is no file."""
    if database.path and not Path(database.path).exists():
        return []
    asked = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    if not database.path:
        asked = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    with database.reading() as session:
        return sorted(str(row[0]) for row in session.raw(asked))


def begun(database: Database) -> Begun | None:
    """The copy that was begun in a database and is not finished; None where there is none."""
    if _STATE not in names(database):
        return None
    with database.reading() as session:
        rows = list(session.raw(f"SELECT fingerprint FROM {_STATE}"))  # noqa: S608 - a name of our own
    if not rows:
        return None
    return Begun({name: (count, digest) for name, (count, digest) in json.loads(rows[0][0]).items()})


def begin(database: Database, source: Fingerprint) -> None:
    """Give an empty database the schema, marked as unfinished, all at once."""
    said = json.dumps(source).replace("'", "''")  # names of our own, numbers and hex
    schema.upgrade(database, also=(
        f"UPDATE alembic_version SET version_num = '{schema.UNFINISHED}'",  # noqa: S608 - a word of our own
        f"CREATE TABLE {_STATE} (fingerprint TEXT NOT NULL)",
        f"INSERT INTO {_STATE} VALUES ('{said}')",  # noqa: S608 - see above
    ))  # fmt: skip


def clear(database: Database) -> None:
    """Take away an unfinished copy with everything in it."""
    if database.path:
        database.close()
        for suffix in ("-wal", "-shm", "-journal", ""):  # the marked file last
            with suppress(FileNotFoundError):
                Path(f"{database.path}{suffix}").unlink()
        return
    ours = {_STATE, "alembic_version", *SQLModel.metadata.tables}
    found = ", ".join(f'"{name}"' for name in names(database) if name in ours)
    with database.transaction() as session:
        session.connection.execute(f"DROP TABLE {found} CASCADE")
        session.connection.execute("DROP FUNCTION IF EXISTS refuse(), refuse_reading(), refuse_event()")


def copy(source: Session, target: Database, chosen: Sequence[Copied], progress: Progress) -> None:
    """Copy what the target does not have yet, each batch in a transaction of its own."""
    for table in chosen:
        total = table.count(source)
        with target.reading() as session:
            done = table.count(session)
        for rows in table.batches(source, done):
            with _taken(target, table.name), target.transaction() as session:
                table.write(session, rows)
            done += len(rows)
            progress(table.name, done, total)
        for rows in table.batches(source) if table.pointers else ():
            with _taken(target, table.name), target.transaction() as session:
                table.point(session, rows)


@contextmanager
def _taken(target: Database, table: str) -> Iterator[None]:
    """What a database does not take (a NUL in a text, a row that breaks a rule) is refused by the name of its table."""
    dbapi: Any = target.dialect.loaded_dbapi
    try:
        yield
    except (dbapi.DataError, dbapi.IntegrityError) as wrong:
        said = str(wrong).partition("\n")[0]
        raise Refused([Refusal.of("row_refused", table=table, detail=said)]) from wrong


def finish(database: Database) -> None:
    """Let a copy that was found to be right be opened: numbers go on where they were, and the mark is gone."""
    with database.transaction() as session:
        execute = session.connection.execute
        if not database.path:
            for table in all_tables():
                if table.counter:
                    execute(
                        f"SELECT setval(pg_get_serial_sequence('{table.name}', '{table.counter}'), "  # noqa: S608 - names of our own
                        f"GREATEST((SELECT MAX({table.counter}) FROM {table.name}), 1), "
                        f"EXISTS (SELECT 1 FROM {table.name}))"
                    )
        execute(f"DROP TABLE {_STATE}")
        execute(f"UPDATE alembic_version SET version_num = '{schema.HEAD}'")  # noqa: S608 - a word of our own
    with database.transaction() as session:
        session.connection.execute("ANALYZE")


def _plain(value: Any) -> Any:
    """A value so that equal ones look alike, whichever database they came from."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return bytes(value) if isinstance(value, memoryview) else value
