"""Who is logged in on the web, who is on the way in, and which pages were seen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ROLE = "role IN ('kansli', 'chefsgrupp', 'region', 'insyn', 'drift')"


def upgrade() -> None:
    op.create_table(
        "web_session",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(_ROLE, name=op.f("ck_web_session_role")),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_web_session_digest")),
        sa.CheckConstraint("(role = 'region') <= (region <> '')", name=op.f("ck_web_session_region")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_web_session")),
    )
    op.create_table(
        "web_login",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("proven", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(f"role = '' OR {_ROLE}", name=op.f("ck_web_login_role")),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_web_login_digest")),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_web_login_attempts")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_web_login")),
    )
    op.create_table(
        "web_visit",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_web_visit")),
    )
    with op.batch_alter_table("web_login", schema=None) as batch_op:
        batch_op.create_index("ix_web_login_address", ["address", "made_at"], unique=False)
        batch_op.create_index("ix_web_login_client", ["client", "made_at"], unique=False)
    with op.batch_alter_table("web_visit", schema=None) as batch_op:
        batch_op.create_index("ix_web_visit_at", ["at"], unique=False)
