"""People, reminders and mail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(digest) = 64 AND size >= 0", name=op.f("ck_attachment_digest")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_attachment")),
    )
    op.create_table(
        "heartbeat",
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("beat_at", UTCDateTime(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("worker", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "incoming",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("uppdrag", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("dnr", sa.Text(), nullable=False),
        sa.Column("handled_by", sa.Text(), nullable=False),
        sa.Column("handled_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('svar', 'studs', 'autosvar', 'okant')", name=op.f("ck_incoming_kind")),
        sa.CheckConstraint("status IN ('ny', 'registrerad', 'avfardad', 'klar')", name=op.f("ck_incoming_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming")),
        sa.UniqueConstraint("digest", name=op.f("uq_incoming_digest")),
    )
    with op.batch_alter_table("incoming", schema=None) as batch_op:
        batch_op.create_index("ix_incoming_status", ["status", "received_at"], unique=False)

    op.create_table(
        "intent",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("uppdrag", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("deadline", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("send_on", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("(status = 'skriven') = (message <> '')", name=op.f("ck_intent_message")),
        sa.CheckConstraint("status IN ('vantar', 'skriven', 'overhoppad', 'avbruten')", name=op.f("ck_intent_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intent")),
        sa.UniqueConstraint(
            "uppdrag",
            "region",
            "deadline",
            "step",
            "round",
            "office",
            name=op.f("uq_intent_uppdrag_region_deadline_step_round_office"),
        ),
    )
    with op.batch_alter_table("intent", schema=None) as batch_op:
        batch_op.create_index("ix_intent_message", ["message"], unique=False)
        batch_op.create_index(
            "ix_intent_waiting",
            ["send_on"],
            unique=False,
            sqlite_where=sa.text("status = 'vantar'"),
            postgresql_where=sa.text("status = 'vantar'"),
        )

    op.create_table(
        "message",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("uppdrag", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("draft", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("not_before", UTCDateTime(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UTCDateTime(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("leased_by", sa.Text(), nullable=False),
        sa.Column("leased_until", UTCDateTime(), nullable=True),
        sa.Column("sent_at", UTCDateTime(), nullable=True),
        sa.Column("response", sa.Text(), nullable=False),
        sa.CheckConstraint("recipient <> '' AND length(id) <= 60", name=op.f("ck_message_addressed")),
        sa.CheckConstraint(
            "status IN ('koad', 'tagen', 'skickad', 'levererad', 'osaker', 'kraver_atgard', 'avbruten', 'hallen')",
            name=op.f("ck_message_status"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('tagen', 'skickad', 'levererad', 'osaker') OR raw IS NOT NULL",
            name=op.f("ck_message_frozen"),
        ),
        sa.CheckConstraint("attempts >= 0 AND fence >= 0", name=op.f("ck_message_attempts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index("ix_message_next", ["status", "next_try_at"], unique=False)
        batch_op.create_index("ix_message_recipient", ["recipient", "created_at"], unique=False)
        batch_op.create_index("ix_message_thread", ["uppdrag", "region", "recipient"], unique=False)

    op.create_table(
        "queue",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("paused", sa.Text(), nullable=False),
        sa.Column("paused_at", UTCDateTime(), nullable=True),
        sa.Column("probe_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_queue_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue")),
    )
    op.create_table(
        "suppression",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.CheckConstraint("address <> '' AND reason <> ''", name=op.f("ck_suppression_reason")),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_suppression")),
    )
    op.create_table(
        "holder",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("vacant", sa.Boolean(), nullable=False),
        sa.Column("first", sa.Date(), nullable=True),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("flagged", sa.Text(), nullable=False),
        sa.CheckConstraint("capacity IN ('ordinarie', 'tf', 'ersattare')", name=op.f("ck_holder_capacity")),
        sa.CheckConstraint("office <> ''", name=op.f("ck_holder_office")),
        sa.CheckConstraint("first IS NULL OR last IS NULL OR first <= last", name=op.f("ck_holder_period")),
        sa.ForeignKeyConstraint(["id"], ["stream.name"], name=op.f("fk_holder_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holder")),
    )
    with op.batch_alter_table("holder", schema=None) as batch_op:
        batch_op.create_index("ix_holder_office", ["office", "region"], unique=False)

    op.create_table(
        "incoming_attachment",
        sa.Column("incoming", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("refused", sa.Text(), nullable=False),
        sa.CheckConstraint("(digest IS NULL) = (refused <> '')", name=op.f("ck_incoming_attachment_kept")),
        sa.ForeignKeyConstraint(["digest"], ["attachment.digest"], name=op.f("fk_incoming_attachment_digest")),
        sa.ForeignKeyConstraint(["incoming"], ["incoming.id"], name=op.f("fk_incoming_attachment_incoming")),
        sa.PrimaryKeyConstraint("incoming", "number", name=op.f("pk_incoming_attachment")),
    )
    op.create_table(
        "reminder",
        sa.Column("uppdrag", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("next_at", UTCDateTime(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["uppdrag"], ["uppdrag.id"], name=op.f("fk_reminder_uppdrag")),
        sa.PrimaryKeyConstraint("uppdrag", "region", name=op.f("pk_reminder")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("reminder", schema=None) as batch_op:
        batch_op.create_index("ix_reminder_next", ["next_at"], unique=False)
