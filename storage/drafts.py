"""What was posted when a session had ended: ciphertext, for a short time, under the digest of the browser's own key."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, func, insert, select
from sqlmodel import col

from storage.database import Session
from storage.statements import Statement
from storage.tables import columns
from storage.web_tables import WebDraftRow

_D = WebDraftRow
_keep = Statement(insert(_D))
_find = Statement(select(*columns(_D)).where(col(_D.digest) == bindparam("of")))
_end = Statement(delete(_D).where(col(_D.digest) == bindparam("of")))
_from = Statement(
    select(func.count()).select_from(_D).where(col(_D.client) == bindparam("of"), col(_D.made_at) > bindparam("since"))
)
_count = Statement(select(func.count()).select_from(_D))
_forget = Statement(delete(_D).where(col(_D.ends_at) <= bindparam("before")))


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody posted, sealed. `role` and `region`: whose session had ended, empty where nobody knows."""

    digest: str
    role: str
    region: str
    client: str
    sealed: str
    made_at: datetime
    ends_at: datetime


def keep(session: Session, draft: Draft) -> None:
    """Keep what was posted."""
    session.run(_keep, asdict(draft))


def find(session: Session, digest: str) -> Draft | None:
    """What the browser with the key of this digest posted, also when its time is up."""
    row = session.one(_find, {"of": digest})
    return None if row is None else Draft(*row)


def end(session: Session, digest: str) -> bool:
    """Throw it away. False where there was nothing."""
    return session.run(_end, {"of": digest}) == 1


def count(session: Session, *, client: str, since: datetime) -> tuple[int, int]:
    """How many were kept for a machine since a moment, and how many there are in all."""
    of_client, all_ = session.one(_from, {"of": client, "since": since}), session.one(_count, {})
    return (of_client[0] if of_client else 0), (all_[0] if all_ else 0)


def forget(session: Session, *, before: datetime) -> int:
    """Delete those whose time was up by a moment; how many they were."""
    return session.run(_forget, {"before": before})
