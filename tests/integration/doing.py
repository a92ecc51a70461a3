"""What the tests do to uppdrag, in few words."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from storage import gallring, log, uppdrag
from tests.cast import KANSLI, NOW, REGION
from uppdrag.service import commands, correcting, queries
from uppdrag.service.commands import Answer, New
from uppdrag.service.house import House
from workflow.commands import Advance, AdvanceRegion, Decide
from workflow.errors import Refused
from workflow.gallring_events import Gallrat
from workflow.model import Actor, Matter


def new(house: House, lifecycle: str = "atagande", *, now: datetime = NOW, key: str = "", **wanted: Any) -> Answer:
    """A new uppdrag."""
    asked = New(**{"title": "Ett uppdrag", "actor": KANSLI, **wanted}, lifecycle=lifecycle)
    return commands.new(house, asked, now=now, key=key)


def step(
    house: House, id: str, trigger: str, *, by: Actor = KANSLI, on: date | None = None, now: datetime = NOW,
    key: str = "", backfill: bool = False, dry_run: bool = False, expected: int | None = None, **facts: str,
) -> Answer:  # fmt: skip
    """One step of an uppdrag."""
    command = Advance(actor=by, on=on, trigger=trigger, facts=facts, backfill=backfill)
    return commands.handle(house, id, command, now=now, key=key, dry_run=dry_run, expected=expected)


def track(house: House, id: str, region: str, trigger: str, **facts: str) -> Answer:
    """One step on a region's track."""
    command = AdvanceRegion(actor=KANSLI, region=region, trigger=trigger, facts=facts)
    return commands.handle(house, id, command, now=NOW)


def decide(
    house: House, id: str, region: str, outcome: str = "antagen", *, key: str = "", expected: int | None = None,
    by: Actor = REGION, **said: Any,
) -> Answer:  # fmt: skip
    """A region's decision."""
    command = Decide(actor=by, region=region, outcome=outcome, **said)
    return commands.handle(house, id, command, now=NOW, key=key, expected=expected)


def correct(house: House, event: str, *, withdraw: bool = False, key: str = "", **changes: str) -> Answer:
    """A correction by the kansli."""
    return correcting.correct(
        house, event, why="Fel från början", actor=KANSLI, changes=changes, withdraw=withdraw, now=NOW, key=key
    )


def with_the_regions(house: House, *regions: str, **wanted: Any) -> str:
    """The id of an uppdrag that lies with these regions for decision."""
    id = new(house, "regiongemensamt", regions=regions or ("01", "03"), **wanted).uppdrag
    step(house, id, "bered", ansvarig="Cia Dahl", natverk="HSD-nätverket")
    step(house, id, "besluta", mote="2026-03-13", paragraf="2")
    step(house, id, "redovisa", mote="2026-03-20", paragraf="4", rapport="r.pdf", forslagsversion="1")
    step(house, id, "godkann", mote="2026-03-20", paragraf="5", forslagsversion="1")
    return id


def empty(house: House, stream: str, seq: int, *, now: datetime = NOW) -> None:
    """One event of an uppdrag is emptied by a gallringsbeslut that says nothing of what is left."""
    with house.database.transaction() as session:
        head = log.lock(session, stream)
        told = Gallrat(
            seq=head.seq + 1, decision="RK-1", decided_on=now.date(), decided_by="Arkivet", scope="allt",
            emptied=(f"{stream}/{seq}",), removed={},
        )  # fmt: skip
        state = uppdrag.load(session, stream, seq=0).uppdrag.state
        log.append(session, stream, head, [log.Entry(event=told, state=state, actor=KANSLI)], now)
        gallring.empty_events(session, stream, [seq])


def matter(house: House, id: str) -> Matter:
    return queries.detail(house, id, now=NOW).matter


def state(house: House, id: str) -> str:
    return matter(house, id).uppdrag.state


def codes(refused: Refused) -> list[str]:
    return [r.code for r in refused.refusals]
