"""Who has read a sensitive uppdrag. No row is changed, and none deleted before two years have passed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# The newest moment that the database knows of: a clock in a database may be another than the program's.
_NEWEST = (
    "(SELECT MAX(t) FROM (SELECT MAX(at) AS t FROM reading UNION ALL SELECT MAX(beat_at) FROM heartbeat) AS known)"
)
_DAYS = 729
"""One less than the days that a reading is kept: an hour more or less is not for the database to quarrel over."""


def upgrade() -> None:
    op.create_table(
        "reading",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in (
            "uppdrag", "door", "what", "role", "region", "office", "name",
        )),
        sa.CheckConstraint("uppdrag <> '' AND name <> '' AND what <> ''", name=op.f("ck_reading_told")),
        sa.CheckConstraint("door IN ('sida', 'fil', 'api', 'kommando')", name=op.f("ck_reading_door")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_reading")),
    )  # fmt: skip
    op.create_index("ix_reading_uppdrag", "reading", ["uppdrag", "at"])
    op.create_index("ix_reading_at", "reading", ["at"])
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER reading_no_update BEFORE UPDATE ON reading "
            "BEGIN SELECT RAISE(ABORT, 'reading: UPDATE is refused'); END"
        )
        op.execute(
            "CREATE TRIGGER reading_no_delete BEFORE DELETE ON reading "
            f"WHEN OLD.at > datetime({_NEWEST}, '-{_DAYS} days') "
            "BEGIN SELECT RAISE(ABORT, 'reading: DELETE is refused'); END"
        )
        return
    op.execute("CREATE TRIGGER reading_no_update BEFORE UPDATE ON reading FOR EACH ROW EXECUTE FUNCTION refuse()")
    op.execute(
        "CREATE FUNCTION refuse_reading() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$BEGIN IF OLD.at > {_NEWEST} - INTERVAL '{_DAYS} days' THEN "
        "RAISE EXCEPTION '%: % is refused', TG_TABLE_NAME, TG_OP; END IF; RETURN OLD; END$$"
    )
    op.execute(
        "CREATE TRIGGER reading_no_delete BEFORE DELETE ON reading FOR EACH ROW EXECUTE FUNCTION refuse_reading()"
    )
