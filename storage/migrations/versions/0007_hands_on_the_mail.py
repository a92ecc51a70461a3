"""Who did what to a mail, and what a region asks the kansli on its page."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mail_act",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint("about <> '' AND act <> '' AND who <> ''", name=op.f("ck_mail_act_told")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_mail_act")),
        sa.UniqueConstraint("key", name=op.f("uq_mail_act_key")),
    )
    op.create_table(
        "question",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("uppdrag", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("asker", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=False),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('fraga', 'fel')", name=op.f("ck_question_kind")),
        sa.CheckConstraint("region <> '' AND words <> '' AND asker <> ''", name=op.f("ck_question_asked")),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answer = '') AND (answer = '') = (answered_by = '')",
            name=op.f("ck_question_answered"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
    )
    with op.batch_alter_table("mail_act", schema=None) as batch_op:
        batch_op.create_index("ix_mail_act_about", ["about", "number"], unique=False)
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.create_index("ix_question_region", ["region", "asked_at"], unique=False)
