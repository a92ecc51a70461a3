"""NSPL's budget of a year, and what the regions contribute."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "budget",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_budget_version")),
        sa.ForeignKeyConstraint(["name"], ["stream.name"], name=op.f("fk_budget_name")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_budget")),
        sa.UniqueConstraint("year", name=op.f("uq_budget_year")),
    )
