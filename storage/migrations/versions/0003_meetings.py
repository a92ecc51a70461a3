"""Meeting calendars."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sammantrade",
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("papers_by", sa.Date(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("example", sa.Boolean(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("calendar = 'meetings:' || region || ':' || body", name=op.f("ck_sammantrade_calendar")),
        sa.CheckConstraint("(region = '-') = (body = 'chefsgrupp')", name=op.f("ck_sammantrade_chefsgrupp")),
        sa.CheckConstraint("first <= last", name=op.f("ck_sammantrade_days")),
        sa.CheckConstraint("papers_by IS NULL OR papers_by <= first", name=op.f("ck_sammantrade_papers_by")),
        sa.CheckConstraint("published_on IS NULL OR published_on <= first", name=op.f("ck_sammantrade_published_on")),
        sa.CheckConstraint("revision >= 0", name=op.f("ck_sammantrade_revision")),
        sa.ForeignKeyConstraint(["calendar"], ["stream.name"], name=op.f("fk_sammantrade_calendar")),
        sa.PrimaryKeyConstraint("calendar", "first", name=op.f("pk_sammantrade")),
    )
    with op.batch_alter_table("sammantrade", schema=None) as batch_op:
        batch_op.create_index("ix_sammantrade_first", ["first"], unique=False)

    op.create_table(
        "papers_rule",
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("working_days", sa.Integer(), nullable=False),
        sa.Column("counted_from", sa.Text(), nullable=False),
        sa.Column("stated_by", sa.Text(), nullable=False),
        sa.CheckConstraint("calendar = 'meetings:' || region || ':' || body", name=op.f("ck_papers_rule_calendar")),
        sa.CheckConstraint("region <> '-'", name=op.f("ck_papers_rule_region")),
        sa.CheckConstraint("working_days >= 1 AND counted_from <> ''", name=op.f("ck_papers_rule_counted")),
        sa.ForeignKeyConstraint(["calendar"], ["stream.name"], name=op.f("fk_papers_rule_calendar")),
        sa.PrimaryKeyConstraint("calendar", name=op.f("pk_papers_rule")),
    )
