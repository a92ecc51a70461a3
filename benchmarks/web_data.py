"""A house with 200 uppdrag that lie with 21 regions each: some decided, some planned, the rest unknown."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from benchmarks import life
from benchmarks.scenario import ACTOR, NOW, steps, verdicts
from definitions import planning
from storage import sessions
from storage.sessions import SignedIn
from uppdrag.service import commands, meetings, signing_in
from uppdrag.service.house import House
from workflow.commands import AdvanceRegion

UPPDRAG = 200
TOKEN = "the-kansli-of-a-benchmark"  # noqa: S105 - of a database that is thrown away
_MEETINGS = Path(planning.__file__).parent / "meetings" / "exempel-2026-2027.csv"


def lying_with_the_regions(folder: Path) -> Path:
    """A database of 200 uppdrag that each wait for some of the 21 regions; somebody of the kansli is logged in."""
    path = life.made(folder, "web")
    house = House.open(f"sqlite:///{path}")
    meetings.import_meetings(house, _MEETINGS.name, _MEETINGS.read_bytes(), actor=ACTOR, now=NOW)
    for n in range(UPPDRAG):
        _lying(house, n)
    with house.database.transaction() as session:
        digest = signing_in._digest(TOKEN)
        sessions.open(session, SignedIn(digest, "kansli", "", "", "Anna Ek", "", NOW, NOW, NOW + signing_in.LONGEST))
    house.database.close()
    return path


def _lying(house: House, n: int) -> None:
    id = life.create(house, n, NOW)
    for step in steps(n):
        commands.handle(house, id, step.command, now=NOW)
    for i, verdict in enumerate(verdicts()):
        if (i + n) % 3 == 0:
            commands.handle(house, id, verdict.command, now=NOW)
        elif (i + n) % 3 == 1:
            planned = {"instans": "RF", "datum": date(2026, 12, 1 + n % 20).isoformat()}
            commands.handle(
                house, id, AdvanceRegion(actor=ACTOR, region=verdict.region, trigger="planera", facts=planned), now=NOW
            )
