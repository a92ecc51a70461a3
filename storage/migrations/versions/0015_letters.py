"""Månadsbrev, the offices that do not want them, and the links by which they say so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "manadsbrev",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.CheckConstraint("status IN ('utkast', 'vilande', 'skickat')", name=op.f("ck_manadsbrev_status")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_manadsbrev_version")),
        sa.ForeignKeyConstraint(["name"], ["stream.name"], name=op.f("fk_manadsbrev_name")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_manadsbrev")),
        sa.UniqueConstraint("month", name=op.f("uq_manadsbrev_month")),
    )
    op.create_table(
        "unsubscribed",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.CheckConstraint("region <> '' AND office <> '' AND how <> ''", name=op.f("ck_unsubscribed_named")),
        sa.PrimaryKeyConstraint("region", "office", name=op.f("pk_unsubscribed")),
    )
    op.create_table(
        "unsubscribe_link",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_unsubscribe_link_digest")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_unsubscribe_link")),
    )
