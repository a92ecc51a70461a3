"""Checkpoints: a chain over the heads of the streams, so that a stream that is gone shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy import bindparam, func, insert, select, update
from sqlmodel import col

from storage.database import Session
from storage.log import GENESIS
from storage.statements import Statement
from storage.tables import CheckpointRow, CheckpointStreamRow, StreamRow


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Number, moment (aware UTC) and head of a checkpoint. `name` is what people are given: `17-3fa9…`."""

    number: int
    made_at: datetime
    head: str

    @property
    def name(self) -> str:
        return f"{self.number}-{self.head}"


_unsealed = Statement(
    select(col(StreamRow.name), col(StreamRow.seq), col(StreamRow.head))
    .where(col(StreamRow.seq) > col(StreamRow.sealed))
    .order_by(col(StreamRow.name))
)
_newest = select(func.max(CheckpointRow.number)).scalar_subquery()
_last = Statement(
    select(col(CheckpointRow.number), col(CheckpointRow.made_at), col(CheckpointRow.head)).where(
        col(CheckpointRow.number) == _newest
    )
)
_insert = Statement(insert(CheckpointRow))
_insert_stream = Statement(insert(CheckpointStreamRow))
_seal = Statement(
    update(StreamRow).where(col(StreamRow.name) == bindparam("stream")).values(sealed=bindparam("new_sealed"))
)


def last(session: Session) -> Checkpoint | None:
    """The newest checkpoint, or None."""
    row = session.one(_last, {})
    return Checkpoint(*row) if row else None


def unsealed(session: Session) -> int:
    """How many streams have changed since the newest checkpoint."""
    return len(session.all(_unsealed, {}))


def write(session: Session, now: datetime) -> Checkpoint | None:
    """Chain the heads of the streams that changed since the last checkpoint. None where nothing has ever changed."""
    session.alone()
    before = last(session)
    changed = [(name, seq, head) for name, seq, head in session.all(_unsealed, {})]
    if not changed:
        return before
    number = before.number + 1 if before else 1
    made_at = now.astimezone(UTC)
    head = link(before.head if before else GENESIS, number, made_at, changed)
    session.run(_insert, {"number": number, "made_at": made_at, "head": head})
    session.run_many(_insert_stream, [{"checkpoint": number, "stream": n, "seq": s, "head": h} for n, s, h in changed])
    session.run_many(_seal, [{"stream": name, "new_sealed": seq} for name, seq, _ in changed])
    return Checkpoint(number, made_at, head)


def link(previous: str, number: int, made_at: datetime, streams: list[tuple[str, int, str]]) -> str:
    """The next link of the chain over checkpoints; the streams in order of name, however the database sorts them."""
    parts = [previous, str(number), made_at.isoformat(timespec="microseconds")]
    parts += [f"{name}\x1e{seq}\x1e{head}" for name, seq, head in sorted(streams)]
    return sha256("\x1f".join(parts).encode()).hexdigest()
