"""Measuring side by side: the contestants take turns within one run, so that what disturbs one disturbs them all."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median, quantiles

Quartiles = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Cost:
    """What one turn took, in seconds: by the clock on the wall, and of this process's CPU (user and system)."""

    wall: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One comparison and the limit that it must keep: at least, or at most. Without a limit it is shown only.

    `ours` and `theirs` are medians in seconds, `sync` the quartiles of the disk's own fdatasync meanwhile: where they
    lie far apart, somebody else was using the disk.
    """

    name: str
    ours: float
    theirs: float
    ratio: float
    limit: float | None
    at_least: bool
    sync: Quartiles | None

    @property
    def held(self) -> bool:
        if self.limit is None:
            return True
        return self.ratio >= self.limit if self.at_least else self.ratio <= self.limit

    def each(self, pieces: int) -> Bar:
        """The same for one of the pieces that a turn consisted of."""
        return replace(self, ours=self.ours / pieces, theirs=self.theirs / pieces)


class Disk:
    """The disk alone: one turn makes 50 pages of 4 KiB durable, one by one, in a file that has its size."""

    def __init__(self, folder: Path) -> None:
        self._file = os.open(folder / "disk", os.O_CREAT | os.O_WRONLY)
        self._times: list[float] = []

    def __call__(self) -> None:
        for page in range(50):
            start = time.perf_counter()
            os.pwrite(self._file, b"x" * 4096, page * 4096)
            os.fdatasync(self._file)
            self._times.append(time.perf_counter() - start)

    @property
    def quartiles(self) -> Quartiles:
        """Of one write with its fdatasync, in seconds."""
        first, middle, third = quantiles(self._times)
        return first, middle, third


class Turns:
    """The turns that the contestants took, round by round. A ratio is the median of the rounds' own ratios."""

    def __init__(self, costs: Mapping[str, list[Cost]], sync: Quartiles | None) -> None:
        self._costs = costs
        self._sync = sync

    def rate(self, name: str, ours: str, theirs: str, *, at_least: float | None) -> Bar:
        """Our rate as a share of theirs."""
        ratio = median(b.wall / a.wall for a, b in zip(self._costs[ours], self._costs[theirs], strict=True))
        return Bar(name, self._wall(ours), self._wall(theirs), ratio, at_least, True, self._sync)

    def time(self, name: str, ours: str, theirs: str, *, at_most: float | None) -> Bar:
        """Our time over theirs."""
        ratio = median(a.wall / b.wall for a, b in zip(self._costs[ours], self._costs[theirs], strict=True))
        return Bar(name, self._wall(ours), self._wall(theirs), ratio, at_most, False, self._sync)

    def cpu(self, name: str, ours: str, theirs: str, *, at_most: float | None) -> Bar:
        """Our CPU over theirs."""
        a, b = self._costs[ours], self._costs[theirs]
        ratio = median(x.cpu / y.cpu for x, y in zip(a, b, strict=True))
        return Bar(name, median(x.cpu for x in a), median(y.cpu for y in b), ratio, at_most, False, self._sync)

    def _wall(self, name: str) -> float:
        return median(c.wall for c in self._costs[name])


def take_turns(
    rounds: int, contestants: Mapping[str, Callable[[], object]], *, disk: Disk | None = None, warm_up: int = 2,
    before_each: Callable[[], object] = lambda: None,
) -> Turns:  # fmt: skip
    """Let each contestant, and the disk alone, do its work once per round: A B disk, A B disk ...

    The first `warm_up` rounds are not counted, nor is `before_each`, which goes before every turn. Nobody's turn starts
    with another's garbage to collect.
    """
    costs: dict[str, list[Cost]] = {name: [] for name in contestants}
    for turn in range(warm_up + rounds):
        for name, work in contestants.items():
            before_each()
            cost = cost_of(work)
            if turn >= warm_up:
                costs[name].append(cost)
        if disk is not None:
            disk()
    return Turns(costs, disk.quartiles if disk else None)


def cost_of(work: Callable[[], object]) -> Cost:
    gc.collect()
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return Cost(time.perf_counter() - wall, time.process_time() - cpu)
