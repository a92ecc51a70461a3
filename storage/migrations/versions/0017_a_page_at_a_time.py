"""Indexes by which a page of uppdrag, or of what a region has in hand, is found however many there are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_LIFECYCLE = ["lifecycle", "lifecycle_version"]


def upgrade() -> None:
    op.drop_index("ix_uppdrag_open_due", "uppdrag")
    op.create_index("ix_uppdrag_open_due", "uppdrag", ["final", "due_last", "year", "number", "paused"])
    op.create_index("ix_uppdrag_open", "uppdrag", ["final", "year", "number"])
    op.drop_index("ix_uppdrag_lifecycle", "uppdrag")
    op.create_index("ix_uppdrag_state_due", "uppdrag", [*_LIFECYCLE, "state", "due_last", "year", "number", "id"])
    owned = sa.text("owner <> ''")
    op.create_index("ix_uppdrag_owner", "uppdrag", ["owner"], sqlite_where=owned, postgresql_where=owned)
    op.drop_index("ix_regionbeslut_region", "regionbeslut")
    op.create_index("ix_regionbeslut_region", "regionbeslut", ["region", "category"])
    more = sa.text("more <> '{}'")
    op.create_index(
        "ix_regionbeslut_more", "regionbeslut", ["uppdrag", "region"], sqlite_where=more, postgresql_where=more
    )
    op.create_index("ix_beslut_day", "beslut", ["region", "decided_on"])


def downgrade() -> None:
    op.drop_index("ix_beslut_day", "beslut")
    op.drop_index("ix_regionbeslut_more", "regionbeslut")
    op.drop_index("ix_regionbeslut_region", "regionbeslut")
    op.create_index("ix_regionbeslut_region", "regionbeslut", ["region"])
    op.drop_index("ix_uppdrag_owner", "uppdrag")
    op.drop_index("ix_uppdrag_state_due", "uppdrag")
    op.create_index("ix_uppdrag_lifecycle", "uppdrag", _LIFECYCLE)
    op.drop_index("ix_uppdrag_open", "uppdrag")
    op.drop_index("ix_uppdrag_open_due", "uppdrag")
    op.create_index("ix_uppdrag_open_due", "uppdrag", ["final", "due_last"])
