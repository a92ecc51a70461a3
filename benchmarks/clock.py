"""The clock: a tick that finds nothing among a million open deadlines, and a simulated year of the real plan."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from benchmarks.life import made
from benchmarks.measure import Bar, take_turns
from benchmarks.scenario import ACTOR
from definitions.holidays import work_calendar
from definitions.planning import packaged_plan
from uppdrag.service import clockwork, commands, composing, delivery, people, plans, simulate, sources
from uppdrag.service.house import House
from uppdrag.settings import Settings
from workflow.calendar import STOCKHOLM
from workflow.commands import Advance

MANY, FEW, TICKS = 1_000_000, 10_000, 1_000
NOW = datetime(2026, 4, 1, 7, tzinfo=UTC)
FIRST, LAST = date(2026, 3, 27), date(2027, 3, 26)


def measure(folder: Path, rounds: int) -> list[Bar]:
    return [_empty_ticks(folder, 3 * rounds), _year(folder, max(rounds // 5, 3))]


def _empty_ticks(folder: Path, rounds: int) -> Bar:
    calendar = work_calendar()
    many, few = (House.open(f"sqlite:///{_filled(folder, n)}") for n in (MANY, FEW))

    def ticks(house: House) -> None:
        for _ in range(TICKS):
            if clockwork.tick(house, calendar, now=NOW).looked:
                raise AssertionError("nothing was due")

    turns = take_turns(rounds, {"many": lambda: ticks(many), "few": lambda: ticks(few)})
    return turns.time("tomt tick, 1 000 000 tider mot 10 000: tid", "many", "few", at_most=1.2).each(TICKS)


def _filled(folder: Path, rows: int) -> Path:
    """A database with so many tracks whose next look lies ahead."""
    path = made(folder, f"looks_{rows}")
    connection = sqlite3.connect(path)  # foreign keys are off: a look needs no uppdrag while it is not due
    looks = (
        (f"U2026-{n // 21:06d}", f"{n % 21:02d}", (NOW + timedelta(days=1 + n % 300)).strftime("%Y-%m-%d %H:%M:%S.%f"),
         "2026-04-01", 1)
        for n in range(rows)
    )  # fmt: skip
    with connection:
        connection.executemany(
            "INSERT INTO reminder (uppdrag, region, next_at, since, round) VALUES (?,?,?,?,?)", looks
        )
    connection.close()
    return path


def _year(folder: Path, rounds: int) -> Bar:
    """A simulated year against its own mails and commands alone: the ticks that have work, without the empty days."""
    path = made(folder, "plan")
    house, settings = House.open(f"sqlite:///{path}"), Settings(mail="simulera")
    start = datetime(2026, 3, 27, 8, tzinfo=UTC)
    plans.import_plan(house, packaged_plan("vp-2026"), actor=ACTOR, now=start)
    people.import_people(house, *sources.people("exempel"), actor=ACTOR, now=start, dry_run=False)
    facts = {"mote": "2026-03-27", "paragraf": "18", "forslagsversion": "1"}
    for trigger, more in (("redovisa", {"rapport": "R-1"}), ("godkann", {})):
        command = Advance(actor=ACTOR, trigger=trigger, facts={**facts, **more})
        commands.handle(house, "U2026-01", command, now=start)
    found = simulate.simulate(house, settings, first=FIRST, last=LAST)
    busy = sorted({h.day for h in found.timeline})
    if not busy:
        raise AssertionError("a year without mail")

    def year() -> None:
        simulate.simulate(house, settings, first=FIRST, last=LAST)

    def work_alone() -> None:
        copy = folder / "alone.db"
        copy.unlink(missing_ok=True)
        with sqlite3.connect(path) as source, sqlite3.connect(copy) as target:
            source.backup(target)
        alone = House.open(f"sqlite:///{copy}")
        for day in busy:
            _morning(alone, settings, datetime.combine(day, time(8, 5), STOCKHOLM))
        alone.database.close()

    turns = take_turns(rounds, {"year": year, "alone": work_alone}, warm_up=1)
    name = f"ett simulerat år med {len(found.mails)} mejl mot dagarna som har något: tid"
    return turns.time(name, "year", "alone", at_most=2.0)


def _morning(house: House, settings: Settings, now: datetime) -> None:
    def clock() -> datetime:
        return now

    clockwork.tick(house, work_calendar(), now=now)
    composing.compose_due(house, now=now, settings=settings)
    delivery.deliver(house, settings, worker="mätning", clock=clock)
