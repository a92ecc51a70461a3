"""The engine and the transaction; SQLite and PostgreSQL.

A statement is built with SQLAlchemy, compiled once per dialect and then run on the driver's own connection under
SQLAlchemy's pool: that is what a command's speed rests on. Transactions are begun and ended by name here and nowhere
else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from time import monotonic
from typing import Any

from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection

from storage.connecting import AT_ONCE, COLLIDED, KEPT, address, engine, unavailable, unreached
from storage.statements import Row, Statement
from workflow.errors import StorageUnavailable

ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(20260321)"
_BACK_IN = 10.0
"""Seconds after a loss in which a server that cannot be reached is taken for one that restarts."""
_FEW = 8
"""Rows of an answer that a kept cursor may hold on to until it is asked again."""
_MOST_STALE = KEPT + AT_ONCE + 1  # connections that a restarted server may have left behind, and a new one


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
            try:
                cursor.executemany(compiled.sql, map(compiled.arguments, many))
            finally:  # a cursor that an error's traceback holds on to would keep a closed connection's file open
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


class _Kept(Session):
    """The same on PostgreSQL where something is written, with a cursor kept for each statement: what the driver has
    found out about it (its parameters, its types) is a third of what a statement costs."""

    __slots__ = ("_cursors",)

    def __init__(self, connection: Any, dialect: Dialect, cursors: dict[str, Any]) -> None:
        super().__init__(connection, dialect)
        self._cursors = cursors

    def run(self, statement: Statement, params: Mapping[str, Any]) -> int:
        compiled = statement.on(self.dialect)
        changed: int = self._cursor(compiled.sql).execute(compiled.sql, compiled.arguments(params)).rowcount
        return changed

    def one(self, statement: Statement, params: Mapping[str, Any]) -> Row | None:
        compiled = statement.on(self.dialect)
        row = self._cursor(compiled.sql).execute(compiled.sql, compiled.arguments(params)).fetchone()
        return None if row is None else compiled.read(row)

    def all(self, statement: Statement, params: Mapping[str, Any]) -> list[Row]:
        compiled = statement.on(self.dialect)
        rows = self._cursor(compiled.sql).execute(compiled.sql, compiled.arguments(params)).fetchall()
        if len(rows) > _FEW:
            del self._cursors[compiled.sql]
        return compiled.read_all(rows)

    def _cursor(self, sql: str) -> Any:
        return _cursor(self.connection, self._cursors, sql)


def _cursors(pooled: PoolProxiedConnection) -> dict[str, Any]:
    """The cursors that are kept with a connection, by statement."""
    kept: dict[str, Any] = pooled.info.setdefault("cursors", {})
    return kept


def _cursor(connection: Any, kept: dict[str, Any], sql: str) -> Any:
    cursor = kept.get(sql)
    if cursor is None:
        cursor = kept[sql] = connection.cursor()
    return cursor


class Database:
    """A database at a URL. Safe to share between threads; each transaction has a connection of its own."""

    def __init__(self, url: str) -> None:
        """`url`: `sqlite:///PATH` or `postgresql+psycopg://HOST[,HOST ...]/NAME`, where several hosts are a server
        and its standbys. Raises StorageUnavailable where it is neither."""
        self.url = address(url)
        self.engine = engine(self.url)
        self.dialect = self.engine.dialect
        self._lost_at = -_BACK_IN
        # On SQLite a connection that has been used waits here: through SQLAlchemy's pool it would cost more than BEGIN.
        # Those that read are others than those that write, for switching one between the two discards its statements.
        self._writers: list[PoolProxiedConnection] = []
        # Both are begun anew when the disk has failed: what was opened then may lack rights or hold locks for ever.
        self._readers: list[PoolProxiedConnection] = []

    @property
    def path(self) -> str:
        """The file of an SQLite database, empty for others."""
        return self.url.database or "" if self.dialect.name == "sqlite" else ""

    def transaction(self, *, undo: bool = False) -> AbstractContextManager[Session]:
        """A transaction that may write. Kept as a whole when the block ends, undone as a whole when it raises or `undo`
        says that it is a rehearsal."""
        begin = "BEGIN IMMEDIATE" if self.dialect.name == "sqlite" else "BEGIN"
        return self._session(begin, "ROLLBACK" if undo else "COMMIT", writing=True)

    def reading(self) -> AbstractContextManager[Session]:
        """A transaction that sees one moment and cannot write."""
        begin = "BEGIN" if self.dialect.name == "sqlite" else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        return self._session(begin, "COMMIT", writing=False)

    @contextmanager
    def _session(self, begin: str, end: str, *, writing: bool) -> Iterator[Session]:
        pooled, waiting = self._begin(begin, writing=writing)
        connection: Any = pooled.driver_connection
        keeping = False
        try:
            if writing and self.dialect.name == "postgresql":
                yield _Kept(connection, self.dialect, _cursors(pooled))
            else:
                yield Session(connection, self.dialect)
            keeping = writing and end == "COMMIT"
            self._say(pooled, end)
        except BaseException as wrong:
            with suppress(Exception):
                self._say(pooled, "ROLLBACK")
            if self._is_unavailable(wrong, connection):
                told = self._unavailable(wrong, connection, writing=writing, keeping=keeping)
                self._begin_anew(told)
                raise told from wrong
            raise
        finally:
            self._give_back(waiting, pooled)

    def _begin(self, begin: str, *, writing: bool) -> tuple[PoolProxiedConnection, list[PoolProxiedConnection]]:
        """A connection that nobody else is using, in a transaction; and where it waits for the next one.

        Those that lay in the pool while the server restarted, or the disk failed, are found out here, where nothing has
        been asked yet, and make way for a new one: nobody need notice.
        """
        for left in reversed(range(_MOST_STALE)):
            waiting = self._writers if writing else self._readers
            pooled = self._take(waiting, writing=writing)
            connection: Any = pooled.driver_connection
            try:
                self._say(pooled, begin)
                return pooled, waiting
            except BaseException as wrong:
                trouble, lost = self._is_unavailable(wrong, connection), self._is_lost(connection)
                told = self._unavailable(wrong, connection) if trouble else None
                if told is not None:
                    self._begin_anew(told)
                self._give_back(waiting, pooled)
                if told is None:
                    raise
                once_more = (
                    self.dialect.name == "sqlite" and told.code not in ("busy", "full") and left == _MOST_STALE - 1
                )
                if not (lost and left) and not once_more:
                    raise told from wrong
        raise AssertionError("unreachable")

    def _say(self, pooled: PoolProxiedConnection, word: str) -> None:
        connection: Any = pooled.driver_connection
        if self.dialect.name == "sqlite":
            connection.execute(word)
        else:  # there is nothing to prepare in it
            _cursor(connection, _cursors(pooled), word).execute(word, prepare=False)

    def _give_back(self, waiting: list[PoolProxiedConnection], pooled: PoolProxiedConnection) -> None:
        if self.dialect.name == "sqlite":
            if waiting is self._writers or waiting is self._readers:
                waiting.append(pooled)
            else:
                pooled.invalidate()
        elif self._is_lost(pooled.driver_connection):
            self._lost_at = monotonic()
            pooled.invalidate()
        else:
            pooled.close()

    def _is_lost(self, connection: Any) -> bool:
        """Whether the server is no longer at the other end."""
        return self.dialect.name == "postgresql" and bool(connection.closed)

    def _take(self, waiting: list[PoolProxiedConnection], *, writing: bool) -> PoolProxiedConnection:
        """A connection that nobody else is using."""
        with suppress(IndexError):
            return waiting.pop()
        dbapi: Any = self.dialect.loaded_dbapi
        try:
            pooled = self.engine.raw_connection()
        except (DBAPIError, dbapi.Error) as wrong:  # the file is there but is none of ours, or nobody answers
            said = wrong.orig if isinstance(wrong, DBAPIError) else wrong
            if self.dialect.name == "sqlite":
                told = unavailable(said, self.path)
                self._begin_anew(told)
                raise told from wrong
            raise unreached(said, lately=monotonic() - self._lost_at < _BACK_IN) from wrong
        if not writing and self.dialect.name == "sqlite":
            connection: Any = pooled.driver_connection
            connection.execute("PRAGMA query_only = ON")
        return pooled

    def _is_unavailable(self, wrong: BaseException, connection: Any) -> bool:
        """Whether the database itself is the trouble: not the rules that it keeps, nor what it was asked."""
        dbapi: Any = self.dialect.loaded_dbapi
        if not isinstance(wrong, dbapi.Error):
            return False
        if COLLIDED in str(wrong) or self._is_lost(connection):
            return True
        rules = dbapi.IntegrityError, dbapi.ProgrammingError, dbapi.DataError
        return isinstance(wrong, dbapi.DatabaseError) and not isinstance(wrong, rules)

    def _unavailable(
        self, wrong: BaseException, connection: Any, *, writing: bool = False, keeping: bool = False
    ) -> StorageUnavailable:
        """What went wrong with a transaction. `keeping`: while it was to be kept, which may then have been done."""
        if self._is_lost(connection):
            return StorageUnavailable("uncertain" if keeping else "interrupted", str(wrong), passing=True)
        found = unavailable(wrong, self.path)
        if writing and found.code == "readonly" and self.dialect.name == "postgresql":
            connection.close()  # to a standby: a new one may find the server that writes
            return StorageUnavailable("standby", found.detail, passing=True)
        if keeping and found.code in (
            "io",
            "unopened",
            "damaged",
            "unreachable",
        ):  # the disk failed, and what it has kept nobody knows
            return StorageUnavailable("uncertain", found.detail, passing=True)
        return found

    def _begin_anew(self, after: StorageUnavailable) -> None:
        """Let go of every connection to a file that could not be used, of those in use when they come back.

        Not where the disk is full: what is open can be read on, and nothing could be opened anew.
        """
        if after.code == "full":
            return
        old, self._writers, self._readers = (self._writers, self._readers), [], []
        for waiting in old:
            while waiting:
                waiting.pop().invalidate()

    def close(self) -> None:
        """Let go of every connection that is not in use."""
        for waiting in (self._writers, self._readers):
            while waiting:
                waiting.pop().close()
        self.engine.dispose()
