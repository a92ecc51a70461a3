"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# The log's own columns; content, actor and salt may be emptied together, by a gallring decision, and only then.
_KEPT = (
    "stream", "seq", "cause", "kind", "region", "state", "happened_on", "registered_at", "backfilled", "replaces",
    "role", "owned_key", "command_digest", "content_digest", "chain",
)  # fmt: skip
_NEVER_CHANGED = ("definition", "checkpoint", "checkpoint_stream")
_NEVER_DELETED = ("event", "stream", "uppdrag", "regionbeslut", "beslut", "series", *_NEVER_CHANGED)


def upgrade() -> None:
    op.create_table(
        "checkpoint",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.CheckConstraint("length(head) = 64", name=op.f("ck_checkpoint_head")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_checkpoint_number")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_checkpoint")),
    )
    op.create_table(
        "definition",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("published_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('lifecycle', 'fragment', 'organisation', 'plan')", name=op.f("ck_definition_kind")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_definition_version")),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_definition")),
    )
    op.create_table(
        "region",
        sa.Column("lanskod", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=False),
        sa.Column("county", sa.Text(), nullable=False),
        sa.Column("samverkansregioner", sa.Text(), nullable=False),
        sa.Column("fullmaktige", sa.Text(), nullable=False),
        sa.Column("styrelse", sa.Text(), nullable=False),
        sa.CheckConstraint("length(lanskod) = 2", name=op.f("ck_region_lanskod")),
        sa.PrimaryKeyConstraint("lanskod", name=op.f("pk_region")),
    )
    op.create_table(
        "series",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.CheckConstraint("last >= 1", name=op.f("ck_series_last")),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_series")),
    )
    op.create_table(
        "stream",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(head) = 64", name=op.f("ck_stream_head")),
        sa.CheckConstraint("sealed >= 0 AND sealed <= seq", name=op.f("ck_stream_sealed")),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_stream_seq")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_stream")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "checkpoint_stream",
        sa.Column("checkpoint", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["checkpoint"], ["checkpoint.number"], name=op.f("fk_checkpoint_stream_checkpoint")),
        sa.ForeignKeyConstraint(["stream"], ["stream.name"], name=op.f("fk_checkpoint_stream_stream")),
        sa.PrimaryKeyConstraint("checkpoint", "stream", name=op.f("pk_checkpoint_stream")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "event",
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("cause", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=True),
        sa.Column("registered_at", UTCDateTime(), nullable=False),
        sa.Column("backfilled", sa.Boolean(), nullable=False),
        sa.Column("replaces", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("owned_key", sa.Text(), nullable=False),
        sa.Column("command_digest", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("salt", sa.Text(), nullable=True),
        sa.Column("content_digest", sa.Text(), nullable=False),
        sa.Column("chain", sa.Text(), nullable=False),
        sa.CheckConstraint("kind <> '' AND role <> ''", name=op.f("ck_event_kind")),
        sa.CheckConstraint("(content IS NULL) = (salt IS NULL)", name=op.f("ck_event_emptied")),
        sa.CheckConstraint("length(content_digest) = 64 AND length(chain) = 64", name=op.f("ck_event_digests")),
        sa.CheckConstraint("replaces >= 0 AND replaces < seq", name=op.f("ck_event_replaces")),
        sa.CheckConstraint("seq >= 1 AND cause >= 1 AND cause <= seq", name=op.f("ck_event_cause")),
        sa.ForeignKeyConstraint(["stream"], ["stream.name"], name=op.f("fk_event_stream")),
        sa.PrimaryKeyConstraint("stream", "seq", name=op.f("pk_event")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(
            "uq_event_owned_key",
            ["owned_key"],
            unique=True,
            sqlite_where=sa.text("owned_key <> ''"),
            postgresql_where=sa.text("owned_key <> ''"),
        )

    op.create_table(
        "uppdrag",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("lifecycle", sa.Text(), nullable=False),
        sa.Column("lifecycle_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("neutral_title", sa.Text(), nullable=False),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("dnr", sa.Text(), nullable=False),
        sa.Column("directive", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("proposal_version", sa.Integer(), nullable=False),
        sa.Column("regions", sa.Integer(), nullable=False),
        sa.Column("adopted", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("not_concerned", sa.Integer(), nullable=False),
        sa.Column("due", sa.Text(), nullable=False),
        sa.Column("due_text", sa.Text(), nullable=False),
        sa.Column("due_first", sa.Date(), nullable=True),
        sa.Column("due_last", sa.Date(), nullable=True),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(due = '') = (due_last IS NULL) AND (due = '') = (due_first IS NULL)", name=op.f("ck_uppdrag_due")
        ),
        sa.CheckConstraint("NOT sensitive OR neutral_title <> ''", name=op.f("ck_uppdrag_neutral_title")),
        sa.CheckConstraint("standing IN ('', 'omprovas')", name=op.f("ck_uppdrag_standing")),
        sa.CheckConstraint("state <> '' AND title <> ''", name=op.f("ck_uppdrag_named")),
        sa.CheckConstraint("adopted + rejected + not_concerned <= regions", name=op.f("ck_uppdrag_counts_within")),
        sa.CheckConstraint("adopted >= 0 AND rejected >= 0 AND not_concerned >= 0", name=op.f("ck_uppdrag_counts")),
        sa.CheckConstraint("due_first <= due_last", name=op.f("ck_uppdrag_due_order")),
        sa.CheckConstraint("round >= 1 AND proposal_version >= 0", name=op.f("ck_uppdrag_round")),
        sa.ForeignKeyConstraint(["id"], ["stream.name"], name=op.f("fk_uppdrag_id")),
        sa.ForeignKeyConstraint(
            ["lifecycle", "lifecycle_version"],
            ["definition.id", "definition.version"],
            name=op.f("fk_uppdrag_lifecycle_lifecycle_version"),
        ),
        sa.ForeignKeyConstraint(["parent"], ["uppdrag.id"], name=op.f("fk_uppdrag_parent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uppdrag")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_uppdrag_year_number")),
    )
    with op.batch_alter_table("uppdrag", schema=None) as batch_op:
        batch_op.create_index("ix_uppdrag_lifecycle", ["lifecycle", "lifecycle_version"], unique=False)
        batch_op.create_index("ix_uppdrag_open_due", ["final", "due_last"], unique=False)
        for number in ("dnr", "directive"):
            batch_op.create_index(
                f"ix_uppdrag_{number}",
                [number],
                unique=False,
                sqlite_where=sa.text(f"{number} <> ''"),
                postgresql_where=sa.text(f"{number} <> ''"),
            )

    op.create_table(
        "regionbeslut",
        sa.Column("uppdrag", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("set_no", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("dnr", sa.Text(), nullable=False),
        sa.Column("sent_version", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("planned_body", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.CheckConstraint("category = '' OR outcome <> ''", name=op.f("ck_regionbeslut_concluded")),
        sa.CheckConstraint(
            "category IN ('', 'adopted', 'rejected', 'not_concerned')", name=op.f("ck_regionbeslut_category")
        ),
        sa.CheckConstraint("state <> ''", name=op.f("ck_regionbeslut_state")),
        sa.CheckConstraint("set_no >= 1 AND sent_version >= 0 AND version >= 0", name=op.f("ck_regionbeslut_numbers")),
        sa.ForeignKeyConstraint(["region"], ["region.lanskod"], name=op.f("fk_regionbeslut_region")),
        sa.ForeignKeyConstraint(["uppdrag"], ["uppdrag.id"], name=op.f("fk_regionbeslut_uppdrag")),
        sa.PrimaryKeyConstraint("uppdrag", "region", name=op.f("pk_regionbeslut")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("regionbeslut", schema=None) as batch_op:
        batch_op.create_index("ix_regionbeslut_region", ["region"], unique=False)

    op.create_table(
        "beslut",
        sa.Column("uppdrag", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("set_no", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("paragraph", sa.Text(), nullable=False),
        sa.Column("dnr", sa.Text(), nullable=False),
        sa.Column("adaptation", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("proposal_version", sa.Integer(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.CheckConstraint("outcome <> ''", name=op.f("ck_beslut_outcome")),
        sa.CheckConstraint(
            "outcome <> 'antagen_med_anpassning' OR adaptation <> ''", name=op.f("ck_beslut_adaptation")
        ),
        sa.CheckConstraint(
            "source IN ('', 'muntlig', 'epost', 'publicerat_protokoll', 'protokollsutdrag')",
            name=op.f("ck_beslut_source"),
        ),
        sa.CheckConstraint("number >= 1 AND set_no >= 1 AND proposal_version >= 0", name=op.f("ck_beslut_numbers")),
        sa.ForeignKeyConstraint(
            ["uppdrag", "region"],
            ["regionbeslut.uppdrag", "regionbeslut.region"],
            name=op.f("fk_beslut_uppdrag_region"),
        ),
        sa.ForeignKeyConstraint(["uppdrag", "seq"], ["event.stream", "event.seq"], name=op.f("fk_beslut_uppdrag_seq")),
        sa.PrimaryKeyConstraint("uppdrag", "region", "number", name=op.f("pk_beslut")),
        sa.UniqueConstraint("uppdrag", "seq", name=op.f("uq_beslut_uppdrag_seq")),
        sqlite_with_rowid=False,
    )
    _append_only()


def _append_only() -> None:
    """Triggers that refuse what must never happen, whoever asks."""
    same = " AND ".join(f"NEW.{c} IS NOT DISTINCT FROM OLD.{c}" for c in _KEPT)
    emptied = f"({same} AND NEW.content IS NULL AND NEW.actor IS NULL AND NEW.salt IS NULL)"
    refused = [(table, "DELETE", "") for table in _NEVER_DELETED]
    refused += [(table, "UPDATE", "") for table in _NEVER_CHANGED]
    refused += [("event", "UPDATE", f"WHEN (NOT {emptied})")]
    if op.get_bind().dialect.name == "sqlite":
        for table, verb, when in refused:
            its_when = when.replace("IS NOT DISTINCT FROM", "IS")
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} {its_when} "
                f"BEGIN SELECT RAISE(ABORT, '{table}: {verb} is refused'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN RAISE EXCEPTION '%: % is refused', TG_TABLE_NAME, TG_OP; END$$"
    )
    for table, verb, when in refused:
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} FOR EACH ROW {when} "
            "EXECUTE FUNCTION refuse()"
        )
