"""The full life of one uppdrag against five libraries as they come, each durable at every command."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from benchmarks import life
from benchmarks.apart import Contestant, Maker, take_turns_apart
from benchmarks.measure import Bar, Disk
from benchmarks.peer_dbos import OfWorkflows
from benchmarks.peer_eventsourcing import OfAggregates
from benchmarks.peer_spiffworkflow import OfProcesses
from benchmarks.peer_statemachine import OfCharts, OfMachines
from benchmarks.peer_viewflow import OfFlows
from benchmarks.scenario import NOW
from uppdrag.service import queries
from uppdrag.service.house import House


class Ours:
    """Our own service, on a new SQLite file."""

    def __init__(self, path: Path) -> None:
        self._url = f"sqlite:///{life.made(path.parent, path.stem)}"
        self._house = House.open(self._url)

    def live(self, n: int) -> None:
        life.live(self._house, n, NOW)

    def check(self, lives: int) -> None:
        """Raises AssertionError where the lives did not end as they should, or our own proof finds something."""
        life.must_be_proved(self._url)
        ended = sum(queries.detail(self._house, f"U2026-{n:02d}", now=NOW).row.final for n in range(1, lives + 1))
        if ended != lives:
            raise AssertionError(f"uppdrag: {ended} of {lives} lives have ended")


def measure(folder: Path, rounds: int) -> list[Bar]:
    kinds: Mapping[str, Callable[[Path], Contestant]] = {
        "ours": Ours, "charts": OfCharts, "machines": OfMachines, "eventsourcing": OfAggregates,
        "spiffworkflow": OfProcesses, "viewflow": OfFlows, "dbos": OfWorkflows,
    }  # fmt: skip
    makers: dict[str, Maker] = {name: partial(kind, folder / f"{name}.db") for name, kind in kinds.items()}
    turns = take_turns_apart(rounds, makers, lives=life.LIVES, disk=Disk(folder))
    about = "ett uppdrags liv mot {}: takt"
    bars = [
        turns.rate(about.format("python-statemachine"), "ours", "charts", at_least=2),
        turns.rate(about.format("python-statemachine, en maskin per region"), "ours", "machines", at_least=None),
        turns.rate(about.format("eventsourcing"), "ours", "eventsourcing", at_least=2),
        turns.rate(about.format("SpiffWorkflow"), "ours", "spiffworkflow", at_least=2),
        turns.rate(about.format("django-viewflow"), "ours", "viewflow", at_least=2),
        turns.rate(about.format("DBOS"), "ours", "dbos", at_least=2),
    ]
    return [bar.each(life.LIVES) for bar in bars]
