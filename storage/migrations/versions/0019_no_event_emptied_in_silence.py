"""An event is emptied only where an event of a gallring names it; what says so can never be emptied itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# Content, actor and salt may be emptied together. As in 0001, the log's other columns.
_KEPT = (
    "stream", "seq", "cause", "kind", "region", "state", "happened_on", "registered_at", "backfilled", "replaces",
    "role", "owned_key", "command_digest", "content_digest", "chain",
)  # fmt: skip


def upgrade() -> None:
    gallrat = sa.text("kind = 'Gallrat'")
    op.create_index("ix_event_gallrat", "event", ["kind"], sqlite_where=gallrat, postgresql_where=gallrat)
    same = " AND ".join(f"NEW.{c} IS NOT DISTINCT FROM OLD.{c}" for c in _KEPT)
    emptied = f"{same} AND NEW.content IS NULL AND NEW.actor IS NULL AND NEW.salt IS NULL"
    sqlite = op.get_bind().dialect.name == "sqlite"
    at = "instr" if sqlite else "strpos"
    named = (
        "EXISTS (SELECT 1 FROM event AS g WHERE g.kind = 'Gallrat' "  # noqa: S608 - names of our own
        f"AND {at}(g.content, '\"' || OLD.stream || '/' || OLD.seq || '\"') > 0)"
    )
    allowed = f"({emptied} AND OLD.kind <> 'Gallrat' AND {named})"
    if sqlite:
        op.execute("DROP TRIGGER event_no_update")
        op.execute(
            "CREATE TRIGGER event_no_update BEFORE UPDATE ON event "
            f"WHEN (NOT {allowed.replace('IS NOT DISTINCT FROM', 'IS')}) "
            "BEGIN SELECT RAISE(ABORT, 'event: UPDATE is refused'); END"
        )
        return
    op.execute("DROP TRIGGER event_no_update ON event")
    op.execute(
        "CREATE FUNCTION refuse_event() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$BEGIN IF NOT {allowed} THEN "
        "RAISE EXCEPTION '%: % is refused', TG_TABLE_NAME, TG_OP; END IF; RETURN NEW; END$$"
    )
    op.execute("CREATE TRIGGER event_no_update BEFORE UPDATE ON event FOR EACH ROW EXECUTE FUNCTION refuse_event()")
