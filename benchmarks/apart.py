"""Contestants in processes of their own, where another's threads, objects and caches do not slow them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Protocol, Self

from benchmarks.measure import Cost, Disk, Turns, cost_of


class Contestant(Protocol):
    """Somebody who can carry out life number `n`, and be asked whether as many as were asked for were done."""

    def live(self, n: int) -> object: ...

    def check(self, lives: int) -> None: ...


Maker = Callable[[], Contestant]
"""Makes the contestant in its own process: a function of a module, or a partial of one."""


class Apart:
    """A contestant in a process of its own, which measures its own turns."""

    def __init__(self, maker: Maker) -> None:
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(maker, theirs), daemon=True)
        self._process.start()
        theirs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, what: object, where: TracebackType | None) -> None:
        self._pipe.close()
        self._process.join(timeout=10)
        self._process.kill()

    def turn(self, lives: int) -> Cost:
        """So many more lives, and what they took. Raises RuntimeError where the contestant failed."""
        cost = self._ask(lives)
        if cost is None:
            raise RuntimeError("a contestant did not tell what its turn took")
        return cost

    def check(self) -> None:
        """Raises RuntimeError where what was done is not what was asked for."""
        self._ask(None)

    def _ask(self, lives: int | None) -> Cost | None:
        self._pipe.send(lives)
        try:
            told: Cost | str | None = self._pipe.recv()
        except EOFError:
            raise RuntimeError("a contestant's process ended") from None
        if told is None or isinstance(told, Cost):
            return told
        raise RuntimeError(told)


def take_turns_apart(rounds: int, makers: Mapping[str, Maker], *, lives: int, disk: Disk, warm_up: int = 2) -> Turns:
    """Let each contestant carry out so many lives once per round, and ask each at the end whether all was done.

    The first `warm_up` rounds are not counted.
    """
    costs: dict[str, list[Cost]] = {name: [] for name in makers}
    with ExitStack() as stack:
        apart = {name: stack.enter_context(Apart(maker)) for name, maker in makers.items()}
        for turn in range(warm_up + rounds):
            for name, one in apart.items():
                cost = one.turn(lives)
                if turn >= warm_up:
                    costs[name].append(cost)
            disk()
        for one in apart.values():
            one.check()
    return Turns(costs, disk.quartiles)


def _serve(maker: Maker, pipe: Connection) -> None:
    """Carry out what is asked for through the pipe, until it is closed."""
    contestant, done = maker(), 0
    while True:
        try:
            lives: int | None = pipe.recv()
        except EOFError:
            return
        try:
            if lives is None:
                contestant.check(done)
                pipe.send(None)
            else:
                pipe.send(cost_of(partial(_live, contestant, range(done + 1, done + lives + 1))))
                done += lives
        except Exception as error:  # noqa: BLE001 - told to the one who asked, who raises it
            pipe.send(f"{type(contestant).__name__}: {error!r}")


def _live(contestant: Contestant, numbers: range) -> None:
    for n in numbers:
        contestant.live(n)
