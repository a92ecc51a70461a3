"""Runs migrations on the connection that storage.schema hands over. Only ever called from there."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

from storage import letter_tables, mail_tables, meeting_tables, privacy_tables, tables, token_tables, web_tables

# Importing them fills the metadata.
_filled_by = tables, letter_tables, mail_tables, meeting_tables, privacy_tables, token_tables, web_tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
