"""Which identities of an OpenID provider are which holders of offices. A binding that was revoked stays, to say so."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update
from sqlmodel import col

from storage.database import Session
from storage.statements import Statement
from storage.tables import columns
from storage.web_tables import WebBindingRow

_B = WebBindingRow
_IDENTITY = (col(_B.issuer) == bindparam("at_issuer"), col(_B.subject) == bindparam("of_subject"))
_all = Statement(select(*columns(_B)).order_by(col(_B.bound_at), col(_B.subject), col(_B.holder)))
_of = Statement(select(*columns(_B)).where(*_IDENTITY).order_by(col(_B.holder)))
_held = Statement(
    select(*columns(_B)).where(
        col(_B.issuer) == bindparam("at_issuer"), col(_B.holder) == bindparam("of_holder"),
        col(_B.revoked_at).is_(None),
    )
)  # fmt: skip
_bind = Statement(insert(_B))
_revoke = Statement(update(_B).where(*_IDENTITY, col(_B.revoked_at).is_(None)).values(revoked_at=bindparam("moment")))
_forget = Statement(delete(_B).where(*_IDENTITY, col(_B.revoked_at).is_not(None)))


@dataclass(frozen=True, slots=True)
class Binding:
    """An identity, `subject` at `issuer`, and the holder that it is. `email`: the verified address that bound them."""

    issuer: str
    subject: str
    holder: str
    email: str
    name: str
    bound_at: datetime
    revoked_at: datetime | None = None


def everyone(session: Session) -> list[Binding]:
    """Every binding, also those that were revoked, the oldest first."""
    return [Binding(*row) for row in session.all(_all, {})]


def of(session: Session, issuer: str, subject: str) -> list[Binding]:
    """The bindings of one identity, also those that were revoked."""
    return [Binding(*row) for row in session.all(_of, {"at_issuer": issuer, "of_subject": subject})]


def held(session: Session, issuer: str, holder: str) -> list[Binding]:
    """The bindings of one holder that have not been revoked."""
    return [Binding(*row) for row in session.all(_held, {"at_issuer": issuer, "of_holder": holder})]


def bind(session: Session, binding: Binding) -> None:
    """Let an identity be a holder."""
    session.run(_bind, asdict(binding))


def revoke(session: Session, issuer: str, subject: str, now: datetime) -> int:
    """Let an identity be nobody, and not be bound again by its address; how many bindings it had."""
    return session.run(_revoke, {"at_issuer": issuer, "of_subject": subject, "moment": now})


def forget(session: Session, issuer: str, subject: str) -> int:
    """Let an identity that was revoked be bound by its address again; how many bindings it had had."""
    return session.run(_forget, {"at_issuer": issuer, "of_subject": subject})
