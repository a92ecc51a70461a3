"""Files by the hash of what they hold: those that came with mail, and signed protokoll. One is kept once, for good."""

from __future__ import annotations

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from storage.database import Session
from storage.mail_tables import AttachmentRow
from storage.statements import Statement

_A = AttachmentRow
_add = {
    "sqlite": Statement(sqlite.insert(_A).on_conflict_do_nothing()),
    "postgresql": Statement(postgresql.insert(_A).on_conflict_do_nothing()),
}
_content = Statement(select(col(_A.content)).where(col(_A.digest) == bindparam("of")))


def keep(session: Session, digest: str, content_type: str, content: bytes) -> None:
    """Keep a file under its digest, SHA-256 in hex. Where it is there already it stays as it is."""
    row = {"digest": digest, "content_type": content_type, "size": len(content), "content": content}
    session.run(_add[session.dialect.name], row)


def content(session: Session, digest: str) -> bytes | None:
    """What a file holds, as it was kept or as somebody has made it since; None where it is not there."""
    row = session.one(_content, {"of": digest})
    return None if row is None else row[0].encode() if isinstance(row[0], str) else bytes(row[0] or b"")
