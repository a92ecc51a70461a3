"""The 26 commands on PostgreSQL against the same rows written by hand with psycopg: by one, and by eight at once."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Literal

from benchmarks.by_hand_postgres import ByHandOnPostgres
from benchmarks.life import LIVES, live, must_be_proved, must_be_the_same, side_by_side
from benchmarks.measure import Bar, Disk, take_turns
from benchmarks.scenario import INSTALLED, NOW
from tests.integration.servers import Server
from uppdrag.service import setup
from uppdrag.service.house import House

WORKERS = 8
COMMANDS = 26  # of one life
WARM_UP = 1
Who = Literal["ours", "by hand"]


def measure(folder: Path, rounds: int) -> list[Bar]:
    """One life after another, by one process."""
    with _servers(folder) as (ours, theirs):
        house, by_hand = House.open(ours.direct), ByHandOnPostgres(str(theirs.folder))
        turns = side_by_side(house, by_hand, folder, rounds)
        house.database.close()
        by_hand.connection.close()
        must_be_the_same(ours.direct, theirs.direct)
    name = "ett uppdrags liv på PostgreSQL mot psycopg för hand"
    return [
        turns.rate(f"{name}: takt", "ours", "by hand", at_least=0.45).each(LIVES),
        turns.cpu(f"{name}: CPU i Python", "ours", "by hand", at_most=None).each(LIVES),
    ]


def measure_workers(folder: Path, rounds: int) -> list[Bar]:
    """Eight processes at once, each with lives of its own."""
    with _servers(folder) as (ours, theirs), _at_work(ours, "ours") as we, _at_work(theirs, "by hand") as they:
        turns = take_turns(rounds, {"ours": we, "by hand": they}, disk=Disk(folder), warm_up=WARM_UP)
        for server in (ours, theirs):
            _must_all_be_there(server, 1 + (rounds + WARM_UP) * WORKERS * LIVES)
    name = f"{WORKERS} arbetare på PostgreSQL mot {WORKERS} med psycopg för hand: takt"
    return [turns.rate(name, "ours", "by hand", at_least=0.5).each(WORKERS * LIVES)]


@contextmanager
def _servers(folder: Path) -> Iterator[tuple[Server, Server]]:
    """A durable server each, with our schema and definitions."""
    ours = Server(place=folder)
    try:
        theirs = Server(place=folder)
        try:
            for server in (ours, theirs):
                setup.init(server.direct, now=INSTALLED)
                server.run("VACUUM ANALYZE")
            yield ours, theirs
        finally:
            theirs.remove()
    finally:
        ours.remove()


@contextmanager
def _at_work(server: Server, who: Who) -> Iterator[Callable[[], None]]:
    """Eight processes; calling it lets each live its lives, and waits for the last."""
    context = multiprocessing.get_context("spawn")
    pipes, workers = list[Connection](), []
    for number in range(WORKERS):
        here, there = context.Pipe()
        its = there, str(server.folder), server.direct, who, number
        worker = context.Process(target=_work, args=its, daemon=True)
        worker.start()
        pipes.append(here)
        workers.append(worker)

    def all_at_once() -> None:
        for pipe in pipes:
            pipe.send(LIVES)
        if (done := [pipe.recv() for pipe in pipes]) != [LIVES] * WORKERS:
            raise AssertionError(f"not every life was lived: {done}")

    try:
        for pipe in pipes:
            pipe.recv()  # it is ready
        pipes[0].send(1)  # the year's first number has no row to wait for
        pipes[0].recv()
        yield all_at_once
    finally:
        for pipe in pipes:
            with suppress(BrokenPipeError):
                pipe.send(0)
        for worker in workers:
            worker.join()


def _work(pipe: Connection, folder: str, url: str, who: Who, number: int) -> None:
    numbers = count(1 + number * 1_000_000)  # that no other worker has: they go into the idempotency keys
    one_life = partial(live, House.open(url)) if who == "ours" else ByHandOnPostgres(folder).live
    pipe.send("ready")
    while lives := pipe.recv():
        pipe.send(len({one_life(next(numbers), NOW) for _ in range(lives)}))


def _must_all_be_there(server: Server, lives: int) -> None:
    """Nothing was lost and nothing done twice: each life was lived to its end, each command recorded once."""
    must_be_proved(server.direct)
    ended = server.run("SELECT count(*) FROM uppdrag WHERE state = 'slutbehandlad'")
    keys = "SELECT count(owned_key) || ' ' || count(DISTINCT owned_key) FROM event WHERE owned_key <> ''"
    recorded = server.run(keys)
    if (ended, recorded) != (str(lives), f"{lives * COMMANDS} {lives * COMMANDS}"):
        raise AssertionError(f"{ended} of {lives} lives ended, of {lives * COMMANDS} commands: {recorded}")
