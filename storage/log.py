"""The log: append-only streams of events, each a chain of salted digests, under checkpoints.

A link of the chain covers every column of its event. The content and the actor enter it through a salted digest, so
that a gallring decision can empty them and the chain still holds.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, insert, select, text, update
from sqlmodel import col

from storage import codec
from storage.database import Session
from storage.statements import Row, Statement
from storage.tables import EventRow, StreamRow, columns
from workflow.errors import NotFound, VersionConflict
from workflow.events import Event, Recorded
from workflow.gallring_events import Emptied
from workflow.model import Actor

GENESIS = "0" * 64
_SEPARATOR = "\x1f"

_EVENT_COLUMNS = columns(EventRow)
_LOCK = select(col(StreamRow.seq), col(StreamRow.head)).where(col(StreamRow.name) == bindparam("name"))
_lock = Statement(_LOCK.with_for_update())
_insert_stream = Statement(insert(StreamRow))
_insert_event = Statement(insert(EventRow))
_move_head = Statement(
    update(StreamRow)
    .where(col(StreamRow.name) == bindparam("stream"), col(StreamRow.seq) == bindparam("expected"))
    .values(seq=bindparam("new_seq"), head=bindparam("new_head"))
)
_of_stream = Statement(
    select(*_EVENT_COLUMNS).where(col(EventRow.stream) == bindparam("name")).order_by(col(EventRow.seq))
)
_one = Statement(
    select(*_EVENT_COLUMNS).where(col(EventRow.stream) == bindparam("name"), col(EventRow.seq) == bindparam("number"))
)
_by_key = Statement(
    select(col(EventRow.stream), col(EventRow.seq), col(EventRow.command_digest)).where(
        # The index holds only the events that have a key, and is used only where the question says so too.
        col(EventRow.owned_key) == bindparam("owned"),
        text("owned_key <> ''"),
    )
)
_of_cause = Statement(
    select(*_EVENT_COLUMNS)
    .where(col(EventRow.stream) == bindparam("name"), col(EventRow.cause) == bindparam("number"))
    .order_by(col(EventRow.seq))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is about to be recorded. `key` is an owned key (see `owned_key`), or empty."""

    event: Event
    state: str
    actor: Actor
    on: date | None = None
    backfilled: bool = False
    key: str = ""
    command_digest: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """How long a stream is, and the last link of its chain."""

    seq: int
    chain: str


EMPTY = Head(0, GENESIS)


def owned_key(actor: Actor, key: str) -> str:
    """An idempotency key as it is stored: it belongs to who uses it, and names nobody."""
    return sha256(_SEPARATOR.join((actor.role, actor.name, key)).encode()).hexdigest() if key else ""


def lock(session: Session, stream: str) -> Head:
    """Take the stream for this transaction. Raises NotFound."""
    row = session.one(_lock, {"name": stream})
    if row is None:
        raise NotFound("uppdrag", stream)
    return Head(*row)


def peek(session: Session, stream: str) -> Head:
    """The stream's head, or EMPTY where there is none; nothing is locked beyond what the transaction holds."""
    row = session.one(_lock, {"name": stream})
    return EMPTY if row is None else Head(*row)


def append(
    session: Session, stream: str, head: Head, entries: Sequence[Entry], now: datetime
) -> tuple[list[Recorded], Head]:
    """Record the events of one command after `head`; the events and the new head. Raises VersionConflict where the
    stream has moved."""
    pending = Pending(stream, head)
    recorded = pending.add(entries, now)
    pending.write(session)
    return recorded, pending.after


