"""Whether mail may leave at all: the queue is open, paused by a person, or waiting for the relay to be well again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from storage.database import Session
from storage.mail_tables import QueueRow
from storage.statements import Statement

_Q = QueueRow
_SET: dict[str, Any] = {
    "paused": bindparam("why"),
    "paused_at": bindparam("since"),
    "probe_at": bindparam("next_probe"),
}
_write = {
    "sqlite": Statement(sqlite.insert(_Q).values(id=1, **_SET).on_conflict_do_update(index_elements=["id"], set_=_SET)),
    "postgresql": Statement(
        postgresql.insert(_Q).values(id=1, **_SET).on_conflict_do_update(index_elements=["id"], set_=_SET)
    ),
}
_read = Statement(select(col(_Q.paused), col(_Q.paused_at), col(_Q.probe_at)).where(col(_Q.id) == 1))
_probe = Statement(update(_Q).where(col(_Q.probe_at) == bindparam("seen")).values(probe_at=bindparam("next_probe")))


@dataclass(frozen=True, slots=True)
class QueueState:
    """`why`: why nothing leaves, empty where mail may, and `since` when. `probe_at`: when one message is tried to see
    whether it goes again; a pause without a probe ends when a person says so."""

    why: str = ""
    since: datetime | None = None
    probe_at: datetime | None = None

    @property
    def open(self) -> bool:
        return not self.why

    @property
    def paused(self) -> bool:
        """Whether a person has stopped it."""
        return bool(self.why) and self.probe_at is None

    @property
    def relay_away(self) -> bool:
        """Whether it waits for the relay, or for somebody to mend the settings."""
        return bool(self.why) and self.probe_at is not None


OPEN = QueueState()


def state(session: Session) -> QueueState:
    """How the queue stands."""
    row = session.one(_read, {})
    return OPEN if row is None else QueueState(*row)


def put(session: Session, new: QueueState) -> None:
    """Let the queue stand like this from now on."""
    params = {"why": new.why, "since": new.since, "next_probe": new.probe_at}
    session.run(_write[session.dialect.name], params)


def take_probe(session: Session, seen: QueueState, until: datetime) -> bool:
    """Take it upon oneself to try one message, until `until`. False where another worker was first."""
    return session.run(_probe, {"seen": seen.probe_at, "next_probe": until}) == 1
