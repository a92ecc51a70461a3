"""What people could not use on the pages, as they reported it, and what became of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from storage.database import Session
from storage.statements import Statement
from storage.tables import columns
from storage.web_tables import WebFaultRow

_F = WebFaultRow
_add = {
    "sqlite": Statement(sqlite.insert(_F).on_conflict_do_nothing(index_elements=["id"])),
    "postgresql": Statement(postgresql.insert(_F).on_conflict_do_nothing(index_elements=["id"])),
}
_exists = Statement(select(col(_F.id)).where(col(_F.id) == bindparam("at")))
_all = Statement(
    select(*columns(_F)).order_by(col(_F.handled_at).is_not(None), col(_F.made_at), col(_F.id)).limit(bindparam("most"))
)
_waiting = Statement(select(func.count()).select_from(_F).where(col(_F.handled_at).is_(None)))
_since = Statement(select(func.count()).select_from(_F).where(col(_F.made_at) > bindparam("since")))
_from = Statement(
    select(func.count()).select_from(_F).where(col(_F.client) == bindparam("of"), col(_F.made_at) > bindparam("since"))
)
_handle = Statement(
    update(_F)
    .where(col(_F.id) == bindparam("at"), col(_F.handled_at).is_(None))
    .values(handled_at=bindparam("moment"), handled_by=bindparam("who"), answer=bindparam("told"))
)
_forget = Statement(update(_F).where(col(_F.made_at) <= bindparam("before"), col(_F.client) != "").values(client=""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault. `page` and `contact` are what the one who reported it chose to say, or empty. `client` names the
    machine, for the limits, and is soon emptied."""

    id: str
    text: str
    page: str
    contact: str
    client: str
    made_at: datetime
    handled_at: datetime | None = None
    handled_by: str = ""
    answer: str = ""


_NAMES = tuple(c.name for c in columns(_F))


def add(session: Session, fault: Fault) -> None:
    """Keep what somebody reported, once for each id."""
    session.run(_add[session.dialect.name], asdict(fault))


def exists(session: Session, id: str) -> bool:
    """Whether it was reported."""
    return session.one(_exists, {"at": id}) is not None


def listed(session: Session, *, most: int) -> list[Fault]:
    """Those that wait first, the oldest first."""
    return [Fault(**dict(zip(_NAMES, row, strict=True))) for row in session.all(_all, {"most": most})]


def waiting(session: Session) -> int:
    """How many wait for somebody."""
    found = session.one(_waiting, {})
    return found[0] if found else 0


def count(session: Session, *, client: str, since: datetime) -> tuple[int, int]:
    """How many were reported since a moment: from one machine, and in all."""
    of_client, all_ = session.one(_from, {"of": client, "since": since}), session.one(_since, {"since": since})
    return (of_client[0] if of_client else 0), (all_[0] if all_ else 0)


def handle(session: Session, id: str, *, who: str, answer: str, now: datetime) -> bool:
    """Say what became of one. False where somebody has, or there is none."""
    return session.run(_handle, {"at": id, "moment": now, "who": who, "told": answer}) == 1


def forget(session: Session, *, before: datetime) -> None:
    """Forget which machines reported by a moment."""
    session.run(_forget, {"before": before})
