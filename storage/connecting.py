"""Where a database is, how a connection to it is made, and what its driver's complaints mean."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from workflow.errors import StorageUnavailable

BUSY_TIMEOUT_MS = 30_000
CACHE_KIB = 16_000  # of pages that a connection to SQLite may keep; a thousand mails do not fit in its own 2,000
WAL_PAGES = 2_000  # before they go into the file itself (8 MB): what many commands change in turn goes there once
KEPT = 5  # connections to PostgreSQL that wait for the next transaction
AT_ONCE = 40  # connections to PostgreSQL beside those: no thread of a server waits for one
STATEMENTS = 500  # that a connection keeps prepared; the drivers' 128 and 100 are fewer than we have
COLLIDED = '"uq_event_owned_key"'  # a key that somebody else used in the same moment: the next try will find it
_COLLISIONS = ("deadlock", "could not serialize", COLLIDED)
_SOON = ("starting up", "shutting down", "recovery", "not accepting", "not yet accepting", "read-only")
_PATIENCE: Mapping[str, int] = {
    "connect_timeout": 5, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}  # fmt: skip
"""How long a server is waited for that says nothing, where the address does not say: seconds, the last milliseconds."""


def address(url: str) -> URL:
    """Where a database is. Raises StorageUnavailable where that cannot be read, or is of another kind."""
    try:
        found = make_url(_several_hosts(url))
        name = found.get_backend_name()
    except (ArgumentError, ValueError):  # ValueError: a port that is no number
        raise StorageUnavailable("unreachable", "adressen går inte att läsa; skriv sqlite:///SÖKVÄG") from None
    if name not in ("sqlite", "postgresql"):
        raise StorageUnavailable("unreachable", f"{name} används inte; skriv sqlite:/// eller postgresql+psycopg://")
    return found


def engine(url: URL) -> sa.Engine:
    """What makes connections to an address, and keeps them. Nothing is opened yet."""
    if url.get_backend_name() == "sqlite":
        made = sa.create_engine(
            url, pool_reset_on_return=None, max_overflow=-1,
            connect_args={
                "check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000, "cached_statements": STATEMENTS,
            },
        )  # fmt: skip
        sa.event.listen(made, "connect", _prepare_sqlite)
    else:
        patience = {name: value for name, value in _PATIENCE.items() if name not in url.query}
        made = sa.create_engine(
            url, pool_reset_on_return=None, pool_size=KEPT, max_overflow=AT_ONCE, connect_args=patience
        )
        sa.event.listen(made, "connect", _prepare_postgresql)
    return made


def unavailable(wrong: BaseException | None, path: str = "") -> StorageUnavailable:
    """What the driver said, as a code that a person can act on. `path`: of the file, where the database is one."""
    said = str(wrong)
    if any(sign in said for sign in _COLLISIONS):
        return StorageUnavailable("busy", said, passing=True)
    for code, signs in (
        ("busy", ("locked", "locking", "busy", "too many clients", "connection slots")),
        ("readonly", ("readonly", "read-only")),
        ("full", ("full", "No space left")),
        ("unopened" if path and Path(path).exists() else "missing", ("unable to open",)),
        ("io", ("disk I/O", "Input/output")),
        ("damaged", ("malformed", "not a database", "corrupt")),
    ):
        if any(sign in said for sign in signs):
            return StorageUnavailable(code, said)
    return StorageUnavailable("unreachable", said)


def unreached(wrong: BaseException | None, *, lately: bool) -> StorageUnavailable:
    """The same where PostgreSQL lets nobody in. `lately`: it did a moment ago, and is taken for one that restarts."""
    found = unavailable(wrong)
    if found.code == "busy":
        return found
    return StorageUnavailable(
        "unreachable", found.detail, passing=lately or any(sign in found.detail for sign in _SOON)
    )


def _several_hosts(url: str) -> str:
    """Several servers, `//a:5432,b:5432/NAME`, as SQLAlchemy writes them: `///NAME?host=a:5432&host=b:5432`.

    The one that is written to is wanted, unless the address says otherwise: the others are standbys.
    """
    scheme, _, rest = url.partition("://")
    place, _, tail = rest.partition("/")
    who, at, hosts = place.rpartition("@")
    if "," not in hosts:
        return url
    name, _, query = tail.partition("?")
    wanted = [f"host={quote(host)}" for host in hosts.split(",")]
    if "target_session_attrs=" not in query:
        wanted.append("target_session_attrs=read-write")
    return f"{scheme}://{who}{at}/{name}?{'&'.join([*wanted, query] if query else wanted)}"


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
    connection.prepared_max = STATEMENTS
