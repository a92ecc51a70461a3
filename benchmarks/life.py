"""The full life of one uppdrag, 26 durable commands: ours against the same rows written by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Protocol

from benchmarks.by_hand import ByHand
from benchmarks.measure import Bar, Disk, Turns, take_turns
from benchmarks.scenario import ACTOR, IDENTIFIED_ON, INSTALLED, LIFECYCLE, NOW, TIMES, steps, title, verdicts
from storage.database import Database
from uppdrag.service import commands, queries, setup
from uppdrag.service.house import House

LIVES = 2
_RANDOM = {"salt", "content_digest", "chain", "command_digest", "head"}
_TABLES = ("event", "stream", "series", "uppdrag", "regionbeslut", "beslut", "reminder")


def made(folder: Path, name: str) -> Path:
    """A new database with our schema and definitions."""
    path = folder / f"{name}.db"
    setup.init(f"sqlite:///{path}", now=INSTALLED)
    return path


def live(house: House, n: int, now: datetime) -> str:
    """The whole life of uppdrag number `n` through the service; its id."""
    id = create(house, n, now)
    for step in steps(n):
        commands.handle(house, id, step.command, now=now, key=f"{id} {step.trigger}")
    for verdict in verdicts():
        commands.handle(house, id, verdict.command, now=now, key=f"{id} {verdict.region}")
    return id


def create(house: House, n: int, now: datetime) -> str:
    wanted = commands.New(
        title=title(n), lifecycle=LIFECYCLE, actor=ACTOR, on=IDENTIFIED_ON, section="5.2",
        source="Verksamhetsplan 2026", times=TIMES,
    )  # fmt: skip
    return commands.new(house, wanted, now=now, key=f"new {n}").uppdrag


def measure(folder: Path, rounds: int) -> list[Bar]:
    ours, theirs = made(folder, "ours"), made(folder, "by_hand")
    turns = side_by_side(House.open(f"sqlite:///{ours}"), ByHand(theirs), folder, rounds)
    must_be_the_same(f"sqlite:///{ours}", f"sqlite:///{theirs}")
    return [
        turns.rate("ett uppdrags liv mot sqlite3 för hand: takt", "ours", "by hand", at_least=0.45).each(LIVES),
        turns.cpu("ett uppdrags liv mot sqlite3 för hand: CPU", "ours", "by hand", at_most=3.5).each(LIVES),
    ]


class Handwritten(Protocol):
    """Somebody who writes the rows of a life without us."""

    def live(self, n: int, now: datetime) -> str: ...


def side_by_side(house: House, by_hand: Handwritten, folder: Path, rounds: int) -> Turns:
    """Some lives of ours and as many by hand, in turns: `ours` and `by hand`."""
    our_numbers, their_numbers = count(1), count(1)

    def lives_of_ours() -> None:
        for _ in range(LIVES):
            live(house, next(our_numbers), NOW)

    def lives_by_hand() -> None:
        for _ in range(LIVES):
            by_hand.live(next(their_numbers), NOW)

    return take_turns(rounds, {"ours": lives_of_ours, "by hand": lives_by_hand}, disk=Disk(folder))


def must_be_the_same(ours: str, theirs: str) -> None:
    """The databases at both addresses must hold the same rows, save for what is random, and pass our own proof."""
    must_be_proved(ours)
    must_be_proved(theirs)
    for table in _TABLES:
        if (a := _rows(ours, table)) != (b := _rows(theirs, table)):
            raise AssertionError(f"{table}: " + "; ".join(map(str, _difference(a, b))))


def must_be_proved(url: str) -> None:
    """Raises where our own proof finds something."""
    house = House.open(url)
    report = queries.verify(house)
    house.database.close()
    if report.findings:
        raise AssertionError(f"{url}: {report.findings[:3]}")


def _rows(url: str, table: str) -> list[dict[str, object]]:
    database = Database(url)
    with database.engine.connect() as connection:
        held = connection.exec_driver_sql(f"SELECT * FROM {table}").mappings()
        found = [{name: value for name, value in row.items() if name not in _RANDOM} for row in held]
    database.close()
    return sorted(found, key=str)


def _difference(a: Sequence[object], b: Sequence[object]) -> list[object]:
    return next(([x, y] for x, y in zip(a, b, strict=False) if x != y), [len(a), len(b)])
