"""The engine and the transaction; SQLite and PostgreSQL.

A statement is built with SQLAlchemy, compiled once per dialect and then run on the driver's own connection under
SQLAlchemy's pool: that is what a command's speed rests on. Transactions are begun and ended by name here and nowhere
else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import PoolProxiedConnection

from storage.statements import Row, Statement
from workflow.errors import StorageUnavailable

BUSY_TIMEOUT_MS = 30_000
CACHE_KIB = 16_000  # of pages that a connection to SQLite may keep; a thousand mails do not fit in its own 2,000
WAL_PAGES = 2_000  # before they go into the file itself (8 MB): what many commands change in turn goes there once
AT_ONCE = 40  # connections to PostgreSQL beside the 5 that are kept: no thread of a server waits for one
STATEMENTS = 500  # that a connection to SQLite keeps prepared; the driver's 128 are fewer than we have
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(20260321)"
_COLLIDED = '"uq_event_owned_key"'


def _text_as_it_stands(held: bytes) -> str:
    return held.decode("utf-8", "surrogateescape")


class Session:
    """One transaction at work. Only a Database makes one."""

    __slots__ = ("connection", "dialect")

    def __init__(self, connection: Any, dialect: Dialect) -> None:
        self.connection = connection
        self.dialect = dialect

    def run(self, statement: Statement, params: Mapping[str, Any]) -> int:
        """Run a statement that changes rows; how many it changed."""
        compiled = statement.on(self.dialect)
        changed: int = self.connection.execute(compiled.sql, compiled.arguments(params)).rowcount
        return changed

    def run_many(self, statement: Statement, many: Sequence[Mapping[str, Any]]) -> None:
        """Run a statement once per set of parameters."""
        if len(many) == 1:
            self.run(statement, many[0])
        elif many:
            compiled = statement.on(self.dialect)
            cursor = self.connection.cursor()
            cursor.executemany(compiled.sql, map(compiled.arguments, many))
            cursor.close()

    def one(self, statement: Statement, params: Mapping[str, Any]) -> Row | None:
        """The first row, or None."""
        compiled = statement.on(self.dialect)
        row = self.connection.execute(compiled.sql, compiled.arguments(params)).fetchone()
        return None if row is None else compiled.read(row)

    def all(self, statement: Statement, params: Mapping[str, Any]) -> list[Row]:
        """Every row."""
        compiled = statement.on(self.dialect)
        rows = self.connection.execute(compiled.sql, compiled.arguments(params)).fetchall()
        return compiled.read_all(rows)

    def each(self, statement: Statement, params: Mapping[str, Any]) -> Iterator[Row]:
        """The rows one by one, for what may be large."""
        compiled = statement.on(self.dialect)
        for row in self.connection.execute(compiled.sql, compiled.arguments(params)):
            yield compiled.read(row)

    def alone(self) -> None:
        """Let nobody else create or publish until this transaction ends: what is not there yet has no row to lock.

        SQLite has one writer at a time as it is.
        """
        if self.dialect.name == "postgresql":
            self.connection.execute(ONE_AT_A_TIME)

    def raw(self, sql: str) -> Iterator[Row]:
        """Rows exactly as the database holds them, for the proof that nothing was tampered with.

        Bytes that are no text come as surrogates, rather than as an error that hides which row they stand in.
        """
        if self.dialect.name == "sqlite":
            self.connection.text_factory = _text_as_it_stands
        try:
            yield from self.connection.execute(sql)
        finally:
            if self.dialect.name == "sqlite":
                self.connection.text_factory = str


class Database:
    """A database at a URL. Safe to share between threads; each transaction has a connection of its own."""

    def __init__(self, url: str) -> None:
        """`url`: `sqlite:///PATH` or `postgresql+psycopg://...`. Raises StorageUnavailable where it is neither."""
        try:
            self.url = make_url(url)
            name = self.url.get_backend_name()
        except ArgumentError:
            raise StorageUnavailable("unreachable", "adressen går inte att läsa; skriv sqlite:///SÖKVÄG") from None
        if name == "sqlite":
            self.engine = sa.create_engine(
                self.url, pool_reset_on_return=None, max_overflow=-1,
                connect_args={
                    "check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000, "cached_statements": STATEMENTS,
                },
            )  # fmt: skip
            sa.event.listen(self.engine, "connect", _prepare_sqlite)
        elif name == "postgresql":
            self.engine = sa.create_engine(self.url, pool_reset_on_return=None, max_overflow=AT_ONCE)
            sa.event.listen(self.engine, "connect", _prepare_postgresql)
        else:
            raise StorageUnavailable(
                "unreachable", f"{name} används inte; skriv sqlite:/// eller postgresql+psycopg://"
            )
        self.dialect = self.engine.dialect
        # On SQLite a connection that has been used waits here: through SQLAlchemy's pool it would cost more than BEGIN.
        # Those that read are others than those that write, for switching one between the two discards its statements.
        self._writers: list[PoolProxiedConnection] = []
        self._readers: list[PoolProxiedConnection] = []

    @property
    def path(self) -> str:
        """The file of an SQLite database, empty for others."""
        return self.url.database or "" if self.dialect.name == "sqlite" else ""

    def transaction(self, *, undo: bool = False) -> AbstractContextManager[Session]:
        """A transaction that may write. Kept as a whole when the block ends, undone as a whole when it raises or `undo`
        says that it is a rehearsal."""
        begin = "BEGIN IMMEDIATE" if self.dialect.name == "sqlite" else "BEGIN"
        return self._session(self._writers, begin, "ROLLBACK" if undo else "COMMIT")

    def reading(self) -> AbstractContextManager[Session]:
        """A transaction that sees one moment and cannot write."""
        begin = "BEGIN" if self.dialect.name == "sqlite" else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        return self._session(self._readers, begin, "COMMIT")

    @contextmanager
    def _session(self, waiting: list[PoolProxiedConnection], begin: str, end: str) -> Iterator[Session]:
        pooled = self._take(waiting)
        connection: Any = pooled.driver_connection
        try:
            connection.execute(begin)
            yield Session(connection, self.dialect)
            connection.execute(end)
        except BaseException as wrong:
            with suppress(Exception):
                connection.execute("ROLLBACK")
            if self._is_unavailable(wrong):
                raise _unavailable(wrong) from wrong
            raise
        finally:
            if self.dialect.name == "sqlite":
                waiting.append(pooled)
            elif connection.closed:  # the server went away
                pooled.invalidate()
            else:
                pooled.close()

    def _take(self, waiting: list[PoolProxiedConnection]) -> PoolProxiedConnection:
        """A connection that nobody else is using."""
        with suppress(IndexError):
            return waiting.pop()
        dbapi: Any = self.dialect.loaded_dbapi
        try:
            pooled = self.engine.raw_connection()
        except DBAPIError as wrong:
            raise _unavailable(wrong.orig) from wrong
        except dbapi.Error as wrong:  # the file is there but is none of ours, or nobody answers
            raise _unavailable(wrong) from wrong
        if waiting is self._readers and self.dialect.name == "sqlite":
            connection: Any = pooled.driver_connection
            connection.execute("PRAGMA query_only = ON")
        return pooled

    def _is_unavailable(self, wrong: BaseException) -> bool:
        """Whether the database itself is the trouble: not the rules that it keeps, nor what it was asked."""
        dbapi: Any = self.dialect.loaded_dbapi
        if not isinstance(wrong, dbapi.Error):
            return False
        if _COLLIDED in str(wrong):  # a key that somebody else used in the same moment: the next try will find it
            return True
        rules = dbapi.IntegrityError, dbapi.ProgrammingError, dbapi.DataError
        return isinstance(wrong, dbapi.DatabaseError) and not isinstance(wrong, rules)

    def close(self) -> None:
        """Let go of every connection that is not in use."""
        for waiting in (self._writers, self._readers):
            while waiting:
                waiting.pop().close()
        self.engine.dispose()


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # transactions are begun by name, or SELECT would run outside them
    connection.create_function("lower", 1, _lower, deterministic=True)  # its own leaves Å, Ä and Ö as they are
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA wal_autocheckpoint = {WAL_PAGES}")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _prepare_postgresql(connection: Any, _: Any) -> None:
    connection.autocommit = True  # the same: BEGIN and COMMIT are said by name


def _unavailable(wrong: BaseException | None) -> StorageUnavailable:
    """What the driver said, as a code that a person can act on."""
    said = str(wrong)
    for code, signs in (
        ("busy", ("locked", "busy", "deadlock", "could not serialize", _COLLIDED)),
        ("readonly", ("readonly", "read-only")),
        ("full", ("full", "No space left")),
        ("missing", ("unable to open",)),
        ("damaged", ("malformed", "not a database", "corrupt")),
    ):
        if any(sign in said for sign in signs):
            return StorageUnavailable(code, said)
    return StorageUnavailable("unreachable", said)
