"""The tables of the web: who is logged in or on the way in, what was left there, which pages were seen.

None is of the record.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text
from sqlmodel import Field, SQLModel

from storage.tables import added_text_column, text_column

_ROLE = "role IN ('kansli', 'chefsgrupp', 'region', 'insyn', 'drift')"


class WebSessionRow(SQLModel, table=True):
    """Somebody who is logged in. `digest` is SHA-256 in hex of the token that only the browser has.

    Deleting the row logs out. `address` is the office's that was proven, empty where a link was used. `subject` is who
    the OpenID provider `issuer` says it is, empty where none was asked. `browser` tells own sessions apart.
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
    issuer: str = added_text_column("")
    subject: str = added_text_column("")
    browser: str = added_text_column("")


class WebLoginRow(SQLModel, table=True):
    """Somebody on the way in: with a code that was mailed, or with a link for a `role`.

    `digest` is of the browser's token, or the link's. `code` is the digest of that token and the code together, so that
    the six digits cannot be searched for in a copy of the database; empty for a link and where nothing was mailed.
    `subject` is who the OpenID provider `issuer` said it is, and `groups` the roles that its groups give, by commas.
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
    issuer: str = added_text_column("")
    subject: str = added_text_column("")
    name: str = added_text_column("")
    groups: str = added_text_column("")


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


class WebBindingRow(SQLModel, table=True):
    """An identity of the OpenID provider's, `subject` at `issuer`, that was found to be a holder of an office.

    `email` is the verified address that bound them. A row that was revoked stays: the address does not bind again.
    """

    __tablename__ = "web_binding"
    __table_args__ = (
        CheckConstraint("issuer <> '' AND subject <> '' AND holder <> ''", name="known"),
        Index("ix_web_binding_holder", "holder"),
    )
    issuer: str = Field(primary_key=True, sa_type=Text)
    subject: str = Field(primary_key=True, sa_type=Text)
    holder: str = Field(primary_key=True, sa_type=Text)
    email: str = text_column(None)
    name: str = text_column()
    bound_at: datetime
    revoked_at: datetime | None = None


class WebDraftRow(SQLModel, table=True):
    """What somebody posted whose session had ended, until it can be shown again: ciphertext.

    `digest` is of the token that only the browser has, and which the key is made of. `role` and `region` are those of
    the session that ended, empty where nobody knows.
    """

    __tablename__ = "web_draft"
    __table_args__ = (
        CheckConstraint("length(digest) = 64", name="digest"),
        Index("ix_web_draft_client", "client", "made_at"),
    )
    digest: str = Field(primary_key=True, sa_type=Text)
    role: str = text_column()
    region: str = text_column()
    client: str = text_column()
    sealed: str = text_column(None)
    made_at: datetime
    ends_at: datetime


class WebFaultRow(SQLModel, table=True):
    """What somebody could not use on the pages, as it was reported. `contact` is what they chose to leave, or empty.

    `client` is emptied when the limits no longer need it.
    """

    __tablename__ = "web_fault"
    __table_args__ = (
        CheckConstraint("text <> ''", name="text"),
        CheckConstraint("(handled_at IS NULL) = (handled_by = '')", name="handled"),
        Index("ix_web_fault_made_at", "made_at"),
    )
    id: str = Field(primary_key=True, sa_type=Text)
    text: str = text_column(None)
    page: str = text_column()
    contact: str = text_column()
    client: str = text_column()
    made_at: datetime
    handled_at: datetime | None = None
    handled_by: str = text_column()
    answer: str = text_column()
