"""Identities of an OpenID provider, what was posted when a session had ended, and faults that were reported."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, names in (
        ("web_session", ("issuer", "subject", "browser")),
        ("web_login", ("issuer", "subject", "name", "groups")),
    ):
        for name in names:
            op.add_column(table, sa.Column(name, sa.Text(), server_default=sa.text("''"), nullable=False))
    op.create_table(
        "web_binding",
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("bound_at", UTCDateTime(), nullable=False),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("issuer <> '' AND subject <> '' AND holder <> ''", name=op.f("ck_web_binding_known")),
        sa.PrimaryKeyConstraint("issuer", "subject", "holder", name=op.f("pk_web_binding")),
    )
    op.create_index("ix_web_binding_holder", "web_binding", ["holder"], unique=False)
    op.create_table(
        "web_draft",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_web_draft_digest")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_web_draft")),
    )
    op.create_index("ix_web_draft_client", "web_draft", ["client", "made_at"], unique=False)
    op.create_table(
        "web_fault",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("handled_at", UTCDateTime(), nullable=True),
        sa.Column("handled_by", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.CheckConstraint("text <> ''", name=op.f("ck_web_fault_text")),
        sa.CheckConstraint("(handled_at IS NULL) = (handled_by = '')", name=op.f("ck_web_fault_handled")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_fault")),
    )
    op.create_index("ix_web_fault_made_at", "web_fault", ["made_at"], unique=False)
