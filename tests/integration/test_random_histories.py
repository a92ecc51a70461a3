"""Thousands of random histories of every lifecycle, each on a real SQLite file: see `history` and `worlds`."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import cast

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.internal.conjecture.engine import ConjectureRunner
from hypothesis.stateful import run_state_machine_as_test

from tests.integration.history import History
from tests.integration.worlds import without_waiting_for_the_disk
from uppdrag.service import queries
from uppdrag.service.house import House

SHARES = {
    "regiongemensamt": 6, "samverkansavtal": 5, "utredning": 2, "inkommande": 2, "overenskommelse": 2, "arsplan": 2,
    "atagande": 1,
}  # fmt: skip
"""How many tests share the histories of a lifecycle; each takes a hundred, so that together they are 2,000. Half of
them, rounded up, are played each time, and the rest with ten times as many in `make soak`."""

ONE_SHARE = 100
TESTS = [(lifecycle, share) for lifecycle, shares in SHARES.items() for share in range((shares + 1) // 2)]
SOAK = [(lifecycle, share) for lifecycle, shares in SHARES.items() for share in range((shares + 1) // 2, 11 * shares)]


def live(house: House, lifecycle: str, share: int) -> None:
    """Play histories of one lifecycle; the same ones each time where CI is set."""
    without_waiting_for_the_disk(house)
    with house.database.reading() as session:
        found = house.newest(session, lifecycle).lifecycle
    triggers = {t.trigger for t in found.transitions} | {"finns_inte"}
    machine = type("History", (History,), {"house": house, "lifecycle": found, "triggers": (*sorted(triggers),)})
    if os.environ.get("CI"):
        seed(share)(cast("Callable[[], None]", machine))
    chosen = settings(
        max_examples=ONE_SHARE,
        stateful_step_count=50,
        print_blob=True,
        phases=[Phase.reuse, Phase.generate, Phase.shrink],
        # A history is fifty commands on a real database: slow by what hypothesis is used to.
        suppress_health_check=[HealthCheck.too_slow],
    )
    run_state_machine_as_test(machine, settings=chosen)
    assert queries.verify(house).findings == ()


@pytest.fixture(autouse=True)
def _no_near_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hypothesis would spend five histories of six on near copies of the one before."""
    monkeypatch.setattr(ConjectureRunner, "generate_mutations_from", lambda *_: None)


@pytest.mark.parametrize(("lifecycle", "share"), TESTS)
def test_random_histories_keep_every_promise(house: House, lifecycle: str, share: int) -> None:
    live(house, lifecycle, share)


@pytest.mark.soak
@pytest.mark.parametrize(("lifecycle", "share"), SOAK)
def test_ten_times_as_many_random_histories_keep_every_promise(house: House, lifecycle: str, share: int) -> None:
    live(house, lifecycle, share)


def test_a_thousand_histories_are_played_each_time_and_twenty_thousand_in_all() -> None:
    assert len(TESTS) * ONE_SHARE == 1_100
    assert (len(TESTS) + len(SOAK)) * ONE_SHARE == 22_000
