"""A page of 50 uppdrag out of 10,000 with 210,000 region rows: ours against the query written by hand, and against
ourselves at 1,000."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime
from pathlib import Path
from typing import Any

from benchmarks import life
from benchmarks.by_hand import ByHand
from benchmarks.measure import Bar, take_turns
from benchmarks.scenario import NOW
from uppdrag.service import queries
from uppdrag.service.house import House
from workflow.status import StatusFilter, StatusRow

MANY, FEW, PAGE, PAGES = 10_000, 1_000, 50, 40
TODAY = date(2026, 11, 20)
PAGE_SQL = """
SELECT id, title, neutral_title, lifecycle, lifecycle_version, state, final, paused, owner, dnr, directive, section,
       plan, standing, sensitive, due, due_text, due_first, due_last, regions, adopted, rejected, not_concerned,
       changed_at
FROM uppdrag WHERE (year, number) > (?, ?) ORDER BY year, number LIMIT 50
"""


def measure(folder: Path, rounds: int) -> list[Bar]:
    many, few = filled(folder, MANY), filled(folder, FEW)
    ours, ours_of_few = House.open(f"sqlite:///{many}"), House.open(f"sqlite:///{few}")
    by_hand = sqlite3.connect(many, isolation_level=None)
    middle, middle_of_few = _middle(MANY), _middle(FEW)
    if [_flat(row) for row in queries.status(ours, middle)] != _by_hand(by_hand, MANY // 2):
        raise AssertionError("the two pages differ")

    def pages() -> None:
        for _ in range(PAGES):
            queries.status(ours, middle)

    def pages_of_few() -> None:
        for _ in range(PAGES):
            queries.status(ours_of_few, middle_of_few)

    def pages_by_hand() -> None:
        for _ in range(PAGES):
            _by_hand(by_hand, MANY // 2)

    turns = take_turns(rounds, {"ours": pages, "by hand": pages_by_hand, "ours of few": pages_of_few})
    return [
        turns.time("en sida av 10 000 mot frågan för hand: tid", "ours", "by hand", at_most=1.5).each(PAGES),
        turns.time("en sida av 10 000 mot en av 1 000: tid", "ours", "ours of few", at_most=1.2).each(PAGES),
    ]


def _by_hand(connection: sqlite3.Connection, after: int) -> list[tuple[Any, ...]]:
    """The same columns as flat tuples, with days, moments and truths as Python has them, and what follows from them:
    how many regions have decided, how many are left, and whether the time has passed."""
    page = []
    for row in connection.execute(PAGE_SQL, (NOW.year, after)):
        final, paused, due_last = bool(row[6]), bool(row[7]), row[18] and date.fromisoformat(row[18])
        decided = row[20] + row[21] + row[22]
        page.append((
            *row[:6], final, paused, *row[8:14], bool(row[14]), *row[15:17], row[17] and date.fromisoformat(row[17]),
            due_last, row[19], decided, *row[20:23], row[19] - decided,
            bool(due_last and due_last < TODAY and not final and not paused),
            datetime.fromisoformat(row[23] + "+00:00"),
        ))  # fmt: skip
    return page


def _flat(row: StatusRow) -> tuple[Any, ...]:
    *first, deadline, regions, overdue, changed_at = row
    return (
        *first, *(deadline or ("", "", None, None)), regions.concerned, regions.decided, regions.adopted,
        regions.rejected, regions.not_concerned, regions.pending, overdue, changed_at,
    )  # fmt: skip


def _middle(uppdrag: int) -> StatusFilter:
    return StatusFilter(today=TODAY, after=f"U{NOW.year}-{uppdrag // 2}", limit=PAGE)


def filled(folder: Path, uppdrag: int) -> Path:
    """A database where so many uppdrag have been identified."""
    path = life.made(folder, f"filled{uppdrag}")
    by_hand = ByHand(path)
    by_hand.connection.execute("PRAGMA synchronous = OFF")
    for n in range(uppdrag):
        by_hand.create(n, NOW)
    by_hand.connection.close()
    return path
