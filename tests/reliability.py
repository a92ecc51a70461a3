"""What was tried, how often and what came of it: told by the tests, printed after the run, and kept in docs/.

A test that tries something many times asks for `tried` and tells of it when all held. The rows of a run are printed at
its end. `make reliability` runs all such tests, the long ones too, and writes docs/reliability.md when every one held.
"""

from __future__ import annotations

import os
import platform
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from workflow.calendar import STOCKHOLM

Tried = Callable[[str, str, int, str], None]
"""What is tried (its room, what, how many times) and what came of it, in Swedish: called when all has held."""
_LONG_TOO = "soak or not soak"
"""What `make reliability` asks for, where nothing else is said."""
_ABOUT = """# Vad som har prövats

Skriven av `make reliability`, aldrig för hand. Varje rad kommer från ett test, som berättar hur många gånger det
prövade och vad som kom av det. Sidan skrivs bara när varje prov höll. `make test` skriver ut samma tabell efteråt.
Vad som inte skyddas står i [security.md](security.md).
"""


class Row(NamedTuple):
    """A line of the table, without its number."""

    room: str
    what: str
    outcome: str
    test: str


@dataclass(slots=True)
class Told:
    """What the tests of this run have told."""

    times: dict[Row, int]
    fallen: list[str]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--reliability", metavar="FIL", help="run only what is counted, and write the table to this file")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_TOLD] = Told(defaultdict(int), [])
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Listener(config.stash[_TOLD]), "what-was-tried")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where the table is to be written: leave out what tells nothing."""
    if config.getoption("--reliability"):
        silent = [item for item in items if "tried" not in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=silent)
        items[:] = [item for item in items if "tried" in getattr(item, "fixturenames", ())]


@pytest.fixture
def tried(request: pytest.FixtureRequest) -> Tried:
    """Tells what this test has tried, how many times and what came of it; to be called when all of it has held."""
    node = request.node
    name = f"{node.path.relative_to(node.config.rootpath)}::{getattr(node, 'originalname', node.name)}"

    def tell(room: str, what: str, times: int, outcome: str) -> None:
        if times < 1:
            raise ValueError(f"{what}: nothing was tried")
        node.user_properties.append(("tried", (*Row(room, what, outcome, name), times)))

    return tell


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    told = config.stash[_TOLD]
    if told.times:
        terminalreporter.section("vad som har prövats")
        for row, times in sorted(told.times.items()):
            terminalreporter.line(f"{row.room}: {row.what}: {grouped(times)}: {row.outcome}")
    if path := config.getoption("--reliability"):
        if told.fallen or not told.times:
            terminalreporter.line(f"{path} skrevs inte: " + (", ".join(told.fallen) or "ingenting prövades"))
        else:
            long = config.getoption("-m") == _LONG_TOO
            Path(path).write_text(page(told.times, datetime.now(STOCKHOLM), long=long), encoding="utf-8")


def page(times: dict[Row, int], at: datetime, *, long: bool) -> str:
    """docs/reliability.md of these rows. `long`: those of `make soak` are among them."""
    lines = [_ABOUT]
    for room in sorted({row.room for row in times}):
        lines += [f"## {room}", "", "| Vad | Gånger | Utfall | Test |", "|---|---:|---|---|"]
        lines += [
            f"| {row.what} | {grouped(number)} | {row.outcome} | `{row.test}` |"
            for row, number in sorted(times.items())
            if row.room == room
        ]
        lines.append("")
    size = "Med de långa proven." if long else "I samma antal som i `make test`, utan de långa proven i `make soak`."
    lines.append(
        f"{at:%Y-%m-%d}. {size} {os.cpu_count()} kärnor; Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}."
    )
    return "\n".join(lines) + "\n"


def grouped(number: int) -> str:
    """A whole number as Swedish writes it: 20 000, with a space that does not break."""
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")


def rows_of(reports: Iterable[tuple[str, object]]) -> Iterable[tuple[Row, int]]:
    """The rows among a test's properties, as they come from the process that ran it."""
    for name, value in reports:
        if name == "tried" and isinstance(value, (tuple, list)):
            *texts, times = value
            yield Row(*texts), int(times)


class _Listener:
    """Hears each test's report, whichever process it ran in."""

    def __init__(self, told: Told) -> None:
        self._told = told

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._told.fallen.append(report.nodeid)
        if report.when == "call" and report.passed:
            for row, times in rows_of(report.user_properties):
                self._told.times[row] += times


_TOLD = pytest.StashKey[Told]()
