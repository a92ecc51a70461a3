"""NSPL ten times over against a thousand times: pages and ticks that must cost as much however much has happened."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from benchmarks.measure import Bar, Cost, Turns, take_turns
from benchmarks.scale_data import lived
from benchmarks.scenario import NOW
from benchmarks.web import Server, served
from definitions.holidays import work_calendar
from uppdrag.service import clockwork, queries
from uppdrag.service.house import House
from workflow.status import StatusFilter

FEW, MANY = 10, 1_000
PAGES, TICKS, WARM_UP, MOST_MB = 5, 200, 2, 200


def measure(folder: Path, rounds: int) -> list[Bar]:
    few, many = lived(folder, FEW), lived(folder, MANY)
    houses = {"few": House.open(f"sqlite:///{few}"), "many": House.open(f"sqlite:///{many}")}
    middle = {"few": _in_the_middle(few), "many": _in_the_middle(many)}
    calendar = work_calendar()
    for house in houses.values():
        while clockwork.tick(house, calendar, now=NOW).looked:
            pass

    def status(name: str) -> Callable[[], object]:
        wanted = StatusFilter(today=NOW.date(), after=middle[name], limit=50)
        return lambda: [queries.status(houses[name], wanted) for _ in range(20)]

    def tick(name: str) -> Callable[[], object]:
        return lambda: [clockwork.tick(houses[name], calendar, now=NOW) for _ in range(TICKS)]

    against = f"{MANY} × NSPL mot {FEW} ×"
    lists = take_turns(rounds, {name: status(name) for name in houses})
    ticks = take_turns(rounds, {name: tick(name) for name in houses})
    with ExitStack() as stack:
        servers = {
            name: stack.enter_context(served("ours", path)) for name, path in (("few", few), ("many", many))
        }  # fmt: skip
        region = _pages(rounds, servers, {"few": "/regioner/03", "many": "/regioner/03"})
        uppdrag = _pages(rounds, servers, {name: f"/uppdrag/{id}" for name, id in middle.items()})
        for path in ("/uppdrag", "/laget", "/laget?sida=9", "/svar/03", "/regioner", "/uppdrag?ordning=tid&sida=9"):
            servers["many"].page(path)
        used = servers["many"].memory()
    return [
        lists.time(f"en sida om 50 i listan, {against}", "many", "few", at_most=1.3).each(20),
        region.cpu(f"en regions sida, {against}: CPU", "many", "few", at_most=1.3).each(PAGES),
        uppdrag.cpu(f"ett uppdrags sida, {against}: CPU", "many", "few", at_most=1.3).each(PAGES),
        ticks.time(f"ett tick då inget väntar, {against}", "many", "few", at_most=1.3).each(TICKS),
        Bar(f"tjänstens minne vid {MANY} × NSPL, i MB", used / 1e3, MOST_MB / 1e3, used / MOST_MB, 1.0, False, None),
    ]


def _pages(rounds: int, servers: dict[str, Server], paths: dict[str, str]) -> Turns:
    costs: dict[str, list[Cost]] = {name: [] for name in servers}
    for turn in range(WARM_UP + rounds):
        for name, server in servers.items():
            cost = server.cost(lambda server=server, path=paths[name]: [server.page(path) for _ in range(PAGES)])  # type: ignore[misc]
            if turn >= WARM_UP:
                costs[name].append(cost)
    return Turns(costs, None)


def _in_the_middle(path: Path) -> str:
    """The uppdrag in the middle of those that lie with the regions."""
    connection = sqlite3.connect(path)
    ids = [id for (id,) in connection.execute("SELECT id FROM uppdrag WHERE NOT final ORDER BY year, number")]
    connection.close()
    return str(ids[len(ids) // 2])
