"""21 × 500 decisions in one batch: ours against executemany of the same rows, made beforehand."""

from __future__ import annotations

import shutil
from itertools import count
from pathlib import Path

from benchmarks import life
from benchmarks.by_hand import ByHand
from benchmarks.measure import Bar, Disk, take_turns
from benchmarks.scenario import NOW, steps, verdicts
from uppdrag.service.batch import Line, decide_many
from uppdrag.service.house import House

UPPDRAG = 500


def measure(folder: Path, rounds: int) -> list[Bar]:
    start = _in_regionbeslut(folder)
    ids = [f"U{NOW.year}-{n:02d}" for n in range(1, UPPDRAG + 1)]
    lines = [
        Line(number, id, verdict.command, f"{id} {verdict.region}")
        for number, (id, verdict) in enumerate(((id, v) for id in ids for v in verdicts()), start=1)
    ]
    prepared = ByHand(start)
    rows = prepared.batch(ids, NOW)
    prepared.connection.close()
    numbers = count()
    copies: list[Path] = []

    def copy() -> None:
        """A database of its own for every turn."""
        for old in copies[:-2]:
            for file in folder.glob(f"{old.name}*"):
                file.unlink()
            copies.remove(old)
        copies.append(folder / f"batch{next(numbers)}.db")
        shutil.copyfile(start, copies[-1])

    def ours() -> None:
        decide_many(House.open(f"sqlite:///{copies[-1]}"), "beslut.csv", lines, now=NOW)

    def by_hand() -> None:
        ByHand(copies[-1]).write(rows)

    contestants = {"ours": ours, "by hand": by_hand}
    turns = take_turns(rounds, contestants, disk=Disk(folder), warm_up=1, before_each=copy)
    life.must_be_the_same(*(f"sqlite:///{path}" for path in copies[-2:]))
    return [turns.time(f"{len(lines)} beslut på en gång mot executemany: tid", "ours", "by hand", at_most=8)]


def _in_regionbeslut(folder: Path) -> Path:
    """A database with the uppdrag waiting for their regions' decisions."""
    path = life.made(folder, "waiting")
    by_hand = ByHand(path)
    by_hand.connection.execute("PRAGMA synchronous = OFF")
    for n in range(1, UPPDRAG + 1):
        id = by_hand.create(n, NOW)
        for step in steps(n):
            by_hand.advance(id, step, NOW, key=f"{id} {step.trigger}")
    by_hand.connection.close()
    return path
