"""A sender in a process of its own, which may be killed at a given moment, as `kill -9` does it."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal, get_args

import aiosmtplib

from notifications.smtp import Relay
from storage import outbox
from tests.faults.office import Office
from uppdrag.service import outcomes
from uppdrag.service.house import House
from uppdrag.service.marks import Marks
from uppdrag.settings import Smtp

Moment = Literal[
    "claiming", "claimed", "connected", "before_mail", "before_data", "in_data", "after_data", "marking", "marked"
]
MOMENTS: tuple[Moment, ...] = get_args(Moment)


def work(url: str, smtp: Smtp, now: datetime, moment: Moment | None, after: int, gate: Any = None) -> None:
    """One round at `now`; killed at `moment` once that has come `after` times before. `gate`: wait for the others."""
    if moment is not None:
        _arm(moment, after)
    if gate is not None:
        gate.wait()
    house = House.open(url)
    Office(house, smtp, now=now, timeout=20).deliver(f"sender-{os.getpid()}")
    house.database.close()


def _arm(moment: Moment, after: int) -> None:
    left = after

    def perhaps_die() -> None:
        nonlocal left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1

    match moment:
        case "claiming":
            _around(outbox, "claim", then=perhaps_die)
        case "claimed":
            _around(Relay, "open", first=perhaps_die)
        case "connected":
            _around(Relay, "open", then=perhaps_die)
        case "before_mail":
            _around(Relay, "send", first=perhaps_die)
        case "before_data":
            _around(aiosmtplib.SMTP, "data", first=perhaps_die)
        case "in_data":
            _during_data(perhaps_die)
        case "after_data":
            _around(Relay, "send", then=perhaps_die)
        case "marking":
            _around(outcomes, "write", then=perhaps_die)
        case "marked":
            _around(Marks, "_write", then=perhaps_die)


def _around(
    place: Any, name: str, *, first: Callable[[], None] = lambda: None, then: Callable[[], None] = lambda: None
) -> None:
    original = getattr(place, name)

    def wrapped(*args: Any, **given: Any) -> Any:
        first()
        answer = original(*args, **given)
        then()
        return answer

    setattr(place, name, wrapped)


def _during_data(die: Callable[[], None]) -> None:
    original = aiosmtplib.SMTP.data

    async def data(client: aiosmtplib.SMTP, raw: bytes, **given: Any) -> Any:
        sending = asyncio.ensure_future(original(client, raw, **given))
        await asyncio.sleep(0.02)  # the relay has it, or is about to
        die()
        return await sending

    aiosmtplib.SMTP.data = data  # type: ignore[method-assign,assignment]  # only in the process that is to die
