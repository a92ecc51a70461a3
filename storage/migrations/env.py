"""Runs migrations on the connection that storage.schema hands over. Only ever called from there."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

from storage import mail_tables, meeting_tables, tables, token_tables, web_tables

_filled_by = tables, mail_tables, meeting_tables, token_tables, web_tables  # importing them fills the metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
