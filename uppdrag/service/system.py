"""*Systemstatus*: the versions, the log's head, who is alive, the queue, and the room on the disk."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from storage import checkpoints, definitions, heartbeats, outbox, queries, schema
from storage.checkpoints import Checkpoint
from storage.heartbeats import Heartbeat
from uppdrag.service.house import House
from workflow.message import MessageStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """Bytes: of the database with what stands beside it, and free where it stands."""

    used: int
    free: int


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A database and what works on it. `definitions` by kind, how many are published. `unsealed`: how many streams
    have changed since the checkpoint. `disk` is None where the database is another machine's."""

    kind: str
    schema: str
    definitions: dict[str, int]
    events: int
    checkpoint: Checkpoint | None
    unsealed: int
    beats: tuple[Heartbeat, ...]
    messages: dict[MessageStatus, int]
    disk: Disk | None


def look(house: House) -> System:
    """How everything stands now."""
    with house.database.reading() as session:
        published: dict[str, int] = {}
        for kind, _, _ in definitions.digests(session):
            published[kind] = published.get(kind, 0) + 1
        return System(
            kind=house.database.url.get_backend_name(), schema=schema.HEAD, definitions=published,
            events=queries.count_events(session), checkpoint=checkpoints.last(session),
            unsealed=checkpoints.unsealed(session), beats=tuple(heartbeats.every(session)),
            messages=outbox.counts(session), disk=room(house.database.path),
        )  # fmt: skip


def room(path: str) -> Disk | None:
    """How much an SQLite file takes and may take, None where the database is another machine's."""
    if not path or path == ":memory:":
        return None
    file = Path(path)
    beside = (file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm"))
    return Disk(
        used=sum(f.stat().st_size for f in beside if f.exists()), free=shutil.disk_usage(file.parent).free
    )  # fmt: skip
