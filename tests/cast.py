"""Who acts in the tests, and when. Only the clock is made up."""

from __future__ import annotations

from datetime import UTC, date, datetime

from workflow.model import Actor

INSTALLED = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
"""When the databases of the tests came into being: 9 o'clock in Stockholm."""

NOW = datetime(2026, 3, 27, 9, 0, tzinfo=UTC)
TODAY = date(2026, 3, 27)

KANSLI = Actor(role="kansli", name="Anna Ek")
CHEFSGRUPP = Actor(role="chefsgrupp", name="Bo Berg")
REGION = Actor(role="region", name="Region Uppsala")


def actor(role: str, name: str = "") -> Actor:
    """Somebody in a role; the same person each time unless named."""
    known = {a.role: a for a in (KANSLI, CHEFSGRUPP, REGION)}
    return Actor(role=role, name=name) if name or role not in known else known[role]
