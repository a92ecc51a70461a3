"""The engine and the transaction; SQLite and PostgreSQL.

A statement is built with SQLAlchemy, compiled once per dialect and then run on the driver's own connection under
SQLAlchemy's pool: that is what a command's speed rests on. Transactions are begun and ended by name here and nowhere
else.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from workflow.errors import StorageUnavailable

BUSY_TIMEOUT_MS = 30_000
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(20260321)"
_COLLIDED = '"uq_event_owned_key"'
Row = tuple[Any, ...]
Processor = Callable[[Any], Any]


class Statement:
    """A statement that is compiled once for each dialect. Parameters go by name; values as Python has them."""

    __slots__ = ("_compiled", "construct")

    def __init__(self, construct: sa.sql.ClauseElement) -> None:
        self.construct = construct
        self._compiled: dict[str, _Compiled] = {}

    def on(self, dialect: Dialect) -> _Compiled:
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _Compiled(self.construct, dialect)
        return compiled


class _Compiled:
    """SQL text with what turns values into the driver's and back."""

    __slots__ = ("_in_order", "binds", "defaults", "results", "sql")

    def __init__(self, construct: sa.sql.ClauseElement, dialect: Dialect) -> None:
        compiled = construct.compile(dialect=dialect)
        self.sql = str(compiled)
        self.defaults = {k: v for k, v in compiled.params.items() if v is not None}
        self.binds: list[tuple[str, Processor]] = []
        self.results: list[tuple[int, Processor]] = []
        self._in_order: Callable[[Mapping[str, Any]], Any] = _as_named
        if isinstance(compiled, sa.sql.compiler.SQLCompiler):
            for name, bind in compiled.binds.items():
                process = bind.type.dialect_impl(dialect).bind_processor(dialect)
                if process is not None:
                    self.binds.append((name, process))
            if compiled.positiontup is not None:
                self._in_order = _by_position(compiled.positiontup)
        if isinstance(construct, sa.Select):
            for i, column in enumerate(construct.selected_columns):
                # SQLite keeps days and moments as text; the type knows how to read them back.
                read = column.type.dialect_impl(dialect).result_processor(dialect, None)
                if read is not None:
                    self.results.append((i, read))

    def given(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """The parameters by name, each as the driver wants it."""
        if not self.binds and not self.defaults:
            return params
        values = {**self.defaults, **params}
        for name, process in self.binds:
            values[name] = process(values[name])
        return values

    def arguments(self, params: Mapping[str, Any]) -> Any:
        """The same as the driver takes them: by position on SQLite, where names cost more, by name on PostgreSQL."""
        return self._in_order(self.given(params))

    def read(self, row: Row) -> Row:
        """A row of the driver's with the values that Python has for them."""
        if not self.results:
            return row
        values = list(row)
        for i, read in self.results:
            values[i] = read(values[i])
        return tuple(values)


def _as_named(values: Mapping[str, Any]) -> Mapping[str, Any]:
    return values


def _by_position(names: Sequence[str]) -> Callable[[Mapping[str, Any]], Row]:
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: tuple(values[name] for name in names)


class Session:
    """One transaction at work. Only a Database makes one."""

    __slots__ = ("connection", "dialect")

    def __init__(self, connection: Any, dialect: Dialect) -> None:
        self.connection = connection
        self.dialect = dialect

    def run(self, statement: Statement, params: Mapping[str, Any]) -> int:
        """Run a statement that changes rows; how many it changed."""
        compiled = statement.on(self.dialect)
        return int(self.connection.execute(compiled.sql, compiled.arguments(params)).rowcount)

    def run_many(self, statement: Statement, many: Sequence[Mapping[str, Any]]) -> None:
        """Run a statement once per set of parameters."""
        if len(many) == 1:
            self.run(statement, many[0])
        elif many:
            compiled = statement.on(self.dialect)
            cursor = self.connection.cursor()
            cursor.executemany(compiled.sql, [compiled.arguments(params) for params in many])
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
        return [compiled.read(row) for row in rows] if compiled.results else rows

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

    def raw(self, sql: str) -> Iterable[Row]:
        """Rows exactly as the database holds them, for the proof that nothing was tampered with."""
        return self.connection.execute(sql)  # type: ignore[no-any-return]  # the driver's cursor


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
                self.url, pool_reset_on_return=None,
                connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000},
            )  # fmt: skip
            sa.event.listen(self.engine, "connect", _prepare_sqlite)
        elif name == "postgresql":
            self.engine = sa.create_engine(self.url, pool_reset_on_return=None)
            sa.event.listen(self.engine, "connect", _prepare_postgresql)
        else:
            raise StorageUnavailable(
                "unreachable", f"{name} används inte; skriv sqlite:/// eller postgresql+psycopg://"
            )
        self.dialect = self.engine.dialect

    @property
    def path(self) -> str:
        """The file of an SQLite database, empty for others."""
        return self.url.database or "" if self.dialect.name == "sqlite" else ""

    @contextmanager
    def transaction(self, *, undo: bool = False) -> Iterator[Session]:
        """A transaction that may write. Kept as a whole when the block ends, undone as a whole when it raises or `undo`
        says that it is a rehearsal."""
        begin = "BEGIN IMMEDIATE" if self.dialect.name == "sqlite" else "BEGIN"
        with self._connection(begin, commit="ROLLBACK" if undo else "COMMIT") as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that sees one moment and cannot write."""
        if self.dialect.name == "sqlite":
            with self._connection("PRAGMA query_only = ON", "BEGIN", end="PRAGMA query_only = OFF") as session:
                yield session
        else:
            with self._connection("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") as session:
                yield session

    @contextmanager
    def _connection(self, *begin: str, commit: str = "COMMIT", end: str = "") -> Iterator[Session]:
        try:
            pooled = self.engine.raw_connection()
        except DBAPIError as wrong:
            raise _unavailable(wrong.orig) from wrong
        except sqlite3.Error as wrong:  # the file is there but is none of ours, or cannot be opened
            raise _unavailable(wrong) from wrong
        connection: Any = pooled.driver_connection
        try:
            for statement in begin:
                connection.execute(statement)
            yield Session(connection, self.dialect)
            connection.execute(commit)
        except BaseException as wrong:
            with suppress(Exception):
                connection.execute("ROLLBACK")
            if self._is_unavailable(wrong):
                raise _unavailable(wrong) from wrong
            raise
        finally:
            if end:
                with suppress(Exception):
                    connection.execute(end)
            pooled.close()

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
        """Let go of every connection."""
        self.engine.dispose()


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # transactions are begun by name, or SELECT would run outside them
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")


def _prepare_postgresql(connection: Any, _: Any) -> None:
    connection.autocommit = True  # the same: BEGIN and COMMIT are said by name


def _unavailable(wrong: BaseException | None) -> StorageUnavailable:
    """What the driver said, as a code that a person can act on."""
    said = str(wrong)
    for code, signs in (
        ("busy", ("locked", "busy", "deadlock", "could not serialize", _COLLIDED)),
        ("readonly", ("readonly", "read-only")),
        ("full", ("full",)),
        ("missing", ("unable to open",)),
        ("damaged", ("malformed", "not a database", "corrupt")),
    ):
        if any(sign in said for sign in signs):
            return StorageUnavailable(code, said)
    return StorageUnavailable("unreachable", said)
