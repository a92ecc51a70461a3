"""Uppdragsdirektiv, beredningsplaner, when the clock looks at a meeting, and agenda forms among the definitions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_KINDS = "'lifecycle', 'fragment', 'organisation', 'plan'"


def upgrade() -> None:
    op.create_table(
        "direktiv",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.CheckConstraint("status IN ('utkast', 'beslutat', 'upphort')", name=op.f("ck_direktiv_status")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_direktiv_version")),
        sa.ForeignKeyConstraint(["name"], ["stream.name"], name=op.f("fk_direktiv_name")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_direktiv")),
    )
    op.create_index("ix_direktiv_number", "direktiv", ["number"])
    op.create_table(
        "beredningsplan",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_beredningsplan_version")),
        sa.ForeignKeyConstraint(["name"], ["stream.name"], name=op.f("fk_beredningsplan_name")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_beredningsplan")),
        sa.UniqueConstraint("year", name=op.f("uq_beredningsplan_year")),
    )
    op.create_table(
        "meeting_reminder",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("next_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_meeting_reminder")),
    )
    op.create_index("ix_meeting_reminder_next", "meeting_reminder", ["next_at"])
    _allow_agendas()


def _allow_agendas() -> None:
    """One more kind of definition. SQLite cannot change a CHECK, and `definition` cannot be made anew under the foreign
    keys that point at it: its text is changed where SQLite keeps it, as sqlite.org/lang_altertable.html (7) has it."""
    more = f"{_KINDS}, 'agenda'"
    if op.get_bind().dialect.name == "sqlite":
        version = op.get_bind().exec_driver_sql("PRAGMA schema_version").scalar_one()
        op.execute("PRAGMA writable_schema = ON")
        op.get_bind().exec_driver_sql(
            "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = 'definition'",
            (_KINDS, more),
        )
        op.execute(f"PRAGMA schema_version = {version + 1}")
        op.execute("PRAGMA writable_schema = RESET")
        return
    op.drop_constraint(op.f("ck_definition_kind"), "definition", type_="check")
    op.create_check_constraint(op.f("ck_definition_kind"), "definition", f"kind IN ({more})")
