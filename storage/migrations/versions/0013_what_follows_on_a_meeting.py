"""What follows on a meeting of chefsgruppen, and decisions per capsulam: more fields in its content."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_MORE = ',"circulation":null,"signed":[],"settled":[],"handoffs":[],"returned":[]}'


def upgrade() -> None:
    # The fields stand in the order of the value, so these come last; what was there is not read.
    longer = f"substr(content, 1, length(content) - 1) || '{_MORE}'"
    op.get_bind().exec_driver_sql(f"UPDATE mote SET content = {longer}")  # noqa: S608 - nothing from outside
