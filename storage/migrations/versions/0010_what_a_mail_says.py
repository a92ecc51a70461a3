"""What a message says, and its bytes, in tables of their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Put aside first: on SQLite a table that others refer to cannot be made anew.
    op.execute("CREATE TABLE said AS SELECT id, draft, raw FROM message")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_message_frozen"), type_="check")
        batch_op.drop_column("draft")
        batch_op.drop_column("raw")
        batch_op.create_check_constraint(
            op.f("ck_message_frozen"), "status NOT IN ('tagen', 'skickad', 'levererad', 'osaker') OR fence > 0"
        )
    for table, column, kind in (("draft", "content", sa.Text()), ("letter", "raw", sa.LargeBinary())):
        op.create_table(
            table,
            sa.Column("message", sa.Text(), nullable=False),
            sa.Column(column, kind, nullable=False),
            sa.ForeignKeyConstraint(["message"], ["message.id"], name=op.f(f"fk_{table}_message")),
            sa.PrimaryKeyConstraint("message", name=op.f(f"pk_{table}")),
        )
    op.execute("INSERT INTO draft (message, content) SELECT id, draft FROM said")
    op.execute("INSERT INTO letter (message, raw) SELECT id, raw FROM said WHERE raw IS NOT NULL")
    op.drop_table("said")
