"""The table of who has read what is sensitive. Not of the record, and yet never rewritten."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from storage.tables import text_column


class ReadingRow(SQLModel, table=True):
    """A sensitive uppdrag was read: by whom, when, and through which door. `name` is a person's, a system's or, at the
    command line, that of an account on the machine. `what` is the address without its query, or the command.

    The database lets no row be changed, and none be deleted before its time (see `storage.readings`).
    """

    __tablename__ = "reading"
    __table_args__ = (
        CheckConstraint("uppdrag <> '' AND name <> '' AND what <> ''", name="told"),
        CheckConstraint("door IN ('sida', 'fil', 'api', 'kommando')", name="door"),
        Index("ix_reading_uppdrag", "uppdrag", "at"),
        Index("ix_reading_at", "at"),
    )
    number: int | None = Field(None, primary_key=True)
    at: datetime
    uppdrag: str = text_column(None)
    door: str = text_column(None)
    what: str = text_column(None)
    role: str = text_column()
    region: str = text_column()
    office: str = text_column()
    name: str = text_column(None)
