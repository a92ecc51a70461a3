"""One house, many threads: each has a transaction of its own, and nobody sees another's half-done work."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from storage.database import Session
from tests.cast import NOW, TODAY
from tests.integration.doing import decide, step, with_the_regions
from uppdrag.service import queries
from uppdrag.service.house import House
from workflow.status import StatusFilter

THREADS = 8
AT_A_SERVER = 40
"""Requests that are worked on at once: the threads of anyio's pool."""


def test_threads_that_write_and_read_at_once_disturb_nobody(any_house: House, database_url: str) -> None:
    regions = [r.lanskod for r in queries.regions(any_house)]
    id = with_the_regions(any_house, *regions)
    fresh = House.open(database_url)  # its engines are read by whoever comes first

    def work(lanskod: str) -> tuple[int, int]:
        decide(fresh, id, lanskod)
        row = queries.status(fresh, StatusFilter(today=TODAY, id=id))[0]
        detail = queries.detail(fresh, id, now=NOW)
        concluded = sum(rb.concluded for rb in detail.matter.regions.values())
        assert concluded == detail.matter.uppdrag.counts.decided, "a reader saw half a command"
        return row.regions.decided, concluded

    with ThreadPoolExecutor(THREADS) as pool:
        seen = list(pool.map(work, regions))
    assert max(seen) == (21, 21)
    assert queries.history(fresh, id)[-1].state == "slutbehandlad"
    assert queries.verify(fresh).findings == ()
    fresh.database.close()


def test_a_transaction_that_fails_leaves_the_connection_fit_for_the_next(any_house: House) -> None:
    for _ in range(THREADS):
        with pytest.raises(RuntimeError, match="mitt i"), any_house.database.transaction() as session:
            _break_off(session)
        step(any_house, "U2026-06", "bordlagg")
    assert len(queries.history(any_house, "U2026-06")) == 1 + THREADS
    assert queries.verify(any_house).findings == ()


def test_as_many_as_a_server_has_threads_read_at_once(any_house: House) -> None:
    """None waits for another's connection: whoever held it might itself wait for a lock."""
    met = Barrier(AT_A_SERVER)

    def work(_: int) -> bool:
        with any_house.database.reading() as session:
            met.wait(timeout=25)
            return any(session.raw("SELECT 1"))

    with ThreadPoolExecutor(AT_A_SERVER) as pool:
        assert all(pool.map(work, range(AT_A_SERVER)))


def _break_off(session: Session) -> None:
    session.connection.execute("UPDATE series SET last = 99")
    raise RuntimeError("mitt i")
