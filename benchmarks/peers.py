"""The full life of one uppdrag against five libraries as they come, each durable at every command."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Protocol

from benchmarks import life
from benchmarks.measure import Bar, Disk, take_turns
from benchmarks.peer_dbos import OfWorkflows
from benchmarks.peer_eventsourcing import OfAggregates
from benchmarks.peer_spiffworkflow import OfProcesses
from benchmarks.peer_statemachine import OfCharts, OfMachines
from benchmarks.peer_viewflow import OfFlows
from benchmarks.scenario import NOW
from uppdrag.service.house import House


class Peer(Protocol):
    """Somebody who can carry out a whole life, and be asked whether it was done."""

    def live(self, n: int) -> None: ...

    def check(self, lives: int) -> None: ...


def measure(folder: Path, rounds: int) -> list[Bar]:
    house = House.open(f"sqlite:///{life.made(folder, 'beside_peers')}")
    peers: dict[str, Peer] = {
        "charts": OfCharts(folder / "charts.db"),
        "machines": OfMachines(folder / "machines.db"),
        "eventsourcing": OfAggregates(folder / "eventsourcing.db"),
        "spiffworkflow": OfProcesses(folder / "spiffworkflow.db"),
        "viewflow": OfFlows(folder / "viewflow.db"),
        "dbos": OfWorkflows(folder / "dbos.db"),
    }
    numbers = {name: count(1) for name in (*peers, "ours")}

    def one_more(name: str, live: Callable[[int], object]) -> Callable[[], object]:
        return lambda: live(next(numbers[name]))

    contestants = {"ours": one_more("ours", lambda n: life.live(house, n, NOW))}
    contestants |= {name: one_more(name, peer.live) for name, peer in peers.items()}
    turns = take_turns(rounds, contestants, disk=Disk(folder))
    for name, peer in peers.items():
        peer.check(next(numbers[name]) - 1)
    about = "ett uppdrags liv mot {}: takt"
    return [
        turns.rate(about.format("python-statemachine"), "ours", "charts", at_least=2),
        turns.rate(about.format("python-statemachine, en maskin per region"), "ours", "machines", at_least=None),
        turns.rate(about.format("eventsourcing"), "ours", "eventsourcing", at_least=2),
        turns.rate(about.format("SpiffWorkflow"), "ours", "spiffworkflow", at_least=2),
        turns.rate(about.format("django-viewflow"), "ours", "viewflow", at_least=2),
        turns.rate(about.format("DBOS"), "ours", "dbos", at_least=2),
    ]
