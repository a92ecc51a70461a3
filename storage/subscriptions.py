"""Who does not want the månadsbrev, and the links by which somebody says so without logging in.

Only a digest of what stands in a link is kept: who reads the database cannot unsubscribe anybody.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from sqlalchemy import bindparam, delete, insert, select
from sqlmodel import col

from storage.database import Session
from storage.mail_tables import UnsubscribedRow, UnsubscribeLinkRow
from storage.statements import Statement

Post = tuple[str, str]
"""A region's länskod and an office."""

_gone = Statement(select(col(UnsubscribedRow.region), col(UnsubscribedRow.office)))
_leave = Statement(insert(UnsubscribedRow))
_return = Statement(
    delete(UnsubscribedRow).where(
        col(UnsubscribedRow.region) == bindparam("of_region"), col(UnsubscribedRow.office) == bindparam("of_office")
    )
)
_link = Statement(insert(UnsubscribeLinkRow))
_linked = Statement(
    select(col(UnsubscribeLinkRow.region), col(UnsubscribeLinkRow.office)).where(
        col(UnsubscribeLinkRow.digest) == bindparam("of_digest")
    )
)


def unsubscribed(session: Session) -> frozenset[Post]:
    """The offices that do not want the letter."""
    return frozenset((region, office) for region, office in session.all(_gone, {}))


def leave(session: Session, post: Post, *, how: str, now: datetime) -> bool:
    """Let an office have no more letters. False where it has none as it is."""
    if post in unsubscribed(session):
        return False
    session.run(_leave, {"region": post[0], "office": post[1], "how": how, "since": now})
    return True


def come_back(session: Session, post: Post) -> bool:
    """Let an office have letters again. False where it has them."""
    return session.run(_return, {"of_region": post[0], "of_office": post[1]}) == 1


def add_link(session: Session, token: str, post: Post, *, now: datetime) -> None:
    """Let a token unsubscribe an office."""
    session.run(_link, {"digest": _digest(token), "region": post[0], "office": post[1], "made_at": now})


def post_of(session: Session, token: str) -> Post | None:
    """The office that a token unsubscribes, None where it unsubscribes nobody."""
    row = session.one(_linked, {"of_digest": _digest(token)})
    return None if row is None else (row[0], row[1])


def _digest(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
