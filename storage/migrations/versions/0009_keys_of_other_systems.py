"""The keys that other systems and calendars read with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_token",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=True),
        sa.Column("used_on", sa.Date(), nullable=True),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('api', 'feed')", name=op.f("ck_api_token_kind")),
        sa.CheckConstraint("role IN ('kansli', 'chefsgrupp', 'region', 'insyn')", name=op.f("ck_api_token_role")),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_api_token_digest")),
        sa.CheckConstraint("(role = 'region') = (region <> '')", name=op.f("ck_api_token_region")),
        sa.CheckConstraint("client <> '' AND scopes <> ''", name=op.f("ck_api_token_named")),
        sa.CheckConstraint("kind = 'feed' OR ends_at IS NOT NULL", name=op.f("ck_api_token_ends_at")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_api_token")),
    )
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.create_index("ix_api_token_digest", ["digest"], unique=True)
