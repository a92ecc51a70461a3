"""The tables of the web: who is logged in or on the way in, and which pages were seen. Not of the record."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text
from sqlmodel import Field, SQLModel

from storage.tables import text_column

_ROLE = "role IN ('kansli', 'chefsgrupp', 'region', 'insyn', 'drift')"


class WebSessionRow(SQLModel, table=True):
    """Somebody who is logged in. `digest` is SHA-256 in hex of the token that only the browser has.

    Deleting the row logs out. `address` is the office's that was proven, empty where a link was used.
    """

    __tablename__ = "web_session"
    __table_args__ = (
        CheckConstraint(_ROLE, name="role"),
        CheckConstraint("length(digest) = 64", name="digest"),
        CheckConstraint("(role = 'region') <= (region <> '')", name="region"),
    )
    digest: str = Field(primary_key=True, sa_type=Text)
    role: str = text_column(None)
    office: str = text_column()
    region: str = text_column()
    name: str = text_column(None)
    address: str = text_column()
    made_at: datetime
    used_at: datetime
    ends_at: datetime


class WebLoginRow(SQLModel, table=True):
    """Somebody on the way in: with a code that was mailed, or with a link for a `role`.

    `digest` is of the browser's token, or the link's. `code` is the digest of that token and the code together, so that
    the six digits cannot be searched for in a copy of the database; empty for a link and where nothing was mailed.
    """

    __tablename__ = "web_login"
    __table_args__ = (
        CheckConstraint(f"role = '' OR {_ROLE}", name="role"),
        CheckConstraint("length(digest) = 64", name="digest"),
        CheckConstraint("attempts >= 0", name="attempts"),
        Index("ix_web_login_address", "address", "made_at"),
        Index("ix_web_login_client", "client", "made_at"),
    )
    digest: str = Field(primary_key=True, sa_type=Text)
    role: str = text_column()
    address: str = text_column()
    client: str = text_column()
    code: str = text_column()
    proven: bool = False
    attempts: int = 0
    made_at: datetime
    ends_at: datetime


class WebVisitRow(SQLModel, table=True):
    """A page that was asked for: by whom, where known, and with what answer. `path` has no query, so no token."""

    __tablename__ = "web_visit"
    __table_args__ = (Index("ix_web_visit_at", "at"),)
    number: int | None = Field(None, primary_key=True)
    at: datetime
    role: str = text_column()
    region: str = text_column()
    name: str = text_column()
    method: str = text_column(None)
    path: str = text_column(None)
    status: int
