"""Real processes that do something to the same database at the same moment."""

from __future__ import annotations

import multiprocessing
import queue
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from random import Random
from traceback import format_exception
from typing import Any

from definitions import planning
from tests.cast import NOW, actor
from tests.integration.ingredients import good_facts, good_step, pick
from uppdrag.service import commands, correcting, plans, queries, setup
from uppdrag.service.commands import Answer, New
from uppdrag.service.house import House
from workflow.commands import Advance, AdvanceRegion, Decide
from workflow.errors import KeyReused, Refused, StorageUnavailable
from workflow.events import Recorded

NEXT_YEAR = NOW.replace(year=2027)
PATIENCE = 120
"""Seconds after which a process has hung."""


@dataclass(frozen=True)
class Done:
    """What one process was answered: the events of each command that was accepted, by its key."""

    accepted: dict[str, tuple[Recorded, ...]]
    refused: int


def at_once(work: Callable[..., Done], each: Sequence[tuple[Any, ...]]) -> list[Done]:
    """Run the work in one process for each set of arguments; all begin when the last is ready."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    barrier, answers = context.Barrier(len(each)), context.Queue()
    running = [context.Process(target=_in_process, args=(work, barrier, answers, *its)) for its in each]
    for process in running:
        process.start()
    try:
        done = [answers.get(timeout=PATIENCE) for _ in running]
    except queue.Empty:
        raise AssertionError(f"exit codes: {[p.exitcode for p in running]}") from None
    finally:
        for process in running:
            process.join(PATIENCE)
            process.close()
    for wrong in done:
        if isinstance(wrong, BaseException):
            raise wrong
    return done


def _in_process(work: Callable[..., Done], barrier: Barrier, answers: Any, *arguments: Any) -> None:
    try:
        barrier.wait(PATIENCE)
        answers.put(work(*arguments))
    except BaseException as wrong:  # noqa: BLE001 - whatever it was, the test is to see it
        answers.put(AssertionError("".join(format_exception(wrong))))


def decide_one(url: str, id: str, region: str) -> Done:
    """One region registers its decision, and once more because the answer was lost on the way."""
    house = House.open(url)
    command = Decide(actor=actor("region", f"Region {region}"), region=region, outcome="antagen", paragraph="§ 7")
    answers = [commands.handle(house, id, command, now=NOW, key="beslut") for _ in range(2)]
    assert [a.repeated for a in answers] == [False, True]
    assert answers[0].events == answers[1].events
    house.database.close()
    return Done({region: answers[0].events}, 0)


def create_two(url: str, number: int) -> Done:
    """Two new uppdrag in a year that has none yet: one as everybody asks for it, under one key, and one of our own."""
    house = House.open(url)
    accepted = {}
    for title, key in (("Samma för alla", "samma"), (f"Eget {number}", f"eget {number}")):
        wanted = New(title=title, lifecycle="atagande", actor=actor("kansli"))
        accepted[key] = commands.new(house, wanted, now=NEXT_YEAR, key=key).events
    house.database.close()
    return Done(accepted, 0)


def set_up(url: str) -> Done:
    """Create the database and read the plan in."""
    setup.init(url, now=NOW)
    house = House.open(url)
    plans.import_plan(house, planning.packaged_plan("vp-2026"), actor=actor("kansli"), now=NOW)
    house.database.close()
    return Done({}, 0)


def seal_often(url: str, id: str) -> Done:
    """Commands on an uppdrag of our own, each sealed by a checkpoint over whatever others have done since."""
    house = House.open(url)
    for _ in range(8):
        commands.handle(house, id, Advance(actor=actor("kansli"), trigger="bordlagg"), now=NOW)
        queries.seal(house, now=NOW)
    house.database.close()
    return Done({}, 0)


def use_a_key(url: str, id: str, key: str) -> Done:
    """One command on one of many uppdrag, under a key that the others use too."""
    house = House.open(url)
    command = Advance(actor=actor("kansli"), trigger="bordlagg")
    try:
        return Done({id: commands.handle(house, id, command, now=NOW, key=key).events}, 0)
    except KeyReused:
        return Done({}, 1)
    except StorageUnavailable as no:
        if no.code != "busy":
            raise
        return Done({}, 1)
    finally:
        house.database.close()


def hammer(url: str, id: str, number: int, times: int) -> Done:
    """Do whatever comes to mind, many times; every other answer is lost on the way, and the command sent again."""
    house, chance = House.open(url), Random(number)
    accepted: dict[str, tuple[Recorded, ...]] = {}
    refused = 0
    for i in range(times):
        key = f"{number}:{i}"
        call = _thought_of(house, id, chance, f"Process {number}", key)
        try:
            answer = call()
            if chance.random() < 0.5:
                again = call()
                assert again.repeated
                assert again.events == answer.events
            accepted[key] = answer.events
        except Refused:
            refused += 1
    house.database.close()
    return Done(accepted, refused)


def _thought_of(house: House, id: str, chance: Random, name: str, key: str) -> Callable[[], Answer]:
    matter, lifecycle, options = queries.next_steps(house, id, role=None)
    n = chance.randrange(64)
    region = pick(matter.uppdrag.concerned, chance.randrange(21))
    what = chance.choice(("decide", "decide", "advance", "advance", "track", "correct"))
    if what == "correct":
        event = chance.choice(queries.history(house, id))
        return lambda: correcting.correct(
            house, event.id, why="Fel", actor=actor("kansli", name), changes={}, withdraw=True, now=NOW, key=key
        )
    command: Advance | AdvanceRegion | Decide
    if what == "decide":
        outcome = chance.choice(("antagen", "avslagen", "bordlagd"))
        command = Decide(actor=actor("region", name), region=region, outcome=outcome, note=key)
    elif what == "track":
        assert lifecycle.track
        t = chance.choice(lifecycle.track.transitions)
        facts = good_step(t, queries.detail(house, id, now=NOW).matter.regions[region], n) or {}
        command = AdvanceRegion(actor=actor("kansli", name), region=region, trigger=t.trigger, facts=facts)
    else:
        option = chance.choice([o for o in options if o.allowed and o.trigger not in ("avbryt", "pausa")])
        t2 = next(t for t in lifecycle.leaving[matter.uppdrag.state] if t.trigger == option.trigger)
        facts = good_facts(t2, matter.uppdrag, n)
        command = Advance(actor=actor("kansli", name), trigger=option.trigger, facts=facts)
    return lambda: commands.handle(house, id, command, now=NOW, key=key)