class Pending:
    """Events of one stream that are chained but not yet written; a batch gathers many commands in one."""

    __slots__ = ("after", "before", "rows", "stream")

    def __init__(self, stream: str, head: Head) -> None:
        self.stream = stream
        self.before = self.after = head
        self.rows: list[dict[str, Any]] = []

    def add(self, entries: Sequence[Entry], now: datetime) -> list[Recorded]:
        """Chain the events of one command."""
        recorded = []
        cause = self.after.seq + 1
        moment = now.astimezone(UTC)
        for entry in entries:
            seq = self.after.seq + 1
            event = entry.event
            row: dict[str, Any] = {
                "stream": self.stream, "seq": seq, "cause": cause, "kind": type(event).__name__,
                "region": getattr(event, "region", ""), "state": entry.state, "happened_on": entry.on,
                "registered_at": moment, "backfilled": entry.backfilled, "replaces": getattr(event, "replaces", 0),
                "role": entry.actor.role, "owned_key": entry.key if seq == cause else "",
                "command_digest": entry.command_digest if seq == cause else "", "actor": entry.actor.name,
                "content": codec.encode(event), "salt": os.urandom(16).hex(),
            }  # fmt: skip
            row["content_digest"] = content_digest(row)
            row["chain"] = link(self.after.chain, row)
            self.rows.append(row)
            self.after = Head(seq, row["chain"])
            recorded.append(
                Recorded(
                    stream=self.stream, seq=seq, cause=cause, on=entry.on, registered_at=moment, actor=entry.actor,
                    backfilled=entry.backfilled, state=entry.state, event=event,
                )
            )  # fmt: skip
        return recorded

    def write(self, session: Session) -> None:
        """Write what was added. Raises VersionConflict where the stream is no longer where it was."""
        self.move(session)
        session.run_many(_insert_event, self.rows)

    def move(self, session: Session) -> None:
        """Move the stream's head to the last event added."""
        if self.before.seq == 0:
            session.run(
                _insert_stream, {"name": self.stream, "seq": self.after.seq, "head": self.after.chain, "sealed": 0}
            )
        else:
            moved = {"stream": self.stream, "expected": self.before.seq, "new_seq": self.after.seq,
                     "new_head": self.after.chain}  # fmt: skip
            if session.run(_move_head, moved) != 1:
                raise VersionConflict(self.stream, self.before.seq, peek(session, self.stream).seq)


def write_all(session: Session, streams: Iterable[Pending]) -> None:
    """Write what was added to several streams, the events in one go."""
    rows: list[dict[str, Any]] = []
    for pending in streams:
        if pending.after != pending.before:
            pending.move(session)
            rows += pending.rows
    session.run_many(_insert_event, rows)


def content_digest(row: Mapping[str, Any]) -> str:
    """SHA-256 over salt, actor and content."""
    return sha256(_SEPARATOR.join((row["salt"], row["actor"] or "", row["content"])).encode()).hexdigest()


def link(previous: str, row: Mapping[str, Any]) -> str:
    """The chain's next link: SHA-256 over the one before and every column, content and actor through their digest."""
    on = row["happened_on"]
    parts = (
        previous, row["stream"], row["seq"], row["cause"], row["kind"], row["region"], row["state"],
        on.isoformat() if on else "", row["registered_at"].isoformat(timespec="microseconds"),
        int(row["backfilled"]), row["replaces"], row["role"], row["owned_key"], row["command_digest"],
        row["content_digest"],
    )  # fmt: skip
    return sha256(_SEPARATOR.join(map(str, parts)).encode()).hexdigest()


def find_key(session: Session, owned: str) -> tuple[str, int, str] | None:
    """Stream, seq and command digest of the event that an owned key was accepted with, or None."""
    row = session.one(_by_key, {"owned": owned})
    return None if row is None else (row[0], row[1], row[2])


def read(session: Session, stream: str) -> Iterator[Recorded]:
    """The events of a stream, in order."""
    for row in session.all(_of_stream, {"name": stream}):
        yield recorded(row)


def read_left(session: Session, stream: str) -> list[Recorded]:
    """The same without those that a gallring decision has emptied."""
    return [r for r in read(session, stream) if not isinstance(r.event, Emptied)]


def read_one(session: Session, stream: str, seq: int) -> Recorded:
    """One event. Raises NotFound."""
    row = session.one(_one, {"name": stream, "number": seq})
    if row is None:
        raise NotFound("event", f"{stream}/{seq}")
    return recorded(row)


def read_command(session: Session, stream: str, cause: int) -> list[Recorded]:
    """All events of the command whose first event is `cause`."""
    return [recorded(row) for row in session.all(_of_cause, {"name": stream, "number": cause})]


def recorded(row: Row) -> Recorded:
    """A row of the log as an event; where a gallring decision has emptied it, what is left of one."""
    r = dict(zip((c.name for c in _EVENT_COLUMNS), row, strict=True))
    event: Event = Emptied(kind=r["kind"], region=r["region"])
    if r["content"] is not None:
        event = codec.decode(r["content"], codec.KINDS[r["kind"]])
    return Recorded(
        stream=r["stream"], seq=r["seq"], cause=r["cause"], on=r["happened_on"], registered_at=r["registered_at"],
        actor=Actor(role=r["role"], name=r["actor"] or ""), backfilled=bool(r["backfilled"]), state=r["state"],
        event=event,
    )  # fmt: skip
