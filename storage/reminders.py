"""When the clock looks at a track again: the uppdrag's own (region `-`), or one region's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import bindparam, case, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from storage.database import Session
from storage.mail_tables import ReminderRow
from storage.statements import Statement
from storage.tables import columns


@dataclass(frozen=True, slots=True)
class Look:
    """A track and the moment (UTC) of the next look at it. `since`: the local day when its plan for `round` began."""

    uppdrag: str
    region: str
    next_at: datetime
    since: date
    round: int


_R = ReminderRow
_ALL = columns(_R)


def _upsert(dialect: str) -> Statement:
    """Look again; the plan keeps its first day for as long as the round is the same."""
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    new = insert(_R)
    return Statement(
        new.on_conflict_do_update(
            index_elements=["uppdrag", "region"],
            set_={
                "next_at": new.excluded.next_at,
                "since": case(
                    (col(_R.round) == new.excluded.round, col(_R.since)),
                    else_=new.excluded.since,
                ),
                "round": new.excluded.round,
            },
        )
    )


_look = {"sqlite": _upsert("sqlite"), "postgresql": _upsert("postgresql")}
_forget = Statement(delete(_R).where(col(_R.uppdrag) == bindparam("of"), col(_R.region) == bindparam("at")))
_due = Statement(
    select(*_ALL)
    .where(col(_R.next_at) <= bindparam("now"))
    .order_by(col(_R.next_at), col(_R.uppdrag), col(_R.region))
    .limit(bindparam("most"))
)
_of_uppdrag = Statement(select(*_ALL).where(col(_R.uppdrag) == bindparam("of")))
_first = Statement(select(func.min(col(_R.next_at))))
_at_once = Statement(update(_R).where(col(_R.next_at) > bindparam("moment")).values(next_at=bindparam("moment")))
_every = Statement(select(*_ALL).order_by(col(_R.uppdrag), col(_R.region)))


def look(session: Session, looks: Iterable[Look]) -> None:
    """Set when to look next."""
    rows = [
        {"uppdrag": one.uppdrag, "region": one.region, "next_at": one.next_at.astimezone(UTC), "since": one.since,
         "round": one.round}
        for one in looks
    ]  # fmt: skip
    session.run_many(_look[session.dialect.name], rows)


def look_at_all(session: Session, now: datetime) -> None:
    """Look at every track that something is to come on at the next tick: what all plans rest on has changed."""
    session.run(_at_once, {"moment": now.astimezone(UTC)})


def forget(session: Session, tracks: Iterable[tuple[str, str]]) -> None:
    """Nothing more is to come on these tracks, each an uppdrag and a region."""
    session.run_many(_forget, [{"of": uppdrag, "at": region} for uppdrag, region in tracks])


def due(session: Session, now: datetime, most: int) -> list[Look]:
    """The tracks whose moment has come, at most so many. Nothing is locked: look again under the uppdrag's lock."""
    return [Look(*row) for row in session.all(_due, {"now": now.astimezone(UTC), "most": most})]


def of_uppdrag(session: Session, uppdrag: str) -> dict[str, Look]:
    """The looks of one uppdrag, by region."""
    return {row[1]: Look(*row) for row in session.all(_of_uppdrag, {"of": uppdrag})}


def every(session: Session) -> dict[tuple[str, str], Look]:
    """All looks, by uppdrag and region."""
    return {(row[0], row[1]): Look(*row) for row in session.all(_every, {})}


def first(session: Session) -> datetime | None:
    """The moment of the first look to come."""
    row = session.one(_first, {})
    return row[0] if row else None
