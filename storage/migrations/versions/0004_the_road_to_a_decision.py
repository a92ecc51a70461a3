"""The road to a decision: kinds, chains, justering, and what the kansli has to complete."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Written out: alembic would copy the table to add a CHECK on SQLite, and lose that it has no rowid.
    op.execute("ALTER TABLE regionbeslut ADD COLUMN more TEXT DEFAULT '{}' NOT NULL")
    op.execute(
        "ALTER TABLE beslut ADD COLUMN kind TEXT DEFAULT 'beslut' NOT NULL "
        "CONSTRAINT ck_beslut_kind CHECK (kind IN ('beslut', 'delegationsbeslut', 'verkstallighet')) "
        "CONSTRAINT ck_beslut_delegated CHECK (kind = 'beslut' OR body NOT IN ('RF', 'RS', 'namnd'))"
    )
    op.execute("ALTER TABLE beslut ADD COLUMN more TEXT DEFAULT '{}' NOT NULL")
    op.create_index(
        "ix_beslut_paragraph",
        "beslut",
        ["region", "paragraph", "body", "decided_on"],
        unique=False,
        sqlite_where=sa.text("paragraph <> ''"),
        postgresql_where=sa.text("paragraph <> ''"),
    )
