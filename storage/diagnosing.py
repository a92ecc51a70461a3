"""What a database is and how safely it keeps what it is given: versions, settings of durability, its clock."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import bindparam, func, select
from sqlmodel import col

from storage import checkpoints
from storage.database import Session
from storage.log import GENESIS
from storage.mail_tables import MessageRow
from storage.statements import Statement
from storage.tables import CheckpointRow, CheckpointStreamRow, EventRow

WAL_RESET = ((3, 7, 0), (3, 51, 3))
"""From the first up to but not with the last, SQLite may lose what was written where two connections write or
checkpoint in the same moment (sqlite.org/wal.html#walresetbug)."""
_MENDED = ((3, 44, 6), (3, 50, 7))
"""The releases of older lines that have the correction too, and those after them of the same line."""

_newest_event = Statement(select(func.max(col(EventRow.registered_at))))
_checkpoints = Statement(
    select(col(CheckpointRow.number), col(CheckpointRow.made_at), col(CheckpointRow.head))
    .order_by(col(CheckpointRow.number).desc())
    .limit(2)
)
_streams = Statement(
    select(col(CheckpointStreamRow.checkpoint), col(CheckpointStreamRow.stream), col(CheckpointStreamRow.seq),
           col(CheckpointStreamRow.head))
    .where(col(CheckpointStreamRow.checkpoint) == select(func.max(CheckpointRow.number)).scalar_subquery())
)  # fmt: skip

_waiting = Statement(
    select(func.count(), func.min(col(MessageRow.next_try_at))).where(
        col(MessageRow.status) == "koad", col(MessageRow.next_try_at) <= bindparam("since")
    )
)
_DURABLE: Mapping[str, str] = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """`version` is the database's own; `wrong` are settings that are not as they must be, with what they are; `clock`
    is what time the server says it is (aware), None where there is no server; `head` says whether the newest checkpoint
    is the link that its streams and the one before it make, None where there is none."""

    kind: str
    version: str
    wrong: Mapping[str, str]
    clock: datetime | None
    newest_event: datetime | None
    checkpoint: checkpoints.Checkpoint | None
    head: bool | None
    unsealed: int


def diagnose(session: Session) -> Diagnosis:
    """How the database of a reading transaction stands."""
    kind = session.dialect.name
    version, wrong, clock = _sqlite(session) if kind == "sqlite" else _postgresql(session)
    newest = session.one(_newest_event, {})
    found = [checkpoints.Checkpoint(*row) for row in session.all(_checkpoints, {})]
    return Diagnosis(
        kind=kind, version=version, wrong=wrong, clock=clock, newest_event=newest[0] if newest else None,
        checkpoint=found[0] if found else None, head=_stands(session, found), unsealed=checkpoints.unsealed(session),
    )  # fmt: skip


def waiting(session: Session, *, since: datetime) -> tuple[int, datetime | None]:
    """How many mails should have left by a moment and have not been tried, and when the first of them should have."""
    found = session.one(_waiting, {"since": since})
    return (found[0], found[1]) if found else (0, None)


def may_lose(version: str) -> bool:
    """Whether an SQLite of this version is one of those with the flaw of WAL_RESET."""
    number = tuple(int(part) for part in version.split("."))
    mended = any(number[:2] == one[:2] and number >= one for one in _MENDED)
    return WAL_RESET[0] <= number < WAL_RESET[1] and not mended


def _sqlite(session: Session) -> tuple[str, dict[str, str], None]:
    wanted = {"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"}
    found = {name: str(next(session.raw(f"PRAGMA {name}"))[0]) for name in wanted}
    return sqlite3.sqlite_version, {n: v for n, v in found.items() if v != wanted[n]}, None


def _postgresql(session: Session) -> tuple[str, dict[str, str], datetime]:
    found = {str(name): str(value) for name, value in session.raw(
        "SELECT name, setting FROM pg_settings WHERE name IN "
        "('fsync', 'full_page_writes', 'synchronous_commit', 'server_version')"
    )}  # fmt: skip
    ((clock,),) = session.raw("SELECT clock_timestamp()")
    as_good = {"remote_apply", "remote_write", "local"}  # synchronous_commit: all of them wait for the own disk
    wrong = {n: found.get(n, "?") for n, v in _DURABLE.items() if found.get(n) not in (v, *as_good)}
    return found.get("server_version", "?"), wrong, clock.astimezone(UTC)


def _stands(session: Session, found: list[checkpoints.Checkpoint]) -> bool | None:
    if not found:
        return None
    newest, before = found[0], found[1].head if len(found) > 1 else GENESIS
    streams = [(name, seq, head) for _, name, seq, head in session.all(_streams, {})]
    return checkpoints.link(before, newest.number, newest.made_at, streams) == newest.head
