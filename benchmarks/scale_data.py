"""NSPL many times over: a database where every other uppdrag lies with its 21 regions and the rest have lived."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from benchmarks import life
from benchmarks.by_hand import ByHand
from benchmarks.scenario import NOW, steps, verdicts
from storage import sessions
from storage.sessions import SignedIn
from uppdrag.service import signing_in
from uppdrag.service.house import House

NSPL = 19
"""Uppdrag of the plan of 2026."""
YEARS = 20
TOKEN = "the-kansli-of-a-benchmark"  # noqa: S105 - of a database that is thrown away


def lived(folder: Path, times: int) -> Path:
    """A database of so many times NSPL. Half of the uppdrag lie with the regions, of which a third have decided."""
    path = life.made(folder, f"nspl{times}")
    by_hand = ByHand(path)
    by_hand.connection.execute("PRAGMA synchronous = OFF")
    many = NSPL * times
    for n in range(many):
        now = NOW.replace(year=NOW.year - YEARS + 1 + n * YEARS // many) if many > YEARS else NOW
        if n % 2:
            by_hand.live(n, now)
            continue
        id = by_hand.create(n, now)
        for step in steps(n):
            by_hand.advance(id, step, now, key=f"{id} {step.trigger}")
        for verdict in verdicts()[n % 3 :: 3]:
            by_hand.decide(id, verdict, now, key=f"{id} {verdict.region}")
    by_hand.connection.execute("PRAGMA optimize")
    by_hand.connection.close()
    _log_in(path)
    return path


def _log_in(path: Path) -> None:
    """Somebody of the kansli is logged in."""
    house = House.open(f"sqlite:///{path}")
    now: datetime = NOW.astimezone(UTC)
    with house.database.transaction() as session:
        digest = signing_in._digest(TOKEN)
        sessions.open(session, SignedIn(digest, "kansli", "", "", "Anna Ek", "", now, now, now + signing_in.LONGEST))
    house.database.close()
