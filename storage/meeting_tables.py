"""The tables of the meeting calendars, and of what chefsgruppen meets about: of the record, every column of which the
log explains."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.tables import text_column

_NAMED = "calendar = 'meetings:' || region || ':' || body"
_CHEFSGRUPP = "(region = '-') = (body = 'chefsgrupp')"


class SammantradeRow(SQLModel, table=True):
    """A meeting of a body. `calendar` is the body's stream; a meeting that was cancelled stays, marked as such."""

    __tablename__ = "sammantrade"
    __table_args__ = (
        ForeignKeyConstraint(["calendar"], ["stream.name"]),
        CheckConstraint(_NAMED, name="calendar"),
        CheckConstraint(_CHEFSGRUPP, name="chefsgrupp"),
        CheckConstraint("first <= last", name="days"),
        CheckConstraint("papers_by IS NULL OR papers_by <= first", name="papers_by"),
        CheckConstraint("published_on IS NULL OR published_on <= first", name="published_on"),
        CheckConstraint("revision >= 0", name="revision"),
        Index("ix_sammantrade_first", "first"),
    )
    calendar: str = Field(primary_key=True, sa_type=Text)
    first: date = Field(primary_key=True)
    last: date
    region: str = text_column(None)
    body: str = text_column(None)
    papers_by: date | None = None
    published_on: date | None = None
    period: str = text_column()
    source: str = text_column()
    example: bool = False
    cancelled: bool = False
    revision: int = 0


class PapersRuleRow(SQLModel, table=True):
    """A handlingsstopp as a rule: working days before the meeting of the body `counted_from`."""

    __tablename__ = "papers_rule"
    __table_args__ = (
        ForeignKeyConstraint(["calendar"], ["stream.name"]),
        CheckConstraint(_NAMED, name="calendar"),
        CheckConstraint("region <> '-'", name="region"),
        CheckConstraint("working_days >= 1 AND counted_from <> ''", name="counted"),
    )
    calendar: str = Field(primary_key=True, sa_type=Text)
    region: str = text_column(None)
    body: str = text_column(None)
    working_days: int
    counted_from: str = text_column(None)
    stated_by: str = text_column()


class MoteRow(SQLModel, table=True):
    """A meeting of chefsgruppen. `content` is the meeting whole, as JSON; `version` the number of its last event."""

    __tablename__ = "mote"
    __table_args__ = (
        ForeignKeyConstraint(["name"], ["stream.name"]),
        CheckConstraint("status IN ('planerat', 'kallat', 'avslutat', 'justerat')", name="status"),
        CheckConstraint("version >= 1", name="version"),
        UniqueConstraint("day"),
    )
    name: str = Field(primary_key=True, sa_type=Text)
    day: date
    status: str = text_column(None)
    version: int
    content: str = text_column(None)


class ParagrafRow(SQLModel, table=True):
    """A § of a year, given once and never again: of which meeting, on which item, about which uppdrag, and the day of
    its justering."""

    __tablename__ = "paragraf"
    __table_args__ = (
        ForeignKeyConstraint(["mote"], ["mote.name"]),
        CheckConstraint("number >= 1", name="number"),
        UniqueConstraint("year", "number"),
    )
    mote: str = Field(primary_key=True, sa_type=Text)
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    year: int
    item: str = text_column(None)
    uppdrag: str = text_column()
    justerad: date | None = None


class DirektivRow(SQLModel, table=True):
    """An uppdragsdirektiv. `number` is its diarienummer, empty until it has one; the same may stand on another
    document. `content` is the directive whole, as JSON; `version` the number of its last event."""

    __tablename__ = "direktiv"
    __table_args__ = (
        ForeignKeyConstraint(["name"], ["stream.name"]),
        CheckConstraint("status IN ('utkast', 'beslutat', 'upphort')", name="status"),
        CheckConstraint("version >= 1", name="version"),
        Index("ix_direktiv_number", "number"),
    )
    name: str = Field(primary_key=True, sa_type=Text)
    number: str = text_column()
    status: str = text_column("utkast")
    version: int
    content: str = text_column(None)


class BeredningsplanRow(SQLModel, table=True):
    """Which matter is meant for which meeting of a year, whole as JSON; `version` is the number of its last event."""

    __tablename__ = "beredningsplan"
    __table_args__ = (
        ForeignKeyConstraint(["name"], ["stream.name"]),
        CheckConstraint("version >= 1", name="version"),
        UniqueConstraint("year"),
    )
    name: str = Field(primary_key=True, sa_type=Text)
    year: int
    version: int
    content: str = text_column(None)


class BudgetRow(SQLModel, table=True):
    """NSPL's budget of a year, its outcome and the regions' contributions, whole as JSON; `version` is the number of
    its last event."""

    __tablename__ = "budget"
    __table_args__ = (
        ForeignKeyConstraint(["name"], ["stream.name"]),
        CheckConstraint("version >= 1", name="version"),
        UniqueConstraint("year"),
    )
    name: str = Field(primary_key=True, sa_type=Text)
    year: int
    version: int
    content: str = text_column(None)
