"""Everything that was decided and everything that happened, one line at a time: for what leaves the house as a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, select
from sqlmodel import col

from storage import codec, tracks
from storage.database import Session
from storage.statements import Statement
from storage.tables import BeslutRow, EventRow, RegionbeslutRow, UppdragRow, columns
from workflow.events import Event
from workflow.model import Decision

_U, _B, _E, _R = UppdragRow, BeslutRow, EventRow, RegionbeslutRow
_OF_BESLUT = (
    col(_U.id), col(_U.title), col(_U.neutral_title), col(_U.sensitive), col(_U.lifecycle), col(_U.lifecycle_version),
    col(_R.category),
)  # fmt: skip
_BESLUT = columns(_B)
_decided = (
    select(*_OF_BESLUT, *_BESLUT)
    .join(_B, col(_B.uppdrag) == col(_U.id))
    .join(_R, (col(_R.uppdrag) == col(_B.uppdrag)) & (col(_R.region) == col(_B.region)))
)
_decisions = Statement(_decided.order_by(col(_U.year), col(_U.number), col(_B.region), col(_B.number)))
_of_uppdrag = Statement(_decided.where(col(_U.id) == bindparam("uppdrag")).order_by(col(_B.region), col(_B.number)))
_events = Statement(
    select(
        col(_E.stream), col(_E.seq), col(_E.cause), col(_E.kind), col(_E.region), col(_E.state), col(_E.happened_on),
        col(_E.registered_at), col(_E.backfilled), col(_E.replaces), col(_E.role), col(_E.content),
    )
    .join(_U, col(_U.id) == col(_E.stream))
    .order_by(col(_U.year), col(_U.number), col(_E.seq))
)  # fmt: skip
_how_many = Statement(select(func.count()).select_from(_B))


class DecisionLine(NamedTuple):
    """A registered decision beside what it is about. `category`: what the region's whole track counts as, empty while
    it is open. Titles are as they stand: `shown_title` is the one that may leave the house."""

    uppdrag: str
    title: str
    neutral_title: str
    sensitive: bool
    lifecycle: str
    lifecycle_version: int
    category: str
    region: str
    decision: Decision

    @property
    def shown_title(self) -> str:
        """The title as it may leave the house."""
        return self.neutral_title if self.sensitive else self.title


class EventLine(NamedTuple):
    """An event of an uppdrag. `registered_at` is aware UTC, `happened_on` a local day or None; `event` is None where a
    gallring decision has emptied it."""

    uppdrag: str
    seq: int
    cause: int
    kind: str
    region: str
    state: str
    happened_on: date | None
    registered_at: datetime
    backfilled: bool
    replaces: int
    role: str
    event: Event | None


def decisions(session: Session, uppdrag: str = "") -> Iterator[DecisionLine]:
    """Every registered decision, those taken back too, by uppdrag, region and number; or those of one uppdrag."""
    asked = _of_uppdrag if uppdrag else _decisions
    for row in session.each(asked, {"uppdrag": uppdrag}):
        id, title, neutral, sensitive, lifecycle, version, category, *held = row
        yield DecisionLine(
            id, title, neutral, bool(sensitive), lifecycle, version, category, held[1], tracks.decision(held)
        )


def count_decisions(session: Session) -> int:
    """How many decisions are registered."""
    row = session.one(_how_many, {})
    return row[0] if row else 0


def events(session: Session) -> Iterator[EventLine]:
    """Everything that has happened with the uppdrag, in order."""
    for row in session.each(_events, {}):
        kind, content = row[3], row[-1]
        event = None if content is None else codec.decode(content, codec.KINDS[kind])
        yield EventLine._make((*row[:-1], event))
