"""The table of the månadsbrev, which is of the record: the log explains every column of it."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.tables import text_column


class ManadsbrevRow(SQLModel, table=True):
    """A månadsbrev. `content` is the letter whole, as JSON, with its figures where it has been sent; `version` the
    number of its last event."""

    __tablename__ = "manadsbrev"
    __table_args__ = (
        ForeignKeyConstraint(["name"], ["stream.name"]),
        CheckConstraint("status IN ('utkast', 'vilande', 'skickat')", name="status"),
        CheckConstraint("version >= 1", name="version"),
        UniqueConstraint("month"),
    )
    name: str = Field(primary_key=True, sa_type=Text)
    month: str = text_column(None)
    status: str = text_column("utkast")
    version: int
    content: str = text_column(None)
