"""A process that is killed while it works: what was answered is kept, what was not is whole or not there at all."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from itertools import count
from multiprocessing.connection import Connection
from random import Random

from tests.cast import KANSLI, NOW, REGION
from tests.integration.doing import with_the_regions
from tests.reliability import Tried
from uppdrag.service import commands, queries
from uppdrag.service.house import House
from workflow.commands import Advance, Decide

KILLS = 12
OUTCOMES = ("antagen", "bordlagd", "avslagen", "utgar")


def work(url: str, id: str, first: int, answers: Connection) -> None:
    """One command after another, each under its number, and each answer told as soon as it has come."""
    house = House.open(url)
    for number in count(first):
        answers.send((number, command(house, id, number)))


def command(house: House, id: str, number: int) -> list[str]:
    """The command that has a number; the ids of its events. A decision may close the uppdrag or open it again."""
    asked: Advance | Decide = Advance(actor=KANSLI, trigger="foljduppdrag", facts={"uppdrag": f"U2026-{number:04d}"})
    if number % 3:
        asked = Decide(actor=REGION, region=f"0{1 + 2 * (number % 2)}", outcome=OUTCOMES[number % 4], note=f"{number}")
    return [e.id for e in commands.handle(house, id, asked, now=NOW, key=f"{number}").events]


def test_what_a_killed_process_was_answered_is_there_and_the_rest_is_whole(
    any_house: House, database_url: str, tried: Tried
) -> None:
    id = with_the_regions(any_house, "01", "03")
    before = len(queries.history(any_house, id))
    answered: dict[int, list[str]] = {}
    chance = Random(7)
    for _ in range(KILLS):
        _let_live(database_url, id, answered, chance.randrange(1, 12), chance.uniform(0, 0.01))
        # What was under way when it was killed is sent again; what had been answered is answered the same.
        for number in (max(answered), max(answered) + 1):
            again = command(any_house, id, number)
            assert answered.setdefault(number, again) == again

    history = queries.history(any_house, id)
    assert sorted(answered) == list(range(len(answered)))
    assert [e.id for e in history[before:]] == [event for number in sorted(answered) for event in answered[number]]
    assert queries.verify(any_house).findings == ()
    tried(
        "Processer",
        "kill -9 mitt i ett kommando, och samma kommando igen",
        KILLS,
        "det kvitterade kvar, resten helt eller inte",
    )


def _let_live(url: str, id: str, answered: dict[int, list[str]], answers: int, more: float) -> None:
    """Let a process give so many answers, and some seconds more, then kill it wherever in a command it may be."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(url, id, len(answered), theirs))
    process.start()
    theirs.close()
    for _ in range(answers):
        _take(ours.recv, answered)
    assert process.pid
    time.sleep(more)
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    while ours.poll():
        try:
            _take(ours.recv, answered)
        except EOFError:
            break
    ours.close()
    process.close()


def _take(receive: Callable[[], tuple[int, list[str]]], answered: dict[int, list[str]]) -> None:
    number, events = receive()
    assert number not in answered
    answered[number] = events
