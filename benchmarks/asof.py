"""How things stood an earlier day: one uppdrag against its own events and whatever its neighbours are, and the matrix
against the matrix of today."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from benchmarks import life
from benchmarks.measure import Bar, take_turns
from benchmarks.page import filled
from benchmarks.scenario import ACTOR, NOW, steps, verdicts
from uppdrag.service import commands, queries
from uppdrag.service.house import House
from workflow.calendar import local_date
from workflow.status import StatusFilter

MANY, FEW, ASKED, TIMES_MOVED = 10_000, 100, 50, 25
IN_MATRIX = 200
DAY = local_date(NOW)
LATER = NOW + timedelta(days=10)
KNOWN_BY_THEN = 10  # of the 21 regions, where the rest decided later


def measure(folder: Path, rounds: int) -> list[Bar]:
    return [*_of_one(folder, rounds), *_of_the_matrix(folder, rounds)]


def _of_one(folder: Path, rounds: int) -> list[Bar]:
    many, few = (House.open(f"sqlite:///{filled(folder, n)}") for n in (MANY, FEW))
    one, same = (_lived(house, 0, later=True) for house in (many, few))
    short, long = (_moved(few, times) for times in (TIMES_MOVED, 10 * TIMES_MOVED))

    def ask(house: House, id: str) -> None:
        for _ in range(ASKED):
            queries.detail(house, id, now=LATER, as_of=DAY)

    turns = take_turns(rounds, {
        "among many": lambda: ask(many, one), "among few": lambda: ask(few, same),
        "long": lambda: ask(few, long), "short": lambda: ask(few, short),
    })  # fmt: skip
    return [
        turns.time("läget då för ett uppdrag av 10 000 mot ett av 100: tid", "among many", "among few", at_most=1.2)
        .each(ASKED),
        turns.time("läget då med tio gånger så många händelser: tid", "long", "short", at_most=12.0).each(ASKED),
    ]  # fmt: skip


def _of_the_matrix(folder: Path, rounds: int) -> list[Bar]:
    tenth, all_of_it = (House.open(f"sqlite:///{_full(folder, n)}") for n in (IN_MATRIX // 10, IN_MATRIX))

    def ask(house: House, as_of: date | None) -> None:
        found = queries.matrix(house, StatusFilter(today=DAY), as_of=as_of)
        if len(found.cells) != IN_MATRIX * 21:
            raise AssertionError("a cell for every region of every uppdrag")

    turns = take_turns(rounds, {
        "today": lambda: ask(tenth, None), "then": lambda: ask(tenth, DAY), "all then": lambda: ask(all_of_it, DAY),
    })  # fmt: skip
    return [
        turns.time("matrisen då, en tiondel ändrad sedan dess, mot i dag: tid", "then", "today", at_most=3.0),
        turns.time("matrisen då, allt ändrat sedan dess, mot i dag: tid", "all then", "today", at_most=None),
    ]


def _full(folder: Path, changed: int) -> Path:
    """A database where every uppdrag has gone all the way, and so many of them not until later."""
    path = life.made(folder, f"changed{changed}")
    house = House.open(f"sqlite:///{path}")
    for n in range(IN_MATRIX):
        _lived(house, n, later=n < changed)
    return path


def _lived(house: House, n: int, *, later: bool) -> str:
    """The whole life of an uppdrag; where `later`, half of the regions decided after the day that is asked about."""
    id = life.create(house, MANY + n, NOW)
    for step in steps(MANY + n):
        commands.handle(house, id, step.command, now=NOW)
    for i, verdict in enumerate(verdicts()):
        commands.handle(house, id, verdict.command, now=LATER if later and i >= KNOWN_BY_THEN else NOW)
    return id


def _moved(house: House, times: int) -> str:
    """An uppdrag that has been moved so many times, and once more afterwards."""
    id = life.create(house, MANY + IN_MATRIX + times, NOW)
    for n in range(times + 1):
        facts = {"planerad_tid": f"{2027 + n % 9}-03-31", "paragraf": "7"}
        moment = NOW if n < times else LATER
        commands.reschedule(house, [id], facts, actor=ACTOR, on=None, now=moment)
    return id
