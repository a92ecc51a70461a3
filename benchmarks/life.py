"""The full life of one uppdrag, 26 durable commands: ours against the same rows written by hand."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from itertools import count
from pathlib import Path

from benchmarks.by_hand import ByHand
from benchmarks.measure import Bar, Disk, take_turns
from benchmarks.scenario import ACTOR, IDENTIFIED_ON, INSTALLED, LIFECYCLE, NOW, TIMES, steps, title, verdicts
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
    house, by_hand = House.open(f"sqlite:///{ours}"), ByHand(theirs)
    our_numbers, their_numbers = count(1), count(1)

    def lives_of_ours() -> None:
        for _ in range(LIVES):
            live(house, next(our_numbers), NOW)

    def lives_by_hand() -> None:
        for _ in range(LIVES):
            by_hand.live(next(their_numbers), NOW)

    turns = take_turns(rounds, {"ours": lives_of_ours, "by hand": lives_by_hand}, disk=Disk(folder))
    must_be_the_same(ours, theirs)
    return [
        turns.rate("ett uppdrags liv mot sqlite3 för hand: takt", "ours", "by hand", at_least=0.45).each(LIVES),
        turns.cpu("ett uppdrags liv mot sqlite3 för hand: CPU", "ours", "by hand", at_most=3.5).each(LIVES),
    ]


def must_be_the_same(ours: Path, theirs: Path) -> None:
    """Both databases must hold the same rows, save for what is random, and both must pass our own proof."""
    for path in (ours, theirs):
        report = queries.verify(House.open(f"sqlite:///{path}"))
        if report.findings:
            raise AssertionError(f"{path.name}: {report.findings[:3]}")
    for table in _TABLES:
        if (a := _rows(ours, table)) != (b := _rows(theirs, table)):
            raise AssertionError(f"{table}: " + "; ".join(map(str, _difference(a, b))))


def _rows(path: Path, table: str) -> list[dict[str, object]]:
    connection = sqlite3.connect(path)
    cursor = connection.execute(f"SELECT * FROM {table}")
    names = [name for name, *_ in cursor.description]
    found = [{k: v for k, v in zip(names, row, strict=True) if k not in _RANDOM} for row in cursor]
    connection.close()
    return sorted(found, key=str)


def _difference(a: Sequence[object], b: Sequence[object]) -> list[object]:
    return next(([x, y] for x, y in zip(a, b, strict=False) if x != y), [len(a), len(b)])
