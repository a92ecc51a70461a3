"""The schema. Private to this room: the rest of the house sees workflow values.

Every rule that a database can hold stands here as UNIQUE, CHECK or foreign key; the log's append-only triggers stand in
the first migration. Texts are never NULL: empty says *Uppgift saknas*. JSON is kept as text, written whole each time.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, MetaData, SQLModel

SQLModel.metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


BY_KEY = {"sqlite_with_rowid": False}
"""On SQLite the row stands in the index of its primary key: one page to write instead of two. For narrow rows only."""


def text_column(default: str | None = "") -> str:
    """A text column that is never NULL."""
    return Field(sa_type=Text, nullable=False) if default is None else Field(default, sa_type=Text, nullable=False)  # type: ignore[no-any-return]  # SQLModel's Field is Any


def added_text_column(default: str) -> str:
    """The same for a column that came to a table with rows in it: the database, too, knows what they then hold."""
    return Field(default, sa_type=Text, nullable=False, sa_column_kwargs={"server_default": text(f"'{default}'")})  # type: ignore[no-any-return]  # SQLModel's Field is Any


class StreamRow(SQLModel, table=True):
    """A stream's length and head. Its row is the lock that a command takes first; `sealed` is the last seq in a
    checkpoint."""

    __tablename__ = "stream"
    __table_args__ = (
        CheckConstraint("seq >= 1", name="seq"),
        CheckConstraint("sealed >= 0 AND sealed <= seq", name="sealed"),
        CheckConstraint("length(head) = 64", name="head"),
        BY_KEY,
    )
    name: str = Field(primary_key=True, sa_type=Text)
    seq: int
    head: str = text_column(None)
    sealed: int = 0


class EventRow(SQLModel, table=True):
    """The log. Only a gallring decision may empty `content`, `actor` and `salt`; nothing else ever changes."""

    __tablename__ = "event"
    __table_args__ = (
        ForeignKeyConstraint(["stream"], ["stream.name"]),
        CheckConstraint("seq >= 1 AND cause >= 1 AND cause <= seq", name="cause"),
        CheckConstraint("replaces >= 0 AND replaces < seq", name="replaces"),
        CheckConstraint("kind <> '' AND role <> ''", name="kind"),
        CheckConstraint("length(content_digest) = 64 AND length(chain) = 64", name="digests"),
        CheckConstraint("(content IS NULL) = (salt IS NULL)", name="emptied"),
        Index(
            "ix_event_gallrat", "kind", sqlite_where=text("kind = 'Gallrat'"), postgresql_where=text("kind = 'Gallrat'")
        ),
        Index(
            "uq_event_owned_key",
            "owned_key",
            unique=True,
            sqlite_where=text("owned_key <> ''"),
            postgresql_where=text("owned_key <> ''"),
        ),
    )
    stream: str = Field(primary_key=True, sa_type=Text)
    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    cause: int
    kind: str = text_column(None)
    region: str = text_column()
    state: str = text_column()
    happened_on: date | None = None
    registered_at: datetime
    backfilled: bool = False
    replaces: int = 0
    role: str = text_column(None)
    owned_key: str = text_column()
    command_digest: str = text_column()
    actor: str | None = Field(None, sa_type=Text)
    content: str | None = Field(None, sa_type=Text)
    salt: str | None = Field(None, sa_type=Text)
    content_digest: str = text_column(None)
    chain: str = text_column(None)


class DefinitionRow(SQLModel, table=True):
    """Every version of everything declared that has been in use, with its source."""

    __tablename__ = "definition"
    __table_args__ = (
        CheckConstraint("kind IN ('lifecycle', 'fragment', 'organisation', 'plan', 'agenda')", name="kind"),
        CheckConstraint("version >= 1", name="version"),
    )
    id: str = Field(primary_key=True, sa_type=Text)
    version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    kind: str = text_column(None)
    file: str = text_column(None)
    digest: str = text_column(None)
    source: str = text_column(None)
    published_at: datetime


class RegionRow(SQLModel, table=True):
    """The 21 regions, as the organisation in use declares them."""

    __tablename__ = "region"
    __table_args__ = (CheckConstraint("length(lanskod) = 2", name="lanskod"),)
    lanskod: str = Field(primary_key=True, sa_type=Text)
    name: str = text_column(None)
    short_name: str = text_column(None)
    county: str = text_column(None)
    samverkansregioner: str = text_column(None)
    fullmaktige: str = text_column(None)
    styrelse: str = text_column(None)


class SeriesRow(SQLModel, table=True):
    """The last number given to an uppdrag in a year. Numbers are never reused."""

    __tablename__ = "series"
    __table_args__ = (CheckConstraint("last >= 1", name="last"),)
    year: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    last: int


class UppdragRow(SQLModel, table=True):
    """An uppdrag as it stands. `due_*` is the planned time next to be met; `detail` holds what no query filters on."""

    __tablename__ = "uppdrag"
    __table_args__ = (
        ForeignKeyConstraint(["id"], ["stream.name"]),
        ForeignKeyConstraint(["lifecycle", "lifecycle_version"], ["definition.id", "definition.version"]),
        ForeignKeyConstraint(["parent"], ["uppdrag.id"]),
        UniqueConstraint("year", "number"),
        CheckConstraint("state <> '' AND title <> ''", name="named"),
        CheckConstraint("NOT sensitive OR neutral_title <> ''", name="neutral_title"),
        CheckConstraint("standing IN ('', 'omprovas')", name="standing"),
        CheckConstraint("round >= 1 AND proposal_version >= 0", name="round"),
        CheckConstraint("adopted >= 0 AND rejected >= 0 AND not_concerned >= 0", name="counts"),
        CheckConstraint("adopted + rejected + not_concerned <= regions", name="counts_within"),
        CheckConstraint("(due = '') = (due_last IS NULL) AND (due = '') = (due_first IS NULL)", name="due"),
        CheckConstraint("due_first <= due_last", name="due_order"),
        Index("ix_uppdrag_open_due", "final", "due_last", "year", "number", "paused"),
        Index("ix_uppdrag_open", "final", "year", "number"),
        # With the id it answers by itself which ones lie in a state: the rows are wide.
        Index("ix_uppdrag_state_due", "lifecycle", "lifecycle_version", "state", "due_last", "year", "number", "id"),
        Index("ix_uppdrag_owner", "owner", sqlite_where=text("owner <> ''"), postgresql_where=text("owner <> ''")),
        Index("ix_uppdrag_dnr", "dnr", sqlite_where=text("dnr <> ''"), postgresql_where=text("dnr <> ''")),
        Index(
            "ix_uppdrag_directive",
            "directive",
            sqlite_where=text("directive <> ''"),
            postgresql_where=text("directive <> ''"),
        ),
    )
    id: str = Field(primary_key=True, sa_type=Text)
    year: int
    number: int
    lifecycle: str = text_column(None)
    lifecycle_version: int
    state: str = text_column(None)
    final: bool
    title: str = text_column(None)
    neutral_title: str = text_column()
    sensitive: bool = False
    source: str = text_column()
    section: str = text_column()
    parent: str | None = Field(None, sa_type=Text)
    owner: str = text_column()
    dnr: str = text_column()
    directive: str = text_column()
    plan: str = text_column()
    standing: str = text_column()
    notes: str = text_column()
    paused: bool = False
    round: int = 1
    proposal_version: int = 0
    regions: int = 0
    adopted: int = 0
    rejected: int = 0
    not_concerned: int = 0
    due: str = text_column()
    due_text: str = text_column()
    due_first: date | None = None
    due_last: date | None = None
    changed_at: datetime
    detail: str = text_column(None)


class RegionbeslutRow(SQLModel, table=True):
    """One region's track on one uppdrag. `version` is the seq of the last event that touched it; `more` holds what few
    tracks have, `{}` where there is nothing."""

    __tablename__ = "regionbeslut"
    __table_args__ = (
        ForeignKeyConstraint(["uppdrag"], ["uppdrag.id"]),
        ForeignKeyConstraint(["region"], ["region.lanskod"]),
        CheckConstraint("category IN ('', 'adopted', 'rejected', 'not_concerned')", name="category"),
        CheckConstraint("category = '' OR outcome <> ''", name="concluded"),
        CheckConstraint("state <> ''", name="state"),
        CheckConstraint("set_no >= 1 AND sent_version >= 0 AND version >= 0", name="numbers"),
        Index("ix_regionbeslut_region", "region", "category"),
        Index(
            "ix_regionbeslut_more",
            "uppdrag",
            "region",
            sqlite_where=text("more <> '{}'"),
            postgresql_where=text("more <> '{}'"),
        ),
        BY_KEY,
    )
    uppdrag: str = Field(primary_key=True, sa_type=Text)
    region: str = Field(primary_key=True, sa_type=Text)
    state: str = text_column(None)
    outcome: str = text_column()
    category: str = text_column()
    set_no: int = 1
    version: int = 0
    dnr: str = text_column()
    sent_version: int = 0
    channel: str = text_column()
    planned_on: date | None = None
    planned_body: str = text_column()
    facts: str = text_column("{}")
    more: str = added_text_column("{}")


class BeslutRow(SQLModel, table=True):
    """One registered decision. Corrected in place; what stood there before is in the log. `more` holds what few
    decisions have, `{}` where there is nothing."""

    __tablename__ = "beslut"
    __table_args__ = (
        ForeignKeyConstraint(["uppdrag", "region"], ["regionbeslut.uppdrag", "regionbeslut.region"]),
        ForeignKeyConstraint(["uppdrag", "seq"], ["event.stream", "event.seq"]),
        UniqueConstraint("uppdrag", "seq"),
        CheckConstraint("number >= 1 AND set_no >= 1 AND proposal_version >= 0", name="numbers"),
        CheckConstraint("outcome <> ''", name="outcome"),
        CheckConstraint(
            "source IN ('', 'muntlig', 'epost', 'publicerat_protokoll', 'protokollsutdrag')", name="source"
        ),
        CheckConstraint("outcome <> 'antagen_med_anpassning' OR adaptation <> ''", name="adaptation"),
        CheckConstraint("kind IN ('beslut', 'delegationsbeslut', 'verkstallighet')", name="kind"),
        CheckConstraint("kind = 'beslut' OR body NOT IN ('RF', 'RS', 'namnd')", name="delegated"),
        Index("ix_beslut_day", "region", "decided_on"),
        Index(
            "ix_beslut_paragraph",
            "region",
            "paragraph",
            "body",
            "decided_on",
            sqlite_where=text("paragraph <> ''"),
            postgresql_where=text("paragraph <> ''"),
        ),
        BY_KEY,
    )
    uppdrag: str = Field(primary_key=True, sa_type=Text)
    region: str = Field(primary_key=True, sa_type=Text)
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    seq: int
    set_no: int
    outcome: str = text_column(None)
    body: str = text_column()
    decided_on: date | None = None
    paragraph: str = text_column()
    dnr: str = text_column()
    adaptation: str = text_column()
    note: str = text_column()
    source: str = text_column()
    proposal_version: int = 0
    complete: bool = True
    withdrawn: bool = False
    kind: str = added_text_column("beslut")
    more: str = added_text_column("{}")


class HolderRow(SQLModel, table=True):
    """A befattningshavare. `id` is its stream."""

    __tablename__ = "holder"
    __table_args__ = (
        ForeignKeyConstraint(["id"], ["stream.name"]),
        CheckConstraint("office <> ''", name="office"),
        CheckConstraint("capacity IN ('ordinarie', 'tf', 'ersattare')", name="capacity"),
        CheckConstraint("first IS NULL OR last IS NULL OR first <= last", name="period"),
        Index("ix_holder_office", "office", "region"),
    )
    id: str = Field(primary_key=True, sa_type=Text)
    office: str = text_column(None)
    region: str = text_column()
    name: str = text_column()
    email: str = text_column()
    capacity: str = text_column("ordinarie")
    shared: bool = False
    vacant: bool = False
    first: date | None = None
    last: date | None = None
    flagged: str = text_column()


class CheckpointRow(SQLModel, table=True):
    """A link in the chain over the heads of the streams; its head may leave the machine and be asked for later."""

    __tablename__ = "checkpoint"
    __table_args__ = (CheckConstraint("number >= 1", name="number"), CheckConstraint("length(head) = 64", name="head"))
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    made_at: datetime
    head: str = text_column(None)


class CheckpointStreamRow(SQLModel, table=True):
    """The length and head of one stream at a checkpoint, for those that had changed since the one before."""

    __tablename__ = "checkpoint_stream"
    __table_args__ = (
        ForeignKeyConstraint(["checkpoint"], ["checkpoint.number"]),
        ForeignKeyConstraint(["stream"], ["stream.name"]),
        BY_KEY,
    )
    checkpoint: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    stream: str = Field(primary_key=True, sa_type=Text)
    seq: int
    head: str = text_column(None)


def columns(table: type[SQLModel]) -> tuple[Column[Any], ...]:
    """A table's columns, in order."""
    return tuple(table.__table__.columns)  # type: ignore[attr-defined]  # SQLModel hides the table from mypy
