"""The service at work in a thread: what should leave now does not wait for the next round."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from storage import mail_queue, outbox
from storage.mail_queue import QueueState
from tests.integration.test_outbox import mail
from uppdrag import settings
from uppdrag.service import delivery, running
from uppdrag.service.house import House

PATIENCE = 30.0
AN_HOUR = timedelta(hours=1)


@contextmanager
def at_work(house: House) -> Iterator[None]:
    """A sender whose rounds are an hour apart, after its first."""
    stop = threading.Event()
    chosen = replace(settings.read({}), mail="simulera")
    thread = threading.Thread(
        target=running.serve, args=(house, chosen, ("sender",)), kwargs={"every": AN_HOUR, "stop": stop}
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(PATIENCE)
    assert not thread.is_alive()


def queue(house: House, name: str, at: datetime) -> str:
    message = mail(name)
    with house.database.transaction() as session:
        outbox.enqueue(session, message, now=at, not_before=at)
    return message.id


def status(house: House, id: str) -> str:
    with house.database.reading() as session:
        kept = outbox.find(session, id)
    return kept.queued.status if kept else ""


def comes_to(house: House, id: str, wanted: str) -> bool:
    waited = time.monotonic() + PATIENCE
    while status(house, id) != wanted and time.monotonic() < waited:
        time.sleep(0.1)
    return status(house, id) == wanted


def test_a_mail_does_not_wait_for_the_next_round(house: House) -> None:
    elsewhere = House.open(str(house.database.url))  # as when the page that writes it is another process's
    with at_work(house):
        first = queue(elsewhere, "eva", datetime.now(UTC))
        assert comes_to(elsewhere, first, "skickad")
        second = queue(elsewhere, "kim", datetime.now(UTC))
        assert comes_to(elsewhere, second, "skickad")
    elsewhere.database.close()


@pytest.mark.parametrize("mode", ["av", "simulera"])
def test_nobody_is_woken_where_nothing_may_leave(house: House, mode: str) -> None:
    now = datetime(2026, 6, 1, 8, tzinfo=UTC)
    chosen = settings.read({"UPPDRAG_MAIL": mode})
    assert not delivery.is_wanted(house, chosen, now)
    queue(house, "eva", now + AN_HOUR)
    assert not delivery.is_wanted(house, chosen, now)
    assert delivery.is_wanted(house, chosen, now + AN_HOUR) == (mode == "simulera")
    with house.database.transaction() as session:
        mail_queue.put(session, QueueState("pausad", now, None))
    assert not delivery.is_wanted(house, chosen, now + AN_HOUR)
