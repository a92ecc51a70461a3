"""The kallelse by mail, and meetings that are called off or moved: more fields in the content of a meeting."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_MORE = ',"summons":null,"called_off":null}'


def upgrade() -> None:
    # As in 0013: the fields stand in the order of the value, so these come last.
    longer = f"substr(content, 1, length(content) - 1) || '{_MORE}'"
    op.get_bind().exec_driver_sql(f"UPDATE mote SET content = {longer}")  # noqa: S608 - nothing from outside
