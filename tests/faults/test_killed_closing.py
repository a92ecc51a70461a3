"""A process that is killed while it closes a meeting: the meeting is open and nothing has moved, or all of it has."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from storage import motes
from tests.cast import KANSLI
from tests.integration.doing import state
from tests.integration.test_chefsgrupp import MARCH
from tests.integration.test_minutes import DECIDED, called, take
from tests.reliability import Tried
from uppdrag.service import chefsgrupp, commands, minutes, queries
from uppdrag.service.house import House

__all__ = ["called"]

AFTER = datetime(2026, 3, 27, 15, tzinfo=UTC)
IDS = ("U2026-04", "U2026-01", "U2026-02")
OPEN, MOVED = ["beredd", "chefsgruppsbeslut", "redovisad"], ["chefsgruppsbeslut", "redovisad", "regionbeslut"]
AT = ("the second step", "the last step", "before the meeting is kept", "before it is committed", "after it is")


def die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def close_and_die(url: str, at: str) -> None:
    """Close the meeting, killed from within at one place."""
    house = House.open(url)
    if at in AT[:2]:
        steps = iter((None, die) if at == AT[0] else (None, None, die))
        commands.handle_within = _before(commands.handle_within, lambda: next(steps))
    elif at == AT[2]:
        motes.save = die  # type: ignore[assignment]  # it never returns
    elif at == AT[3]:
        minutes._carry = die  # type: ignore[assignment]  # the last thing that is done in the transaction
    minutes.close(house, MARCH, actor=KANSLI, now=AFTER)
    die()


def _before(wrapped: Callable[..., Any], first: Callable[[], Callable[[], None] | None]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        (first() or (lambda: None))()
        return wrapped(*args, **kwargs)

    return call


@pytest.mark.parametrize("at", AT)
def test_a_meeting_whose_closing_was_killed_is_open_and_nothing_has_moved(
    called: House, database_url: str, at: str, tried: Tried
) -> None:
    take(called, DECIDED)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    process = context.Process(target=close_and_die, args=(database_url, at))
    process.start()
    process.join(120)
    assert process.exitcode == -signal.SIGKILL
    meeting = chefsgrupp.one(called, MARCH).meeting
    if at == AT[-1]:
        assert (meeting.status, [state(called, id) for id in IDS]) == ("avslutat", MOVED)
    else:
        assert (meeting.status, [state(called, id) for id in IDS]) == ("kallat", OPEN)
        assert len(minutes.close(called, MARCH, actor=KANSLI, now=AFTER).moved) == 3, "and it can be closed again"
        assert [state(called, id) for id in IDS] == MOVED
    assert queries.verify(called).findings == ()
    tried("Processer", "kill -9 mitt i att ett möte avslutas", 1, "allt eller inget, och det går att avsluta igen")
