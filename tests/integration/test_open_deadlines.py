"""What a tick that finds nothing asks of the database: the same however many deadlines are open."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from storage import reminders
from uppdrag.service.house import House

NOW = datetime(2026, 4, 1, 7, tzinfo=UTC)


@pytest.mark.sqlite_file("its own instructions are counted")
def test_an_empty_tick_is_one_probe_of_an_index(empty_house: House) -> None:
    open_deadlines(empty_house, 10)
    few = steps(empty_house)
    open_deadlines(empty_house, 10_000)
    assert steps(empty_house) == few


def open_deadlines(house: House, count: int) -> None:
    """So many tracks whose next look lies ahead."""
    with sqlite3.connect(house.database.path) as connection:  # foreign keys are off: there need be no uppdrag
        connection.execute("DELETE FROM reminder")
        connection.executemany(
            "INSERT INTO reminder (uppdrag, region, next_at, since, round) VALUES (?, '-', ?, '2026-04-01', 1)",
            ((f"U2026-{n}", f"{NOW + timedelta(minutes=n + 1):%Y-%m-%d %H:%M:%S.%f}") for n in range(count)),
        )
    connection.close()


def steps(house: House) -> int:
    """How many instructions SQLite carries out for a look that finds nothing."""
    carried_out = 0

    def one_more() -> int:
        nonlocal carried_out
        carried_out += 1
        return 0

    with house.database.reading() as session:
        session.connection.set_progress_handler(one_more, 1)
        assert reminders.due(session, NOW, 100) == []
        session.connection.set_progress_handler(None, 1)
    return carried_out
