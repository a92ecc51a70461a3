"""The table of the keys that other systems and calendars read with. Not of the record."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from storage.tables import text_column


class ApiTokenRow(SQLModel, table=True):
    """A key of a client's, or of a calendar that somebody subscribes to (`kind` is `feed`).

    `digest` is SHA-256 in hex of the secret, which only the client has. A row is never deleted: it says who had access
    and when. `scopes` are divided by spaces; `made_by` is who asked for the key.
    """

    __tablename__ = "api_token"
    __table_args__ = (
        CheckConstraint("kind IN ('api', 'feed')", name="kind"),
        CheckConstraint("role IN ('kansli', 'chefsgrupp', 'region', 'insyn')", name="role"),
        CheckConstraint("length(digest) = 64", name="digest"),
        CheckConstraint("(role = 'region') = (region <> '')", name="region"),
        CheckConstraint("client <> '' AND scopes <> ''", name="named"),
        CheckConstraint("kind = 'feed' OR ends_at IS NOT NULL", name="ends_at"),
        Index("ix_api_token_digest", "digest", unique=True),
    )
    number: int | None = Field(None, primary_key=True)
    digest: str = text_column(None)
    kind: str = text_column(None)
    client: str = text_column(None)
    role: str = text_column(None)
    region: str = text_column()
    scopes: str = text_column(None)
    made_by: str = text_column()
    made_at: datetime
    ends_at: datetime | None = None
    used_on: date | None = None
    revoked_at: datetime | None = None
