"""Chefsgruppen's meetings, and the § of each year."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mote",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.CheckConstraint("status IN ('planerat', 'kallat', 'avslutat', 'justerat')", name=op.f("ck_mote_status")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_mote_version")),
        sa.ForeignKeyConstraint(["name"], ["stream.name"], name=op.f("fk_mote_name")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_mote")),
        sa.UniqueConstraint("day", name=op.f("uq_mote_day")),
    )
    op.create_table(
        "paragraf",
        sa.Column("mote", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("uppdrag", sa.Text(), nullable=False),
        sa.Column("justerad", sa.Date(), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_paragraf_number")),
        sa.ForeignKeyConstraint(["mote"], ["mote.name"], name=op.f("fk_paragraf_mote")),
        sa.PrimaryKeyConstraint("mote", "number", name=op.f("pk_paragraf")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_paragraf_year_number")),
    )
